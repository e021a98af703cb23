"""XLSX: what a spreadsheet makes of cells, and files that are damaged or mean harm."""

from __future__ import annotations

import contextlib
import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from monitor.errors import SettingsError
from monitor.inventory import load_inventory
from monitor.inventory.spreadsheet import lines_of_xlsx
from monitor.inventory.table import BrokenTable
from monitor.model import Camera

HEADING = ("摄像机编号", "点位名称", "行政村", "IP地址", "端口", "投用日期", "是否考核")
ROW: tuple[object, ...] = ("33010200001310000001", "甲", "柳溪村", "192.0.2.1", 554, datetime(2024, 6, 1), True)  # noqa: DTZ001  a spreadsheet's date
NOT_READABLE = "is not a readable spreadsheet: save it again as .xlsx, without a password"


def sheet(*rows: tuple[object, ...]) -> bytes:
    workbook = Workbook()
    assert workbook.active is not None
    for row in rows:
        workbook.active.append(list(row))
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


GOOD = sheet(("青溪镇一机一档",), HEADING, ROW)


def load(folder: Path, content: bytes) -> tuple[Camera, ...]:
    path = folder / "cameras.xlsx"
    path.write_bytes(content)
    return load_inventory([path], ())


def faults(folder: Path, content: bytes) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(folder, content)
    return str(caught.value).replace(f"{folder}/", "").splitlines()


def test_numbers_dates_and_ticks_become_what_they_show(tmp_path: Path) -> None:
    (camera,) = load(tmp_path, GOOD)
    assert camera.id == "33010200001310000001"
    assert camera.url == "rtsp://192.0.2.1/"
    assert camera.in_service_from == date(2024, 6, 1)
    assert camera.in_contract is True


def test_the_row_of_the_spreadsheet_is_the_line_of_the_fault(tmp_path: Path) -> None:
    bad = sheet(("标题",), (), HEADING, ROW, (), ("a b", *ROW[1:]))
    assert faults(tmp_path, bad) == ["cameras.xlsx:6: camera_id: 'a b' is not an id: 1 to 64 of A-Z a-z 0-9 . _ -"]


def test_only_the_first_sheet_is_read(tmp_path: Path) -> None:
    workbook = Workbook()
    assert workbook.active is not None
    workbook.active.append(HEADING)
    workbook.active.append(list(ROW))
    workbook.create_sheet("other").append(("camera_id", "colour"))
    workbook.save(tmp_path / "cameras.xlsx")
    assert len(load_inventory([tmp_path / "cameras.xlsx"], ())) == 1


def test_a_formula_is_refused_where_it_would_be_read(tmp_path: Path) -> None:
    bad = sheet(HEADING, ("=A1", *ROW[1:]), ROW)
    assert faults(tmp_path, bad) == ["cameras.xlsx:2: camera_id: is a formula: copy the column and paste it as values"]


def test_a_formula_in_a_column_nobody_needs_is_no_fault(tmp_path: Path) -> None:
    assert len(load(tmp_path, sheet(("序号", *HEADING), ("=ROW()-1", *ROW)))) == 1


def test_a_number_that_lost_digits_is_refused(tmp_path: Path) -> None:
    bad = sheet(HEADING, (33010200001310000001, *ROW[1:]))
    assert faults(tmp_path, bad) == [
        "cameras.xlsx:2: camera_id: is a number that has lost digits: format the column as text and write it again"
    ]


def test_an_error_value_is_refused(tmp_path: Path) -> None:
    assert faults(tmp_path, sheet(HEADING, ("a", "#N/A", *ROW[2:]))) == [
        "cameras.xlsx:2: name: is an error value of the spreadsheet"
    ]


def test_a_cell_beyond_the_heading_is_a_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, sheet(HEADING, (*ROW, None, "x")))[0].startswith("cameras.xlsx:2: row: has ")


def test_a_sheet_that_is_too_wide_is_refused(tmp_path: Path) -> None:
    wide = sheet((*HEADING, *["备注"] * 60), ROW)
    assert faults(tmp_path, wide) == ["cameras.xlsx:1: has more than 64 columns"]


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(26):
            archive.writestr(f"{number}", bytes(10_000_000))
    assert len(bomb.getvalue()) < 1_000_000
    with pytest.raises(BrokenTable) as caught:
        list(lines_of_xlsx(bomb.getvalue()))
    assert caught.value.what == "unpacks to more than 256 MB"


def rewritten(part: str, old: bytes, new: bytes) -> bytes:
    """The good file with one text replaced in one of its parts."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as source, zipfile.ZipFile(result, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            assert name != part or old in content
            target.writestr(name, content.replace(old, new) if name == part else content)
    return result.getvalue()


def test_the_size_a_sheet_states_is_not_believed(tmp_path: Path) -> None:
    lie = rewritten("xl/worksheets/sheet1.xml", b'<dimension ref="A1:G3"', b'<dimension ref="A1:XFD1048576"')
    assert len(load(tmp_path, lie)) == 1


def test_a_row_far_below_is_not_waited_for(tmp_path: Path) -> None:
    far = rewritten("xl/worksheets/sheet1.xml", b'<row r="3"', b'<row r="99999999999"')
    assert faults(tmp_path, far) == ["cameras.xlsx:100001: has more than 100,000 lines: split the file"]


@pytest.mark.parametrize("content", [b"", b"PK", b"\xd0\xcf\x11\xe0 an old .xls", GOOD[: len(GOOD) // 2]])
def test_what_is_no_spreadsheet_is_a_fault(tmp_path: Path, content: bytes) -> None:
    assert faults(tmp_path, content) == [f"cameras.xlsx: {NOT_READABLE}"]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(zipfile.ZipFile(io.BytesIO(GOOD)).namelist()), st.data())
def test_a_damaged_spreadsheet_gives_lines_or_one_fault(part: str, data: st.DataObject) -> None:
    content = zipfile.ZipFile(io.BytesIO(GOOD)).read(part)
    start = data.draw(st.integers(0, len(content)))
    length = data.draw(st.integers(0, 30))
    damage = data.draw(st.binary(max_size=8) | st.sampled_from((b"-1", b"A", b'"', b"<c/>", b"9" * 40, b"n", b"s")))
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as source, zipfile.ZipFile(result, "w") as target:
        for name in source.namelist():
            damaged = content[:start] + damage + content[start + length :]
            target.writestr(name, damaged if name == part else source.read(name))
    with contextlib.suppress(BrokenTable):
        list(lines_of_xlsx(result.getvalue()))
