"""A real Alertmanager with the shipped routes: what explains others quiets them, hours are kept, calls are repeated.

Everything that waits in it is shortened to a sixtieth, so a minute is a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
import yaml

from monitor.alerting import Manager
from monitor.errors import AlertmanagerUnavailable
from monitor.model import Secret
from monitor.notify import held
from monitor.settings import AlertPath, AlertSettings, load_settings
from tests.addresses import free_port
from tests.driven import DrivenClock
from tests.incidents.town import BEGINNING, a_camera
from tests.programs import program
from tests.prometheus import running, until
from tests.real.alertmanagers import CLOCK, FASTER, Heard, alertmanager, named, waited
from tests.relay.test_storm import opened
from tests.relay.world import Office, World, office, settings
from tests.robots import Robots, robots
from tests.test_prometheus_rules import alerts, routing, stories

pytestmark = pytest.mark.real

PATIENCE = 30  # seconds for a machine that is busy with something else
COUNTY, TOWN, VILLAGE = {"county": "安平县"}, {"town": "清河镇"}, {"village": "柳溪村"}
CAMERA = {"camera_id": "c1", "name": "村口1号", "site": "村口", "carrier": "中国移动", "uplink": "u1"}
# What the expression of a rule leaves of its series' labels, beside the fixed ones.
LABELS: dict[str, dict[str, str]] = {
    "SharpEyesMonitorDown": {"job": "sharpeyes", "instance": "monitor:9105"},
    "SharpEyesMonitorBlind": COUNTY,
    "SharpEyesIncident": {"incident": "i1"},
    "SharpEyesManyDown": COUNTY | TOWN,
    "SharpEyesVillageDown": COUNTY | TOWN | VILLAGE,
    "SharpEyesCameraDown": COUNTY
    | TOWN
    | VILLAGE
    | CAMERA
    | {"incident": "i2", "scope": "camera", "in_contract": "true"},
    "SharpEyesBlindSpot": COUNTY | TOWN | VILLAGE | {"site": "村口"},
    "SharpEyesCameraFlapping": COUNTY | TOWN | VILLAGE | CAMERA,
    "SharpEyesClockDrift": COUNTY | TOWN | VILLAGE | {"camera_id": "c1", "name": "c1号", "site": "村口"},
    "SharpEyesCredentialsRefused": {"incident": "i3"},
    "SharpEyesRepairLimitNear": {"incident": "i2"},
    "SharpEyesManyUnknown": {},
    "SharpEyesResultsStale": {},
    "SharpEyesDayCoverageLow": COUNTY,
    "SharpEyesTargetUnrecoverable": {"scope": "town", "name": "清河镇"},
    "SharpEyesOnlineRateBelowTarget": {"scope": "town", "name": "清河镇"},
    "SharpEyesForecastBelowTarget": {"scope": "town", "name": "清河镇"},
    "SharpEyesBudgetBurning": COUNTY,
    "SharpEyesBudgetShrinking": COUNTY,
    "SharpEyesWatchdog": {},
}
FIXED = {rule["alert"]: rule["labels"] for rule in alerts()}
SHOWN = {name: {"alertname": name, **FIXED[name], **labels} for name, labels in LABELS.items()}


ABOUT = frozenset({"county", "town", "village", "scope", "name"})  # the labels that say what a wide alert is about


def elsewhere(source: dict[str, str], target: dict[str, str]) -> list[dict[str, str]]:
    """The source about something else than the target, by one label at a time."""
    return [source | {label: "别处"} for label in sorted(ABOUT & source.keys() & target.keys())]


def test_the_labels_used_here_are_those_of_the_stories() -> None:
    told = [
        (test["alertname"], alert["exp_labels"])
        for story in stories()
        for test in story.get("alert_rule_test", ())
        for alert in test["exp_alerts"]
    ]
    compared = [set(labels) == set(SHOWN[name]) - {"alertname"} for name, labels in told if name in SHOWN]
    assert len(compared) > 8
    assert all(compared)


async def test_every_inhibition_quiets_its_targets_there_and_nowhere_else_until_its_source_is_over(
    tmp_path: Path,
) -> None:
    looked_at = 0
    async with alertmanager(tmp_path, Heard().hear) as manager:
        for rule in routing()["inhibit_rules"]:
            (source,), targets = named(rule["source_matchers"], SHOWN), named(rule["target_matchers"], SHOWN)
            # What goes by an incident's number is told by the record, wherever it is.
            numbered = {target for target in targets if not set(rule.get("equal", ())) <= SHOWN[target].keys()}
            assert all("incident" in SHOWN[target] for target in numbered)
            assert targets
            for target in sorted(set(targets) - numbered):
                looked_at += 1
                await manager.post(SHOWN[target])
                await manager.until_states({target: "active"})
                if away := elsewhere(SHOWN[source], SHOWN[target]):
                    await manager.post(*away)
                    await manager.until_states({target: "active", source: "active"})
                    await manager.post(*away, over=True)
                    await manager.until_states({target: "active"})
                await manager.post(SHOWN[source])
                await manager.until_states({target: "suppressed", source: "active"})
                await manager.post(SHOWN[source], over=True)
                await manager.until_states({target: "active"})
                await manager.post(SHOWN[target], over=True)
                await manager.until_states({})
    assert looked_at > 15


async def test_a_root_cause_is_told_before_its_children_and_they_are_told_if_they_outlive_it(tmp_path: Path) -> None:
    heard = Heard()
    root, village, camera = (SHOWN[f"SharpEyes{one}"] for one in ("ManyDown", "VillageDown", "CameraDown"))
    async with alertmanager(tmp_path, heard.hear) as manager:
        # As the rules fire: 3 minutes, 4 minutes, 10 minutes after the first camera of the town has failed.
        await manager.post(root)
        await asyncio.sleep(60 / FASTER)
        await manager.post(village)
        await manager.post(camera, camera | {"town": "乙镇", "incident": "i9"})
        assert await waited(lambda: ("SharpEyesCameraDown", "乙镇") in heard.firing("tickets"), PATIENCE)
        await asyncio.sleep(2)  # as long again as what waits in the same group
        assert heard.firing("vendor-on-call") == {("SharpEyesManyDown", "清河镇")}
        assert heard.firing("tickets") == {("SharpEyesCameraDown", "乙镇")}
        await manager.post(root, over=True)
        assert await waited(lambda: ("SharpEyesCameraDown", "清河镇") not in heard.firing("tickets"), 0)
        await manager.post(village, over=True)  # the village quiets its cameras as long as it is down
        assert await waited(lambda: ("SharpEyesCameraDown", "清河镇") in heard.firing("tickets"), PATIENCE)


async def test_what_is_open_is_handed_over_again_as_often_as_its_route_says(tmp_path: Path) -> None:
    heard = Heard()
    async with alertmanager(tmp_path, heard.hear) as manager:
        sent = [SHOWN[f"SharpEyes{one}"] for one in ("Incident", "CameraDown", "Watchdog", "MonitorDown")]
        await manager.post(*sent[:3])
        assert await waited(lambda: len(heard.times("heartbeat", "SharpEyesWatchdog")) >= 3, PATIENCE)
        page = heard.times("vendor-on-call", "SharpEyesIncident")
        assert len(page) >= 5  # once a minute, where the heartbeat has its five
        assert all(later - one >= 1 for one, later in pairwise(page))
        life = heard.times("heartbeat", "SharpEyesWatchdog")
        assert all(later - one >= 4.5 for one, later in pairwise(life))
        assert len(heard.times("tickets", "SharpEyesCameraDown")) == 1  # a day is twenty-four minutes here
        await manager.post(SHOWN["SharpEyesIncident"] | {"incident": "i7"})
        assert await waited(lambda: {"i1", "i7"} == _incidents(heard), PATIENCE)


def _incidents(heard: Heard) -> set[str]:
    return {
        alert["labels"]["incident"]
        for _, alerts in [call for call in heard.calls if call[0] == "vendor-on-call"][-2:]
        for alert in alerts
        if "incident" in alert["labels"]
    }


HOURS = (time(8, 30), time(17, 30))


def _in_office(settings: dict[str, Any]) -> bool:
    """Whether somebody sits in the office now, by the shipped hours read without Alertmanager."""
    (hours,) = settings["time_intervals"][0]["time_intervals"]
    assert hours == {
        "weekdays": ["monday:friday"],
        "times": [{"start_time": "08:30", "end_time": "17:30"}],
        "location": "Asia/Shanghai",
    }
    now = CLOCK.now().astimezone(ZoneInfo("Asia/Shanghai"))
    return now.weekday() < 5 and HOURS[0] <= now.time() < HOURS[1]


def _turned_round(settings: dict[str, Any]) -> None:
    """Mute in the office's hours, and open outside them: one of both ways is always to be seen."""
    for route in settings["route"]["routes"]:
        if "active_time_intervals" in route:
            route["mute_time_intervals"] = route.pop("active_time_intervals")


async def test_the_office_is_told_in_its_hours_unless_it_is_critical_and_the_vendor_at_any_hour(tmp_path: Path) -> None:
    expected = _in_office(routing())
    near = CLOCK.now() + timedelta(seconds=20)
    if near.minute % 30 == 0 and near.second < 25:
        await asyncio.sleep(25)  # the hours are about to change
        expected = _in_office(routing())
    shipped, turned = Heard(), Heard()
    warnings = ["SharpEyesForecastBelowTarget", "SharpEyesBlindSpot"]
    pages = ["SharpEyesBudgetBurning"]
    async with (
        alertmanager(tmp_path / "shipped", shipped.hear) as one,
        alertmanager(tmp_path / "turned", turned.hear, _turned_round) as other,
    ):
        for manager in (one, other):
            await manager.post(*(SHOWN[name] for name in [*warnings, *pages]))
        for heard, open_ in ((shipped, expected), (turned, not expected)):
            told = {*pages, *(warnings if open_ else [])}
            assert await waited(lambda: _names(heard, "office") >= told, PATIENCE)  # noqa: B023
            assert await waited(lambda: "SharpEyesForecastBelowTarget" in _names(heard, "tickets"), PATIENCE)  # noqa: B023
            assert await waited(lambda: "SharpEyesBudgetBurning" in _names(heard, "vendor-on-call"), PATIENCE)  # noqa: B023
        await asyncio.sleep(2)
        assert _names(shipped, "office") == {*pages, *(warnings if expected else [])}
        assert _names(turned, "office") == {*pages, *(warnings if not expected else [])}


def _names(heard: Heard, receiver: str) -> set[str]:
    return {name for name, _ in heard.firing(receiver)}


# ---------------------------------------------------------------- ends of which Alertmanager tells nobody

OPEN, SHUT = "2000:2100", "2000"  # years
PEOPLE = {"vendor-on-call": ("ding",), "office": ("wecom",), "tickets": ("feishu",)}


def hours(years: str) -> Callable[[dict[str, Any]], None]:
    """The office's hours are these years; the relay is called in them every second."""

    def change(settings: dict[str, Any]) -> None:
        settings["time_intervals"][0]["time_intervals"] = [{"years": [years]}]
        (watchdog,) = (route for route in settings["route"]["routes"] if "routes" in route)
        watchdog |= {"repeat_interval": "1s", "group_interval": "1s"}

    return change


def asking(vendors: Robots, port: int) -> AlertSettings:
    """The relay asks the Alertmanager there."""
    return replace(by_alertmanager(vendors, PEOPLE), alertmanager=Manager(f"http://127.0.0.1:{port}"))


async def called(heard: Heard) -> None:
    """Until the watchdog has called for whoever repairs things."""
    before = len(heard.times("tickets", "SharpEyesWatchdog"))
    assert await waited(lambda: len(heard.times("tickets", "SharpEyesWatchdog")) > before, PATIENCE)
    await asyncio.sleep(0.2)  # it has asked, and written what follows


async def test_what_is_muted_or_inhibited_when_it_ends_is_told_to_be_over_once_even_after_a_restart(
    tmp_path: Path,
) -> None:
    many, blind, dark = (SHOWN[f"SharpEyes{one}"] for one in ("ManyUnknown", "MonitorBlind", "BlindSpot"))
    world, port = World([a_camera("c1", "u1")], DrivenClock(BEGINNING)), free_port()
    at_work: list[Office] = []
    heard = Heard()

    async def hear(body: bytes) -> None:
        await heard.hear(body)
        await at_work[-1].relay.call(body)

    def make(vendors: Robots) -> AlertSettings:
        return asking(vendors, port)

    async with robots(world.clock) as vendors, alertmanager(tmp_path / "am", hear, hours(OPEN), port) as manager:
        texts = [vendors.texts[vendor] for vendor in ("dingtalk", "wecom", "feishu")]

        def counts() -> list[int]:
            return [len(each) for each in texts]

        async def pass_(minutes: int) -> None:
            """Time passes, and the relay is called every five minutes."""
            for _ in range(minutes // 5):
                await called(heard)
                await at_work[-1].clock.advance(timedelta(minutes=5))
            await called(heard)

        async with office(tmp_path, (), make, world=world, vendors=vendors) as of:
            at_work.append(of)
            await manager.post(SHOWN["SharpEyesWatchdog"], many, dark, dark | {"site": "桥头"})
            await of.through(lambda: counts() == [0, 1, 1])
            await manager.become(hours(SHUT))
            await manager.post(blind)
            await of.through(lambda: counts() == [1, 1, 1])
            await manager.post(many, dark, over=True)  # inhibited by the blindness; and the office is at home
            await pass_(10)
            assert counts() == [1, 1, 1]  # it may only be away for a while
            await of.quiet()
        async with office(tmp_path, (), make, world=world, vendors=vendors) as of:
            at_work.append(of)
            await pass_(20)
            assert counts() == [1, 1, 1]  # a monitor that is blind would say nothing of them anyway
            said = {alert["status"] for _, alerts in heard.calls for alert in alerts}
            assert said == {"firing"}  # Alertmanager said nothing of an end
            await manager.post(blind, over=True)
            await pass_(20)
            await of.through(lambda: counts() == [2, 1, 2])
            assert texts[2][1].startswith("【已恢复】SharpEyesManyUnknown")
            await manager.become(hours(OPEN))
            await of.through(lambda: counts() == [2, 2, 2])
            assert texts[1][1].startswith("【已恢复】SharpEyesBlindSpot")
            await pass_(20)  # the other site is dark still
            assert counts() == [2, 2, 2]
            assert sum(known.open for known in of.relay._desk.told.values()) == 1
            await of.quiet()


async def test_that_prometheus_hands_alerts_over_no_more_is_no_end_and_another_alertmanager_knows_of_none(
    tmp_path: Path,
) -> None:
    lost, watchdog = SHOWN["SharpEyesTargetUnrecoverable"], SHOWN["SharpEyesWatchdog"]
    world, port = World([a_camera("c1", "u1")], DrivenClock(BEGINNING)), free_port()
    at_work: list[Office] = []
    heard, elsewhere = Heard(), Heard()
    refused: list[AlertmanagerUnavailable] = []

    async def hear(body: bytes) -> None:
        await heard.hear(body)
        try:
            await at_work[-1].relay.call(body)
        except AlertmanagerUnavailable as error:
            refused.append(error)

    def resolved() -> set[str]:
        return {
            one["labels"]["alertname"] for _, alerts in heard.calls for one in alerts if one["status"] == "resolved"
        }

    async with (
        robots(world.clock) as vendors,
        alertmanager(tmp_path / "other", elsewhere.hear, port=port) as other,
        alertmanager(tmp_path / "am", hear, hours(OPEN)) as manager,
    ):
        texts = vendors.texts["dingtalk"]
        own = int(manager.address.rpartition(":")[2])
        async with office(tmp_path, (), lambda robots: asking(robots, own), world=world, vendors=vendors) as of:
            at_work.append(of)
            await manager.post(watchdog, lost, lasts=timedelta(seconds=4))  # as Prometheus does: until it says so again
            await of.through(lambda: len(texts) == 1)
            assert await waited(lambda: resolved() >= {"SharpEyesTargetUnrecoverable"}, PATIENCE)
            await manager.post(watchdog)
            for _ in range(2):
                await called(heard)
                await of.clock.advance(timedelta(minutes=5))
            await manager.post(lost)
            for _ in range(3):
                await called(heard)
                await of.clock.advance(timedelta(minutes=5))
            assert (len(texts), refused) == (1, [])
            await of.quiet()
        async with office(tmp_path, (), lambda robots: asking(robots, port), world=world, vendors=vendors) as of:
            at_work.append(of)
            await other.post(lost | {"scope": "county"})
            for _ in range(4):
                await called(heard)
                await of.clock.advance(timedelta(minutes=5))
            assert len(texts) == 1
            assert "does not hold the SharpEyesWatchdog" in str(refused[0])


# ---------------------------------------------------------------- a storm


def by_alertmanager(vendors: Robots, people: Mapping[str, tuple[str, ...]]) -> AlertSettings:
    return settings(vendors, AlertPath.ALERTMANAGER, receivers=people)


async def test_a_storm_in_one_town_is_one_message_that_grows_and_what_outlives_it_is_a_ticket_each(
    tmp_path: Path,
) -> None:
    cameras = [a_camera(f"c{nth:03}", f"u{nth:03}", carrier=f"k{nth:03}") for nth in range(300)]
    ids = [camera.id for camera in cameras]
    place = {"county": cameras[0].site.county, "town": cameras[0].site.town}
    many = SHOWN["SharpEyesManyDown"] | place
    people = {"vendor-on-call": ("ding",), "office": ("ding",), "tickets": ("wecom", "feishu")}
    async with (
        office(tmp_path, cameras, lambda vendors: by_alertmanager(vendors, people)) as of,
        alertmanager(tmp_path / "am", of.relay.call) as manager,
    ):
        pages, tickets = of.vendors.texts["dingtalk"], of.vendors.texts["wecom"]
        of.world.cut(ids[:100])
        await of.later(timedelta(seconds=90))
        await manager.post(many)
        await of.through(lambda: len(pages) == 1)
        assert "现有 100 台摄像机同时离线" in pages[0]
        of.world.cut(ids[100:])
        await of.later(timedelta(seconds=90))
        labels = [
            SHOWN["SharpEyesCameraDown"] | place | {"camera_id": one, "incident": of.world.incident_of(one) or ""}
            for one in ids
        ]
        await manager.post(many)
        await manager.post(*labels)
        await of.through(lambda: len(pages) == 2)
        assert "扩大】" in pages[1]
        assert "现有 300 台摄像机同时离线" in pages[1]
        await asyncio.sleep(3)  # thrice as long as the group of the cameras waits
        assert (len(pages), tickets) == (2, [])
        of.world.mend(ids[80:])
        await manager.post(*labels[80:], over=True)
        await manager.post(many, over=True)
        await of.through(lambda: len(pages) == 3 and opened(tickets) == (80, 80))
        assert pages[2].startswith("【部分恢复】SharpEyesManyDown；现有 80 台离线")


# ---------------------------------------------------------------- behind a login

# bcrypt of what stands below, at its least cost: a password of this file and of nothing else.
USER, PASSWORD, KNOWN = "monitor", "pass-4-am", "$2b$04$abcdefghijklmnopqrstuuncSoSovMMdbzX9J8R/X1zRVofx1h70G"


async def test_an_alertmanager_behind_a_login_is_asked_with_it(tmp_path: Path) -> None:
    port, log, web = free_port(), tmp_path / "log", tmp_path / "web.yml"
    web.write_text(yaml.safe_dump({"basic_auth_users": {USER: KNOWN}}), "utf-8")
    config = tmp_path / "am.yml"
    config.write_text("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n", "utf-8")
    arguments = (
        f"--config.file={config}",
        f"--web.config.file={web}",
        f"--storage.path={tmp_path / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    )
    address = f"http://127.0.0.1:{port}"
    with running(program("prometheus-alertmanager"), *arguments, log=log):
        shown = {"Authorization": aiohttp.encode_basic_auth(USER, PASSWORD)}
        async with aiohttp.ClientSession(headers=shown) as client:
            await until(client, f"{address}/-/ready", lambda _: True, log)
            alert = {"labels": SHOWN["SharpEyesWatchdog"]}
            async with client.post(f"{address}/api/v2/alerts", json=[alert]) as answer:
                assert answer.ok, await answer.text()
            (there,) = await until(client, f"{address}/api/v2/alerts", bool, log)
        for authorization in (None, Secret(aiohttp.encode_basic_auth(USER, "another"))):
            with pytest.raises(AlertmanagerUnavailable, match="HTTP 401"):
                await held(Manager(address, authorization), there["fingerprint"])
        settings_file = tmp_path / "s.yml"
        (tmp_path / "pw").write_text(PASSWORD, "ascii")
        settings_file.write_text(WITH_A_LOGIN.format(address=address, user=USER), "utf-8")
        made = load_settings(settings_file, {}).alerts
        assert made is not None
        assert made.alertmanager is not None
        assert PASSWORD not in repr(made)
        assert (await held(made.alertmanager, there["fingerprint"])).fingerprints == {there["fingerprint"]}


WITH_A_LOGIN = """\
inventory: c.csv
alerts:
  path: alertmanager
  token_file: pw
  alertmanager: {address}
  alertmanager_username: {user}
  alertmanager_password_file: pw
  receivers: {{vendor-on-call: {{channels: [m]}}, tickets: {{channels: [m]}}, office: {{channels: [m]}}}}
  channels:
    m: {{kind: mail, server: "mail.example.org:587", from: a@example.org, to: b@example.org}}
"""
