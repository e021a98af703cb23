"""Stories of alerts without an incident: their end is told once it is one, and nothing else that looks like it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from monitor.alerting import Manager
from monitor.clock import at_once
from monitor.errors import AlertmanagerUnavailable, CallAgain
from monitor.model import Cause, State
from monitor.parsing.scalars import duration
from monitor.relay.relay import BACK
from monitor.settings import AlertPath, AlertSettings
from tests.incidents.town import a_camera, cameras
from tests.relay.holding import WATCHDOG, Holding, holding
from tests.relay.world import Office, office, settings
from tests.robots import Robots
from tests.test_prometheus_rules import routing

MINUTE = timedelta(minutes=1)
TOWN = [a_camera(f"c{nth}", f"u{nth}", carrier=f"k{nth}") for nth in range(3)]
LOST = {"alertname": "SharpEyesTargetUnrecoverable", "severity": "critical"}
FULL = {"alertname": "SharpEyesLedgerFailing", "severity": "critical"}
GONE = {"alertname": "SharpEyesMonitorDown", "severity": "critical"}
SITE = TOWN[0].site
BLIND = {"alertname": "SharpEyesMonitorBlind", "severity": "critical", "county": SITE.county}
DARK = {
    "alertname": "SharpEyesVillageDown",
    "severity": "critical",
    "county": SITE.county,
    "town": SITE.town,
    "village": SITE.village,
}


def asking(manager: Holding) -> Callable[[Robots], AlertSettings]:
    """One channel for whoever is on call, and the Alertmanager that is asked."""
    return lambda vendors: settings(
        vendors, AlertPath.ALERTMANAGER, receivers={"vendor-on-call": ("ding",)}, alertmanager=Manager(manager.address)
    )


async def _refusal() -> web.Response:
    return web.json_response({"errcode": 310000, "errmsg": "keywords not in content"})


def heads(of: Office) -> list[str]:
    return [text.partition("\n")[0] for text in of.vendors.texts["dingtalk"]]


async def test_that_prometheus_has_gone_ends_no_alert_and_what_ends_later_is_told_once(tmp_path: Path) -> None:
    async with holding(LOST) as manager, office(tmp_path, TOWN, asking(manager)) as of:
        await of.alertmanager("vendor-on-call", LOST)
        await manager.watch(of, 5 * MINUTE)
        manager.held = [WATCHDOG]  # it was handed over a little sooner than the watchdog, and expires before it
        await manager.watch(of, 5 * MINUTE)
        manager.held = []
        await of.alertmanager("vendor-on-call", LOST, WATCHDOG, status="resolved")
        manager.held, manager.since = [WATCHDOG], "2026-10-01T00:25:00Z"  # Prometheus is back, and ``for`` begins anew
        await manager.watch(of, 10 * MINUTE)
        manager.held = [WATCHDOG, LOST]
        await of.alertmanager("vendor-on-call", LOST, after=35 * MINUTE)
        await manager.watch(of, 20 * MINUTE)
        assert heads(of) == ["【严重·告警】SharpEyesTargetUnrecoverable"]
        manager.held = [WATCHDOG]
        await of.alertmanager("vendor-on-call", LOST, status="resolved")
        await manager.watch(of, 10 * MINUTE)
        assert len(heads(of)) == 1
        await manager.watch(of, 20 * MINUTE)
        assert heads(of)[1:] == ["【已恢复】SharpEyesTargetUnrecoverable"]
        assert not any(told.open for told in of.relay._desk.told.values())


async def test_a_fallback_that_stands_in_no_receiver_hears_of_the_end(tmp_path: Path) -> None:
    async with holding(LOST) as manager:

        def handing_over(vendors: Robots) -> AlertSettings:
            usual = asking(manager)(vendors)
            ding = replace(usual.channels["ding"], fallback="sms")
            return replace(usual, channels={**usual.channels, "ding": ding})

        async with office(tmp_path, TOWN, handing_over) as of:
            of.vendors.instead["dingtalk"] = _refusal
            await of.alertmanager("vendor-on-call", LOST)
            await of.until(lambda: len(of.vendors.texts["sms"]) == 1)
            await manager.watch(of, 5 * MINUTE)
            manager.held = [WATCHDOG]
            await manager.watch(of, 25 * MINUTE)
            await of.until(lambda: len(of.vendors.texts["sms"]) == 2)
            assert "【已恢复】SharpEyesTargetUnrecoverable" in of.vendors.texts["sms"][1]


async def test_a_monitor_that_was_away_does_not_take_what_fires_anew_for_over(tmp_path: Path) -> None:
    async with holding(LOST) as manager:
        async with office(tmp_path, TOWN, asking(manager)) as of:
            await of.alertmanager("vendor-on-call", LOST)
            await of.until(lambda: len(heads(of)) == 1)
            await of.quiet()
            world, vendors = of.world, of.vendors
            manager.held = [WATCHDOG]
            await manager.watch(of, 10 * MINUTE)
        async with office(tmp_path, TOWN, asking(manager), world=world, vendors=vendors) as of:
            await of.alertmanager("vendor-on-call", LOST, status="resolved")  # Alertmanager had not got rid of it
            await manager.watch(of, 10 * MINUTE)
            manager.held = [WATCHDOG, LOST]
            await manager.watch(of, 20 * MINUTE)
            assert len(heads(of)) == 1


@pytest.mark.parametrize(
    "gone", [GONE, GONE | {"county": SITE.county}, BLIND], ids=["down", "down, by county", "blind"]
)
async def test_while_the_monitor_is_not_heard_or_sees_nothing_no_end_is_concluded(
    gone: Mapping[str, str], tmp_path: Path
) -> None:
    async with holding(gone) as manager, office(tmp_path, TOWN, asking(manager)) as of:
        await of.alertmanager("vendor-on-call", FULL)
        await manager.watch(of, 25 * MINUTE)
        manager.held = [WATCHDOG]
        await manager.watch(of, 10 * MINUTE)
        manager.held = [WATCHDOG, FULL]
        await manager.watch(of, 10 * MINUTE)
        assert len(heads(of)) == 1


async def test_that_the_monitor_was_down_is_told_by_the_one_that_is_back_only_if_it_lasts(tmp_path: Path) -> None:
    async with holding() as manager, office(tmp_path, TOWN, asking(manager)) as of:
        with pytest.raises(CallAgain, match="once it lasts"):
            await of.alertmanager("vendor-on-call", GONE)  # what Alertmanager has repeated since
        await of.alertmanager("vendor-on-call", GONE, status="resolved")
        await of.later(BACK)
        assert heads(of) == []
        await of.alertmanager("vendor-on-call", GONE)  # Prometheus does not hear the one that is back either
        await of.until(lambda: len(heads(of)) == 1)
    folder = tmp_path / "another"
    folder.mkdir()
    async with holding() as manager, office(folder, TOWN, asking(manager)) as of:
        await of.alertmanager("vendor-on-call", GONE, after=MINUTE)  # it began after we did
        await of.until(lambda: len(heads(of)) == 1)


def test_alertmanager_repeats_old_news_no_longer_than_it_is_refused() -> None:
    root = routing()["route"]
    repeated = [duration(each["group_interval"]) for each in (root, *root["routes"]) if "group_interval" in each]
    assert max(repeated) + 2 * duration("30s") <= BACK  # a scrape and an evaluation


async def test_that_another_countys_monitor_is_down_keeps_no_end_here_back(tmp_path: Path) -> None:
    burning = {"alertname": "SharpEyesBudgetBurning", "severity": "critical", "county": SITE.county}
    async with holding(GONE | {"county": "别县"}) as manager, office(tmp_path, TOWN, asking(manager)) as of:
        await of.alertmanager("vendor-on-call", burning)
        await manager.watch(of, 25 * MINUTE)
        assert heads(of)[1:] == ["【已恢复】SharpEyesBudgetBurning"]


async def test_while_the_monitor_itself_is_blind_nothing_is_concluded(tmp_path: Path) -> None:
    async with holding(DARK) as manager, office(tmp_path, TOWN, asking(manager)) as of:
        of.world.cut([camera.id for camera in TOWN])
        await of.alertmanager("vendor-on-call", DARK, words=lambda _: {"description": "东村三台。\nthree cameras."})
        of.world.turn([camera.id for camera in TOWN], State.UNKNOWN, Cause.MONITOR_BLIND)
        manager.held = [WATCHDOG]  # the village has no figures any more
        await manager.watch(of, 30 * MINUTE)
        assert len(heads(of)) == 1
        of.world.mend([camera.id for camera in TOWN])
        await manager.watch(of, 25 * MINUTE)
        assert heads(of)[1:] == ["【已恢复】SharpEyesVillageDown"]
        assert "原先告知：东村三台。" in of.vendors.texts["dingtalk"][1].splitlines()


async def test_what_only_alertmanager_knows_stands_open_no_more_without_it(tmp_path: Path) -> None:
    async with holding(FULL) as manager, office(tmp_path, TOWN, asking(manager)) as of:
        await of.alertmanager("vendor-on-call", FULL)
        await of.until(lambda: len(heads(of)) == 1)
        await of.quiet()
        world = of.world
    async with office(tmp_path, TOWN, world=world) as of:
        await of.later(MINUTE)
        assert not any(told.open for told in of.relay._desk.told.values())
        assert heads(of) == []


async def test_a_list_without_the_watchdog_that_called_is_that_of_another_alertmanager(tmp_path: Path) -> None:
    async with holding() as manager, office(tmp_path, TOWN, asking(manager)) as of:
        await of.alertmanager("vendor-on-call", LOST)
        manager.held = []
        for _ in range(4):
            with pytest.raises(AlertmanagerUnavailable, match=r"SharpEyesWatchdog.*alerts\.alertmanager"):
                await of.alertmanager("vendor-on-call", WATCHDOG)
            await of.later(5 * MINUTE)
        assert len(heads(of)) == 1


async def test_days_without_a_word_of_alertmanager_end_nothing(tmp_path: Path) -> None:
    async with holding() as manager, office(tmp_path, TOWN, asking(manager)) as of:
        await of.alertmanager("vendor-on-call", LOST)
        await manager.watch(of, 5 * MINUTE)
        of.clock.set_wall(of.clock.now() + timedelta(days=10))  # a weekend, a holiday: the route is mute
        await of.alertmanager("vendor-on-call", LOST, status="resolved")
        await of.later(MINUTE)
        await manager.watch(of, 5 * MINUTE)
        assert len(heads(of)) == 1


async def test_an_alert_that_comes_and_goes_between_two_looks_goes_on(tmp_path: Path) -> None:
    async with holding() as manager, office(tmp_path, TOWN, asking(manager)) as of:
        for _ in range(5):
            await of.alertmanager("vendor-on-call", LOST)
            await manager.watch(of, 5 * MINUTE)
        assert len(heads(of)) == 1


async def test_an_incident_that_alertmanager_holds_no_more_goes_on_until_the_record_ends_it(tmp_path: Path) -> None:
    town = cameras(8)
    async with holding() as manager, office(tmp_path, town, asking(manager)) as of:
        of.world.cut([camera.id for camera in town])
        await of.later(3 * MINUTE)
        (line,) = at_once(of.world.facts())
        labels = {"alertname": "SharpEyesIncident", "severity": "critical", "incident": line.figures.incident.id}
        await of.alertmanager("vendor-on-call", labels)
        await manager.watch(of, 25 * MINUTE)
        assert len(heads(of)) == 1
        of.world.mend([camera.id for camera in town])
        await of.until(lambda: len(heads(of)) == 2)


async def test_the_ends_of_three_alike_name_what_each_was_about(tmp_path: Path) -> None:
    name, channels = "SharpEyesNotificationsFailing", ("ding", "mail", "sms")
    failing = [{"alertname": name, "severity": "critical", "channel": one} for one in channels]

    def words(labels: dict[str, str]) -> dict[str, str]:
        return {"summary": "通知发送失败", "description": f"渠道 {labels['channel']} 发送失败。"}

    async with holding(*failing) as manager, office(tmp_path, TOWN, asking(manager)) as of:
        await of.alertmanager("vendor-on-call", *failing, words=words)
        await manager.watch(of, 10 * MINUTE)
        manager.held = [WATCHDOG]
        await manager.watch(of, 25 * MINUTE)
        await of.until(lambda: len(heads(of)) == 2)
        _, *ends = of.vendors.texts["dingtalk"][1].splitlines()[:4]
        assert {end.partition(" ")[2] for end in ends} == {
            f"【已恢复】通知发送失败：原先告知：渠道 {one} 发送失败。" for one in channels
        }


async def test_that_a_village_is_back_is_told_at_once_where_the_record_sees_it_and_not_while_it_is_dark(
    tmp_path: Path,
) -> None:
    async with holding(DARK) as manager, office(tmp_path, TOWN, asking(manager)) as of:
        of.world.cut([camera.id for camera in TOWN])
        await of.alertmanager("vendor-on-call", DARK)
        await of.until(lambda: len(heads(of)) == 1)
        await of.alertmanager("vendor-on-call", DARK, status="resolved")  # Prometheus has gone
        await of.later(10 * MINUTE)
        assert len(heads(of)) == 1
        of.world.mend([TOWN[0].id])
        await of.later(MINUTE)
        await of.alertmanager("vendor-on-call", DARK, status="resolved")
        await of.until(lambda: len(heads(of)) == 2, MINUTE)
        assert heads(of)[1] == "【部分恢复】SharpEyesVillageDown；现有 2 台离线"
