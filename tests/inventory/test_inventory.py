"""A good inventory, in every format and language it may be written in."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import Fault, SettingsError
from monitor.inventory import load_inventory
from monitor.inventory.cameras import rtsp_url
from monitor.inventory.columns import CHINESE, Column, category_of, column_of, simplified
from monitor.inventory.formats import lines_of_csv
from monitor.inventory.table import rows_of
from monitor.model import Camera, Site, SiteCategory

ROOT = Path(__file__).parent.parent.parent
CONFIG = ROOT / "config"
POND = Camera(
    id="33010200001310000004",
    name="石桥水塘东",
    site=Site("石桥水塘", "石桥水塘", SiteCategory.WATER, "石桥村", "青溪镇", "青县"),
    carrier="电信",
    url="rtsp://192.0.2.40/cam/realmonitor?channel=1&subtype=1",
    uplink="电信-石桥-1",
    recorder="石桥村委NVR",
    credentials="dahua",
    vendor="大华",
    model="NVR4216",
    in_contract=True,
    in_service_from=date(2024, 7, 15),
    in_service_to=None,
)


def load(folder: Path, text: str, *, encoding: str = "utf-8", name: str = "cameras.csv") -> tuple[Camera, ...]:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return load_inventory([path], {"hik", "dahua"})


def test_the_example_table_loads() -> None:
    cameras = load_inventory([CONFIG / "cameras.example.csv"], {"hik", "dahua"})
    assert len(cameras) == 6
    assert cameras[3] == POND
    assert cameras[5].in_contract is False
    assert cameras[5].in_service_to == date(2026, 12, 31)


def test_the_example_list_loads() -> None:
    gate, pond = load_inventory([CONFIG / "cameras.example.yml"], {"hik", "dahua"})
    assert (gate.id, gate.site.category, gate.in_contract) == ("village-gate-1", SiteCategory.JUNCTION, True)
    assert pond.url == POND.url


def test_the_examples_may_be_one_inventory() -> None:
    names = ("cameras.example.csv", "cameras.example.yml")
    assert len(load_inventory([CONFIG / name for name in names], {"hik", "dahua"})) == 8


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_may_be_saved_as_spreadsheets_save_it(tmp_path: Path, encoding: str) -> None:
    text = (CONFIG / "cameras.example.csv").read_text("utf-8").replace("\n", "\r\n")
    assert load(tmp_path, text, encoding=encoding)[3] == POND


def test_only_four_cells_are_needed(tmp_path: Path) -> None:
    (camera,) = load(tmp_path, "camera_id,name,village,url\na,村口,柳溪村,rtsp://192.0.2.1\n")
    site = Site("柳溪村/村口", "村口", SiteCategory.OTHER, "柳溪村", "", "")
    assert camera == Camera("a", "村口", site, "", "rtsp://192.0.2.1/")


def test_title_rows_blank_rows_and_columns_nobody_needs_are_passed_over(tmp_path: Path) -> None:
    text = (
        "青溪镇雪亮工程一机一档,,,,,\n填报单位：综治办,,日期：2026-01-01,,,\n,,,,,\n"
        "序号,摄像机编号,点位名称,行政村,IP 地址,经度\n1,a,甲,柳溪村,192.0.2.1,120.1\n,,,,,\n2,b,乙,柳溪村,192.0.2.2,\n"
    )
    assert [camera.id for camera in load(tmp_path, text)] == ["a", "b"]


def test_every_spelling_of_a_heading_is_known() -> None:
    for column, words in CHINESE.items():
        for heading in (column, *words.split()):
            assert column_of(heading, {}) is column


def test_no_heading_means_two_columns() -> None:
    words = [simplified(word) for column in Column for word in (column, *CHINESE[column].split())]
    doubled = {word for word in words if words.count(word) > 1}
    assert doubled <= {"url"}  # the English heading is one of the Chinese ones, too


@pytest.mark.parametrize("heading", ["camera_id", "Camera ID", "CAMERA-ID", " camera id "])
def test_case_and_punctuation_of_a_heading_do_not_matter(heading: str) -> None:
    assert column_of(heading, {}) is Column.CAMERA_ID


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("公共区域", SiteCategory.PUBLIC_AREA),
        ("街道", SiteCategory.STREET),
        ("路口", SiteCategory.JUNCTION),
        ("池塘沟渠", SiteCategory.WATER),
        ("水域", SiteCategory.WATER),
        ("学校", SiteCategory.SCHOOL),
        ("老旧房屋", SiteCategory.OLD_BUILDING),
        ("其他", SiteCategory.OTHER),
        ("old building", SiteCategory.OLD_BUILDING),
    ],
)
def test_kinds_of_sites_have_their_names(text: str, category: SiteCategory) -> None:
    assert category_of(text) is category


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("rtsp://192.0.2.1/a", "rtsp://192.0.2.1/a"),
        ("RTSP://Cam.Example/A?b=C", "rtsp://cam.example/A?b=C"),
        ("rtsp://192.0.2.1:554/a", "rtsp://192.0.2.1/a"),
        ("rtsp://192.0.2.1:8554", "rtsp://192.0.2.1:8554/"),
        ("rtsps://192.0.2.1:322/a", "rtsps://192.0.2.1/a"),
        ("rtsps://192.0.2.1:554/a", "rtsps://192.0.2.1:554/a"),
        ("rtsp://[2001:DB8::1]:554/a", "rtsp://[2001:db8::1]/a"),
        (
            "rtsp://192.0.2.1/cam/realmonitor?channel=1&subtype=1",
            "rtsp://192.0.2.1/cam/realmonitor?channel=1&subtype=1",
        ),
        ("rtsp://192.0.2.1/user=admin&password=&channel=1", "rtsp://192.0.2.1/user=admin&password=&channel=1"),
    ],
)
def test_an_address_has_one_spelling(written: str, meant: str) -> None:
    assert rtsp_url(written) == meant
    assert rtsp_url(meant) == meant


@given(st.from_regex(r"rtsps?://[a-z0-9:\[\].]{0,9}(:[0-9]{0,6})?(/[ -~]{0,20})?", fullmatch=True) | st.text())
def test_an_accepted_address_is_stable_and_carries_nobody(text: str) -> None:
    try:
        url = rtsp_url(text)
    except ValueError:
        return
    assert rtsp_url(url) == url
    assert "@" not in url


def test_host_port_and_path_make_the_same_address_as_a_url(tmp_path: Path) -> None:
    text = "camera_id,name,village,host,port,path\na,甲,柳溪村,192.0.2.1,554,cam?a=1\nb,乙,柳溪村,2001:db8::1,8554,\n"
    assert [camera.url for camera in load(tmp_path, text)] == ["rtsp://192.0.2.1/cam?a=1", "rtsp://[2001:db8::1]:8554/"]


def test_channels_of_one_device_are_seen_to_be_of_one_device(tmp_path: Path) -> None:
    text = (
        "camera_id,name,village,url\na,甲,柳溪村,rtsp://NVR.example:554/1\nb,乙,柳溪村,rtsp://nvr.example/2\n"
        "c,丙,柳溪村,rtsp://nvr.example:8554/3\n"
    )
    one, other, third = (camera.device for camera in load(tmp_path, text))
    assert one == other != third


@pytest.mark.parametrize(("text", "meant"), [("是", True), ("否", False), ("1", True), ("0", False), ("N", False)])
def test_yes_and_no_have_many_forms(tmp_path: Path, text: str, meant: bool) -> None:
    (camera,) = load(tmp_path, f"camera_id,name,village,url,是否考核\na,甲,柳溪村,rtsp://192.0.2.1/,{text}\n")
    assert camera.in_contract is meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", ""),
        ("CAM.example", "cam.example"),
        ("192.0.2.1:8000", "192.0.2.1:8000"),
        ("[2001:db8::1]:80", "[2001:db8::1]:80"),
        ("HTTP://192.0.2.1/onvif/device_service", "http://192.0.2.1/onvif/device_service"),
        ("https://192.0.2.1:8443/onvif?x=1", "https://192.0.2.1:8443/onvif?x=1"),
    ],
)
def test_the_place_of_onvif_is_kept_in_one_spelling(tmp_path: Path, written: str, meant: str) -> None:
    (camera,) = load(tmp_path, f"camera_id,name,village,url,ONVIF地址\na,甲,柳溪村,rtsp://192.0.2.1/,{written}\n")
    assert camera.onvif == meant


PIN = "ab" * 32


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", "accept"),
        ("accept", "accept"),
        ("verify", "verify"),
        (f"SHA256:{PIN.upper()}", f"sha256:{PIN}"),
        (f"sha256:{':'.join(['AB'] * 32)}", f"sha256:{PIN}"),
    ],
)
def test_a_certificate_is_accepted_verified_or_known(tmp_path: Path, written: str, meant: str) -> None:
    (camera,) = load(tmp_path, f"camera_id,name,village,url,证书\na,甲,柳溪村,rtsps://192.0.2.1/,{written}\n")
    assert camera.certificate == meant


def test_a_list_and_a_table_give_the_same_cameras(tmp_path: Path) -> None:
    table = csv.DictReader(io.StringIO((CONFIG / "cameras.example.csv").read_text("utf-8")))
    text = "".join("- " + "\n  ".join(f"{heading}: '{cell}'" for heading, cell in row.items()) + "\n" for row in table)
    cameras = load_inventory([CONFIG / "cameras.example.csv"], {"hik", "dahua"})
    assert load(tmp_path, text, name="cameras.yml") == cameras


def test_a_row_counts_from_the_line_it_begins_on() -> None:
    lines = list(lines_of_csv(b'a,"b\nc"\r\nd,e\n\nf,g'))
    assert [(line.number, line.cells) for line in lines] == [
        (1, ("a", "b\nc")),
        (3, ("d", "e")),
        (4, ()),
        (5, ("f", "g")),
    ]


@given(st.lists(st.lists(st.text(), min_size=4, max_size=4), max_size=5))
def test_any_cells_give_rows_or_faults(rows: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["camera_id", "name", "village", "url"], *rows])
    content = text.getvalue().encode(errors="replace")
    faults: list[Fault] = []
    found = list(rows_of(lines_of_csv(content), "x.csv", faults))
    assert not faults
    assert len(found) == sum(any(cell.strip() for cell in row) for row in rows)


def test_two_cameras_may_share_a_site_they_describe_alike(tmp_path: Path) -> None:
    text = "camera_id,name,village,site,url\na,甲,柳溪村,村口,rtsp://192.0.2.1/\nb,乙,柳溪村,村口,rtsp://192.0.2.2/\n"
    one, other = load(tmp_path, text)
    assert one.site == other.site
    assert replace(one.site, category=SiteCategory.STREET) != other.site


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("192.0.2.1:8899", "192.0.2.1:8899"),
        ("HTTP://Cam.Example/onvif/device_service", "http://cam.example/onvif/device_service"),
        ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
        ("", ""),
    ],
)
def test_an_onvif_address_may_be_a_host_or_an_http_address(tmp_path: Path, written: str, meant: str) -> None:
    (camera,) = load(tmp_path, f"camera_id,name,village,url,ONVIF地址\na,甲,村,rtsp://192.0.2.1,{written}\n")
    assert camera.onvif == meant


@pytest.mark.parametrize(
    "written", ["rtsp://192.0.2.1", "u:p@192.0.2.1", "192.0.2.1:0", "192.0.2.1/onvif", "192.0.2.1:"]
)
def test_an_onvif_address_of_another_kind_is_a_fault(tmp_path: Path, written: str) -> None:
    with pytest.raises(SettingsError) as faults:
        load(tmp_path, f"camera_id,name,village,url,onvif\na,甲,村,rtsp://192.0.2.1,{written}\n")
    assert [fault.where for fault in faults.value.faults] == ["onvif"]
    assert "u:p" not in str(faults.value)
