"""A simulated town watched in tiers: pictures are decoded once an hour, and yet every fault of a picture is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.clock import SystemClock
from monitor.devices import Devices
from monitor.engine.knowledge import Knowledge
from monitor.liveness import Policy, Track, new_track, next_wait, step
from monitor.model import Camera, Cause, Look, Result, State
from monitor.picture.tally import CLEARED
from monitor.probes.camera import CameraProber
from monitor.probes.decoders import Decoders
from monitor.probes.rtsp import RtspLimits
from monitor.settings import PictureSettings, Settings
from monitor.simulator.clips import ClipSize
from monitor.simulator.faults import Fault
from monitor.simulator.town import SimulatedTown, build_town
from tests.addresses import BASE, free_port
from tests.driven import START

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
POLICY = Policy(picture_spread=MINUTE)
FILM = ClipSize(width=320, height=192, fps=1, groups=67)  # one of the last 64 pictures again would be a loop


@pytest.fixture
async def town() -> AsyncIterator[SimulatedTown]:
    town = build_town(27, base=BASE, port=free_port(f"{BASE}.1.1"), clip_size=FILM)
    await town.start()
    yield town
    await town.stop()


@dataclass
class Watch:
    """One camera probed at the instants its beat asks for; no time passes but the probes' own."""

    town: SimulatedTown
    camera: Camera
    settings: Settings
    prober: CameraProber
    knowledge: Knowledge
    track: Track
    at: timedelta = timedelta(0)
    looks: Counter[Look] = field(default_factory=Counter)

    async def probe(self) -> Result:
        at, login = START + self.at, self.town.credentials.get(self.camera.credentials)
        ask = self.knowledge.ask(self.camera, self.track, at, self.settings, login, may_authenticate=True)
        result = await self.prober.probe(ask, lambda: None)
        self.knowledge.take(ask, result)
        self.track, _ = step(self.track, result, POLICY)
        self.looks[result.look] += 1
        self.at += next_wait(self.track, POLICY)
        return result

    def believed(self) -> State:
        return self.track.state

    async def learn(self) -> None:
        """How often this camera repeats itself, as it would be known after some hours."""
        usual, self.settings = self.settings, replace(self.settings, picture=PictureSettings(every=timedelta(0)))
        await self.probes(16)
        self.settings = usual

    async def probes(self, count: int) -> list[Result]:
        return [await self.probe() for _ in range(count)]


@pytest.fixture
def watch(town: SimulatedTown, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Watch]:
    camera = next(camera for camera in town.cameras if town._plans[camera.id].codec.value == request.param)
    settings = Settings(tmp_path, (), tmp_path, tmp_path, picture=PictureSettings(every=HOUR))
    with Decoders(1) as decoders:
        prober = CameraProber(RtspLimits(), SystemClock(), decoders)
        yield Watch(town, camera, settings, prober, Knowledge(Devices(tmp_path / "d")), new_track(camera.id, START))
    town.clear([camera.id])


every_codec = pytest.mark.parametrize("watch", ["h264", "h265", "mjpeg"], indirect=True)


@every_codec
async def test_a_good_camera_is_decoded_once_an_hour(watch: Watch) -> None:
    await watch.probes(150)
    assert watch.track.state is State.UP
    assert watch.looks[Look.FIRST] == 1
    assert watch.looks[Look.DUE] in (2, 3)
    assert watch.looks[Look.SKIPPED] >= 110


@every_codec
async def test_an_encoder_that_repeats_itself_is_found_within_two_intervals(watch: Watch) -> None:
    await watch.learn()
    watch.town.inject([watch.camera.id], Fault.FROZEN)
    seen = await watch.probes(2)
    assert seen[1].cause is Cause.PICTURE_FROZEN
    await watch.probes(14)
    assert (watch.track.state, watch.track.cause) == (State.DEGRADED, Cause.PICTURE_FROZEN)


@every_codec
@pytest.mark.parametrize("fault", [Fault.BLACK, Fault.BLUE])
async def test_a_dead_sensor_is_found_by_the_size_of_its_key_frames(watch: Watch, fault: Fault) -> None:
    await watch.probes(40)
    watch.town.inject([watch.camera.id], fault)
    seen = await watch.probes(1)
    assert (seen[0].cause, seen[0].look) == (fault.cause, Look.SIZE)
    await watch.probes(8)
    assert (watch.track.state, watch.track.cause) == (State.DEGRADED, fault.cause)


@every_codec
async def test_a_recovered_picture_is_proved_by_decoded_pictures_only(watch: Watch) -> None:
    await watch.probes(40)
    watch.town.inject([watch.camera.id], Fault.BLUE)
    await watch.probes(12)
    assert watch.believed() is State.DEGRADED
    watch.town.clear([watch.camera.id])
    for result in await watch.probes(CLEARED):
        assert result.look is not Look.SKIPPED
        assert result.picture is not None
    assert watch.believed() is State.UP
    watch.looks.clear()
    await watch.probes(10)
    assert watch.looks[Look.SKIPPED] >= 6


@pytest.mark.parametrize("watch", ["h264"], indirect=True)
async def test_after_a_blip_and_after_an_outage_the_picture_is_seen_again(watch: Watch) -> None:
    await watch.probes(10)
    for failures in (1, POLICY.fall + 1):
        watch.town.inject([watch.camera.id], Fault.PORT_CLOSED)
        await watch.probes(failures)
        watch.town.clear([watch.camera.id])
        back = await watch.probe()
        assert (back.cause, back.look) == (Cause.OK, Look.RETURNED)


@pytest.mark.parametrize("watch", ["h264"], indirect=True)
async def test_after_a_restart_the_picture_is_seen_again(watch: Watch, tmp_path: Path) -> None:
    await watch.probes(3)
    watch.knowledge = Knowledge(Devices(tmp_path / "d"))
    assert (await watch.probe()).look is Look.FIRST


@pytest.mark.parametrize("watch", ["h264"], indirect=True)
async def test_with_every_zero_each_key_frame_is_decoded(watch: Watch) -> None:
    watch.settings = replace(watch.settings, picture=PictureSettings(every=timedelta(0)))
    await watch.probes(5)
    assert watch.looks == {Look.ALWAYS: 5}
