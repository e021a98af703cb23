"""A merged inventory has what the platform says, and everything else as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from monitor.errors import SettingsError
from monitor.inventory import load_inventory
from monitor.inventory.comparing import compared
from monitor.inventory.entries import entries_of, table_of
from monitor.inventory.merging import merged
from tests.inventory.listings import export, inventory

HEADING = "camera_id,name,village,url,onvif,remark"


def merge(folder: Path, ours: str, theirs: str) -> list[list[str]]:
    found = compared(inventory(folder, ours), export(folder, theirs))
    return merged(table_of(folder / "cameras.csv"), found)


def test_titles_remarks_order_and_cameras_the_platform_lacks_stay(tmp_path: Path) -> None:
    ours = f'Cameras of 2026,,,,,\n\n{HEADING}\nb,B,v,rtsp://192.0.2.2/,,"two\nlines"\na,A,v,rtsp://192.0.2.1/,,one\n'
    assert merge(tmp_path, ours, "编码,名称\na,A2\n") == [
        ["Cameras of 2026", "", "", "", "", ""],
        [],
        HEADING.split(","),
        ["b", "B", "v", "rtsp://192.0.2.2/", "", "two\nlines"],
        ["a", "A2", "v", "rtsp://192.0.2.1/", "", "one"],
    ]


@pytest.mark.parametrize(
    ("url", "onvif", "moved"),
    [
        ("rtsp://192.0.2.1:8554/live?a=1", "192.0.2.1:8000", ("rtsp://192.0.2.9:8554/live?a=1", "192.0.2.9:8000")),
        ("rtsp://192.0.2.1/", "http://192.0.2.1/onvif/x", ("rtsp://192.0.2.9/", "http://192.0.2.9/onvif/x")),
        ("RTSP://192.0.2.1/Live", "192.0.2.7", ("rtsp://192.0.2.9/Live", "192.0.2.7")),  # another device's
    ],
)
def test_a_new_address_takes_the_place_of_the_old_one_and_of_no_other(
    tmp_path: Path, url: str, onvif: str, moved: tuple[str, str]
) -> None:
    row = merge(tmp_path, f"{HEADING}\na,A,v,{url},{onvif},\n", "编码,IP地址\na,192.0.2.9\n")[1]
    assert (row[3], row[4]) == moved


def test_a_new_address_goes_into_the_column_host_where_there_is_one(tmp_path: Path) -> None:
    rows = merge(tmp_path, "camera_id,name,village,host,port\na,A,v,192.0.2.1,8554\n", "编码,IP地址\na,192.0.2.9\n")
    assert rows[1] == ["a", "A", "v", "192.0.2.9", "8554"]


def test_a_camera_only_the_platform_has_becomes_a_row_at_the_end_under_its_national_id(tmp_path: Path) -> None:
    code = "33010200001310000001"
    ours = "摄像机编号,点位名称,行政村,URL\na,A,v,rtsp://192.0.2.1/\n"
    rows = merge(tmp_path, ours, f"设备编码,国标编码,名称,IP地址,运营商\na,,A,,\nD-1,{code},新,192.0.2.5,移动\n")
    assert rows[0] == ["摄像机编号", "点位名称", "行政村", "URL", "IP地址", "运营商"]
    assert dict(zip(rows[0], rows[2], strict=True)) == {
        "摄像机编号": code, "点位名称": "新", "行政村": "", "URL": "", "IP地址": "192.0.2.5", "运营商": "移动",
    }  # fmt: skip
    assert rows[1] == ["a", "A", "v", "rtsp://192.0.2.1/", "", ""]


def test_a_cell_that_would_be_lost_stops_the_merge(tmp_path: Path) -> None:
    book = Workbook()
    for row in (["camera_id", "name", "village", "url", "remark"], ["a", "A", "v", "rtsp://192.0.2.1/", "=1+1"]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "cameras.xlsx")
    path = tmp_path / "cameras.xlsx"
    entries = entries_of([path], load_inventory([path], set()))
    found = compared(entries, export(tmp_path, "编码,名称\na,B\n"))
    with pytest.raises(SettingsError, match=r"cameras\.xlsx:2: column 5: is a formula"):
        merged(table_of(path), found)


def test_a_spreadsheet_is_merged_like_any_table(tmp_path: Path) -> None:
    book = Workbook()
    for row in (["camera_id", "name", "village", "url", "remark"], ["a", "A", "v", "rtsp://192.0.2.1/", "kept"]):
        book.worksheets[0].append(row)
    path = tmp_path / "cameras.xlsx"
    book.save(path)
    entries = entries_of([path], load_inventory([path], set()))
    found = compared(entries, export(tmp_path, "编码,名称\na,B\n"))
    assert merged(table_of(path), found)[1] == ["a", "B", "v", "rtsp://192.0.2.1/", "kept"]


# Begun with a letter, so that it is none of the words exports write for nothing.
CELL = st.text(st.characters(codec="utf-8", categories=["L", "Nd"]), max_size=8).map("x{}".format)


@settings(max_examples=25)
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=5), st.lists(st.tuples(CELL, CELL), max_size=5))
def test_after_a_merge_nothing_differs_any_more_but_whom_the_platform_lacks(
    tmp_path_factory: pytest.TempPathFactory, ours: list[tuple[str, str, str]], theirs: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("merge")
    rows = [
        f"c-{number},{name},{village},192.0.2.{number + 1},{kept}" for number, (name, village, kept) in enumerate(ours)
    ]
    listed = [f"c-{number + 2},{name},{village},192.0.2.{number + 3}" for number, (name, village) in enumerate(theirs)]
    lines = merge(
        folder,
        "\n".join(["camera_id,name,village,host,remark", *rows]),
        "\n".join(["编码,名称,行政村,IP地址", *listed]),
    )
    again = inventory(folder, "\n".join(",".join(line) for line in lines))
    found = compared(again, export(folder, "\n".join(["编码,名称,行政村,IP地址", *listed])))
    assert not found.only_theirs
    assert not any(pair.differences for pair in found.pairs)
    assert [line[4] for line in lines[1 : len(ours) + 1]] == [kept for _, _, kept in ours]
