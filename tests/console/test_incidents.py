"""The page and the document of incidents, in both languages."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from monitor.console import incidents
from monitor.console.incidents import incident_page
from monitor.incidents import BlindSpot, Clue, Evidence, Origin
from monitor.language import Language
from monitor.metrics import Ended, PlaceFigures, RepairClock, TownView
from monitor.model import Cause
from monitor.wording import clue_text
from tests.console.fakes import FakeSource, console
from tests.metrics.town import HOUR, NOW, camera, incident, status, town

NOTHING_ENDED = Ended(NOW - timedelta(days=7), (), 0)


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
    page = incident_page(view(), NOTHING_ENDED, language)
    assert not [word for word in words if word not in page]


@pytest.mark.parametrize("language", Language)
def test_a_quiet_town_has_a_page_too(language: Language) -> None:
    page = incident_page(town(status()), NOTHING_ENDED, language)
    assert "<table>" not in page


def test_names_from_the_inventory_are_escaped() -> None:
    nasty = replace(incident(camera_ids=("<b>x",)), name="<script>", village='"><i>')
    spot = BlindSpot(replace(camera().site, name="<u>"), NOW, ("c1",))
    page = incident_page(replace(town(status()), incidents=(nasty,), blind_spots=(spot,)), NOTHING_ENDED, Language.EN)
    for raw in ("<b>", "<script>", "<i>", "<u>"):
        assert raw not in page


def past() -> Ended:
    ended_at = NOW - timedelta(hours=1)
    began_at, cameras = ended_at - timedelta(hours=2), tuple(f"c{nth}" for nth in range(1, 8))
    ended: dict[str, Any] = {"since_at": began_at, "ended_at": ended_at, "camera_ids": (), "affected_ids": cameras}
    line = incident(7, cameras=7, falls=3, settled=False, **ended)
    return Ended(NOW - timedelta(days=7), (replace(line, clock=None),), left_out=12)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            Language.ZH,
            ["已结束", "上联线路 移动-柳溪-OLT1", "柳溪村", "共 7 台", "另有 2 台", "3 次离线", "i7", "另有 12 个"],
        ),
        (
            Language.EN,
            ["Ended since", "the uplink 移动-柳溪-OLT1", "7 in all", "2 more", "went down 3 times", "i7", "12 earlier"],
        ),
    ],
)
def test_what_has_ended_is_shown_with_how_long_it_lasted_and_whom_it_affected(
    language: Language, words: list[str]
) -> None:
    page = incident_page(town(status()), past(), language)
    assert not [word for word in words if word not in page]
    (row,) = [line for line in page.splitlines() if "i7" in line]
    assert "<td>2:00</td>" in row
    assert "c5" in row
    assert "c6" not in row
    assert clue_text(Evidence(Clue.FELL_TOGETHER, 7, 7), language) in row
    assert incidents.FORMING[language] not in row


def test_what_is_open_says_how_often_it_went_down_too() -> None:
    shown = replace(town(status()), incidents=(incident(falls=2),))
    assert "went down 2 times" in incident_page(shown, NOTHING_ENDED, Language.EN)
    assert "2 次离线" in incident_page(shown, NOTHING_ENDED, Language.ZH)


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00:00"), (36, "0:00:36"), (60, "0:01"), (7385, "2:03")])
def test_what_lasted_less_than_a_minute_is_shown_by_the_second(seconds: int, text: str) -> None:
    (line,) = past().incidents
    assert line.incident.ended_at is not None
    short = replace(line.incident, since_at=line.incident.ended_at - timedelta(seconds=seconds))
    ended = replace(past(), incidents=(replace(line, incident=short),))
    assert f"<td>{text}</td>" in incident_page(town(status()), ended, Language.EN)


PLACES = (
    PlaceFigures(Origin.UPLINK, "移动-柳溪-OLT1", False, NOW - timedelta(hours=3), ever=True),
    PlaceFigures(Origin.RECORDER, "<NVR>", False, NOW - timedelta(hours=3), ever=False),
    PlaceFigures(Origin.POWER_CABINET, "村口配电箱", None, None, ever=False),
    PlaceFigures(Origin.MONITOR, "1", True, NOW - timedelta(hours=3), ever=True),
)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            Language.ZH,
            [
                "探测地址（4 处，2 处无应答）",
                "无应答",
                "从未应答，地址可能有误",
                "尚无结果",
                "canaries 第 1 项",
                "有应答",
            ],
        ),
        (
            Language.EN,
            ["Probe addresses (4, 2 silent)", "silent", "never answered: is the address right?", "nothing known"],
        ),
    ],
)
def test_places_are_shown_with_what_they_answer_and_an_address_that_is_probably_wrong(
    language: Language, words: list[str]
) -> None:
    page = incident_page(replace(town(status()), places=PLACES), NOTHING_ENDED, language)
    assert not [word for word in words if word not in page]
    assert "&lt;NVR&gt;" in page


async def test_what_has_ended_can_be_asked_for_since_an_instant_and_no_more_than_so_many() -> None:
    source = FakeSource()
    (one,) = past().incidents
    source.ended = (one, one, one)
    async with console(source) as address, aiohttp.ClientSession() as client:

        async def asked(query: str) -> tuple[int, dict[str, Any]]:
            async with client.get(f"{address}/api/v1/incidents/ended{query}") as answer:
                return answer.status, json.loads(await answer.read())

        code, found = await asked("?since=2026-03-15T18:30:00%2B08:00&limit=2")
        assert (code, found["since_at"], found["left_out"]) == (200, "2026-03-15T18:30:00.000+08:00", 1)
        first, _ = found["incidents"]
        assert first["settled"]  # though it ended while it was forming
        assert (first["id"], first["ended_at"], first["cameras"]) == (
            "i7",
            "2026-03-15T11:00:00.000+00:00",
            [f"c{nth}" for nth in range(1, 8)],
        )
        assert (await asked("?since=2026-03-15T11:00:00Z"))[1]["incidents"] == []
        assert len((await asked("?since=2026-03-15T18:30:00+08:00"))[1]["incidents"]) == 3  # a plus, not escaped
        for wrong in ("?since=yesterday", "?since=2026-03-15", "?limit=0", "?limit=1001", "?before=1"):
            code, found = await asked(wrong)
            assert (code, list(found)) == (400, ["error"]), wrong


async def test_the_document_of_incidents_has_the_places() -> None:
    source = FakeSource()
    source.view = replace(source.view, places=PLACES[:1])
    async with (
        console(source) as address,
        aiohttp.ClientSession() as client,
        client.get(f"{address}/api/v1/incidents") as answer,
    ):
        assert json.loads(await answer.read())["places"] == [
            {
                "origin": "uplink",
                "name": "移动-柳溪-OLT1",
                "answers": False,
                "since_at": "2026-03-15T09:00:00.000+00:00",
                "ever_answered": True,
            }
        ]


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
