"""Limits per device, per uplink and in all; waiting is fair and leaks nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from monitor.engine.slots import Slots, Uplink
from monitor.model import Camera, UplinkLimit
from monitor.settings import LimitSettings
from tests.driven import a_camera

RATE = 1_000_000  # bit/s


def limited(in_flight: int = 10, per_uplink: int = 10, per_device: int = 1, bandwidth: int = 0) -> Slots:
    return Slots(LimitSettings(in_flight, per_uplink, per_device, uplink_bandwidth=bandwidth))


class Probe:
    """Holds its slots until released; tells whether it has them."""

    def __init__(self, slots: Slots, camera: Camera, rate: int) -> None:
        self.inside = False
        self.session_over = asyncio.Event()
        self.release = asyncio.Event()
        self.task = asyncio.create_task(self._run(slots, camera, rate))

    async def _run(self, slots: Slots, camera: Camera, rate: int) -> None:
        async with slots.taken_for(camera, rate) as session_over:
            self.inside = True
            await self.session_over.wait()
            session_over()
            await self.release.wait()
        self.inside = False


async def a_moment() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def started(slots: Slots, cameras: list[Camera], rate: int = RATE) -> list[Probe]:
    probes = [Probe(slots, camera, rate) for camera in cameras]
    await a_moment()
    return probes


async def finish(probes: list[Probe]) -> None:
    for probe in probes:
        probe.session_over.set()
        probe.release.set()
    await asyncio.gather(*(probe.task for probe in probes))


def cameras(count: int, uplink: str = "") -> list[Camera]:
    return [a_camera(f"C{n}", uplink=uplink or f"up-{n}", host=f"127.20.1.{n}") for n in range(1, count + 1)]


async def test_one_device_is_asked_once_at_a_time() -> None:
    slots = limited(in_flight=10, per_uplink=10, per_device=1)
    channels = [replace(camera, recorder="nvr") for camera in cameras(3)]
    probes = await started(slots, channels)
    assert [probe.inside for probe in probes] == [True, False, False]
    await finish(probes)
    assert slots.taken == 0


async def test_an_uplink_carries_only_so_many() -> None:
    slots = limited(in_flight=10, per_uplink=2, per_device=1)
    probes = await started(slots, [*cameras(3, "line"), a_camera("X", uplink="other", host="127.20.9.9")])
    assert [probe.inside for probe in probes] == [True, True, False, True]
    await finish(probes)


async def test_the_machine_carries_only_so_many() -> None:
    slots = limited(in_flight=2, per_uplink=5, per_device=1)
    probes = await started(slots, cameras(4))
    assert slots.taken == 2
    await finish(probes)
    assert slots.taken == 0


async def test_a_cancelled_waiter_gives_everything_back() -> None:
    slots = limited(in_flight=1, per_uplink=1, per_device=1)
    first, waiting = await started(slots, [a_camera("A"), a_camera("B")])
    waiting.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting.task
    await finish([first])
    (again,) = await started(slots, [a_camera("B")])
    assert again.inside
    await finish([again])


async def test_an_uplink_carries_only_so_many_bits() -> None:
    slots = limited(bandwidth=3 * RATE)
    probes = await started(slots, cameras(5, "line"))
    assert [probe.inside for probe in probes] == [True, True, True, False, False]
    probes[0].session_over.set()
    await a_moment()
    assert [probe.inside for probe in probes] == [True, True, True, True, False]
    await finish(probes)


async def test_a_camera_that_takes_more_than_the_whole_uplink_runs_alone_and_is_not_overtaken() -> None:
    slots = limited(bandwidth=3 * RATE)
    small, large, late = cameras(3, "line")
    probes = [*await started(slots, [small]), *await started(slots, [large], 9 * RATE), *await started(slots, [late])]
    assert [probe.inside for probe in probes] == [True, False, False]
    probes[0].session_over.set()
    await a_moment()
    assert [probe.inside for probe in probes] == [True, True, False]
    probes[1].session_over.set()
    await a_moment()
    assert probes[2].inside
    await finish(probes)


async def test_an_uplink_may_have_limits_of_its_own() -> None:
    slots = Slots(LimitSettings(per_uplink=5, uplinks={"thin": UplinkLimit(1, 0)}))
    probes = await started(slots, [*cameras(2, "thin"), a_camera("X", uplink="other", host="127.20.9.9")])
    assert [probe.inside for probe in probes] == [True, False, True]
    await finish(probes)


async def test_decoding_holds_the_machine_s_slot_only() -> None:
    slots = limited(in_flight=2, per_uplink=1)
    channels = [replace(camera, recorder="nvr", uplink="line") for camera in cameras(3)]
    probes = await started(slots, channels)
    for looking, next_one in ((0, 1), (1, 2)):
        assert not probes[next_one].inside
        probes[looking].session_over.set()
        await a_moment()
    assert [probe.inside for probe in probes] == [True, True, False]  # two look at pictures: the machine is full
    probes[0].release.set()
    await a_moment()
    assert probes[2].inside
    await finish(probes)
    assert slots.taken == 0


async def test_a_waiter_that_gives_up_lets_those_behind_it_pass() -> None:
    slots = limited(bandwidth=3 * RATE)
    first, large, small = cameras(3, "line")
    probes = [*await started(slots, [first]), *await started(slots, [large], 9 * RATE), *await started(slots, [small])]
    probes[1].task.cancel()
    await a_moment()
    assert probes[2].inside
    with pytest.raises(asyncio.CancelledError):
        await probes[1].task
    await finish([probes[0], probes[2]])


async def test_a_waiter_cancelled_in_the_moment_of_its_turn_leaks_nothing() -> None:
    uplink = Uplink(UplinkLimit(1, 0))
    await uplink.take(RATE)
    waiting = asyncio.create_task(uplink.take(RATE))
    await a_moment()
    uplink.give_back(RATE)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    async with asyncio.timeout(1):
        await uplink.take(RATE)
