"""Limits per device, per uplink and in all; waiting is fair and leaks nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from monitor.engine.slots import Slots
from monitor.model import Camera
from tests.driven import a_camera


class Probe:
    """Holds its slots until released; tells whether it has them."""

    def __init__(self, slots: Slots, camera: Camera) -> None:
        self.inside = False
        self.release = asyncio.Event()
        self.task = asyncio.create_task(self._run(slots, camera))

    async def _run(self, slots: Slots, camera: Camera) -> None:
        async with slots.taken_for(camera):
            self.inside = True
            await self.release.wait()
        self.inside = False


async def started(slots: Slots, cameras: list[Camera]) -> list[Probe]:
    probes = [Probe(slots, camera) for camera in cameras]
    for _ in range(5):
        await asyncio.sleep(0)
    return probes


async def finish(probes: list[Probe]) -> None:
    for probe in probes:
        probe.release.set()
    await asyncio.gather(*(probe.task for probe in probes))


def cameras(count: int, uplink: str = "") -> list[Camera]:
    return [a_camera(f"C{n}", uplink=uplink or f"up-{n}", host=f"127.20.1.{n}") for n in range(1, count + 1)]


async def test_one_device_is_asked_once_at_a_time() -> None:
    slots = Slots(in_flight=10, per_uplink=10, per_device=1)
    channels = [replace(camera, recorder="nvr") for camera in cameras(3)]
    probes = await started(slots, channels)
    assert [probe.inside for probe in probes] == [True, False, False]
    await finish(probes)
    assert slots.taken == 0


async def test_an_uplink_carries_only_so_many() -> None:
    slots = Slots(in_flight=10, per_uplink=2, per_device=1)
    probes = await started(slots, [*cameras(3, "line"), a_camera("X", uplink="other", host="127.20.9.9")])
    assert [probe.inside for probe in probes] == [True, True, False, True]
    await finish(probes)


async def test_the_machine_carries_only_so_many() -> None:
    slots = Slots(in_flight=2, per_uplink=5, per_device=1)
    probes = await started(slots, cameras(4))
    assert slots.taken == 2
    await finish(probes)
    assert slots.taken == 0


async def test_a_cancelled_waiter_gives_everything_back() -> None:
    slots = Slots(in_flight=1, per_uplink=1, per_device=1)
    first, waiting = await started(slots, [a_camera("A"), a_camera("B")])
    waiting.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting.task
    await finish([first])
    (again,) = await started(slots, [a_camera("B")])
    assert again.inside
    await finish([again])
