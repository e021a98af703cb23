"""Every camera of either side is told once, found by what it is surest known by."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.inventory.columns import Column
from monitor.inventory.comparing import COMPARED, Difference, compared
from monitor.inventory.entries import Entry, Extra
from monitor.inventory.export import Listed
from monitor.inventory.matching import MatchedBy
from monitor.inventory.table import Row
from tests.driven import a_camera
from tests.inventory.listings import both

A, B, C = (f"3301020000131000000{last}" for last in "123")


def test_a_camera_is_found_by_its_id_then_by_its_national_id_then_by_its_address(tmp_path: Path) -> None:
    found = both(
        tmp_path,
        "camera_id,name,village,host,national_id\n"
        f"gate,a,v,192.0.2.1,\nyard,b,v,192.0.2.2,{B}\npond,c,v,192.0.2.3,\n{A},d,v,192.0.2.4,\n",
        f"设备编码,国标编码,名称,IP地址\ngate,,a,192.0.2.3\nX-2,{B},b,192.0.2.9\nX-3,{C},c,192.0.2.3\n,{A},d,\n",
    )
    how = {pair.entry.camera.id: (pair.by, pair.listed.line) for pair in found.pairs}
    assert how == {
        "gate": (MatchedBy.ID, 2),
        "yard": (MatchedBy.NATIONAL_ID, 3),
        A: (MatchedBy.ID, 5),
    }
    # Two of the platform's rows have the address of the pond's camera: it could be either.
    assert [entry.camera.id for entry in found.only_ours] == ["pond"]
    assert [row.line for row in found.only_theirs] == [4]


def test_channels_of_a_recorder_are_not_told_apart_by_its_address(tmp_path: Path) -> None:
    found = both(
        tmp_path,
        "camera_id,name,village,host\na,a,v,192.0.2.1\nb,b,v,192.0.2.1\n",
        "编码,名称,IP地址\na,a,192.0.2.1\nz,z,192.0.2.1\n",
    )
    assert [pair.by for pair in found.pairs] == [MatchedBy.ID]
    assert (len(found.only_ours), len(found.only_theirs)) == (1, 1)


def test_fields_that_differ_are_told_and_others_are_not(tmp_path: Path) -> None:
    found = both(
        tmp_path,
        "camera_id,name,village,carrier,category,url,model,in_service_from\n"
        "a,村口,柳溪村,移动,学校,rtsp://192.0.2.1:8554/live,,2024-06-01\n",
        "编码,名称,行政村,运营商,部位类别,IP地址,型号,安装日期,端口\n"
        "a,村口东,柳溪村,中国移动,school,192.0.2.9,IPC-1,2024/6/1,8000\n",
    )
    (pair,) = found.pairs
    assert pair.differences == (
        Difference(Column.NAME, "村口", "村口东"),
        Difference(Column.HOST, "192.0.2.1", "192.0.2.9"),
        Difference(Column.MODEL, "", "IPC-1"),
    )


def test_full_width_letters_case_and_spaces_are_no_difference(tmp_path: Path) -> None:
    found = both(tmp_path, "camera_id,name,village,host\na,Gate 1,v,192.0.2.1\n", "编码,名称,村\na,ＧＡＴＥ１,v\n")
    assert not found.differs


def test_what_the_platform_leaves_out_is_no_difference(tmp_path: Path) -> None:
    found = both(tmp_path, "camera_id,name,village,host,carrier\na,a,v,192.0.2.1,移动\n", "编码,名称,运营商\na,a,-\n")
    assert not found.differs


def test_a_national_id_the_inventory_lacks_is_a_difference(tmp_path: Path) -> None:
    found = both(tmp_path, "camera_id,name,village,host\na,a,v,192.0.2.1\n", f"设备编码,国标编码,名称\na,{A},a\n")
    assert found.pairs[0].differences == (Difference(Extra.NATIONAL_ID, "", A),)


def test_every_compared_column_can_be_read_of_a_camera(tmp_path: Path) -> None:
    for column in COMPARED:
        theirs = {Column.CATEGORY: "学校", Column.HOST: "192.0.2.9"}.get(column, "2020-01-01")
        found = both(tmp_path, "camera_id,name,village,host\na,a,v,192.0.2.1\n", f"编码,{column}\na,{theirs}\n")
        assert [each.column for each in found.pairs[0].differences] == [column]


def an_entry(camera_id: str, host: str, national: str, line: int) -> Entry:
    camera = a_camera(camera_id, host=host)
    return Entry(camera, Row("cameras.csv", line, {Column.CAMERA_ID: camera_id}), {Extra.NATIONAL_ID: national})


NAMES = st.sampled_from(["a", "b", "c", A, B, C])
CODES = st.sampled_from(["", A, B, C])
HOSTS = st.sampled_from([f"127.0.0.{last}" for last in range(1, 5)])


@given(
    st.lists(st.tuples(NAMES, HOSTS, CODES), unique_by=lambda row: row[0]),
    st.lists(st.tuples(st.lists(NAMES, max_size=2, unique=True), HOSTS)),
)
def test_every_camera_of_either_side_is_in_exactly_one_place(
    ours: list[tuple[str, str, str]], theirs: list[tuple[list[str], str]]
) -> None:
    entries = [an_entry(*row, line) for line, row in enumerate(ours)]
    listed = [
        Listed("x", line, tuple(ids), next((one for one in ids if len(one) == 20), ""), {Column.HOST: host})
        for line, (ids, host) in enumerate(theirs)
    ]
    found = compared(entries, listed)
    assert sorted([*(pair.entry.row.line for pair in found.pairs), *(one.row.line for one in found.only_ours)]) == list(
        range(len(ours))
    )
    assert sorted([*(pair.listed.line for pair in found.pairs), *(one.line for one in found.only_theirs)]) == list(
        range(len(theirs))
    )
    for pair in found.pairs:
        match pair.by:
            case MatchedBy.ID:
                assert pair.entry.camera.id in pair.listed.ids
            case MatchedBy.NATIONAL_ID:
                assert pair.listed.national in (pair.entry.camera.id, pair.entry.extras[Extra.NATIONAL_ID])
            case MatchedBy.ADDRESS:
                assert [host for _, host in theirs].count(pair.listed.host) == 1
                assert pair.entry.hosts[0] == pair.listed.host


@pytest.mark.parametrize("count", [3000])
def test_a_large_list_is_compared_in_a_moment(count: int) -> None:
    entries = [
        an_entry(f"c-{number}", f"10.0.{number // 250}.{number % 250 + 1}", "", number) for number in range(count)
    ]
    listed = [Listed("x", number, (f"c-{number}",), "", {Column.NAME: "村口东"}) for number in range(count)]
    assert len(compared(entries, listed).pairs) == count
