"""Who is asked for snapshots, when, and what becomes of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from monitor.devices import Devices
from monitor.engine.permits import Permits
from monitor.engine.slots import Slots
from monitor.engine.snapshots import AGAIN, APART, Snapshots
from monitor.model import (
    Camera,
    Cause,
    Credentials,
    Finding,
    FindingState,
    Picture,
    Result,
    Rung,
    Secret,
    Stage,
)
from monitor.picture.blocks import GRID, Sums
from monitor.picture.frozen import ALIKE
from monitor.probes.snapshots import Snapshot
from monitor.settings import LimitSettings, Settings
from tests.metrics.town import camera

LOGIN = Credentials("admin", Secret("sesame"))
KNOWN = camera("c1", onvif="127.0.0.1:80", credentials="hik", url="rtsp://127.0.0.1/1")
WHERE = "http://127.0.0.1/snapshot.jpg"
START = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass
class Clock:
    """Time passes when somebody sleeps."""

    at: datetime = START

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return (self.at - START).total_seconds()

    async def sleep(self, duration: timedelta) -> None:
        self.at += duration
        await asyncio.sleep(0)


@dataclass
class Device:
    """Gives pictures; ``settle`` notes when each was taken."""

    clock: Clock
    cause: Cause = Cause.OK
    broken: bool = False
    taken: list[tuple[datetime, str, bool]] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)

    async def take(self, camera: Camera, url: str, credentials: Credentials | None, may_authenticate: bool) -> Snapshot:
        assert credentials == LOGIN
        self.taken.append((self.clock.now(), url, may_authenticate))
        if self.broken:
            raise RuntimeError("a bug of ours")
        refused = self.cause is Cause.CREDENTIALS_REFUSED
        sums = np.zeros(GRID, np.uint64) if self.cause is Cause.OK else None
        return Snapshot(sums, self.cause, credentials_refused=refused)

    async def settle(self, camera_id: str, first: Sums, second: Sums) -> bool:
        self.settled.append(camera_id)
        return True


@dataclass
class Town:
    """Snapshots at work."""

    snapshots: Snapshots
    device: Device
    clock: Clock
    cameras: dict[str, Camera]
    doubted: list[str]
    permits: Permits

    async def heard(self, camera_id: str = "c1", state: FindingState = FindingState.WARNING) -> None:
        """A probe's picture, and as long as it takes until all that follows has happened."""
        finding = Finding(Cause.PICTURE_FROZEN, state, ALIKE, 0.8, 0.2)
        picture = Picture(640, 360, b"", (finding,))
        at = self.clock.now()
        self.snapshots.heard(
            Result(camera_id, at, timedelta(0), Rung.PICTURE, Stage.PICTURE, Cause.OK, picture=picture)
        )
        running = asyncio.create_task(self.snapshots.run())
        for _ in range(50):
            await asyncio.sleep(0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    clock = Clock()
    settings = Settings(
        tmp_path / "s.yml",
        inventory=(),
        ledger=tmp_path / "ledger.db",
        reports=tmp_path,
        credentials={"hik": LOGIN},
    )
    cameras, doubted, device = {"c1": KNOWN}, list[str](), Device(clock)
    permits = Permits(Devices(tmp_path / "d.db"), clock, timedelta(minutes=30))
    snapshots = Snapshots(
        lambda: settings,
        cameras.get,
        device,
        slots=Slots(LimitSettings()),
        permits=permits,
        clock=clock,
        settled=doubted.append,
    )
    snapshots.offered(KNOWN, WHERE)
    return Town(snapshots, device, clock, cameras, doubted, permits)


async def test_a_suspected_camera_is_asked_twice_some_seconds_apart_and_looked_at_next(town: Town) -> None:
    await town.heard()
    (first, where, permitted), (second, _, _) = town.device.taken
    assert (where, permitted, second - first) == (WHERE, True, APART)
    assert town.device.settled == town.doubted == ["c1"]


async def test_it_is_not_asked_again_within_the_hour(town: Town) -> None:
    for _ in range(5):
        await town.heard()
    assert len(town.device.taken) == 2
    town.clock.at += AGAIN
    await town.heard()
    assert len(town.device.taken) == 4


@pytest.mark.parametrize("state", [FindingState.OK, FindingState.FAULT])
async def test_nobody_is_asked_before_there_is_a_suspicion_nor_once_it_is_settled(
    town: Town, state: FindingState
) -> None:
    await town.heard(state=state)
    assert not town.device.taken


async def test_a_camera_whose_device_told_no_address_is_not_asked(town: Town) -> None:
    await town.heard("c2")
    town.snapshots.forget("c1")
    await town.heard()
    assert not town.device.taken


async def test_an_address_told_by_another_device_is_not_used(town: Town) -> None:
    town.cameras["c1"] = replace(KNOWN, onvif="127.0.0.2:80")
    await town.heard()
    assert not town.device.taken


async def test_without_a_second_picture_nothing_is_settled(town: Town) -> None:
    town.device.cause = Cause.NO_REPLY
    await town.heard()
    assert len(town.device.taken) == 1
    assert not town.device.settled


async def test_a_refused_password_is_kept_from_whoever_asks_that_device_next(town: Town) -> None:
    town.device.cause = Cause.CREDENTIALS_REFUSED
    await town.heard()
    assert not town.permits.granted(KNOWN, LOGIN)
    assert [permitted for _, _, permitted in town.device.taken] == [True]


async def test_during_a_pause_that_a_probe_began_no_password_is_sent(town: Town) -> None:
    refused = Snapshot(cause=Cause.CREDENTIALS_REFUSED, credentials_refused=True)
    await town.permits.heed(KNOWN, LOGIN, timedelta(hours=2), refused)
    await town.heard()
    assert [permitted for _, _, permitted in town.device.taken] == [False, False]


async def test_a_bug_of_ours_costs_one_camera_its_snapshots(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    other = camera("c2", onvif="127.0.0.1:80", credentials="hik", url="rtsp://127.0.0.1/2")
    town.cameras["c2"] = other
    town.snapshots.offered(other, WHERE)
    town.device.broken = True
    await town.heard()
    assert "asking c1 for snapshots failed on our side" in caplog.text
    town.device.broken = False
    await town.heard("c2")
    assert town.device.settled == ["c2"]


async def test_where_nobody_may_ask_nobody_is_asked(town: Town) -> None:
    idle = Snapshots(
        lambda: pytest.fail("not asked"),
        town.cameras.get,
        None,
        slots=Slots(LimitSettings()),
        permits=town.permits,
        clock=town.clock,
        settled=town.doubted.append,
    )
    idle.offered(KNOWN, WHERE)
    town.snapshots = idle
    await town.heard()
    assert not town.doubted
