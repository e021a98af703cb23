"""The whole monitor, as a user starts it, watches GStreamer's cameras through crash and hang, and records just that."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from monitor.demo.child import Child
from monitor.demo.place import Place
from monitor.ledger import CameraAdded, Heartbeat, Ledger, Started, Stopped, TransitionRecorded
from monitor.model import Cause, State, Transition
from tests.real.gstreamer import KEY, STREAMS, gst_server
from tests.real.servers import Server, running

pytestmark = pytest.mark.real

INTERVAL = timedelta(seconds=1)
REPLY = timedelta(seconds=2)
TOTAL = timedelta(seconds=8)
UNDER_WAY = REPLY  # how long before the event a probe that it decides may have begun
LATENESS = timedelta(seconds=1)  # of a probe, on a busy machine
PATIENCE = 40  # seconds until the monitor believes what it must
EVENTS = {Started, CameraAdded, TransitionRecorded, Heartbeat, Stopped}

SETTINGS = f"""\
town: 青溪镇
inventory: cameras.csv
ledger: ledger.db
reports: reports
credentials:
  gstreamer: {{username: {KEY.username}, password_file: password}}
probe:
  interval: {INTERVAL.seconds}s
  retry: 1s
  fall: 2
  jitter: 0
  reply_timeout: {REPLY.seconds}s
  total_timeout: {TOTAL.seconds}s
  max_gap: 30s
limits: {{per_device: {len(STREAMS)}}}
heartbeat: 1s
listen: 127.0.0.1:0
"""


@dataclass(frozen=True, slots=True)
class Watch:
    """The server, and the monitor that watches its streams."""

    server: Server
    place: Place
    monitor: Child
    console: aiohttp.ClientSession

    async def until(self, state: State, cause: Cause) -> None:
        """Wait until the monitor believes that of every camera."""
        believed: list[tuple[str, str]] = []
        try:
            async with asyncio.timeout(PATIENCE):
                while believed != [(state.value, cause.value)] * len(STREAMS):
                    await asyncio.sleep(0.1)
                    status = (await self.monitor.news(self.console)).status
                    believed = [(camera["state"], camera["cause"]) for camera in status["cameras"]]
        except TimeoutError:
            pytest.fail(f"the monitor believes {believed}; it said:\n{self.place.log.read_text('utf-8')}")

    async def record(self) -> dict[str, list[Transition]]:
        """End the monitor and read what it leaves behind: each camera's transitions, in a chain that holds."""
        await self.monitor.end()
        with Ledger.open_read_only(self.place.ledger) as ledger:
            assert ledger.verify().ok
            entries = [entry.event for entry in ledger.entries()]
            assert {type(event) for event in entries} == EVENTS, entries
            assert (type(entries[0]), type(entries[-1])) == (Started, Stopped)
            return {mount.path: [t for t in ledger.transitions() if t.camera_id == mount.path] for mount in STREAMS}


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    """A monitor that believes every camera is up."""
    place = Place(tmp_path)
    with running(gst_server(tmp_path)) as server:
        rows = [
            f"{mount.path},{mount.path},柳溪村,rtsp://127.0.0.1:{server.port}/{mount.path},gstreamer"
            for mount in STREAMS
        ]
        place.inventory.write_text("\n".join(("camera_id,name,village,url,credentials", *rows)), "utf-8")
        place.settings.write_text(SETTINGS, "utf-8")
        (tmp_path / "password").write_text(KEY.password.reveal(), "utf-8")
        (tmp_path / "password").chmod(0o600)
        monitor = await Child.start(place)
        try:
            async with aiohttp.ClientSession() as console:
                watch = Watch(server, place, monitor, console)
                await watch.until(State.UP, Cause.OK)
                yield watch
        finally:
            await monitor.end()


def assert_told(transitions: list[Transition], outage: Cause, broke_at: datetime, mended_at: datetime) -> None:
    """Up, down for that reason at that time, up again at that time, and nothing else."""
    told = [(transition.old, transition.new, transition.cause) for transition in transitions]
    assert told == [
        (State.UNKNOWN, State.UP, Cause.OK),
        (State.UP, State.DOWN, outage),
        (State.DOWN, State.UP, Cause.OK),
    ]
    for transition, true_at in zip(transitions[1:], (broke_at, mended_at), strict=True):
        assert -UNDER_WAY <= transition.at - true_at <= INTERVAL + LATENESS


async def test_an_outage_of_a_killed_server_is_recorded_from_its_end_to_its_restart(watch: Watch) -> None:
    killed_at = datetime.now(UTC)
    watch.server.kill()
    await watch.until(State.DOWN, Cause.TCP_REFUSED)
    watch.server.start()
    restarted_at = datetime.now(UTC)
    await watch.until(State.UP, Cause.OK)
    for transitions in (await watch.record()).values():
        assert_told(transitions, Cause.TCP_REFUSED, killed_at, restarted_at)


async def test_an_outage_of_a_server_that_hangs_is_recorded_until_it_goes_on(watch: Watch) -> None:
    frozen_at = datetime.now(UTC)
    watch.server.freeze()
    await watch.until(State.DOWN, Cause.NO_REPLY)
    thawed_at = datetime.now(UTC)
    watch.server.thaw()
    await watch.until(State.UP, Cause.OK)
    for transitions in (await watch.record()).values():
        assert_told(transitions, Cause.NO_REPLY, frozen_at, thawed_at)
