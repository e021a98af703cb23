"""A simulated camera of constant bit rate hangs under a ticking clock: snapshots of its device settle it, end to end.

RTSP, ONVIF and HTTP are real, and so are decoding, diagnosis and the engine; time is real, but pictures are told that a
minute passes with every probe.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from monitor.clock import SystemClock
from monitor.engine.snapshots import APART
from monitor.memories import Memories
from monitor.model import Ask, Camera, Cause, Codec, Picture, Result, State
from monitor.picture.frozen import ALIKE_RUN, LEARNT
from monitor.picture.verdict import leans_to_frozen, suspects_frozen
from monitor.probes.camera import CameraProber
from monitor.probes.decoders import Decoders
from monitor.probes.rtsp import RtspLimits
from monitor.probes.snapshots import SnapshotProber
from monitor.settings import PictureSettings, ProbeSettings
from monitor.simulator.auth import Scheme
from monitor.simulator.clips import ClipKey, ClipSize, Grade, default_cache, load_films
from monitor.simulator.faults import HEALTHY, Behaviour
from monitor.simulator.flaws import Flaw
from monitor.simulator.onvif_device import OnvifDevice
from monitor.simulator.onvif_device import running as serving
from monitor.simulator.scenes import Scene
from monitor.simulator.server import CameraPlan, CameraServer, Served
from monitor.simulator.snapshots import SnapshotDevice
from tests.addresses import free_port
from tests.driven import START
from tests.engine.harness import Running, ms, running
from tests.engine.test_rounds_with_devices import LOGINS
from tests.metrics.town import camera

FILM = ClipSize(width=320, height=192, fps=1, groups=67, grade=Grade.CONSTANT)
INTERVAL = ms(40)
PROBE = ProbeSettings(interval=INTERVAL, retry=INTERVAL, fall=3, max_gap=timedelta(seconds=5), jitter=0)
HANGS = Behaviour(flaw=Flaw.STUCK)


class Hasty(SystemClock):
    """The machine's clocks; nobody waits long between two snapshots."""

    async def sleep(self, duration: timedelta) -> None:
        await super().sleep(ms(50) if duration == APART else duration)


@dataclass
class Noting:
    """The real prober, with what it saw; it is told that a minute passes with every picture."""

    prober: CameraProber
    seen: list[Picture] = field(default_factory=list)

    async def probe(self, ask: Ask, session_over: Callable[[], None]) -> Result:
        at = START + len(self.seen) * timedelta(minutes=1)
        result = await self.prober.probe(replace(ask, at=at), session_over)
        if result.picture is not None:
            self.seen.append(result.picture)
        return replace(result, at=ask.at)


@dataclass
class Scenery:
    """One camera, what its device serves, and who watches it."""

    town: Running
    server: CameraServer
    snapshots: SnapshotDevice
    seen: list[Picture]
    memories: Memories

    async def learnt(self) -> None:
        """The camera is known well enough to be suspected."""
        await self.town.until(lambda: len(self.seen) > LEARNT + 5 and self.town.state("c1") is State.UP)
        await self.town.until(lambda: self.town.engine._snapshots._offers != {})

    async def hang(self) -> None:
        """From now on the stream shows what it showed, under a clock that ticks on."""
        self.server.behave(HANGS)
        await self.town.until(lambda: any(map(suspects_frozen, self.seen)))


@asynccontextmanager
async def watched(folder: Path, device: SnapshotDevice) -> AsyncIterator[Scenery]:
    """The scenery, with an ONVIF service that tells where the snapshots are."""
    clips = load_films([ClipKey(Scene.LANE, Codec.H264, flaw) for flaw in (None, Flaw.STUCK)], FILM, default_cache())
    host = "127.0.0.1"  # that of the ONVIF service, which must name no stream elsewhere
    plan = CameraPlan(
        host, free_port(host), "/live", "trackID=1", "sim", Scheme.NONE, device.credentials, Codec.H264, Scene.LANE
    )
    server, memories, clock = CameraServer(plan, clips, Served()), Memories(folder / "m.db"), Hasty()
    try:
        with Decoders(1, memories) as decoders:
            async with serving(device), serving(OnvifDevice(snapshot=device.url, stream=plan.url)) as onvif:
                prober = Noting(CameraProber(RtspLimits(), clock, decoders))
                one: Camera = camera("c1", url=plan.url, onvif=onvif.address, credentials="good")
                async with running(
                    folder,
                    [one],
                    clock=clock,
                    prober=prober,
                    memories=memories,
                    snapshots=SnapshotProber(decoders),
                    credentials=LOGINS,
                    probe=ProbeSettings(
                        interval=INTERVAL, retry=INTERVAL, fall=3, max_gap=timedelta(seconds=5), jitter=0
                    ),
                    picture=PictureSettings(every=timedelta(0), fall=2, rise=1, spread=INTERVAL),
                ) as town:
                    yield Scenery(town, server, device, prober.seen, memories)
    finally:
        server.close()
        memories.close()


async def test_a_hanging_sensor_is_confirmed_and_its_recovery_seen(tmp_path: Path) -> None:
    async with watched(tmp_path, SnapshotDevice(LOGINS["good"], flaw=lambda: Flaw.STUCK)) as scenery:
        await scenery.learnt()
        assert not any(map(leans_to_frozen, scenery.seen))
        await scenery.hang()
        down = await scenery.town.until_state("c1", State.DEGRADED)
        assert down.cause is Cause.PICTURE_FROZEN
        assert scenery.snapshots.served == 2
        scenery.server.behave(HEALTHY)
        assert (await scenery.town.until_state("c1", State.UP)).at > down.at


async def test_an_alive_scene_that_looks_alike_is_cleared_and_left_in_peace(tmp_path: Path) -> None:
    async with watched(tmp_path, SnapshotDevice(LOGINS["good"], Scheme.BASIC)) as scenery:
        await scenery.learnt()
        await scenery.hang()
        await scenery.town.until(lambda: scenery.memories.load("c1").repeats.alike > 0.2)
        looked = len(scenery.seen)
        await scenery.town.until(lambda: len(scenery.seen) > looked + 2 * ALIKE_RUN)
        assert not any(map(suspects_frozen, scenery.seen[looked + 2 :]))
        assert scenery.snapshots.served == 2
        assert scenery.town.state("c1") is State.UP
        assert Cause.PICTURE_FROZEN not in {each.cause for each in scenery.town.published()}


async def test_a_device_that_gives_no_picture_leaves_the_suspicion_standing(tmp_path: Path) -> None:
    async with watched(tmp_path, SnapshotDevice(LOGINS["good"], Scheme.NONE, body=b"<html>")) as scenery:
        await scenery.learnt()
        await scenery.hang()
        await scenery.town.until(lambda: bool(scenery.snapshots.asked))
        looked = len(scenery.seen)
        await scenery.town.until(lambda: len(scenery.seen) > looked + ALIKE_RUN)
        assert all(map(suspects_frozen, scenery.seen[looked:]))
        assert scenery.town.state("c1") is State.UP
        assert len(scenery.snapshots.asked) == 1, "and not again for long"
