"""Whoever asks in Chinese is answered in Chinese: times, files, acts that were carried over, contracts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.cli.exits import Exit
from monitor.clock import SystemClock
from monitor.demo.place import Place, Tempo, furnish
from monitor.language import Language
from monitor.ledger import CameraAdded, Ledger
from monitor.simulator.town import build_town
from tests.addresses import BASE

TOWN = build_town(27, base=BASE)
CAMERA = TOWN.cameras[0].id
VENDOR = ("--by", "王工", "--role", "vendor")

Ask = Callable[..., tuple[int, str]]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A record of one camera to which nothing has happened."""
    place, now = Place(tmp_path / "place"), SystemClock().now()
    place.settings.parent.mkdir()
    furnish(place, TOWN.cameras, TOWN.credentials, CAMERA, now, Tempo(), Language.ZH)
    with Ledger.open(place.ledger) as ledger:
        ledger.append([CameraAdded(TOWN.cameras[0])], now)
    return place


@pytest.fixture
def ask(place: Place, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Type a command; the exit code and what was said in Chinese."""

    def typed(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        code = main([*words, "--lang", "zh", "--config", str(place.settings)])
        captured = capsys.readouterr()
        return code, captured.out + captured.err

    return typed


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ("2026-11-31 08:00", "'2026-11-31 08:00' 日历上没有"),
        ("x", "'x' 不是日期和时间:请写成 2026-12-01 08:00"),
    ],
)
def test_a_time_that_is_none_is_told_in_chinese(ask: Ask, tmp_path: Path, start: str, said: str) -> None:
    about = ("--camera", CAMERA, "--cause", "power", "--text", "停电", *VENDOR)
    answer = ask("ledger", "exclude", "--from", start, "--to", "2026-11-30 09:00", *about)
    assert answer == (Exit.USAGE, f"sharp-eyes: {said}\n")
    storm = tmp_path / "storm.csv"
    storm.write_text(f"点位编号,开始,结束,原因,说明\n{CAMERA},{start},2026-11-30 09:00,停电,台风\n", "utf-8")
    assert ask("ledger", "exclude", "--file", str(storm), *VENDOR) == (Exit.NO, f"{storm}:2: {CAMERA}: {said}\n")


def test_hours_and_months_that_are_none_are_told_in_chinese(ask: Ask) -> None:
    code, said = ask("maintenance", "add", "--title", "x", "--every", "day", "--at", "25:00-26:00", *VENDOR)
    assert (code, said) == (Exit.USAGE, "sharp-eyes: '25:00' 不是时刻:请写成 09:00\n")
    code, said = ask("maintenance", "cancel", "b d", *VENDOR)
    assert (code, said.startswith("sharp-eyes: 'b d' 不是编号:")) == (Exit.USAGE, True), said
    code, said = ask("ledger", "outages", "2026-13")
    assert (code, said) == (Exit.USAGE, "sharp-eyes: '2026-13' 不是月份:请写年和月,如 2026-10\n")


def test_a_record_that_is_none_is_told_in_chinese(ask: Ask, place: Place) -> None:
    place.ledger.write_bytes(b"no database " * 100)
    code, said = ask("ledger", "exclusions")
    assert (code, said) == (Exit.CANNOT, f"sharp-eyes: {place.ledger}: 不能作为台账打开:文件不是数据库\n")
    place.ledger.unlink()
    code, said = ask("ledger", "exclusions")
    assert (code, said) == (Exit.CANNOT, f"sharp-eyes: {place.ledger}: 没有台账文件:请核对路径\n")


@pytest.mark.parametrize("command", [("ledger", "import"), ("report", "--verify")])
def test_a_file_that_is_not_there_is_told_in_chinese(ask: Ask, tmp_path: Path, command: tuple[str, str]) -> None:
    code, said = ask(*command, str(tmp_path / "none"))
    assert code in (Exit.USAGE, Exit.CANNOT)
    assert said == f"sharp-eyes: {tmp_path / 'none'}: 无法读取:没有这个文件或目录\n"


STAMP = {"id": "a1", "contract": "default", "made_at": 0, "by": {"role": "office", "name": "李"}, "signature": None}
NOTE = {"author": "李", "text": "看过", "stamp": STAMP}


def line(kind: str, body: object) -> bytes:
    return json.dumps({"kind": kind, "body": body}).encode()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (line("bogus", {}), "没有这一种操作:'bogus'"),
        (line("note", NOTE | {"stamp": STAMP | {"made_at": 10**30}}), "有一个时刻超出了日历"),
        (line("note", NOTE | {"stamp": STAMP | {"by": {"role": "boss", "name": "李"}}}), "'boss' 不能用于 Role"),
        (line("note", NOTE | {"text": 7}), "应为 str,却是 int"),
        (line("note", {"text": "x"}), "Note 的字段不符:text"),
        (line("note", NOTE | {"stamp": None}), "没有写明何人所为(stamp)"),
        (b'{"kind": 7, "body": {}}', "应为 kind 和 body"),
        (b'{"kind": "note"', "不是 JSON"),
        (b'{"kind": "note", "body": NaN}', "不是 JSON"),
        (b"[" * 100_000, "不是 JSON"),
    ],
)
def test_what_is_no_act_is_told_in_chinese(ask: Ask, tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "x.act"
    path.write_bytes(content)
    code, said = ask("ledger", "import", str(path))
    assert (code, said) == (Exit.CANNOT, f"sharp-eyes: {path} 第 1 行不是一项操作:{why}\n")


def test_an_act_file_of_other_bytes_is_told_in_chinese(ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "x.act"
    path.write_bytes(b"\xff\xfe")
    code, said = ask("ledger", "import", str(path))
    assert (code, said) == (Exit.CANNOT, f"sharp-eyes: {path}: 不是 UTF-8:请把文件存为 UTF-8\n")


def test_faults_of_a_contract_are_told_in_chinese_whoever_reads_it(ask: Ask, tmp_path: Path) -> None:
    code, report = ask("report", "2026-10", "--format", "json", "--out", str(tmp_path))
    assert code == Exit.OK, report
    contract = tmp_path / "contract.yml"
    contract.write_text("id: default\npenalty: 5\ntarget: 95\n", "utf-8")
    code, said = ask("report", "--verify", str(tmp_path / "sla-2026-10.json"), "--contract", str(contract))
    assert code == Exit.USAGE
    assert f"{contract}:2: penalty: 没有这个键" in said
    assert f"{contract}:3: target: '95' 像是百分数:请写 0.95" in said
    assert not re.search("is not|looks like", said), said


def test_a_column_that_a_storm_leaves_empty_is_named_as_the_file_names_it(ask: Ask, tmp_path: Path) -> None:
    storm = tmp_path / "storm.csv"
    start, end = "2026-10-05 08:00", "2026-10-05 09:00"
    storm.write_text(
        f"点位,村,start,结束时间,原因\n{CAMERA},,{start},,停电\n,,{start},{end},停电\n{CAMERA},,{start},{end},停电\n",
        "utf-8",
    )
    code, said = ask("ledger", "exclude", "--file", str(storm), *VENDOR)
    assert (code, said.splitlines()) == (
        Exit.NO,
        [
            f"{storm}:2: {CAMERA}: 缺少 结束时间, 说明",
            f"{storm}:3: 整行: 缺少 点位 / 村, 说明",
            f"{storm}:4: {CAMERA}: 缺少 说明",
        ],
    )
    storm.write_text(f"结束,原因\n{end},停电\n", "utf-8")
    code, said = ask("ledger", "exclude", "--file", str(storm), *VENDOR)
    assert (code, said) == (Exit.NO, f"{storm}:1: 缺少列 摄像机 / 部位 / 村 / 镇 / 运营商 / 上联 / 录像机, 开始\n")
