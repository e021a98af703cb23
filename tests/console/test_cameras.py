"""The list of cameras and the page of one: what needs somebody first, what cannot be judged said calmly."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import aiohttp
import pytest

from monitor.clock import at_once
from monitor.console.cameras import BLOCK, MOST_SHOWN, camera_list, camera_page
from monitor.language import Language
from monitor.model import CameraStatus, Cause, Sight, State
from tests.console.fakes import FakeSource, console
from tests.metrics.town import NOW, ZONE, camera, result, status, town

WATER = Sight(NOW, unjudged=(Cause.PICTURE_MOVED, Cause.PICTURE_COVERED, Cause.PICTURE_BLURRED, Cause.PICTURE_CAST))
YOUNG = Sight(NOW, unlearnt=(Cause.PICTURE_MOVED,))
STILL = Sight(NOW, noticed=(Cause.PICTURE_FROZEN,))


def one(camera_id: str, state: State = State.UP, cause: Cause = Cause.OK, sight: Sight | None = None) -> CameraStatus:
    return status(state, cause, camera(camera_id, name=f"{camera_id} 号"), sight=sight)


SEVERAL = (
    one("a"),
    one("b", sight=WATER),
    one("c", State.UNKNOWN, Cause.CREDENTIALS_REFUSED),
    one("d", State.DEGRADED, Cause.PICTURE_BLACK, Sight(NOW)),
    one("e", State.DOWN, Cause.TCP_TIMEOUT),
    one("f", sight=YOUNG),
    one("g", sight=STILL),
)


def listed(page: str) -> list[str]:
    return re.findall(r'href="/cameras/(\w+)\?', page)


def test_what_needs_somebody_stands_first_then_what_there_is_to_say_of() -> None:
    assert listed(at_once(camera_list(town(*SEVERAL), Language.ZH))) == ["e", "d", "c", "b", "f", "g", "a"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            Language.ZH,
            [
                "共 7 台。画面无法判断 1 台，学习中 1 台，疑似冻结 1 台：都不是故障",
                "<td>无法判断：视角偏移、画面遮挡、画面模糊</td>",
                "<td>学习中：视角偏移</td>",
                "<td>疑似：画面冻结</td>",
                "<td>画面异常</td><td>黑屏</td>",
            ],
        ),
        (
            Language.EN,
            [
                "7 cameras. Pictures that cannot be judged: 1; being learnt: 1; suspected to be frozen: 1. None",
                "<td>cannot judge: view moved, view covered, blurred picture</td>",
                "<td>suspected: frozen picture</td>",
            ],
        ),
    ],
)
def test_the_list_says_of_whose_pictures_nothing_can_be_told(language: Language, words: list[str]) -> None:
    page = at_once(camera_list(town(*SEVERAL), language))
    for word in words:
        assert word in page


def test_a_large_town_is_cut_and_each_village_is_listed_by_itself() -> None:
    elsewhere = camera("x", site=replace(camera().site, village="石桥村"))
    many = [one(f"c{nth:04}") for nth in range(MOST_SHOWN + 2)]
    view = town(*many, status(watched=elsewhere))
    page = at_once(camera_list(view, Language.ZH))
    assert len(listed(page)) == MOST_SHOWN
    assert "另有 3 台未列出" in page
    assert listed(at_once(camera_list(view, Language.EN, "石桥村"))) == ["x"]
    assert "Cameras of 石桥村" in at_once(camera_list(view, Language.EN, "石桥村"))


def test_a_long_list_is_written_in_short_steps() -> None:
    many = town(*(one(f"c{nth}") for nth in range(4 * BLOCK)))
    assert sum(1 for _ in camera_list(many, Language.EN)) == 5


def test_the_page_of_a_camera_explains_what_cannot_be_judged_and_why_that_is_no_fault() -> None:
    page = camera_page(one("b", sight=WATER), ZONE, Language.ZH)
    assert "<dt>无法判断</dt><dd>视角偏移、画面遮挡、画面模糊、画面偏色<br>" in page
    assert "不是故障，也不当作正常；不影响在线率和完好率" in page
    assert "最近一次查看画面：2026-03-15 20:00:00，能判断的各项均正常。" in page
    english = camera_page(one("b", sight=WATER), ZONE, Language.EN)
    assert "<dt>cannot judge</dt><dd>view moved, view covered, blurred picture, colour cast<br>" in english
    assert "No fault, and not called good either" in english


def test_the_page_says_when_there_is_no_picture_to_judge() -> None:
    down = camera_page(one("e", State.DOWN, Cause.TCP_TIMEOUT), ZONE, Language.ZH)
    assert "现在没有画面可看" in down
    assert "离线 · 连接超时" in down
    assert "No picture of it was decoded since the start" in camera_page(one("a"), ZONE, Language.EN)


def test_neither_a_faulty_picture_nor_a_doubted_one_is_called_good() -> None:
    page = camera_page(one("d", State.DEGRADED, Cause.PICTURE_BLACK, Sight(NOW)), ZONE, Language.EN)
    assert "degraded · black picture" in page
    assert "is good" not in page
    doubted = replace(one("a", sight=Sight(NOW)), last_result=result("a", Cause.PICTURE_BLURRED))
    assert "blurred picture is doubted and looked at again; no fault yet" in camera_page(doubted, ZONE, Language.EN)
    assert "有疑点（画面模糊），正在复核" in camera_page(doubted, ZONE, Language.ZH)


def test_a_name_cannot_bring_markup_into_list_or_page() -> None:
    nasty = status(watched=camera("c1", name="<script>", site=replace(camera().site, village='<b>"')))
    for page in (at_once(camera_list(town(nasty), Language.ZH)), camera_page(nasty, ZONE, Language.EN)):
        assert "<script>" not in page
        assert "<b>" not in page


async def test_the_pages_are_served_and_who_is_not_there_is_not_found() -> None:
    source = FakeSource()
    source.view = town(*SEVERAL)
    async with console(source) as address, aiohttp.ClientSession() as client:
        for path, word in (
            ("/?lang=zh", "摄像机与画面诊断（7 台）"),
            ("/cameras?lang=zh", "疑似：画面冻结"),
            ("/cameras/g?lang=en", "two of them settle it"),
            ("/villages/柳溪村?lang=en", "Cameras of 柳溪村"),
        ):
            async with client.get(f"{address}{path}") as answer:
                assert answer.status == 200
                assert word in await answer.text()
        for path in ("/cameras/nobody", "/villages/nowhere"):
            async with client.get(f"{address}{path}") as answer:
                assert answer.status == 404


async def test_the_document_of_the_town_says_of_each_picture_what_cannot_be_judged() -> None:
    source = FakeSource()
    source.view = town(*SEVERAL)
    async with (
        console(source) as address,
        aiohttp.ClientSession() as client,
        client.get(f"{address}/api/v1/status") as answer,
    ):
        cameras = {each["id"]: each["picture"] for each in json.loads(await answer.read())["cameras"]}
    assert cameras["a"] is None
    assert cameras["b"]["unjudged"] == ["picture_moved", "picture_covered", "picture_blurred", "picture_cast"]
    assert cameras["f"]["learning"] == ["picture_moved"]
    assert cameras["g"] == {
        "at": "2026-03-15T12:00:00.000+00:00",
        "unjudged": [],
        "learning": [],
        "noticed": ["picture_frozen"],
    }
