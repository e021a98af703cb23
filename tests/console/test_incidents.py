"""The page and the document of incidents, in both languages."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest

from monitor.console.incidents import incident_page
from monitor.incidents import BlindSpot, Clue, Evidence, Origin
from monitor.language import Language
from monitor.metrics import RepairClock, TownView
from monitor.model import Cause
from tests.console.fakes import FakeSource, console
from tests.metrics.town import HOUR, NOW, camera, incident, status, town


def view() -> TownView:
    line = incident(
        1,
        cameras=40,
        repeat=True,
        evidence=(Evidence(Clue.FELL_TOGETHER, 40, 40), Evidence(Clue.PLACE_LOST)),
    )
    refused = incident(
        2,
        Origin.CREDENTIALS,
        cameras=1,
        settled=False,
        split_from="i0",
        evidence=(Evidence(Clue.CREDENTIALS_REFUSED, 1, cause=Cause.CREDENTIALS_REFUSED),),
    )
    return replace(
        town(status()),
        incidents=(
            line,
            replace(refused, clock=RepairClock(24 * HOUR, 25 * HOUR, major=True, late_cameras=1, near=False)),
        ),
        blind_spots=(BlindSpot(camera().site, NOW - timedelta(hours=3), ("c1", "c2")),),
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            Language.ZH,
            [
                "上联线路",
                "移动-柳溪-OLT1",
                "75 %",
                "40 台中有 40 台",
                "七日内重复",
                "即将超时：剩余 4:00（时限 24:00）",
                "尚在汇总",
                "由 i0 分出",
                "已超时：1 台",
                "重大故障",
                "另有 35 台",
                "盲区（1 处）",
                "2026-03-15 17:00:00",
                "时间均为当地时间（Asia/Shanghai）",
                "柳溪村口 1 号 <small>c1</small><br>c2<br>",
            ],
        ),
        (
            Language.EN,
            [
                "the uplink",
                "移动-柳溪-OLT1",
                "75 %",
                "40 of 40 cameras",
                "again within a week",
                "4:00 left of 24:00",
                "still forming",
                "split from i0",
                "late: 1 camera (limit 24:00)",
                "major fault",
                "35 more",
                "Blind spots (1)",
            ],
        ),
    ],
)
def test_the_page_says_what_is_presumed_why_and_what_is_due(language: Language, words: list[str]) -> None:
    page = incident_page(view(), language)
    assert not [word for word in words if word not in page]


@pytest.mark.parametrize("language", Language)
def test_a_quiet_town_has_a_page_too(language: Language) -> None:
    page = incident_page(town(status()), language)
    assert "<table>" not in page


def test_names_from_the_inventory_are_escaped() -> None:
    nasty = replace(incident(camera_ids=("<b>x",)), name="<script>", village='"><i>')
    spot = BlindSpot(replace(camera().site, name="<u>"), NOW, ("c1",))
    page = incident_page(replace(town(status()), incidents=(nasty,), blind_spots=(spot,)), Language.EN)
    for raw in ("<b>", "<script>", "<i>", "<u>"):
        assert raw not in page


async def test_the_document_lists_what_is_open_with_evidence_in_words() -> None:
    source = FakeSource()
    source.view = view()
    async with console(source) as address, aiohttp.ClientSession() as client:
        async with client.get(f"{address}/api/v1/incidents") as answer:
            found = json.loads(await answer.read())
        async with client.get(f"{address}/incidents?lang=zh") as answer:
            assert "事件与盲区" in await answer.text()
        async with client.get(f"{address}/?lang=en") as answer:
            assert "Incidents and blind spots (2 open)" in await answer.text()
        async with client.get(f"{address}/api/v1/incidents?all=1") as answer:
            assert answer.status == 400
    first, second = found["incidents"]
    assert (first["id"], first["origin"], first["suspect"], len(first["cameras"])) == (
        "i1",
        "uplink",
        "移动-柳溪-OLT1",
        40,
    )
    assert [clue["zh"] for clue in first["evidence"]] == [
        "可见的 40 台中有 40 台几分钟内一同离线",
        "其探测地址已无应答",
    ]
    assert first["repair"] == {
        "limit_seconds": 86400.0,
        "ran_seconds": 72000.0,
        "major": False,
        "near": True,
        "late_cameras": 0,
    }
    assert second["evidence"][0]["en"] == "1 device: credentials refused"
    assert [spot["site"] for spot in found["blind_spots"]] == ["村口"]
