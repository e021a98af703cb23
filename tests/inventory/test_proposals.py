"""What answers in a network is known by the inventory, or proposed in its own form."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.inventory import load_inventory
from monitor.inventory.entries import table_of
from monitor.inventory.proposals import Found, KnownBy, form_of, known_of, rows_of, usual_form
from monitor.language import Language
from monitor.onvif.addresses import Service
from monitor.onvif.discovery import said
from tests.inventory.listings import inventory, written

OURS = (
    "camera_id,name,village,url,onvif,mac_address,serial\n"
    "gate,A,v,rtsp://192.0.2.1/,,44-19-B6-01-02-03,\n"
    "pond,B,v,rtsp://192.0.2.2/,192.0.2.3:8000,,DS-77\n"
)


def a_device(
    host: str, mac: str = "", serial: str = "", name: str = "IPC", url: str = "rtsp://192.0.2.9/live"
) -> Found:
    return Found(host, Service(host, 8000), name, "Maker", "M-1", mac, serial, url, "cam")


@pytest.mark.parametrize(
    ("device", "camera_id", "by", "moved"),
    [
        (a_device("192.0.2.1"), "gate", KnownBy.ADDRESS, False),
        (a_device("192.0.2.3"), "pond", KnownBy.ADDRESS, False),  # by its ONVIF address
        (a_device("192.0.2.8", mac="4419b6010203"), "gate", KnownBy.MAC, True),
        (a_device("192.0.2.8", serial="ds-77"), "pond", KnownBy.SERIAL, True),
        (a_device("192.0.2.1", serial="DS-77"), "gate", KnownBy.ADDRESS, False),  # the surest first
    ],
)
def test_a_device_is_known_by_address_mac_or_serial(
    tmp_path: Path, device: Found, camera_id: str, by: KnownBy, moved: bool
) -> None:
    (known,) = known_of([device], inventory(tmp_path, OURS))
    assert (known.entry.camera.id, known.by, known.moved) == (camera_id, by, moved)


def test_a_device_that_says_nothing_of_itself_is_known_by_nothing_but_its_address(tmp_path: Path) -> None:
    assert not known_of([a_device("192.0.2.8")], inventory(tmp_path, OURS))


@pytest.mark.parametrize("language", Language)
def test_what_is_proposed_is_an_inventory(tmp_path: Path, language: Language) -> None:
    devices = [a_device("192.0.2.10"), a_device("192.0.2.9", "4419b6010203")]
    table = rows_of(devices, {"cam-192-0-2-9"}, "v", usual_form(language))
    text = io.StringIO()
    csv.writer(text).writerows(table)
    path = written(tmp_path / "found.csv", text.getvalue())
    first, second = load_inventory([path], {"cam"})
    assert (first.id, first.name, first.url) == ("cam-192-0-2-9-2", "IPC 192.0.2.9", "rtsp://192.0.2.9/live")
    assert (first.onvif, first.credentials, first.vendor, first.model) == ("192.0.2.9:8000", "cam", "Maker", "M-1")
    assert second.id == "cam-192-0-2-10"


@pytest.mark.parametrize(
    "heading",
    [
        "序号,设备名称,国标编码,所属村,IP地址,取流地址,备注",
        "no,camera name,Camera ID,village,host,url,remark",
        "camera_id,name,village,url,mac_address",
    ],
)
def test_what_is_proposed_can_be_put_below_the_inventory_as_it_is(tmp_path: Path, heading: str) -> None:
    heading = heading.replace("camera name", "name")
    path = written(tmp_path / "cameras.csv", f"一机一档,,\n{heading}\n")
    head, row = rows_of([a_device("192.0.2.10", serial="S-1")], set(), "柳溪村", form_of(table_of(path)))
    assert head[: heading.count(",") + 1] == heading.split(",")
    assert head[-1].isascii() == heading.isascii()  # what the inventory has no column for is headed like the rest
    assert len(set(head)) == len(head)
    text = io.StringIO()
    csv.writer(text).writerows([head, row])
    (camera,) = load_inventory([written(tmp_path / "more.csv", text.getvalue())], {"cam"})
    assert (camera.id, camera.name, camera.url) == ("cam-192-0-2-10", "IPC 192.0.2.10", "rtsp://192.0.2.9/live")
    assert (camera.site.village, camera.onvif) == ("柳溪村", "192.0.2.10:8000")


def test_a_service_at_an_unusual_path_is_written_whole() -> None:
    odd = Found("192.0.2.1", Service("192.0.2.1", 80, "/onvif/other"))
    usual = Found("192.0.2.1", Service("192.0.2.1"))
    assert (odd.onvif, usual.onvif) == ("http://192.0.2.1/onvif/other", "192.0.2.1")


HOSTS = st.integers(1, 250).map(lambda last: f"192.0.2.{last}")


@given(st.lists(st.tuples(HOSTS, st.text(max_size=80)), min_size=1, max_size=6))
def test_whatever_devices_call_themselves_the_table_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, devices: list[tuple[str, str]]
) -> None:
    found = [a_device(host, name=said(name)) for host, name in devices]
    text = io.StringIO()
    csv.writer(text).writerows(rows_of(found, set(), "v", usual_form(Language.EN)))
    path = written(tmp_path_factory.mktemp("found") / "found.csv", text.getvalue())
    cameras = load_inventory([path], {"cam"})
    assert len({camera.id for camera in cameras}) == len(devices)
