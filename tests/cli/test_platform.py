"""The platform's list beside the record: falsely online, falsely offline, and who is missing where."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from monitor.cli.exits import Exit
from monitor.cli.main import main
from monitor.cli.platform import compared
from monitor.errors import SettingsError
from monitor.inventory.platform import read_platform_list
from monitor.ledger import CameraAdded, Ledger, TransitionRecorded
from monitor.model import Cause, State, Transition
from tests.driven import a_camera
from tests.incidents.town import second

STATES = {
    "a": (State.UP, Cause.OK),
    "b": (State.DOWN, Cause.NO_MEDIA),
    "c": (State.DEGRADED, Cause.PICTURE_BLACK),
    "d": (State.UNKNOWN, Cause.CREDENTIALS_REFUSED),
    "e": (State.UP, Cause.OK),
}

NATIONAL = "33010200001310000001"
HOSTS = {"a": "127.20.1.2"}  # the others are channels of one device


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Settings beside a record in which every camera has its state since ten seconds after the beginning."""
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        ledger.append([CameraAdded(a_camera(one, host=HOSTS.get(one, "127.20.1.1"))) for one in STATES], second(0))
        moves = [
            Transition(camera_id, second(10), second(10), State.UNKNOWN, state, cause)
            for camera_id, (state, cause) in STATES.items()
        ]
        ledger.append([TransitionRecorded(move) for move in moves], second(20))
    rows = [f"{one},村口东,柳溪村,rtsp://127.20.1.1:8554/{one},{NATIONAL if one == 'b' else ''}" for one in STATES]
    written(tmp_path / "cameras.csv", "\n".join(["camera_id,name,village,url,national_id", *rows]))
    path = tmp_path / "sharp-eyes.yml"
    path.write_text("inventory: cameras.csv\nledger: ledger.db\n", "utf-8")
    return path


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_text(text, encoding)
    return path


def test_both_lists_are_printed_and_the_code_says_that_there_is_a_difference(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = written(
        tmp_path / "list.csv", "国标编码,名称,在线状态\na,x,在线\nb,x,在线\nc,x,离线\nd,x,在线\nz,x,离线\n", "gb18030"
    )
    assert main(["platform", str(listed), "--config", str(config), "--lang", "zh"]) == Exit.NO
    out = capsys.readouterr().out
    assert "假在线（平台称在线，监测为离线）：1 台\n  b 村口东 柳溪村 自 2026-10-01 08:00:10 起 无视频数据" in out
    assert "假离线（平台称离线，监测为在线）：1 台\n  c 村口东" in out
    assert "一致 1 台；未监测、无法判断 1 台；平台清单缺 1 台；一机一档缺 1 台" in out
    assert main(["platform", str(listed), "--config", str(config), "--lang", "en"]) == Exit.NO
    assert "falsely online (online there, down here): 1" in capsys.readouterr().out


def test_a_list_that_agrees_is_fine(config: Path, tmp_path: Path) -> None:
    listed = written(tmp_path / "list.csv", "status,camera_id\nONLINE,a\nOffline,b\n1,c\n")
    assert main(["platform", str(listed), "--config", str(config)]) == Exit.OK


def test_a_spreadsheet_with_a_title_above_its_heading_is_read(tmp_path: Path) -> None:
    book = Workbook()
    for row in (["平台在线清单"], ["序号", "设备编码", "状态"], [1, "33010200001310000001", "在线"], [2, "x", "离线"]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "list.xlsx")
    found = read_platform_list(tmp_path / "list.xlsx")
    assert [(row.label, row.online) for row in found.states] == [("33010200001310000001", True), ("x", False)]


@pytest.mark.parametrize(
    "sums",
    [
        ["合计,,,2"],
        ["3,合计,,"],
        [",总计：2 台,,在线 1 台"],
        ["小计,1,在线,"],
        ["小计 1,,,", '"=""合计""",2,50%,'],
        ["Total,2,,50 %"],
        ["合计(2台),2,在线1台/离线1台,"],
        [
            "共 2 条记录,,,",
            "在线1台 离线1台,,,",
            "导出时间：2026-11-26 10:00,,,",
            "合 计,,2,",
            "平均,,,50%",
            ",,,在线率50%",
        ],
    ],
)
def test_lines_of_totals_are_no_cameras_and_counted(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], sums: list[str]
) -> None:
    listed = written(
        tmp_path / "list.csv", "\n".join(["序号,设备编码,状态,在线率", "1,a,在线,", "2,b,离线,", "3,c,在线,", *sums])
    )
    found = read_platform_list(listed)
    assert [row.label for row in found.states] == ["a", "b", "c"]
    assert found.passed_over == tuple(range(5, 5 + len(sums)))
    assert main(["platform", str(listed), "--config", str(config), "--lang", "en"]) == Exit.OK
    counted = (
        f"{len(sums)} {'line is' if len(sums) == 1 else 'lines are'} passed over, with neither an id nor an address"
    )
    assert counted in capsys.readouterr().out


def test_totals_in_place_of_an_id_have_no_address(tmp_path: Path) -> None:
    head = "国标编码,IP地址,状态\na,127.0.0.1,在线\n"
    assert read_platform_list(written(tmp_path / "list.csv", f"{head}合计,2 台,在线\n")).passed_over == (3,)
    with pytest.raises(SettingsError, match=r"list\.csv:4"):
        read_platform_list(written(tmp_path / "list.csv", f"{head}合计,127.0.0.2,在线\n合计,127.0.0.3,在线\n"))


@pytest.mark.parametrize("row", ["3,合计算力中心二,停机", "1,c,合计"])
def test_a_line_with_an_id_must_be_a_camera(tmp_path: Path, row: str) -> None:
    beside = "2,合计算力中心,在线"  # a name, and no sum
    with pytest.raises(SettingsError) as refused:
        read_platform_list(written(tmp_path / "list.csv", f"序号,设备编码,状态\n{beside}\n{row}\n"))
    assert [fault.line for fault in refused.value.faults] == [3]


def test_a_camera_is_found_by_its_national_id_and_by_an_address_nobody_else_has(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = written(
        tmp_path / "list.csv",
        f"设备编码,IP地址,状态\nD-1,127.20.1.2,离线\n{NATIONAL},,在线\nD-3,127.20.1.1,在线\nD-4,-,在线\nc,,在线\n",
    )
    assert main(["platform", str(listed), "--config", str(config), "--lang", "en"]) == Exit.NO
    out = capsys.readouterr().out
    assert "falsely online (online there, down here): 1\n  b " in out
    assert "falsely offline (offline there, online here): 1\n  a " in out
    assert "agreed: 1;" in out
    assert "not in our inventory: D-3 D-4\n" in out  # several of ours are at the address of D-3


def test_a_list_in_which_nobody_is_found_shows_nothing_and_says_so(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = written(tmp_path / "list.csv", "设备编码,状态\nD-1,在线\nD-2,在线\n")
    assert main(["platform", str(listed), "--config", str(config), "--lang", "en"]) == Exit.CANNOT
    out = capsys.readouterr().out
    assert "only 0 of our 5 cameras could be compared" in out
    assert "not in the platform's list: 5; not in our inventory: 2" in out


@pytest.mark.parametrize(("ids", "code"), [("ae", Exit.CANNOT), ("aed", Exit.CANNOT), ("aec", Exit.OK)])
def test_less_than_half_compared_is_no_agreement_and_unknown_is_not_compared(
    config: Path, tmp_path: Path, ids: str, code: Exit
) -> None:
    listed = written(tmp_path / "list.csv", "".join(["id,status\n", *(f"{one},on\n" for one in ids)]))
    assert main(["platform", str(listed), "--config", str(config)]) == code


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("camera_id,status\na,perhaps\nb,\n,online\na,online\nc,online\nc,online\n", [2, 3, 7]),
        ("id,name\na,b\n", [1]),
        ("ip,status\nnowhere at all,on\n", [2]),
        ("", [0]),
    ],
)
def test_what_cannot_be_understood_is_a_fault_with_its_line(tmp_path: Path, text: str, lines: list[int]) -> None:
    with pytest.raises(SettingsError) as refused:
        read_platform_list(written(tmp_path / "list.csv", text))
    assert [fault.line for fault in refused.value.faults] == lines


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"neither \.csv nor \.xlsx"):
        read_platform_list(written(tmp_path / "list.txt", "a"))


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.booleans()),
    st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(State)),
)
def test_every_camera_of_either_side_is_told_once(platform: dict[str, bool], states: dict[str, State]) -> None:
    found = compared(platform, states)
    told = [*found.falsely_online, *found.falsely_offline, *found.unjudged, *found.missing_there, *found.missing_here]
    assert len(set(told)) == len(told)
    assert len(told) + found.agreed == len(platform.keys() | states.keys())
    assert all(platform[one] and states[one] is State.DOWN for one in found.falsely_online)
    assert all(not platform[one] and states[one].online for one in found.falsely_offline)
