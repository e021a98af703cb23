"""Stories of what is down while nobody sees it: by neither way in do a blind monitor or planned work bring it back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import time, timedelta
from pathlib import Path

import pytest

from monitor.alerting import Manager, Shift
from monitor.model import Camera, Cause, State
from monitor.settings import AlertPath, AlertSettings
from tests.incidents.town import a_camera, cameras
from tests.relay.holding import WATCHDOG, Holding, holding
from tests.relay.world import Office, World, office, settings
from tests.robots import Robots

MINUTE = timedelta(minutes=1)
TOWN = [a_camera(f"c{nth}", f"u{nth}", carrier=f"k{nth}", site="桥头" if nth < 2 else "") for nth in range(4)]
IDS = [camera.id for camera in TOWN]
STORM = [a_camera(f"s{nth:02}", f"u{nth:02}", carrier=f"k{nth:02}") for nth in range(12)]
LINES = [*cameras(12), *cameras(10, "u2")]
LINE = [camera.id for camera in LINES if camera.uplink == "u1"]
SITE = TOWN[0].site
COUNTY = {"county": SITE.county}
PLACE = COUNTY | {"town": SITE.town, "village": SITE.village}
DARK = PLACE | {"alertname": "SharpEyesVillageDown", "severity": "critical"}
MANY = COUNTY | {"town": SITE.town, "alertname": "SharpEyesManyDown", "severity": "critical"}
SPOT = PLACE | {"alertname": "SharpEyesBlindSpot", "severity": "warning", "site": SITE.name}
BLIND = COUNTY | {"alertname": "SharpEyesMonitorBlind", "severity": "critical"}
PEOPLE = {"vendor-on-call": ("ding",), "tickets": ("wecom",), "office": ("feishu",)}
WHOLE_DAY = Shift("", "", start=time(0), end=time(0))


def alone(vendors: Robots) -> AlertSettings:
    return settings(vendors, receivers=PEOPLE, office_hours=WHOLE_DAY)


def asking(manager: Holding) -> Callable[[Robots], AlertSettings]:
    return lambda vendors: settings(
        vendors, AlertPath.ALERTMANAGER, receivers=PEOPLE, alertmanager=Manager(manager.address)
    )


def nobody_sees(world: World, town: Sequence[Camera] = TOWN) -> None:
    world.turn([camera.id for camera in town], State.UNKNOWN, Cause.MONITOR_BLIND)


def plan(world: World) -> None:
    world.planned = set(IDS)


def heads(of: Office, vendor: str) -> list[str]:
    return [text.partition("\n")[0] for text in of.vendors.texts[vendor]]


def ends(of: Office) -> list[str]:
    """Whoever is on call, and the office."""
    found = heads(of, "dingtalk") + heads(of, "feishu")
    return [head for head in found if "已恢复" in head and "监测端" not in head]


async def test_without_alertmanager_a_dark_village_is_not_back_while_the_monitor_is_blind(
    tmp_path: Path,
) -> None:
    async with office(tmp_path, TOWN, alone) as of:
        of.world.cut(IDS)
        await of.later(8 * MINUTE)
        nobody_sees(of.world)
        await of.later(13 * MINUTE)
        of.world.cut(IDS)
        await of.later(12 * MINUTE)
        assert heads(of, "dingtalk") == [
            "【严重·故障】东村摄像机全部离线",
            "【严重·监测端】监测端自身网络异常",
            "【已恢复】监测端自身网络异常",
        ]
        assert not heads(of, "wecom")  # no tickets for what the village explains
        of.world.mend(IDS[:1])
        await of.later(12 * MINUTE)
        assert heads(of, "dingtalk")[3:] == ["【部分恢复】东村摄像机全部离线；现有 3 台离线"]
        assert "3 台摄像机离线" in heads(of, "wecom")[0]  # what outlives it is told as tickets


async def test_without_alertmanager_planned_work_over_a_dark_village_does_not_bring_it_back_and_who_is_up_at_work_does(
    tmp_path: Path,
) -> None:
    async with office(tmp_path, TOWN, alone) as of:
        of.world.cut(IDS)
        await of.later(8 * MINUTE)
        plan(of.world)
        await of.later(12 * MINUTE)
        assert heads(of, "dingtalk") == ["【严重·故障】东村摄像机全部离线"]
        of.world.mend(IDS)
        await of.later(12 * MINUTE)
        assert ends(of) == ["【已恢复】东村摄像机全部离线"]


async def test_without_alertmanager_a_dark_site_is_shown_again_only_once_a_camera_of_it_is_seen_to_be_up(
    tmp_path: Path,
) -> None:
    async with office(tmp_path, TOWN, alone) as of:
        of.world.cut(IDS[:2])
        await of.later(33 * MINUTE)
        of.world.turn(IDS[:2], State.UNKNOWN, Cause.MONITOR_ERROR)
        await of.later(12 * MINUTE)
        of.world.cut(IDS[:2])
        plan(of.world)
        await of.later(12 * MINUTE)
        assert heads(of, "feishu") == ["【一般·盲区】清河镇有重点部位成为盲区"]
        of.world.mend(IDS[:1])
        await of.later(12 * MINUTE)
        assert heads(of, "feishu")[1:] == ["【已恢复】清河镇有重点部位成为盲区"]


async def test_planned_work_over_a_storm_does_not_end_it(tmp_path: Path) -> None:
    async with office(tmp_path, STORM, alone) as of:
        ids = [camera.id for camera in STORM]
        of.world.cut(ids)
        await of.later(8 * MINUTE)
        of.world.planned = set(ids)
        await of.later(12 * MINUTE)
        assert heads(of, "dingtalk") == ["【严重·故障】清河镇大面积离线"]
        of.world.mend(ids)
        await of.later(12 * MINUTE)
        assert ends(of) == ["【已恢复】清河镇大面积离线"]


@pytest.mark.parametrize(
    ("what", "held", "end", "site"),
    [
        (nobody_sees, [WATCHDOG, BLIND], "【未能监测】SharpEyesVillageDown；现有 3 台未能监测", False),
        (plan, [WATCHDOG], "【部分恢复】SharpEyesVillageDown；现有 3 台离线", True),
    ],
)
async def test_what_the_rules_do_not_see_any_more_is_over_only_once_the_record_sees_it(
    what: Callable[[World], None], held: list[Mapping[str, str]], end: str, site: bool, tmp_path: Path
) -> None:
    async with holding(DARK, SPOT) as manager, office(tmp_path, TOWN, asking(manager)) as of:
        of.world.cut(IDS)
        await of.later(3 * MINUTE)
        await of.alertmanager("vendor-on-call", DARK)
        await of.alertmanager("office", SPOT)
        await manager.watch(of, 5 * MINUTE)
        what(of.world)
        manager.held = held
        await of.alertmanager("vendor-on-call", DARK, status="resolved")
        await of.alertmanager("office", SPOT, status="resolved")
        await manager.watch(of, 25 * MINUTE)
        manager.held = [WATCHDOG]
        await manager.watch(of, 25 * MINUTE)  # the monitor sees again, and three rules wait to fire anew
        await of.quiet()
        assert ends(of) == []
        of.world.mend(IDS[:1])
        await manager.watch(of, 25 * MINUTE)
        await manager.watch(of, 5 * MINUTE, "office")
        await of.quiet()
        assert heads(of, "dingtalk")[-1] == end
        assert ends(of) == ["【已恢复】SharpEyesBlindSpot"]
        assert ("已有画面，但仍有 1 台摄像机离线" in of.vendors.texts["feishu"][-1]) == site


async def test_without_alertmanager_a_village_whose_cameras_left_the_inventory_has_not_recovered(
    tmp_path: Path,
) -> None:
    async with office(tmp_path, TOWN, alone) as of:
        of.world.cut(IDS)
        await of.later(33 * MINUTE)
        of.world.strike(IDS)
        await of.later(12 * MINUTE)
        assert ends(of) == []
        assert heads(of, "dingtalk")[1:] == ["【不再单列】东村摄像机全部离线；清单中已无其摄像机"]


async def test_what_alertmanager_has_told_of_a_place_without_cameras_has_not_recovered(tmp_path: Path) -> None:
    async with holding(DARK, SPOT) as manager, office(tmp_path, TOWN, asking(manager)) as of:
        of.world.cut(IDS)
        await of.later(3 * MINUTE)
        await of.alertmanager("vendor-on-call", DARK)
        await of.alertmanager("office", SPOT)
        await manager.watch(of, 5 * MINUTE)
        of.world.strike(IDS)
        of.world.confirmed = set(IDS)
        manager.held = [WATCHDOG]
        await manager.watch(of, 25 * MINUTE)
        await manager.watch(of, 5 * MINUTE, "office")
        await of.quiet()
        assert heads(of, "dingtalk")[1:] == ["【不再单列】SharpEyesVillageDown；清单中已无其摄像机"]
        assert heads(of, "feishu")[1:] == ["【不再单列】SharpEyesBlindSpot；清单中已无其摄像机"]


@pytest.mark.parametrize(
    ("confirmed", "end"), [(False, "现有 12 台离线"), (True, "清单中已无其摄像机")], ids=["unconfirmed", "confirmed"]
)
async def test_a_line_whose_cameras_left_the_inventory_has_not_recovered(
    confirmed: bool, end: str, tmp_path: Path
) -> None:
    async with office(tmp_path, LINES, alone) as of:
        of.world.cut(LINE)
        await of.later(6 * MINUTE)
        of.world.confirmed = set(LINE) if confirmed else set()
        of.world.strike(LINE)
        await of.later(3 * MINUTE)
        assert heads(of, "dingtalk")[1:] == [f"【不再单列】东村：上联线路 u1 中断，12 台摄像机离线；{end}"]


async def test_an_end_waits_while_the_monitor_does_not_look_and_a_line_that_falls_meanwhile_goes_on(
    tmp_path: Path,
) -> None:
    async with office(tmp_path, LINES, alone) as of:
        of.world.cut(LINE)
        await of.later(6 * MINUTE)
        of.world.mend(LINE[:6])
        await of.later(MINUTE)
        of.world.turn(LINE[:6], State.UNKNOWN, Cause.MONITOR_ERROR)
        await of.later(MINUTE)
        of.world.mend(LINE[6:])
        await of.later(3 * MINUTE)
        of.world.cut(LINE)
        await of.later(4 * MINUTE)
        of.world.mend([camera.id for camera in LINES])
        await of.later(13 * MINUTE)
        assert len(heads(of, "dingtalk")) == 1
        nobody_sees(of.world, LINES)
        await of.later(13 * MINUTE)  # a quarter of an hour without a fall is over meanwhile
        assert [head for head in heads(of, "dingtalk")[1:] if "监测端" not in head] == []
        of.world.mend([camera.id for camera in LINES])
        await of.later(MINUTE)
        assert ends(of) == ["【已恢复】东村：上联线路 u1 中断，12 台摄像机离线"]
        (end,) = (text for text in of.vendors.texts["dingtalk"] if "【已恢复】东村" in text)
        assert "期间离线 2 次" in end
