"""A platform's asset list is read by what it means, or every row that cannot be is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from monitor.errors import SettingsError
from monitor.inventory.columns import Column
from monitor.inventory.export import read_export
from monitor.inventory.matching import national_id
from tests.inventory.listings import export, written

CODE = "33010200001310000001"


def test_an_export_in_chinese_with_a_title_and_columns_nobody_knows_is_read(tmp_path: Path) -> None:
    heading = "全部设备,,,,,\n\n序号,国标编码,设备名称,行政村,IP地址,端口,心跳周期,在线状态"
    text = f"{heading}\n1,{CODE},村口,柳溪村,192.0.2.1,5060,60,在线\n"
    (camera,) = read_export(written(tmp_path / "export.csv", text, "gb18030")).cameras
    assert (camera.ids, camera.national, camera.host, camera.line) == ((CODE,), CODE, "192.0.2.1", 4)
    assert camera.cells == {Column.NAME: "村口", Column.VILLAGE: "柳溪村", Column.HOST: "192.0.2.1"}


def test_an_export_in_english_is_read(tmp_path: Path) -> None:
    (camera,) = export(tmp_path, "camera_id,name,carrier,url\ngate-1,Gate,Telecom,rtsp://192.0.2.7/live\n")
    assert (camera.ids, camera.national, camera.host) == (("gate-1",), "", "192.0.2.7")


def test_a_spreadsheet_is_read(tmp_path: Path) -> None:
    book = Workbook()
    for row in (["平台设备"], ["设备编码", "国标编码", "名称"], ["D-7", CODE, "村口"]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "export.xlsx")
    (camera,) = read_export(tmp_path / "export.xlsx").cameras
    assert (camera.ids, camera.national) == (("D-7", CODE), CODE)


@pytest.mark.parametrize(
    "text", [f'"=""{CODE}"""', f"'{CODE}", f" {CODE} ", "3301 0200 0013 1000 0001", "33010200-00131-0000001"]
)
def test_ids_are_read_however_an_export_keeps_excel_from_spoiling_them(tmp_path: Path, text: str) -> None:
    (camera,) = export(tmp_path, f"国标编码,名称\n{text},村口\n")
    assert camera.national == CODE


@pytest.mark.parametrize("nothing", ["-", "--", "无", "/", "NULL", ""])
def test_what_exports_write_for_nothing_is_nothing(tmp_path: Path, nothing: str) -> None:
    (camera,) = export(tmp_path, f"国标编码,名称,运营商\n{CODE},村口,{nothing}\n")
    assert Column.CARRIER not in camera.cells


def test_every_bad_row_is_named_with_its_line_and_column(tmp_path: Path) -> None:
    rows = (
        "3.30102E+19,a,192.0.2.1,",  # what Excel made of an id
        "x-1,b,192.0.2.1:8000,",
        f"{CODE},c,,",
        f"{CODE},d,,",  # twice
        "x-2,=cmd(),,",
        "x-3,f,,rtsp://admin:secret@192.0.2.1/",
    )
    with pytest.raises(SettingsError) as refused:
        export(tmp_path, "\n".join(["国标编码,名称,IP地址,URL", *rows]))
    where = [(fault.line, fault.where) for fault in refused.value.faults]
    assert where == [(2, "camera_id"), (3, "host"), (5, "camera_id"), (6, "name"), (7, "url")]
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "total", ["合计,,128 台,,", ",合计,128 台,,", ",,合计,共 128 台,,", ",TOTAL,,,", ",-,共 128 台,,无"]
)
def test_a_line_of_totals_is_passed_over_and_told(tmp_path: Path, total: str) -> None:
    text = f"序号,国标编码,名称,部位类别,IP地址\n1,{CODE},村口,,192.0.2.1\n{total}\n2,x-2,水塘,,\n"
    read = read_export(written(tmp_path / "export.csv", text))
    assert [camera.line for camera in read.cameras] == [2, 4]
    assert read.passed_over == (3,)


def test_a_line_with_a_broken_address_is_no_line_of_totals(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"export\.csv:2: host: "):
        export(tmp_path, "国标编码,名称,IP地址\n合计,a,300.1.1.1\n")


def test_a_number_that_lost_its_last_digits_in_excel_is_refused(tmp_path: Path) -> None:
    book = Workbook()
    for row in (["国标编码", "名称"], [33010200001310000001, "村口"]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "export.xlsx")
    with pytest.raises(SettingsError, match=r"export\.xlsx:2: camera_id: .*lost digits"):
        read_export(tmp_path / "export.xlsx")


@pytest.mark.parametrize("text", ["", "名称,村\na,b\n", "国标编码\n1\n", "junk"])
def test_a_file_without_such_a_heading_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match="no heading row"):
        export(tmp_path, text)


@pytest.mark.parametrize("mark", ["\t", ";", "，"])
@pytest.mark.parametrize("encoding", ["gbk", "utf-8-sig"])
def test_cells_between_other_marks_than_commas_are_told_for_what_they_are(
    tmp_path: Path, mark: str, encoding: str
) -> None:
    rows = ("全部设备（a,b）", mark.join(("序号", "设备编码", "设备名称")), mark.join(("1", "QX-1", "村口,东侧")))
    path = written(tmp_path / "export.csv", "\n".join(rows), encoding)
    with pytest.raises(SettingsError, match=r"export\.csv:2: .*save it as CSV with commas"):
        read_export(path)


@given(st.binary(max_size=400))
def test_any_bytes_are_cameras_or_faults(tmp_path_factory: pytest.TempPathFactory, junk: bytes) -> None:
    path = tmp_path_factory.mktemp("export") / "export.csv"
    path.write_bytes("国标编码,名称,IP地址\n".encode() + junk)
    try:
        listed = read_export(path).cameras
    except SettingsError:
        return
    ids = [one for camera in listed for one in camera.ids]
    assert len(set(ids)) == len(ids)
    assert all(camera.ids or camera.host for camera in listed)


@given(st.text())
def test_a_national_id_has_twenty_digits(text: str) -> None:
    assert national_id(text) in ("", "".join(text.replace("-", "").split()))
    assert len(national_id(text)) in (0, 20)
