"""``sharp-eyes import`` as a person types it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from openpyxl import Workbook

from monitor.cli import main
from monitor.cli.assets import texts
from monitor.cli.exits import Exit
from monitor.inventory import load_inventory
from monitor.inventory.matching import MatchedBy
from monitor.inventory.proposals import Found, rows_of, usual_form
from monitor.language import Language
from monitor.onvif.addresses import Service

A, B, C = (f"3301020000131000000{last}" for last in "123")
HEADING = "摄像机编号,点位名称,行政村,运营商,IP地址,路径,备注"
OURS = f"{HEADING}\n{A},村口东,柳溪村,移动,192.0.2.1,/live,甲\n{B},水塘,石桥村,电信,192.0.2.2,/live,乙\n"
THEIRS = [
    ["平台资产清单"],
    ["国标编码", "设备名称", "行政村", "运营商", "IP地址"],
    [A, "村口", "柳溪村", "移动", "192.0.2.8"],
]
THEIRS_TOO = [*THEIRS, [C, "新装", "石桥村", "电信", "192.0.2.3"]]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "cameras.csv").write_text(OURS, "utf-8")
    (tmp_path / "settings.yml").write_text("inventory: cameras.csv\n", "utf-8")
    return tmp_path / "settings.yml"


def spreadsheet(path: Path, rows: list[list[str]]) -> str:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)
    return str(path)


def test_what_differs_is_printed_and_the_code_says_so(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export = spreadsheet(tmp_path / "export.xlsx", THEIRS_TOO)
    assert main(["import", export, "--config", str(config), "--lang", "zh"]) == Exit.NO
    folder = tmp_path
    assert capsys.readouterr().out.splitlines() == [
        "export.xlsx 2 台,一机一档 2 台,对上 1 台(按编号 1,按国标编码 0,按地址 0)",
        "export.xlsx 有、一机一档没有:1 台",
        f"  {C} 新装 石桥村 192.0.2.3 ({folder}/export.xlsx:4)",
        "一机一档有、export.xlsx 没有:1 台",
        f"  {B} 水塘 石桥村 192.0.2.2 ({folder}/cameras.csv:3)",
        "内容不同:1 台",
        f"  {A} 村口东(按编号;{folder}/cameras.csv:2,{folder}/export.xlsx:3)",
        "    点位名称:村口东 → 村口",
        "    IP地址:192.0.2.1 → 192.0.2.8",
    ]
    assert main(["import", export, "--config", str(config), "--lang", "en"]) == Exit.NO
    out = capsys.readouterr().out
    assert "in export.xlsx, not in the inventory: 1" in out
    assert "    host: 192.0.2.1 → 192.0.2.8" in out


def test_a_line_of_totals_is_named_and_the_rest_compared(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export = spreadsheet(tmp_path / "export.xlsx", [*THEIRS_TOO, ["", "合计 2 台"]])
    assert main(["import", export, "--config", str(config), "--lang", "zh"]) == Exit.NO
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first == "略过 1 行,既无编号也无地址(如合计行):第 5 行"
    assert second.startswith("export.xlsx 2 台,")


def test_lists_that_agree_are_fine(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export = tmp_path / "export.csv"
    export.write_text(OURS, "gb18030")
    assert main(["import", str(export), "--config", str(config), "--lang", "en"]) == Exit.OK
    assert capsys.readouterr().out.splitlines()[1:] == ["nothing differs"]


def test_the_merged_inventory_is_written_and_agrees_from_then_on(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export, out = spreadsheet(tmp_path / "export.xlsx", THEIRS_TOO), tmp_path / "merged.csv"
    words = ["import", export, "--lang", "en", "--config", str(config)]
    assert main([*words, "--write", str(out)]) == Exit.NO
    assert "1 camera changed, 1 added" in capsys.readouterr().out
    assert (tmp_path / "cameras.csv").read_text("utf-8") == OURS
    cameras = load_inventory([out], set())
    assert [(camera.name, camera.url) for camera in cameras] == [
        ("村口", "rtsp://192.0.2.8/live"),
        ("水塘", "rtsp://192.0.2.2/live"),
        ("新装", "rtsp://192.0.2.3/"),
    ]
    assert "甲\r\n" in out.read_bytes().decode("utf-8-sig")
    assert main([*words, "--write", str(tmp_path / "cameras.csv"), "--overwrite"]) == Exit.NO
    capsys.readouterr()
    assert main(words) == Exit.NO  # the platform still lacks one
    assert "in export.xlsx, not in the inventory: 0" in capsys.readouterr().out


def test_what_is_left_to_fill_in_is_named(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export = spreadsheet(tmp_path / "export.xlsx", [["国标编码", "设备名称", "IP地址"], [C, "新装", "192.0.2.3"]])
    out = tmp_path / "merged.csv"
    assert main(["import", export, "--lang", "en", "--config", str(config), "--write", str(out)]) == Exit.NO
    told = capsys.readouterr().out
    assert "1 of the added has no stream address" in told
    assert f"{out}:4: village: is missing" in told


def test_an_inventory_is_never_overwritten_by_a_table_with_faults(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export = spreadsheet(tmp_path / "export.xlsx", [["国标编码", "设备名称", "IP地址"], [C, "新装", "192.0.2.3"]])
    live = tmp_path / "cameras.csv"
    before = sorted(tmp_path.iterdir())
    words = ["import", export, "--lang", "en", "--config", str(config), "--write", str(live), "--overwrite"]
    assert main(words) == Exit.NO
    told = capsys.readouterr().out
    assert f"{live} is as it was" in told
    assert f"{live}:4: village: is missing" in told
    assert "written:" not in told
    assert live.read_text("utf-8") == OURS
    assert sorted(tmp_path.iterdir()) == before


def test_what_is_overwritten_is_kept_beside_it(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export, live = spreadsheet(tmp_path / "export.xlsx", THEIRS_TOO), tmp_path / "cameras.csv"
    words = ["import", export, "--lang", "en", "--config", str(config), "--write", str(live), "--overwrite"]
    assert main(words) == Exit.NO
    (kept,) = tmp_path.glob("cameras.csv.*.bak")
    assert kept.read_text("utf-8") == OURS
    assert f"kept as {kept}" in capsys.readouterr().out
    assert len(load_inventory([live], set())) == 3
    assert main(words) == Exit.NO
    assert len(list(tmp_path.glob("cameras.csv.*.bak"))) == 2


def test_rows_of_discover_lose_nothing_and_what_a_platform_s_rows_lose_is_said(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    service = Service("192.0.2.3", 8000)
    device = Found(
        *("192.0.2.3", service, "新", "海康", "DS-1", "00112233aabb", "S-7", "rtsp://192.0.2.3/sub"),
        *("cam", "一次通过"),
    )
    heading, row = rows_of([device], (), "柳溪村", usual_form(Language.ZH))
    (tmp_path / "found.csv").write_text(f"{','.join(heading)},端口,经度\n{','.join(row)},37777,120.1\n", "utf-8")
    (tmp_path / "secret").write_text("x\n", "utf-8")
    config.write_text("inventory: cameras.csv\ncredentials:\n  cam: {username: u, password_file: secret}\n", "utf-8")
    out = tmp_path / "merged.csv"
    words = ["import", str(tmp_path / "found.csv"), "--lang", "en", "--config", str(config), "--write", str(out)]
    assert main(words) == Exit.NO
    added = list(csv.DictReader(out.read_text("utf-8-sig").splitlines()))[-1]
    told = {name: text for name, text in zip(heading, row, strict=True) if text}
    assert {"账号", "ONVIF地址", "MAC地址", "序列号", "备注"} <= told.keys()
    assert told.items() <= added.items()
    dropped = [line for line in capsys.readouterr().out.splitlines() if "not taken over" in line]
    assert [line.rpartition(": ")[2] for line in dropped] == ["端口 经度"]
    assert load_inventory([out], {"cam"})[-1].credentials == "cam"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--write", "settings.yml.csv"], "add --overwrite"),
        (["--write", "merged.xlsx"], "ends in .csv"),
        (["--overwrite"], "goes with --write"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_written(
    config: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(config.parent)
    (config.parent / "settings.yml.csv").write_text("mine", "utf-8")
    before = sorted(config.parent.iterdir())
    (config.parent / "export.csv").write_text(OURS, "utf-8")
    assert main(["import", "export.csv", "--lang", "en", "--config", str(config), *words]) == Exit.USAGE
    assert said in capsys.readouterr().err
    assert sorted(config.parent.iterdir()) == sorted([*before, config.parent / "export.csv"])
    assert (config.parent / "settings.yml.csv").read_text("utf-8") == "mine"


def test_an_inventory_in_several_files_is_compared_but_not_merged(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "more.yml").write_text("- {camera_id: x, name: x, village: v, url: rtsp://192.0.2.9/}\n", "utf-8")
    config.write_text("inventory: [cameras.csv, more.yml]\n", "utf-8")
    export = tmp_path / "export.csv"
    export.write_text(OURS, "utf-8")
    words = ["import", str(export), "--lang", "en", "--config", str(config)]
    assert main(words) == Exit.NO
    assert f"x x v 192.0.2.9 ({tmp_path}/more.yml:1)" in capsys.readouterr().out
    assert main([*words, "--write", str(tmp_path / "m.csv")]) == Exit.USAGE
    assert "one CSV or XLSX file" in capsys.readouterr().err


def test_bad_rows_are_all_named_and_nothing_is_compared(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export = tmp_path / "export.csv"
    export.write_text(f"国标编码,名称\n3.30102E+19,a\n{A},b\n{A},c\n", "utf-8")
    assert main(["import", str(export), "--config", str(config), "--lang", "en"]) == Exit.NO
    told = capsys.readouterr()
    assert not told.out
    assert [line.partition(": ")[0] for line in told.err.splitlines()] == [f"{export}:2", f"{export}:4"]


def test_every_way_to_be_matched_has_words() -> None:
    assert set(texts.MATCHED_BY) == set(MatchedBy)
