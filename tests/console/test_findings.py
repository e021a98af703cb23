"""The page and the document of findings, in both languages."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest

from monitor.console.findings import finding_page
from monitor.language import Language
from monitor.metrics import TownView
from monitor.model import DeviceFinding, DeviceStatus, FindingKind, Identity, OpenFinding
from tests.console.fakes import FakeSource, console
from tests.metrics.town import NOW, status, town

PLATE = Identity("海康威视", "DS-2CD3T47", "V5.7.3", "4712")
DRIFT = DeviceFinding(FindingKind.CLOCK_DRIFT, offset_us=-90_250_000, limit_us=5_000_000)
SWAPPED = DeviceFinding(FindingKind.DEVICE_SWAPPED, "Hikvision 4711", "Hikvision 4712")


def view(*findings: DeviceFinding, camera_id: str = "c1") -> TownView:
    found = tuple(OpenFinding(each, NOW) for each in findings)
    device = DeviceStatus(camera_id, found, PLATE, NOW, answered=True, clock_offset=timedelta(seconds=-91))
    return replace(town(status()), devices=(device,))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.ZH, ["发现（2 项）", "时钟不准", "慢 90.2 秒（允许 5.0 秒）", "设备被更换"]),
        (Language.EN, ["Findings (2)", "clock off", "90.2 s behind (5.0 s allowed)", "device swapped"]),
    ],
)  # fmt: skip
def test_the_page_names_the_camera_the_finding_its_numbers_and_the_device(language: Language, words: list[str]) -> None:
    page = finding_page(view(DRIFT, SWAPPED), language)
    for word in (
        *words,
        "Hikvision 4711 → Hikvision 4712",
        "柳溪村口 1 号",
        "2026-03-15 12:00:00",
        "海康威视 DS-2CD3T47 V5.7.3 4712",
    ):
        assert word in page


def test_without_findings_the_page_says_so_and_of_cameras_that_left_it_says_nothing() -> None:
    assert "没有发现异常" in finding_page(view(), Language.ZH)
    assert "Nothing was found" in finding_page(view(DRIFT, camera_id="gone"), Language.EN)


def test_nothing_a_device_calls_itself_is_markup() -> None:
    nasty = view(replace(SWAPPED, after="<script>"))
    device = replace(nasty.devices[0], identity=replace(PLATE, model="<b>"))
    page = finding_page(replace(nasty, devices=(device,)), Language.EN)
    assert "<script>" not in page
    assert "<b>" not in page


async def test_the_document_tells_of_every_device_what_it_told_and_what_was_found() -> None:
    source = FakeSource()
    source.view = view(DRIFT)
    async with console(source) as address, aiohttp.ClientSession() as client:
        async with client.get(f"{address}/api/v1/findings") as answer:
            (device,) = json.loads(await answer.read())["devices"]
        async with client.get(f"{address}/findings?lang=zh") as answer:
            assert "设备核查" in await answer.text()
        async with client.get(f"{address}/?lang=en") as answer:
            assert "Findings about devices (1)" in await answer.text()
        async with client.get(f"{address}/api/v1/findings?all=1") as answer:
            assert answer.status == 400
    assert (device["camera"], device["clock_offset_seconds"], device["identity"]["serial"]) == ("c1", -91.0, "4712")
    (finding,) = device["findings"]
    assert (finding["finding"], finding["offset_seconds"], finding["limit_seconds"]) == ("clock_drift", -90.25, 5.0)
    assert (finding["zh"], finding["en"]) == (
        "时钟不准 慢 90.2 秒（允许 5.0 秒）",
        "clock off 90.2 s behind (5.0 s allowed)",
    )
