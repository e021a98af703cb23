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
from monitor.model import Cause, DeviceFinding, DeviceStatus, FindingKind, Identity, OpenFinding
from tests.console.fakes import FakeSource, console
from tests.metrics.town import NOW, camera, status, town

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
        "柳溪村口 1 号 <small>c1</small>",
        "2026-03-15 20:00:00",
        "Asia/Shanghai",
        "海康威视 DS-2CD3T47 V5.7.3 4712",
    ):
        assert word in page


def test_without_findings_the_page_says_so_and_of_cameras_that_left_it_says_nothing() -> None:
    assert "没有发现异常" in finding_page(view(), Language.ZH)
    assert "Nothing was found" in finding_page(view(DRIFT, camera_id="gone"), Language.EN)


ADDRESS = town(status(watched=camera(onvif="192.0.2.1")))
ASKED = DeviceStatus("c1", asked_at=NOW)


@pytest.mark.parametrize(
    ("shown", "zh", "en"),
    [
        (town(status()), "清单中没有一台摄像机填写 ONVIF 地址", "No camera of the inventory has an ONVIF address"),
        (ADDRESS, "本次运行中尚无设备被问及：1 台", "No device has been asked since the start: 1 camera has an ONVIF"),
        (replace(ADDRESS, devices=(ASKED,)), "被问及的设备均未应答", "No device that was asked has answered"),
    ],
)
def test_where_nobody_was_asked_the_page_says_why_instead_of_that_nothing_was_found(
    shown: TownView, zh: str, en: str
) -> None:
    assert zh in finding_page(shown, Language.ZH)
    assert en in finding_page(shown, Language.EN)
    assert "没有发现异常" not in finding_page(shown, Language.ZH)
    assert "Nothing was found" not in finding_page(shown, Language.EN)


def test_the_page_counts_who_has_an_address_who_was_asked_and_who_answered() -> None:
    second = status(watched=camera("c2", onvif="192.0.2.2"))
    shown = replace(ADDRESS, statuses=(*ADDRESS.statuses, second), devices=(replace(ASKED, answered=True),))
    assert "2 cameras have an ONVIF address; since the start 1 was asked and 1 answered" in finding_page(
        shown, Language.EN
    )
    assert "2 台，本次运行中已问及 1 台，应答 1 台" in finding_page(shown, Language.ZH)


SILENT = replace(ASKED, cause=Cause.TCP_TIMEOUT, detail="no answer within 5 s")
REFUSED = replace(ASKED, camera_id="c2", answered=True, cause=Cause.CREDENTIALS_REFUSED, detail="<b>; 3 attempts left")


def test_the_page_names_who_did_not_answer_to_the_end_and_why_the_silent_first() -> None:
    second = status(watched=camera("c2", onvif="192.0.2.2"))
    gone = replace(SILENT, camera_id="gone")
    shown = replace(ADDRESS, statuses=(*ADDRESS.statuses, second), devices=(REFUSED, SILENT, gone))
    page = finding_page(shown, Language.ZH)
    assert "没有应答或未答完（2 台）" in page
    one = page.index("<td>否</td><td>连接超时</td><td>no answer within 5 s</td><td>2026-03-15 20:00:00</td>")
    assert one < page.index("<td>是</td><td>账号或密码错误</td><td>&lt;b&gt;; 3 attempts left</td>")
    assert "No answer, or not to the end (2)" in finding_page(shown, Language.EN)


def test_where_every_round_came_through_nobody_is_said_to_be_silent() -> None:
    assert "没有应答或未答完" not in finding_page(view(DRIFT), Language.ZH)


async def test_the_document_says_why_a_round_ended_early() -> None:
    source = FakeSource()
    source.view = replace(ADDRESS, devices=(SILENT, DeviceStatus("c3")))
    async with (
        console(source) as address,
        aiohttp.ClientSession() as client,
        client.get(f"{address}/api/v1/findings") as answer,
    ):
        silent, unasked = json.loads(await answer.read())["devices"]
    assert (silent["cause"], silent["detail"]) == ("tcp_timeout", "no answer within 5 s")
    assert (unasked["asked_at"], unasked["cause"], unasked["detail"]) == (None, None, None)


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
