"""A channel that cannot deliver and has a fallback: how soon the news go that way, and what the ends cost meanwhile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from monitor.alerting import Severity
from monitor.language import Phrase
from monitor.settings import AlertSettings
from tests.incidents.town import cameras
from tests.relay.world import Office, channel, office, settings
from tests.robots import Robots

MINUTE = timedelta(minutes=1)
TRY = 2 * MINUTE  # a message, a try of it and one by the other way, where seconds pass in milliseconds
LINES = [f"u{nth}" for nth in range(8)]
TOWN = [camera for line in LINES for camera in cameras(5, line, carrier=line)]
Answering = Callable[[], Awaitable[web.Response]]


def apart(vendors: Robots) -> AlertSettings:
    """On call have a robot, and a gateway that nobody uses otherwise."""
    usual = settings(vendors).channels
    ding = channel("ding", usual["ding"].target, fallback="sms")
    receivers = {"vendor-on-call": ("ding",), "office": ("feishu",), "tickets": ("wecom",)}
    return settings(vendors, channels={**usual, "ding": ding}, receivers=receivers)


async def away() -> web.Response:
    return web.Response(status=503)


async def refusal() -> web.Response:
    return web.json_response({"errcode": 300005, "errmsg": "token is not exist"})


def counted(answer: Answering, of: Office) -> list[timedelta]:
    """The robot answers so from now on; how long after now it was asked grows in what is returned."""
    began, asked = of.clock.now(), list[timedelta]()

    async def answering() -> web.Response:
        asked.append(of.clock.now() - began)
        return await answer()

    of.vendors.instead["dingtalk"] = answering
    return asked


async def news(of: Office, text: str) -> None:
    await of.relay.tell("vendor-on-call", text, Phrase(text, text), [], Severity.CRITICAL)


async def arrival(of: Office, vendor: str, text: str) -> None:
    await of.until(there(of, vendor, text))


def there(of: Office, vendor: str, text: str) -> Callable[[], bool]:
    return lambda: any(text in each for each in of.vendors.texts[vendor])


async def waiting(of: Office) -> int:
    """How many messages wait for the robot."""
    _, listed = await of.relay.listed()
    return sum(one.message.channel == "ding" and one.state == "waiting" for one in listed)


async def lines_are_told_and_the_robot_answers(of: Office, answer: Answering) -> list[timedelta]:
    of.world.cut([camera.id for camera in TOWN])
    await of.until(lambda: bool(of.vendors.texts["dingtalk"]))
    await of.quiet()
    return counted(answer, of)


def mend(of: Office, line: str) -> None:
    of.world.mend([camera.id for camera in TOWN if camera.uplink == line])


async def test_news_that_wait_behind_others_reach_the_fallback_as_soon_as_these(tmp_path: Path) -> None:
    async with office(tmp_path, TOWN, apart) as of:
        of.vendors.instead["dingtalk"] = away
        began = of.clock.now()
        for text, minute in (("甲", 0), ("乙", 1), ("丙", 9)):
            await of.later(began + minute * MINUTE - of.clock.now())
            await news(of, text)
        assert of.vendors.texts["sms"] == []
        for text in "甲乙丙":
            await arrival(of, "sms", text)
        assert timedelta(minutes=10) <= of.clock.now() - began <= timedelta(minutes=10) + TRY
        await of.later(20 * MINUTE)
        for text in "丁戊":  # nothing has got through for half an hour: one try shows that it is so still
            due = of.clock.now()
            await news(of, text)
            await arrival(of, "sms", text)
            assert of.clock.now() - due <= TRY


async def test_ten_minutes_are_those_of_the_news_also_where_the_robot_answers_now_and_then(tmp_path: Path) -> None:
    async with office(tmp_path, TOWN, apart) as of:
        of.vendors.instead["dingtalk"] = away
        await news(of, "甲")
        await of.later(MINUTE)
        due = of.clock.now()
        await news(of, "乙")
        await of.later(3 * MINUTE)
        del of.vendors.instead["dingtalk"]
        await arrival(of, "dingtalk", "甲")
        of.vendors.instead["dingtalk"] = away
        await arrival(of, "sms", "乙")
        assert timedelta(minutes=10) <= of.clock.now() - due <= timedelta(minutes=10) + TRY
        assert not there(of, "sms", "甲")()


async def test_a_robot_that_mutes_us_for_longer_hands_over_at_once_and_is_left_alone(tmp_path: Path) -> None:
    async def muted() -> web.Response:
        return web.json_response({"errcode": 130101, "errmsg": "send too fast"})

    async with office(tmp_path, TOWN, apart) as of:
        began, asked = of.clock.now(), counted(muted, of)
        await news(of, "甲")
        await arrival(of, "sms", "甲")
        assert of.clock.now() - began <= TRY
        await of.later(MINUTE)
        due = of.clock.now()
        await news(of, "乙")
        await arrival(of, "sms", "乙")
        assert of.clock.now() - due <= timedelta(minutes=10) + TRY
        first, second = asked
        assert second - first >= timedelta(minutes=10)


async def test_an_end_holds_no_news_up_from_its_first_failure(tmp_path: Path) -> None:
    async with office(tmp_path, TOWN, apart) as of:
        asked = await lines_are_told_and_the_robot_answers(of, away)
        mend(of, "u0")
        await of.until(lambda: len(asked) == 7)  # the next try of it is minutes away
        await news(of, "甲")
        await of.until(lambda: len(asked) == 8)
        assert asked[7] - asked[6] <= TRY
        await arrival(of, "sms", "甲")
        del of.vendors.instead["dingtalk"]
        await arrival(of, "dingtalk", "【已恢复】")


@pytest.mark.parametrize("answer", [away, refusal])
async def test_ends_that_wait_leave_room_for_news_and_come_together(tmp_path: Path, answer: Answering) -> None:
    async with office(tmp_path, TOWN, apart) as of:
        asked = await lines_are_told_and_the_robot_answers(of, answer)
        for line in LINES:
            mend(of, line)
            await of.later(2 * MINUTE)
        await of.later(10 * MINUTE)
        since = asked[-1] - timedelta(minutes=10)
        assert len([at for at in asked if at > since]) <= 3
        due = of.clock.now()
        await news(of, "甲")
        await arrival(of, "sms", "甲")
        assert of.clock.now() - due <= TRY
        assert await waiting(of) <= (2 if answer is away else 5)
        del of.vendors.instead["dingtalk"]
        await of.until(
            lambda: all(there(of, "dingtalk", f"【已恢复】东村：上联线路 {line} ")() for line in LINES), 120 * MINUTE
        )
        await of.quiet()
        assert not any("已恢复" in text for text in of.vendors.texts["sms"])
