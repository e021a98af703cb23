"""The same stories by both ways in: people read the same words, and how much later by one way is written down."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from monitor.alerting import Shift
from monitor.contract import Contract, RepairLimits
from monitor.incidents import Origin, Reach
from monitor.model import Camera, Cause, State
from monitor.settings import AlertPath, AlertSettings
from tests.incidents.town import a_camera, cameras
from tests.relay.chain import Chain
from tests.relay.ruled import STEP, Firing, Pass, Story, firing
from tests.relay.world import World, office, settings
from tests.robots import Robots

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
TOWN = [
    *cameras(4, "u1", recorder="r1"),
    *cameras(8, "u1", first=5),
    *(a_camera(f"u2-{number:03}", "u2", site="桥头" if number < 3 else "") for number in range(1, 9)),
    replace(a_camera("shop", "u3", carrier="联通"), in_contract=False),
]
STORM = [a_camera(f"c{number:02}", f"u{number:02}", carrier=f"k{number:02}") for number in range(40)]
VILLAGE = [
    replace(camera, site=replace(camera.site, village="西村"))
    for camera in (a_camera(f"w{number}", f"w{number}", carrier=f"w{number}") for number in range(4))
]
# A cabinet whose cameras stand on lines of their own, and as many others.
CABINET = [a_camera(f"k{number:02}", f"k{number:02}", carrier=f"k{number:02}", cabinet="g1") for number in range(14)]
CABINET_TOWN = [
    *CABINET,
    *(a_camera(f"m{number:02}", f"m{number:02}", carrier=f"m{number:02}") for number in range(14)),
]
LINE = [camera.id for camera in TOWN if camera.uplink == "u1"]
PEOPLE = {"vendor-on-call": ("ding",), "tickets": ("wecom",), "office": ("feishu",)}
VENDORS = ("dingtalk", "wecom", "feishu")
IN_HOURS = Shift("", "", start=time(8, 15), end=time(17))  # the stories begin at eight, and stay short so
SHIFTING = re.compile(r"\d+ (?:小时|分)(?: \d+ 分)?|\d\d:\d\d|\d\d-\d\d")  # durations, instants and days


async def a_line_is_cut_and_mended(world: World, pass_: Pass) -> None:
    world.cut(LINE)
    await pass_(6 * MINUTE)
    world.mend(LINE)
    await pass_(3 * MINUTE)


async def a_line_is_back_but_for_two_cameras_and_two_are_busy(world: World, pass_: Pass) -> None:
    world.cut(LINE)
    await pass_(6 * MINUTE)
    world.mend(LINE[:-4])
    world.turn(LINE[-2:], State.UNKNOWN, Cause.DEVICE_BUSY)
    await pass_(24 * MINUTE)
    world.mend(LINE)
    await pass_(3 * MINUTE)


async def a_line_comes_back_while_the_monitor_starts_anew(world: World, pass_: Pass) -> None:
    world.cut(LINE)
    await pass_(6 * MINUTE)
    world.mend(LINE[:6])
    await pass_(20 * SECOND)
    world.turn([camera.id for camera in TOWN], State.UNKNOWN, Cause.MONITOR_STOPPED)
    await pass_(20 * SECOND)
    world.mend(LINE[6:])  # none of it is down any more, and of the first half nobody knows
    await pass_(2 * MINUTE)
    world.mend([camera.id for camera in TOWN])
    await pass_(3 * MINUTE)


async def an_account_is_refused_and_then_the_line_is_cut(world: World, pass_: Pass) -> None:
    world.turn(LINE[:9], State.UNKNOWN, Cause.CREDENTIALS_REFUSED)
    await pass_(9 * MINUTE)
    world.cut(LINE)
    await pass_(6 * MINUTE)
    world.mend(LINE)
    await pass_(3 * MINUTE)


async def an_account_is_refused_and_then_the_devices_are_busy(world: World, pass_: Pass) -> None:
    world.turn(LINE[:9], State.UNKNOWN, Cause.CREDENTIALS_REFUSED)
    await pass_(9 * MINUTE)
    world.turn(LINE[:9], State.UNKNOWN, Cause.DEVICE_BUSY)
    await pass_(3 * MINUTE)


async def a_site_is_dark_for_longer_than_half_an_hour(world: World, pass_: Pass) -> None:
    world.cut(["u2-004"])
    await pass_(36 * MINUTE)
    world.mend(["u2-004"])
    await pass_(3 * MINUTE)


async def one_of_the_two_cameras_of_a_dark_site_is_back(world: World, pass_: Pass) -> None:
    world.cut(["u2-001", "u2-002"])
    await pass_(36 * MINUTE)
    world.mend(["u2-001"])
    await pass_(25 * MINUTE)


async def one_camera_is_back_before_anybody_is_told(world: World, pass_: Pass) -> None:
    world.cut(["u2-004"])
    await pass_(8 * MINUTE)
    world.mend(["u2-004"])
    await pass_(5 * MINUTE)


async def a_recorder_fails_and_then_its_whole_line(world: World, pass_: Pass) -> None:
    world.cut(LINE[:4])
    await pass_(170 * SECOND)
    world.cut(LINE[4:])
    await pass_(4 * MINUTE)
    world.mend(LINE)
    await pass_(3 * MINUTE)


async def a_repair_limit_comes_near_and_passes(world: World, pass_: Pass) -> None:
    world.contract = Contract(repair=RepairLimits(normal=20 * MINUTE))
    world.cut([*LINE, "u2-004"])
    await pass_(26 * MINUTE)
    world.mend([*LINE, "u2-004"])
    await pass_(3 * MINUTE)


async def a_site_is_dark_once_its_second_camera_is_down(world: World, pass_: Pass) -> None:
    world.cut(["u2-001"])
    await pass_(14 * MINUTE)
    world.cut(["u2-002"])
    await pass_(14 * MINUTE)
    world.mend(["u2-001", "u2-002"])
    await pass_(3 * MINUTE)


async def an_account_is_refused_by_one_camera_and_then_by_nine(world: World, pass_: Pass) -> None:
    world.turn(LINE[:1], State.UNKNOWN, Cause.CREDENTIALS_REFUSED)
    await pass_(8 * MINUTE)
    world.turn(LINE[1:9], State.UNKNOWN, Cause.CREDENTIALS_REFUSED)
    await pass_(7 * MINUTE)
    world.mend(LINE[:9])
    await pass_(3 * MINUTE)


async def a_camera_outside_the_contract_is_down_and_back(world: World, pass_: Pass) -> None:
    world.cut(["shop"])
    await pass_(14 * MINUTE)
    world.mend(["shop"])
    await pass_(3 * MINUTE)


async def a_camera_leaves_the_inventory_and_comes_back(world: World, pass_: Pass) -> None:
    world.turn(["u2-004"], State.DOWN, Cause.REMOVED_UNCONFIRMED)
    await pass_(17 * MINUTE)  # the office begins in between
    world.mend(["u2-004"])
    await pass_(3 * MINUTE)


async def the_monitor_is_blind_and_sees_again(world: World, pass_: Pass) -> None:
    world.cut(["shop"])  # nobody watches it then, either
    await pass_(2 * MINUTE)
    world.turn([camera.id for camera in TOWN], State.UNKNOWN, Cause.MONITOR_BLIND)
    await pass_(8 * MINUTE)
    world.mend([camera.id for camera in TOWN])
    await pass_(5 * MINUTE)


async def a_recorder_is_not_watched_for_an_error_of_ours(world: World, pass_: Pass) -> None:
    world.turn(LINE[:4], State.UNKNOWN, Cause.MONITOR_ERROR)
    await pass_(10 * MINUTE)
    world.mend(LINE[:4])
    await pass_(3 * MINUTE)


async def a_storm_grows_and_ebbs(world: World, pass_: Pass) -> None:
    ids = [camera.id for camera in STORM]
    world.cut(ids[:13])
    await pass_(6 * MINUTE)
    world.cut(ids[13:])
    await pass_(6 * MINUTE)
    world.mend(ids[8:])
    await pass_(13 * MINUTE)
    world.mend(ids[:8])
    await pass_(3 * MINUTE)


async def a_village_goes_dark_and_comes_back(world: World, pass_: Pass) -> None:
    ids = [camera.id for camera in VILLAGE]
    world.cut(ids)
    await pass_(14 * MINUTE)
    world.mend(ids)
    await pass_(13 * MINUTE)


async def one_camera_of_a_dark_village_is_back(world: World, pass_: Pass) -> None:
    ids = [camera.id for camera in VILLAGE]
    world.cut(ids)
    await pass_(14 * MINUTE)
    world.mend(ids[:1])
    await pass_(16 * MINUTE)


async def what_looked_like_a_storm_is_a_cabinet(world: World, pass_: Pass) -> None:
    def reach(answers: bool) -> None:
        world.casebook._incidents.note(world.clock.now(), Reach(Origin.POWER_CABINET, "g1", answers))

    reach(answers=True)
    await pass_(MINUTE)
    world.cut([camera.id for camera in CABINET])
    await pass_(6 * MINUTE)
    reach(answers=False)  # it was on its battery
    await pass_(18 * MINUTE)


def people_of(path: AlertPath) -> Callable[[Robots], AlertSettings]:
    return lambda vendors: settings(vendors, path, receivers=PEOPLE, office_hours=IN_HOURS)


async def told(
    story: Story, path: AlertPath, folder: Path, town: Sequence[Camera] = TOWN
) -> tuple[dict[str, list[str]], dict[str, list[float]]]:
    """What each channel was told, and the driven seconds at which it was."""
    ruled: Firing = await firing(story, town, folder) if path is AlertPath.ALERTMANAGER else []
    async with office(folder, town, people_of(path)) as of:
        chain, at = Chain(of, ruled), {vendor: list[float]() for vendor in of.vendors.texts}

        async def pass_(span: timedelta) -> None:
            end = of.clock.now() + span
            while of.clock.now() < end:
                await of.later(STEP)
                if path is AlertPath.ALERTMANAGER:
                    await chain.look()
                for vendor, texts in of.vendors.texts.items():
                    at[vendor] += [of.clock.monotonic()] * (len(texts) - len(at[vendor]))

        await story(of.world, pass_)
        await of.quiet()
        return {vendor: [words(text) for text in of.vendors.texts[vendor]] for vendor in VENDORS}, at


def folders_in(place: Path) -> tuple[Path, Path]:
    folders = place / "embedded", place / "alertmanager"
    for folder in folders:
        folder.mkdir()
    return folders


def words(text: str) -> str:
    """The message without its number, and without what is read from a clock."""
    return SHIFTING.sub("…", text.rpartition("\n")[0])


def marks(texts: list[str]) -> list[str]:
    return [text[1 : text.index("】")].rpartition("·")[2] for text in texts]


@pytest.mark.parametrize(
    ("story", "on_call", "tickets", "in_hours", "later"),
    [
        (a_line_is_cut_and_mended, ["故障", "已恢复"], [], [], 90),
        (a_line_is_back_but_for_two_cameras_and_two_are_busy, ["故障", "部分恢复"], ["一般", "已恢复"], [], 600),
        (a_line_comes_back_while_the_monitor_starts_anew, ["故障", "已恢复"], [], [], 90),
        (an_account_is_refused_and_then_the_line_is_cut, ["故障", "已恢复"], ["未监测", "不再单列"], [], 190),
        (an_account_is_refused_and_then_the_devices_are_busy, [], ["未监测", "未能监测"], [], 190),
        (one_of_the_two_cameras_of_a_dark_site_is_back, [], ["一般", "已恢复"], ["盲区", "已恢复"], 1200),
        (one_camera_is_back_before_anybody_is_told, [], [], [], 0),
        (a_site_is_dark_for_longer_than_half_an_hour, [], ["故障", "已恢复"], ["盲区"], 190),
        (a_recorder_fails_and_then_its_whole_line, ["故障", "扩大", "已恢复"], [], [], 90),
        (a_site_is_dark_once_its_second_camera_is_down, [], ["故障", "故障", "已恢复"], [], 160),
        (an_account_is_refused_by_one_camera_and_then_by_nine, [], ["未监测", "扩大", "已恢复"], [], 300),
        (a_camera_outside_the_contract_is_down_and_back, [], [], [], 0),
        (a_camera_leaves_the_inventory_and_comes_back, [], ["待确认", "已恢复"], ["待确认", "已恢复"], 150),
        (a_recorder_is_not_watched_for_an_error_of_ours, ["监测端", "已恢复"], [], [], 150),
        (the_monitor_is_blind_and_sees_again, ["监测端", "已恢复"], [], [], 150),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
async def test_both_ways_in_say_the_same_words_and_one_of_them_says_them_later(
    story: Story, on_call: list[str], tickets: list[str], in_hours: list[str], later: float, tmp_path: Path
) -> None:
    folders = folders_in(tmp_path)
    alone, at_alone = await told(story, AlertPath.EMBEDDED, folders[0])
    chain, at_chain = await told(story, AlertPath.ALERTMANAGER, folders[1])
    assert [marks(alone[vendor]) for vendor in VENDORS] == [on_call, tickets, in_hours]
    assert chain == alone
    for vendor in VENDORS:
        for one, other in zip(at_alone[vendor], at_chain[vendor], strict=True):
            assert -2 * STEP.total_seconds() <= other - one <= later + STEP.total_seconds()


@pytest.mark.parametrize(
    ("story", "town", "on_call", "tickets", "in_hours"),
    [
        (
            a_storm_grows_and_ebbs,
            STORM,
            ["故障】清河镇大面积离线", "扩大】清河镇大面积离线", "部分恢复】清河镇大面积离线；现有 8 台离线"],
            ["8 个事件，8 台摄像机离线", "已恢复】8 个事件"],  # those that outlived it
            [],
        ),
        (
            a_village_goes_dark_and_comes_back,
            [*TOWN, *VILLAGE],
            ["故障】西村摄像机全部离线", "已恢复】西村摄像机全部离线"],
            [],
            [],
        ),
        (
            one_camera_of_a_dark_village_is_back,
            [*TOWN, *VILLAGE],
            ["故障】西村摄像机全部离线", "部分恢复】西村摄像机全部离线；现有 3 台离线"],
            ["3 个事件，3 台摄像机离线"],
            [],
        ),
        (
            what_looked_like_a_storm_is_a_cabinet,
            CABINET_TOWN,
            [
                "故障】清河镇大面积离线",
                "故障】东村：配电箱 g1 下 14 台摄像机离线",
                "不再单列】清河镇大面积离线；现有 14 台离线",
            ],
            [],
            [],
        ),
        (
            a_repair_limit_comes_near_and_passes,
            TOWN,
            [
                "故障】东村：上联线路 u1",
                "修复时限将到】东村：上联线路 u1",
                "已超修复时限】东村：上联线路 u1",
                "已恢复】东村：上联线路 u1",
            ],
            [
                "故障】东村：u2-004 离线",
                "修复时限将到】东村：上联线路 u1",
                "已超修复时限】东村：上联线路 u1",
                "已恢复】东村：上联线路 u1",
            ],
            ["已超修复时限】东村：上联线路 u1", "已恢复】东村：上联线路 u1"],
        ),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
async def test_both_ways_tell_storms_dark_villages_and_limits_alike(
    story: Story, town: Sequence[Camera], on_call: list[str], tickets: list[str], in_hours: list[str], tmp_path: Path
) -> None:
    folders = folders_in(tmp_path)
    alone, at_alone = await told(story, AlertPath.EMBEDDED, folders[0], town)
    chain, at_chain = await told(story, AlertPath.ALERTMANAGER, folders[1], town)
    assert chain == alone
    for vendor, heads in zip(VENDORS, (on_call, tickets, in_hours), strict=True):
        assert len(alone[vendor]) == len(heads), alone[vendor]
        assert all(head in text for head, text in zip(heads, alone[vendor], strict=True)), alone[vendor]
        for one, other in zip(at_alone[vendor], at_chain[vendor], strict=True):
            assert -3 * STEP.total_seconds() <= other - one <= 150 + STEP.total_seconds()
