"""A simulated town's ONVIF side: what the network is told leads to the stream that is really there."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import numpy as np
import pytest

from monitor.clock import SystemClock
from monitor.errors import SharpEyesError
from monitor.model import Cause
from monitor.picture.blocks import marks
from monitor.probes.decoders import Decoders
from monitor.probes.onvif import OnvifLimits, inspect
from monitor.probes.snapshots import SnapshotProber
from monitor.simulator.clips import ClipSize
from monitor.simulator.flaws import Flaw
from monitor.simulator.layout import Planned, lay_out
from monitor.simulator.onvif_device import USER
from monitor.simulator.onvif_town import SERVICE_PORT, DeviceServices, OnvifTown, persona_of, service_place
from tests.addresses import BASE, free_port

SIZE = ClipSize(width=320, height=192)


def sound(_camera_id: str) -> None:
    """Nothing is wrong with any picture."""


@pytest.fixture(scope="module")
def planned() -> tuple[Planned, ...]:
    """Enough cameras for every maker, scheme and codec."""
    return lay_out(40, 1, BASE, 8554, 7)


async def test_every_camera_tells_its_smallest_stream_to_whoever_knows_its_password(
    planned: tuple[Planned, ...],
) -> None:
    town = OnvifTown(((each.camera, each.plan) for each in planned), SIZE, sound, free_port())
    await town.start()
    schemes = set()
    try:
        for camera, plan in ((each.camera, each.plan) for each in planned):
            address = urlsplit(persona_of(camera).service).netloc
            told = await inspect(address, plan.credentials, clock=SystemClock(), limits=OnvifLimits())
            if plan.credentials.username != USER:
                assert told.cause is Cause.TCP_REFUSED
                continue
            schemes.add(plan.scheme)
            assert (told.found.url, told.found.codec, told.found.width) == (plan.url, plan.codec, SIZE.width)
            assert told.smaller
            assert told.identity is not None
            assert (told.identity.maker, told.identity.model) == (camera.vendor, camera.model)
    finally:
        await town.stop()
    assert len(schemes) == 3


async def test_a_taken_port_is_said_and_nothing_stays_open(planned: tuple[Planned, ...]) -> None:
    cameras = [(each.camera, each.plan) for each in planned if each.plan.credentials.username == USER][:2]
    with socket.socket() as taken:
        taken.bind((cameras[1][1].host, SERVICE_PORT))
        taken.listen()
        with pytest.raises(SharpEyesError, match=f"port {SERVICE_PORT}"):
            await OnvifTown(cameras, SIZE, sound, free_port()).start()
    town = OnvifTown(cameras, SIZE, sound, free_port())
    await town.start()
    await town.stop()


async def test_a_camera_hands_out_single_pictures_of_what_it_shows_to_whoever_knows_its_password(
    planned: tuple[Planned, ...],
) -> None:
    camera, plan = next((each.camera, each.plan) for each in planned if each.plan.credentials.username == USER)
    shown: list[str] = []

    def flaw_of(camera_id: str) -> Flaw:
        shown.append(camera_id)
        return Flaw.STUCK

    services = DeviceServices([(camera, plan)], SIZE, flaw_of)
    await services.start()
    try:
        told = await inspect(service_place(camera), plan.credentials, clock=SystemClock(), limits=OnvifLimits())
        with Decoders(1) as decoders:
            prober = SnapshotProber(decoders)
            first, second = [
                await prober.take(camera, told.snapshot_url, plan.credentials, may_authenticate=True) for _ in range(2)
            ]
    finally:
        await services.stop()
    assert shown == [camera.id, camera.id]
    assert first.sums is not None
    assert second.sums is not None
    assert 0 < np.mean(marks(first.sums) != marks(second.sums)) < 0.03, "but for the clock"
