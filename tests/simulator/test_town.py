from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from monitor.errors import SharpEyesError
from monitor.model import Cause, Codec, SiteCategory
from monitor.simulator import Fault, FaultRecord, SimulatedTown, build_town
from monitor.simulator.auth import Scheme
from monitor.simulator.clips import Grade, Library
from monitor.simulator.flaws import Flaw
from monitor.simulator.layout import HOSTILE_PREFIX, Makeup
from monitor.simulator.scenes import Scene
from monitor.simulator.server import Join
from tests.addresses import BASE, free_port

from .conftest import SMALL
from .raw import RawClient

START = datetime(2026, 1, 1, tzinfo=UTC)


class HandClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return (self.at - START).total_seconds()

    async def sleep(self, duration: timedelta) -> None:
        self.at += duration


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def town(clips: Library, cache: Path, clock: HandClock) -> AsyncIterator[SimulatedTown]:
    assert clips  # encoded already
    built = build_town(12, 3, base=BASE, port=free_port(f"{BASE}.1.1"), clock=clock, clip_size=SMALL, cache=cache)
    await built.start()
    yield built
    await built.stop()


def test_the_usual_town_is_the_one_of_the_contract() -> None:
    town = build_town()
    villages = Counter(camera.site.village for camera in town.cameras)
    assert len(town.cameras) == 108
    assert (len(villages), min(villages.values())) == (27, 4)
    assert {camera.carrier for camera in town.cameras} == {"中国移动", "中国电信"}
    assert {camera.site.category for camera in town.cameras} == set(SiteCategory)
    assert {(camera.site.town, camera.site.county) for camera in town.cameras} == {("青溪镇", "示范县")}
    assert len({(camera.uplink, camera.site.village, camera.carrier) for camera in town.cameras}) == 27


@pytest.mark.parametrize(("cameras", "villages"), [(108, 27), (1, 1), (1000, 50), (5000, 200), (254, 1)])
def test_nothing_in_a_town_is_there_twice(cameras: int, villages: int) -> None:
    town = build_town(cameras, villages)
    assert len(town.cameras) == cameras
    for each in ("id", "url", "name"):
        assert len({getattr(camera, each) for camera in town.cameras}) == cameras, each
    sites = {camera.site for camera in town.cameras}
    assert len({site.id for site in sites}) == len({site.name for site in sites}) == len(sites)
    assert len({site.village for site in sites}) == villages


def test_the_same_numbers_give_the_same_town_and_another_seed_another_one() -> None:
    assert build_town().cameras == build_town().cameras
    assert build_town().cameras != build_town(seed=7).cameras


def test_a_town_has_every_codec_and_every_way_to_authenticate() -> None:
    plans = build_town()._plans.values()
    assert {plan.codec for plan in plans} == set(Codec)
    assert {plan.scheme for plan in plans} == set(Scheme)


def test_addresses_stay_on_loopback_and_tell_no_password() -> None:
    town = build_town()
    for camera in town.cameras:
        parts = urlsplit(camera.url)
        assert (parts.hostname or "").startswith("127.20.")
        assert (parts.port, parts.username) == (8554, None)
        assert camera.credentials == "" or camera.credentials in town.credentials


@pytest.mark.parametrize(
    ("cameras", "villages", "base"),
    [(3, 4, "127.20"), (255, 1, "127.20"), (10, 0, "127.20"), (300, 255, "127.20"), (4, 1, "10.0"), (4, 1, "127.300")],
)
def test_a_town_that_cannot_be_is_refused(cameras: int, villages: int, base: str) -> None:
    with pytest.raises(SharpEyesError):
        build_town(cameras, villages, base=base)


async def test_every_camera_of_a_started_town_plays_with_its_credentials(town: SimulatedTown) -> None:
    for camera in town.cameras:
        async with RawClient(camera.url, town.credentials.get(camera.credentials)) as client:
            assert (await client.play()).status == 200
            assert await client.frame()
    assert town.served.sessions == len(town.cameras)


async def test_five_hundred_cameras_listen_at_once(clips: Library, cache: Path) -> None:
    assert clips
    town = build_town(500, 25, base=BASE, port=free_port(f"{BASE}.1.1"), clip_size=SMALL, cache=cache)
    await town.start()
    try:
        for camera in town.cameras[::100]:
            async with RawClient(camera.url) as client:
                assert (await client.ask("OPTIONS")).status == 200
    finally:
        await town.stop()


async def test_the_log_tells_what_was_wrong_and_when(town: SimulatedTown, clock: HandClock) -> None:
    one, other = town.cameras[0].id, town.cameras[1].id
    town.inject([one, other], Fault.POWER_LOST)
    clock.at += timedelta(minutes=5)
    town.clear([one])
    clock.at += timedelta(minutes=5)
    town.inject([other], Fault.BLACK)
    minutes = [START + timedelta(minutes=5 * n) for n in range(3)]
    assert town.log == (
        FaultRecord(one, Fault.POWER_LOST, Cause.TCP_TIMEOUT, minutes[0], minutes[1]),
        FaultRecord(other, Fault.POWER_LOST, Cause.TCP_TIMEOUT, minutes[0], minutes[2]),
        FaultRecord(other, Fault.BLACK, Cause.PICTURE_BLACK, minutes[2]),
    )


async def test_a_cut_line_takes_its_whole_village_and_comes_back_as_a_whole(town: SimulatedTown) -> None:
    village = town.cameras[5].site.village
    neighbours = [camera.id for camera in town.cameras if camera.site.village == village]
    town.inject([neighbours[1]], Fault.LINE_CUT)
    assert [record.camera_id for record in town.log] == neighbours
    town.clear([neighbours[2]])
    assert all(record.end_at for record in town.log)


async def test_a_mended_line_leaves_other_faults_of_the_village_alone(town: SimulatedTown) -> None:
    one, two = town.cameras[0].id, town.cameras[1].id
    town.inject([one], Fault.LINE_CUT)
    town.inject([two], Fault.FROZEN)
    town.clear([one])
    assert [record.camera_id for record in town.log if record.end_at is None] == [two]


async def test_the_end_of_the_town_ends_its_faults(town: SimulatedTown) -> None:
    town.inject([town.cameras[0].id], Fault.POWER_LOST)
    await town.stop()
    assert town.log[0].end_at == START


async def test_an_unknown_camera_changes_nothing(town: SimulatedTown) -> None:
    with pytest.raises(SharpEyesError, match="no such camera"):
        town.inject([town.cameras[0].id, "QX-99-99"], Fault.BLACK)
    assert town.log == ()


async def test_a_fault_that_cannot_befall_a_camera_is_refused(clips: Library, cache: Path) -> None:
    assert clips
    town = build_town(108, 27, base=BASE, port=free_port(f"{BASE}.1.1"), clip_size=SMALL, cache=cache)
    await town.start()
    try:
        mjpeg = next(id_ for id_, plan in town._plans.items() if plan.codec is Codec.MJPEG)
        unlocked = next(id_ for id_, plan in town._plans.items() if plan.scheme is Scheme.NONE)
        for camera_id, fault in ((mjpeg, Fault.NO_KEYFRAME), (unlocked, Fault.WRONG_PASSWORD)):
            with pytest.raises(SharpEyesError, match="cannot befall"):
                town.inject([camera_id], fault)
    finally:
        await town.stop()


async def test_a_second_town_on_the_same_addresses_is_told_so_and_leaves_nothing_open(
    town: SimulatedTown, cache: Path
) -> None:
    port = urlsplit(town.cameras[-1].url).port or 0
    other = build_town(13, 3, base=BASE, port=port, clip_size=SMALL, cache=cache)
    with pytest.raises(SharpEyesError, match=r"is taken"):
        await other.start()
    await town.stop()
    await other.start()
    await other.stop()


def test_faults_before_the_start_are_refused() -> None:
    town = build_town()
    with pytest.raises(SharpEyesError, match="not been started"):
        town.inject([town.cameras[0].id], Fault.BLACK)


def test_a_town_may_be_made_of_one_kind_of_camera() -> None:
    makeup = Makeup((Codec.H265,), (Scene.POND,), Scheme.DIGEST_MD5, Join.LIVE)
    town = build_town(20, 2, makeup=makeup)
    plans = town._plans.values()
    assert {(plan.codec, plan.scene, plan.scheme, plan.join) for plan in plans} == {
        (Codec.H265, Scene.POND, Scheme.DIGEST_MD5, Join.LIVE)
    }
    for camera in town.cameras:
        plan = town._plans[camera.id]
        assert town.credentials[camera.credentials] == plan.credentials
    assert {camera.credentials for camera in build_town(20, 2, makeup=Makeup(scheme=Scheme.NONE)).cameras} == {""}


async def test_parts_of_a_town_together_are_the_town(clips: Library, cache: Path) -> None:
    assert clips
    port = free_port(f"{BASE}.1.1")
    parts = [build_town(10, 2, base=BASE, port=port, clip_size=SMALL, cache=cache, part=(nth, 3)) for nth in (1, 2, 3)]
    assert {part.cameras for part in parts} == {build_town(10, 2, base=BASE, port=port).cameras}
    for part in parts:
        await part.start()
    try:
        for camera in parts[0].cameras:
            async with RawClient(camera.url) as client:
                assert (await client.ask("OPTIONS")).status == 200
        absent = parts[0].cameras[1].id
        with pytest.raises(SharpEyesError, match="no such camera here"):
            parts[0].inject([absent], Fault.BLACK)
        parts[0].inject([parts[0].cameras[0].id], Fault.LINE_CUT)
        assert {record.camera_id for record in parts[0].log} < {camera.id for camera in parts[0].cameras[::3]}
    finally:
        for part in parts:
            await part.stop()


@pytest.mark.parametrize("part", [(0, 1), (2, 1), (1, 0)])
def test_a_part_that_cannot_be_is_refused(part: tuple[int, int]) -> None:
    with pytest.raises(SharpEyesError, match="no such part"):
        build_town(10, 2, part=part)


async def test_hostile_devices_of_a_town_listen_and_cannot_be_given_faults(clips: Library, cache: Path) -> None:
    assert clips
    port = free_port(f"{BASE}.1.1")
    town = build_town(24, 2, base=BASE, port=port, clip_size=SMALL, cache=cache, makeup=Makeup(hostile=12))
    await town.start()
    try:
        hostile = [camera for camera in town.cameras if camera.id.startswith(HOSTILE_PREFIX)]
        assert len(hostile) == 12
        for camera in hostile:
            with contextlib.suppress(ConnectionResetError):  # which one kind does before we know of the connection
                _, writer = await asyncio.open_connection(urlsplit(camera.url).hostname, port)
                writer.transport.abort()
        with pytest.raises(SharpEyesError, match="no such camera here"):
            town.inject([hostile[0].id], Fault.BLACK)
    finally:
        await town.stop()


async def test_a_camera_that_will_be_stuck_has_films_of_its_own_at_a_constant_bit_rate(
    clips: Library, cache: Path
) -> None:
    assert clips
    town = build_town(4, 2, base=BASE, port=free_port(f"{BASE}.1.1"), clip_size=SMALL, cache=cache)
    stuck, usual, *_ = (camera.id for camera in town.cameras)
    await town.start({stuck: Fault.STUCK})
    try:
        assert town.films()[stuck].size.grade is Grade.CONSTANT
        assert town.films()[usual].size == SMALL
        assert len(town.key_frames(town.films()[stuck])) == SMALL.groups
        assert town.flaw_of(stuck) is None
        town.inject([stuck], Fault.STUCK)
        assert town.flaw_of(stuck) is Flaw.STUCK
        with pytest.raises(SharpEyesError, match="no film of stuck was loaded"):
            town.inject([usual], Fault.STUCK)
    finally:
        await town.stop()


async def test_a_flaw_of_a_camera_that_is_not_there_is_refused() -> None:
    with pytest.raises(SharpEyesError, match="QX-99-99: there is no such camera here"):
        await build_town(4, 2).start({"QX-99-99": Fault.FOG})
