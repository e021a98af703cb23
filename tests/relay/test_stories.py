"""Stories of a town, and what people are told: once for each channel, and always its end."""

from __future__ import annotations

import json
import logging
import re
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from monitor.alerting import Facts, Severity, Shift
from monitor.clock import at_once
from monitor.errors import UnknownReceiver
from monitor.language import Phrase
from monitor.model import Camera
from monitor.settings import AlertPath, AlertSettings
from tests.incidents.town import a_camera, cameras
from tests.metrics.town import status as a_status
from tests.metrics.town import town as a_town
from tests.notify.samples import mail, sms
from tests.relay.world import Office, channel, office, settings
from tests.robots import Robots, mail_server

MINUTE = timedelta(minutes=1)
TOWN = cameras(40) + cameras(10, "u2")
LINE = [camera.id for camera in TOWN if camera.uplink == "u1"]
ROBOTS = ("ding", "wecom", "feishu")
VENDORS = ("dingtalk", "wecom", "feishu")


def by_alertmanager(vendors: Robots) -> AlertSettings:
    return settings(vendors, AlertPath.ALERTMANAGER)


def told(of: Office) -> list[int]:
    return [len(of.vendors.texts[vendor]) for vendor in VENDORS]


def without_numbers(texts: list[str]) -> list[str]:
    return [text.rpartition("\n")[0] for text in texts]


async def prometheus(of: Office, status: str = "firing") -> None:
    """What Prometheus' rules and Alertmanager's routes do with the critical incidents, a little later."""
    known = {subject for _, subject in of.relay._desk.told}
    ids = sorted(known | {facts.figures.incident.id for facts in _facts(of) if facts.figures.incident.settled})
    labels = [{"alertname": "SharpEyesIncident", "severity": "critical", "incident": one} for one in ids]
    await of.alertmanager("vendor-on-call", *labels, status=status)


def _facts(of: Office) -> tuple[Facts, ...]:
    return at_once(of.world.facts())


async def test_a_cut_line_of_forty_cameras_is_one_message_a_channel_and_one_recovery(tmp_path: Path) -> None:
    async with office(tmp_path, TOWN) as of:
        of.world.cut(LINE)
        await of.until(lambda: told(of) == [1, 1, 1], 2 * MINUTE)
        await of.later(10 * MINUTE)
        assert told(of) == [1, 1, 1]
        of.world.mend(LINE)
        await of.until(lambda: told(of) == [2, 2, 2], 1 * MINUTE)
        await of.later(30 * MINUTE)
        assert told(of) == [2, 2, 2]
        first, last = of.vendors.texts["dingtalk"]
    assert first.startswith("【严重·故障】东村：上联线路 u1 中断，40 台摄像机离线\n开始：10-01 08:00（已持续 1 分）")
    assert "盲区 40 处：部位、部位" in first
    assert last.startswith("【已恢复】东村：上联线路 u1 中断，40 台摄像机离线\n10-01 08:00 至 10-01 08:1")
    assert "累计影响 40 台" in last


async def test_a_resolved_alert_is_not_believed_while_the_cameras_are_down(tmp_path: Path) -> None:
    async with office(tmp_path, TOWN, by_alertmanager) as of:
        of.world.cut(LINE)
        await of.later(3 * MINUTE)
        await prometheus(of)
        await of.until(lambda: told(of) == [1, 1, 1], MINUTE)
        await prometheus(of, "resolved")  # the series was gone: the monitor started anew
        await of.later(5 * MINUTE)
        assert told(of) == [1, 1, 1]
        of.world.mend(LINE)
        await of.until(lambda: told(of) == [2, 2, 2], MINUTE)


async def test_an_alert_about_a_camera_is_about_its_incident(tmp_path: Path) -> None:
    async with office(tmp_path, TOWN, by_alertmanager) as of:
        of.world.cut(LINE)
        await of.later(3 * MINUTE)
        alerts = [{"alertname": "SharpEyesCameraDown", "severity": "warning", "camera_id": one} for one in LINE]
        await of.alertmanager("tickets", *alerts)
        await of.until(lambda: len(of.vendors.texts["sms"]) == 1, MINUTE)
        await of.later(MINUTE)
        assert "上联线路 u1 中断，40 台摄像机离线" in of.vendors.texts["sms"][0]
        assert len(of.vendors.texts["sms"]) == 1


async def test_what_alertmanager_calls_for_too_early_is_told_when_it_may_be_even_after_a_restart(
    tmp_path: Path,
) -> None:
    async with office(tmp_path, TOWN, by_alertmanager) as of:
        of.world.planned = set(LINE)
        of.world.cut(LINE)
        await of.later(3 * MINUTE)
        await prometheus(of)
        await of.later(MINUTE)
        assert told(of) == [0, 0, 0]
        world = of.world
    async with office(tmp_path, TOWN, by_alertmanager, world=world) as of:
        world.planned = set()
        await of.until(lambda: told(of) == [1, 1, 1], MINUTE)


async def test_an_alert_without_an_incident_is_told_in_its_own_words(tmp_path: Path) -> None:
    async with office(tmp_path, TOWN, by_alertmanager) as of:
        labels = {"alertname": "SharpEyesLedgerFailing", "severity": "critical"}
        await of.alertmanager("vendor-on-call", labels)
        await of.until(lambda: told(of) == [1, 1, 1], MINUTE)
        assert of.vendors.texts["dingtalk"][0].startswith("【严重·告警】SharpEyesLedgerFailing")
        with pytest.raises(UnknownReceiver, match="nobody"):
            await of.alertmanager("nobody", labels)


async def test_a_storm_that_grows_is_told_at_the_next_call_even_after_a_restart_and_not_while_it_is_silenced(
    tmp_path: Path,
) -> None:
    storm = [a_camera(f"c{nth:02}", f"u{nth:02}", carrier=f"k{nth:02}") for nth in range(40)]
    ids = [camera.id for camera in storm]
    labels = {"alertname": "SharpEyesManyDown", "severity": "critical", "county": "清河县", "town": "清河镇"}
    async with office(tmp_path, [*storm, a_camera("z", town="别镇")], by_alertmanager) as of:
        of.world.cut([*ids[:15], "z"])
        await of.later(3 * MINUTE)
        await of.alertmanager("vendor-on-call", labels)
        await of.until(lambda: told(of) == [1, 1, 1], MINUTE)
        assert "现有 15 台摄像机同时离线" in of.vendors.texts["dingtalk"][0]
        await of.quiet()  # what is under way when the monitor ends is sent once more, marked so
        of.world.planned = set(ids[30:])
        of.world.cut(ids[15:])
        world = of.world
    async with office(tmp_path, storm, by_alertmanager, world=world) as of:
        await of.later(5 * MINUTE)  # a silence: Alertmanager does not call
        assert told(of) == [0, 0, 0]
        for _ in range(3):
            await of.alertmanager("vendor-on-call", labels)
            await of.later(MINUTE)
        assert told(of) == [1, 1, 1]
        assert "扩大】" in of.vendors.texts["dingtalk"][0]
        assert "现有 30 台摄像机同时离线" in of.vendors.texts["dingtalk"][0]
        world.mend(ids)
        await of.later(MINUTE)
        await of.alertmanager("vendor-on-call", labels, status="resolved")
        await of.until(lambda: told(of) == [2, 2, 2], MINUTE)
        assert of.vendors.texts["dingtalk"][1].startswith("【已恢复】")


@pytest.mark.parametrize(
    ("line", "headline", "down"),
    [
        (True, "1 个事件，65 台摄像机离线，1 条告警", 65),
        (False, "110 台摄像机离线，2 条告警", 110),
    ],
)
async def test_storms_are_counted_with_their_cameras(tmp_path: Path, line: bool, headline: str, down: int) -> None:
    def alone(town: str, count: int) -> list[Camera]:
        return [a_camera(f"{town}{nth}", f"u{town}{nth}", carrier=f"k{town}{nth}", town=town) for nth in range(count)]

    here = alone("清河镇", 60)
    there = cameras(5, "line", carrier="电信") if line else alone("大镇", 50)
    critical = {"severity": "critical", "county": "清河县"}
    async with office(tmp_path, [*here, *there], by_alertmanager) as of:
        of.world.cut([camera.id for camera in (*here, *there)])
        await of.later(2 * MINUTE)
        storm = critical | {"alertname": "SharpEyesManyDown", "town": "清河镇"}
        other = critical | {"alertname": "SharpEyesIncident", "incident": of.world.incident_of(there[0].id)}
        await of.alertmanager("vendor-on-call", storm, other if line else storm | {"town": "大镇"})
        await of.quiet()
        (text,) = of.vendors.texts["dingtalk"]
        assert text.split("\n")[0] == f"【严重】{headline}"
        assert re.search(rf"^截至 08:0\d 离线：{down} 台摄像机$", text, re.MULTILINE)


async def test_an_alert_that_outlives_its_incident_is_no_second_page_in_other_words(tmp_path: Path) -> None:
    async with office(tmp_path, TOWN, by_alertmanager) as of:
        of.world.cut(LINE)
        await of.later(3 * MINUTE)
        await prometheus(of)
        await of.until(lambda: told(of) == [1, 1, 1], MINUTE)
        labels = {"alertname": "SharpEyesIncident", "severity": "critical", "incident": "part-of-a-wider-one"}
        for status in ("firing", "firing", "resolved"):
            await of.alertmanager("vendor-on-call", labels, status=status)
            await of.later(MINUTE)
        assert told(of) == [1, 1, 1]


async def test_a_restart_tells_nothing_again_and_knows_what_to_take_back(tmp_path: Path) -> None:
    async with office(tmp_path, TOWN) as of:
        of.world.cut(LINE)
        await of.until(lambda: told(of) == [1, 1, 1])
        await of.quiet()
        world = of.world
    async with office(tmp_path, TOWN, world=world) as of:
        await of.later(5 * MINUTE)
        assert told(of) == [0, 0, 0]
        world.mend(LINE)
        await of.until(lambda: told(of) == [1, 1, 1], MINUTE)
        assert of.vendors.texts["wecom"][0].startswith("【已恢复】")


async def test_a_monitor_that_ends_in_order_waits_for_the_answer_and_says_nothing_twice(tmp_path: Path) -> None:
    async with office(tmp_path, TOWN) as of:
        of.vendors.dawdles = lambda: 0.5
        await of.relay.tell("tickets", "k", Phrase("一", "one"), [], Severity.WARNING)
        await of.until(lambda: len(of.vendors.texts["sms"]) == 1, MINUTE)
        world = of.world  # it has arrived, and the answer is still to come
    async with office(tmp_path, TOWN, world=world) as of:
        await of.later(5 * MINUTE)
        _, listed = await of.relay.listed()
        assert [(one.state, one.message.doubtful) for one in listed] == [("sent", False)]
        assert of.vendors.texts["sms"] == []


async def test_a_text_of_somebody_else_is_sent_once(tmp_path: Path) -> None:
    async with office(tmp_path, TOWN) as of:
        daily = (
            "office",
            "daily-2026-10-01",
            Phrase("日报", "daily"),
            [Phrase("全部在线", "all up")],
            Severity.WARNING,
        )
        assert await of.relay.tell(*daily) == 2
        assert await of.relay.tell(*daily) == 0
        await of.until(lambda: told(of) == [1, 1, 0], MINUTE)
        assert without_numbers(of.vendors.texts["wecom"]) == ["日报\n全部在线"]
        with pytest.raises(UnknownReceiver):
            await of.relay.tell("nobody", "k", Phrase("a", "a"), [], Severity.WARNING)


@pytest.mark.parametrize("reason", ["refused", "foreign"])
async def test_a_channel_that_cannot_be_reached_as_itself_hands_over_to_its_fallback(
    tmp_path: Path, reason: str
) -> None:
    def make(vendors: Robots) -> AlertSettings:
        usual = settings(vendors)
        ding = channel("ding", usual.channels["ding"].target, fallback="sms")
        return settings(vendors, channels={**usual.channels, "ding": ding})

    async with office(tmp_path, TOWN, make) as of:
        of.vendors.instead["dingtalk"] = _refusal if reason == "refused" else _portal
        of.world.cut(LINE)
        await of.until(lambda: len(of.vendors.texts["sms"]) == 1)
        _, listed = await of.relay.listed()
        states = {one.message.channel: one.state for one in listed}
        assert (states["ding"], states["sms"]) == ("moved", "sent")
        failed = f'sharpeyes_notification_failures_total{{channel="ding",reason="{reason}"}} 1'
        assert failed.encode() in exposition(of)


def with_fallback(vendors: Robots) -> AlertSettings:
    usual = settings(vendors).channels
    ding = channel("ding", usual["ding"].target, fallback="sms")
    return settings(vendors, channels={**usual, "ding": ding}, receivers={"vendor-on-call": ("ding", "sms")})


def apart(vendors: Robots) -> AlertSettings:
    """The fallback is told nothing itself."""
    return settings(vendors, channels=with_fallback(vendors).channels, receivers={"vendor-on-call": ("ding",)})


async def test_a_fallback_that_is_told_the_same_itself_hears_of_it_once(tmp_path: Path) -> None:
    async with office(tmp_path, TOWN, with_fallback) as of:
        of.vendors.instead["dingtalk"] = _refusal
        for heard, change in enumerate((of.world.cut, of.world.mend), 1):
            change(LINE)
            await of.later(5 * MINUTE)
            await of.until(lambda: len(of.vendors.texts["sms"]) == heard)  # noqa: B023
        assert await states_of(of, "ding") == ["waiting", "moved"]  # an end is for its own readers


async def test_whoever_heard_of_it_through_the_fallback_hears_of_its_end_there(tmp_path: Path) -> None:
    async with office(tmp_path, TOWN, apart) as of:
        of.vendors.instead["dingtalk"] = _away
        of.world.cut(LINE)
        await of.until(lambda: len(of.vendors.texts["sms"]) == 1)
        del of.vendors.instead["dingtalk"]
        of.world.mend(LINE)
        for vendor in ("sms", "dingtalk"):
            await of.until(lambda: any("【已恢复】" in text for text in of.vendors.texts[vendor]))  # noqa: B023
        await of.quiet()
        assert [len(of.vendors.texts[vendor]) for vendor in ("sms", "dingtalk")] == [2, 1]


async def test_a_fallback_that_hears_late_hears_that_it_is_over(tmp_path: Path) -> None:
    async with office(tmp_path, TOWN, apart) as of:
        of.vendors.instead["dingtalk"] = _away
        of.world.cut(LINE)
        await of.later(4 * MINUTE)
        of.world.mend(LINE)
        await of.until(lambda: len(of.vendors.texts["sms"]) == 1)
        assert "【已恢复】" in of.vendors.texts["sms"][0]


async def test_what_a_wider_incident_has_absorbed_is_not_recovered(tmp_path: Path) -> None:
    recorder = [a_camera(f"u1-{nth:03}", "u1", recorder="r1") for nth in range(13, 17)]
    line = [*cameras(12), *recorder]
    ids = [camera.id for camera in line]
    async with office(tmp_path, [*line, *cameras(10, "u2")], settings) as of:
        for change in (of.world.cut, of.world.mend):
            change(ids)
            await of.later(5 * MINUTE)
        of.world.cut(ids[-4:])
        await of.until(lambda: any("录像机 r1" in text for text in of.vendors.texts["dingtalk"]))
        of.world.mend(ids[-4:-3])
        await of.later(timedelta(seconds=20))
        of.world.cut(ids[:-4])
        end = "【部分恢复】东村：录像机 r1 下 4 台摄像机离线；现有 3 台离线"
        await of.until(lambda: any(end in text for text in of.vendors.texts["dingtalk"]))


async def test_what_was_split_off_and_absorbed_at_once_is_not_recovered(tmp_path: Path) -> None:
    recorder = [a_camera(f"u1-{nth:03}", "u1", recorder="r1") for nth in range(30, 36)]
    line, its = [camera.id for camera in cameras(20)], [camera.id for camera in recorder]
    async with office(tmp_path, [*cameras(20), *recorder, *cameras(10, "u2")], settings) as of:
        of.world.cut(its)
        await of.later(6 * MINUTE)
        of.world.mend(its[:2])
        await of.later(MINUTE)
        of.world.cut(line)
        end = "【部分恢复】东村：录像机 r1 下 6 台摄像机离线；现有 4 台离线"
        await of.until(lambda: any(end in text for text in of.vendors.texts["dingtalk"]))


async def test_taken_out_of_the_inventory_is_not_recovered(tmp_path: Path) -> None:
    async with office(tmp_path, TOWN, settings) as of:
        of.world.cut(LINE)
        await of.until(lambda: len(of.vendors.texts["dingtalk"]) == 1)
        of.world.strike(LINE)
        await of.until(lambda: any("【不再单列】" in text for text in of.vendors.texts["dingtalk"]))
        await of.quiet()
        assert not any("【已恢复】" in text for text in of.vendors.texts["dingtalk"])


async def test_the_end_reaches_those_who_heard_of_the_beginning_however_late(tmp_path: Path) -> None:
    async with office(tmp_path, TOWN, with_fallback) as of:
        of.world.cut(LINE)
        await of.until(lambda: len(of.vendors.texts["dingtalk"]) == 1)
        of.vendors.instead["dingtalk"] = _away
        of.world.mend(LINE)
        await of.later(40 * MINUTE)
        await of.relay.tell("vendor-on-call", "a", Phrase("甲", "a"), [], Severity.WARNING)
        await of.until(lambda: any("甲" in text for text in of.vendors.texts["sms"]))  # news do not wait for the end
        del of.vendors.instead["dingtalk"]
        await of.until(lambda: any("【已恢复】" in text for text in of.vendors.texts["dingtalk"]))


async def test_a_channel_that_is_away_is_left_to_its_fallback_after_ten_minutes_and_not_before(
    tmp_path: Path,
) -> None:
    async with office(tmp_path, TOWN, with_fallback) as of:
        of.vendors.instead["dingtalk"] = _away
        await of.relay.tell("vendor-on-call", "a", Phrase("甲", "a"), [], Severity.WARNING)
        await of.later(9 * MINUTE)
        assert await states_of(of, "ding") == ["waiting"]
        await become(of, "ding", ["moved"])
        await become(of, "sms", ["sent"])


async def test_a_channel_fails_from_its_first_failure_until_something_gets_through_also_across_a_restart(
    tmp_path: Path,
) -> None:
    def failing(of: Office) -> bytes:
        found = re.search(rb'^sharpeyes_notification_failing{channel="wecom"} (\d)', exposition(of), re.MULTILINE)
        assert found is not None
        return found[1]

    async with office(tmp_path, TOWN) as of:
        await of.later(MINUTE)
        assert failing(of) == b"0"
        of.vendors.instead["wecom"] = _refusal
        of.world.cut(LINE)
        await of.until(lambda: failing(of) == b"1")
        for _ in range(18):  # three hours, in which it is tried a few times
            await of.later(10 * MINUTE)
            assert failing(of) == b"1"
        assert await states_of(of, "wecom") == ["waiting"]
        world = of.world
    async with office(tmp_path, TOWN, world=world) as of:
        of.vendors.instead["wecom"] = _refusal
        await of.later(MINUTE)
        assert failing(of) == b"1"
        del of.vendors.instead["wecom"]
        await of.until(lambda: failing(of) == b"0", 70 * MINUTE)
        assert len(of.vendors.texts["wecom"]) == 1


async def test_a_message_nobody_takes_for_three_days_is_given_up_and_counted_and_not_before(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with office(tmp_path, TOWN) as of:
        of.vendors.instead["sms"] = _away
        await of.relay.tell("tickets", "a", Phrase("甲", "a"), [], Severity.WARNING)
        await become(of, "sms", ["waiting"])
        of.clock.set_wall(of.clock.now() + timedelta(days=2, hours=23))
        await of.later(10 * MINUTE)
        assert await states_of(of, "sms") == ["waiting"]
        of.clock.set_wall(of.clock.now() + timedelta(hours=1))
        await become(of, "sms", ["lost"])
        assert "is given up, nobody has read it: 甲" in caplog.text
        assert b'sharpeyes_notification_failures_total{channel="sms",reason="given_up"} 1' in exposition(of)


async def test_what_was_told_forty_days_ago_is_tidied_away_while_the_relay_runs(tmp_path: Path) -> None:
    async with office(tmp_path, TOWN) as of:
        await of.relay.tell("tickets", "month-2026-10", Phrase("月报", "month"), [], Severity.WARNING)
        await become(of, "sms", ["sent"])
        of.clock.set_wall(of.clock.now() + timedelta(days=39))
        await of.later(MINUTE)
        assert await of.relay.had("tickets", "month-2026-10")
        of.clock.set_wall(of.clock.now() + timedelta(days=2))
        await become(of, "sms", [])
        assert not await of.relay.had("tickets", "month-2026-10")


async def states_of(of: Office, name: str) -> list[str]:
    """Of the channel's messages, the newest first."""
    _, listed = await of.relay.listed()
    return [one.state for one in listed if one.message.channel == name]


async def become(of: Office, name: str, states: list[str]) -> None:
    """Let time pass until the channel's messages are so."""

    async def so() -> bool:
        return await states_of(of, name) == states

    await of.until_so(so)


async def test_behind_a_login_page_a_robot_without_a_fallback_is_tried_every_few_minutes_and_gets_all_of_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with office(tmp_path, TOWN) as of:
        of.vendors.instead["wecom"] = _portal
        of.world.cut(LINE)
        await of.until(lambda: told(of) == [1, 0, 1])
        await of.later(20 * MINUTE)
        of.world.cut(["u2-001"])
        assert re.search(r"wecom: message \d is tried again at", caplog.text)
        assert "foreign: HTTP 200, a web page in place of an answer" in caplog.text
        assert "Its title: 校园网 login" in caplog.text
        del of.vendors.instead["wecom"]
        await of.until(lambda: len(of.vendors.texts["wecom"]) == 1, 6 * MINUTE)
        assert "东村：上联线路 u1 中断，40 台摄像机离线" in of.vendors.texts["wecom"][0]
        assert "可能重复" not in of.vendors.texts["wecom"][0]  # the page took the place of the robot


async def _portal() -> web.Response:
    return web.Response(text="<html><title>校园网 login</title>", content_type="text/html")


async def test_a_mail_that_one_of_two_never_gets_is_a_failure_of_the_channel_and_not_sent_twice(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with mail_server() as box:
        box.unknown = "vendor@example.org"

        def make(vendors: Robots) -> AlertSettings:
            usual = settings(vendors)
            return settings(vendors, channels={**usual.channels, "sms": channel("sms", mail(box.port))})

        async with office(tmp_path, TOWN, make) as of:
            await of.relay.tell("tickets", "daily", Phrase("日报", "daily"), [], Severity.WARNING)
            await of.until(lambda: bool(box.letters))
            await of.quiet()
            assert b'sharpeyes_notification_failures_total{channel="sms",reason="partly"} 1' in exposition(of)
            assert b'sharpeyes_notification_failing{channel="sms"} 0' in exposition(of)  # something did get through
        assert len(box.letters) == 1
    assert [record.levelno for record in caplog.records if "refused for vendor@example.org" in record.getMessage()] == [
        logging.WARNING
    ]


async def _refusal() -> web.Response:
    return web.json_response({"errcode": 310000, "errmsg": "keywords not in content"})


def exposition(of: Office) -> bytes:
    return b"".join(of.metrics.exposition(a_town(a_status())))


async def test_a_robot_that_is_away_for_an_hour_gets_one_message_about_all_of_it(tmp_path: Path) -> None:
    async with office(tmp_path, TOWN) as of:
        of.vendors.instead["wecom"] = _away
        of.world.cut(LINE)
        await of.until(lambda: told(of) == [1, 0, 1])
        await of.later(20 * MINUTE)
        of.world.mend(LINE[:20])
        of.world.mend(LINE[20:])
        await of.later(20 * MINUTE)
        of.world.cut(["u2-001"])
        await of.later(5 * MINUTE)
        assert b"sharpeyes_outbox_messages 2.0" in exposition(of)
        age = re.search(rb"^sharpeyes_outbox_oldest_age_seconds (.+)$", exposition(of), re.MULTILINE)
        assert age is not None
        assert 2500 < float(age[1]) < 3000
        del of.vendors.instead["wecom"]
        await of.until(lambda: len(of.vendors.texts["wecom"]) == 2, 12 * MINUTE)
        first, second = of.vendors.texts["wecom"]
        assert first.split("\n")[0] == "【严重·故障】东村：上联线路 u1 中断，40 台摄像机离线"
        assert "可能重复" in first.split("\n")[-1]  # a gateway in between had answered 502
        assert second.startswith("【已恢复】东村：上联线路 u1")
        await of.quiet()
        assert b"sharpeyes_outbox_messages 0.0" in exposition(of)


async def _away() -> web.Response:
    return web.Response(status=502)


async def test_a_bug_in_one_channel_is_counted_and_the_others_are_served(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with office(tmp_path, TOWN) as of:
        of.relay._counters["ding"].channel = "no channel"  # type: ignore[assignment]
        of.relay._counters["ding"].called.set()
        of.world.cut(LINE)
        await of.until(lambda: told(of)[1:] == [1, 1])
        assert b"sharpeyes_relay_errors_total" in exposition(of)
        assert b"sharpeyes_relay_errors_total 0.0" not in exposition(of)
    assert "the relay failed and goes on" in caplog.text


async def test_signs_of_life_stop_when_the_monitor_is_in_trouble(tmp_path: Path) -> None:
    def make(vendors: Robots) -> AlertSettings:
        usual = settings(vendors)
        return settings(vendors, receivers={**usual.receivers, "heartbeat": ("sms",)})

    async with office(tmp_path, TOWN, make) as of:
        await of.until(lambda: len(of.vendors.texts["sms"]) == 3, 12 * MINUTE)
        of.world.wrong = "the ledger cannot be written"
        await of.later(12 * MINUTE)
        assert len(of.vendors.texts["sms"]) <= 4


async def test_an_outbox_that_cannot_be_written_is_loud_and_what_is_due_stays_due(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with office(tmp_path, TOWN) as of:
        await of.later(MINUTE)
        connection = of.relay._desk._outbox._file.connection
        await of.relay._desk.ask(lambda _: connection.execute("PRAGMA query_only = 1"))
        of.world.cut(LINE)
        with caplog.at_level(logging.CRITICAL):
            await of.later(4 * MINUTE)
        assert "nobody is told anything while this lasts" in caplog.text
        assert told(of) == [0, 0, 0]
        assert b"sharpeyes_outbox_write_errors_total 0.0" not in exposition(of)
        await of.relay._desk.ask(lambda _: connection.execute("PRAGMA query_only = 0"))
        await of.until(lambda: told(of) == [1, 1, 1], MINUTE)


async def test_what_is_refused_does_not_keep_a_page_back(tmp_path: Path) -> None:
    async with office(tmp_path, TOWN) as of:
        of.vendors.instead["dingtalk"] = _refusal
        for number in range(8):
            await of.relay.tell("office", f"text-{number}", Phrase("日报", "daily"), [], Severity.WARNING)
        while len(await refused(of)) < 8:
            await of.later(MINUTE)
        del of.vendors.instead["dingtalk"]
        of.clock.set_wall(of.clock.now() + timedelta(hours=2))  # all of them are due again
        await of.relay.tell("office", "page", Phrase("线路中断", "a line is cut"), [], Severity.CRITICAL)
        await of.until(lambda: told(of)[0] >= 2, MINUTE)
        first = of.vendors.texts["dingtalk"][:2]  # one may have been under way
        assert any(text.startswith("线路中断") for text in first)
        await of.until(lambda: told(of)[0] == 9, 10 * MINUTE)


async def refused(of: Office) -> list[str]:
    _, listed = await of.relay.listed()
    return [one.message.title for one in listed if one.message.channel == "ding" and one.message.gives_way]


async def test_another_fault_of_a_camera_is_not_swallowed_by_its_outage(tmp_path: Path) -> None:
    async with office(tmp_path, TOWN, by_alertmanager) as of:
        of.world.cut(LINE)
        await of.later(3 * MINUTE)
        await prometheus(of)
        await of.until(lambda: told(of) == [1, 1, 1], MINUTE)
        labels = {"alertname": "SharpEyesClockDrift", "severity": "warning", "camera_id": LINE[0]}
        await of.alertmanager("vendor-on-call", labels)
        await of.until(lambda: told(of) == [2, 2, 2], MINUTE)
        assert of.vendors.texts["wecom"][1].startswith("【一般·告警】SharpEyesClockDrift")


async def test_alertmanager_alone_is_no_sign_of_life_of_a_monitor_in_trouble(tmp_path: Path) -> None:
    def make(vendors: Robots) -> AlertSettings:
        usual = by_alertmanager(vendors)
        return settings(vendors, AlertPath.ALERTMANAGER, receivers={**usual.receivers, "heartbeat": ("sms",)})

    async with office(tmp_path, TOWN, make) as of:
        labels = {"alertname": "SharpEyesWatchdog", "severity": "none"}
        await of.alertmanager("heartbeat", labels)
        await of.until(lambda: len(of.vendors.texts["sms"]) == 1, MINUTE)
        await of.alertmanager("heartbeat", labels, status="resolved")
        of.world.wrong = "the ledger cannot be written"
        await of.alertmanager("heartbeat", labels)
        await of.later(2 * MINUTE)
        assert len(of.vendors.texts["sms"]) == 1


async def test_a_gateway_writes_to_whoever_is_on_duty_and_else_to_its_own_numbers(tmp_path: Path) -> None:
    def make(vendors: Robots) -> AlertSettings:
        mobile = channel("sms", sms(vendors, phones=("10010",)))
        everybody = dict.fromkeys(("vendor-on-call", "tickets", "office"), ("sms",))
        roster = (Shift("张三", "13800000001", frozenset({"东村"})),)
        return settings(vendors, receivers=everybody, channels={"sms": mobile}, roster=roster)

    async with office(tmp_path, TOWN, make) as of:
        of.world.cut(LINE)
        await of.until(lambda: len(of.vendors.texts["sms"]) == 1)
        of.world.mend(LINE)
        await of.until(lambda: len(of.vendors.texts["sms"]) == 2)
        await of.relay.tell("office", "daily-2026-10-01", Phrase("日报", "daily"), [], Severity.WARNING)
        await of.until(lambda: len(of.vendors.texts["sms"]) == 3)
        to = [json.loads(body)["to"] for _, body in of.vendors.bodies]
        assert to == ["13800000001", "13800000001", "10010"]
