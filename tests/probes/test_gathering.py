"""Bytes gather in the kernel while nobody waits for them, and never for long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from monitor.probes.gathering import BEAT, MARK, Gathering, next_beat, something_waits


class Ears(asyncio.Protocol):
    """Counts the wake-ups."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[int] = asyncio.Queue()
        self.over = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        self.heard.put_nowait(len(data))

    def connection_lost(self, exc: Exception | None) -> None:
        self.over.set()


@asynccontextmanager
async def line() -> AsyncIterator[tuple[asyncio.StreamWriter, Ears, asyncio.Transport]]:
    """A device's end of a connection, and ours."""
    arrived: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()
    server = await asyncio.start_server(lambda _, writer: arrived.put_nowait(writer), "127.0.0.1", 0)
    transport, ears = await asyncio.get_running_loop().create_connection(Ears, *server.sockets[0].getsockname())
    writer = await arrived.get()
    try:
        yield writer, ears, transport
    finally:
        transport.close()
        writer.close()
        server.close()


async def beat() -> None:
    """The next full beat, and a moment."""
    await asyncio.sleep(BEAT - asyncio.get_running_loop().time() % BEAT + 0.01)


async def silent(ears: Ears) -> bool:
    """Whether nothing is heard for half a beat."""
    try:
        async with asyncio.timeout(BEAT / 2):
            await ears.heard.get()
    except TimeoutError:
        return True
    return False


async def heard(ears: Ears, count: int) -> None:
    async with asyncio.timeout(10):
        while count > 0:
            count -= await ears.heard.get()


async def test_few_bytes_wait_until_somebody_wants_them() -> None:
    async with line() as (device, ears, transport):
        gathering = Gathering()
        await beat()
        gathering.begin(transport)
        assert not something_waits(transport)
        device.write(bytes(100))
        assert await silent(ears)
        assert something_waits(transport)
        gathering.end()
        await heard(ears, 100)
        assert not something_waits(transport)
        device.write(b"x")
        await heard(ears, 1)


async def test_few_bytes_wait_no_longer_than_a_beat() -> None:
    async with line() as (device, ears, transport):
        gathering, loop = Gathering(), asyncio.get_running_loop()
        await beat()
        began = loop.time()
        gathering.begin(transport)
        device.write(bytes(100))
        await heard(ears, 100)
        assert loop.time() - began >= BEAT * 0.8


def test_a_beat_is_followed_by_a_whole_one_wherever_the_clock_stands() -> None:
    waits = [next_beat(now) - now for now in (round(beat * BEAT, 3) for beat in range(20_000))]
    assert min(waits) > BEAT * 0.99
    assert max(waits) < BEAT * 1.01


async def test_connections_whose_bytes_gather_are_read_together() -> None:
    loop = asyncio.get_running_loop()
    async with line() as (one, ears_of_one, to_one), line() as (other, ears_of_other, to_other):
        await beat()
        Gathering().begin(to_one)
        await asyncio.sleep(BEAT / 4)
        Gathering().begin(to_other)
        one.write(bytes(100))
        other.write(bytes(100))
        await heard(ears_of_one, 100)
        began = loop.time()
        await heard(ears_of_other, 100)
        assert loop.time() - began < BEAT / 4


async def test_many_bytes_wake_us_at_once() -> None:
    async with line() as (device, ears, transport):
        await beat()
        Gathering().begin(transport)
        device.write(bytes(1000))
        assert await silent(ears)
        device.write(bytes(MARK))
        await heard(ears, MARK + 1000)


async def test_a_hang_up_is_not_kept_waiting() -> None:
    async with line() as (device, ears, transport):
        Gathering().begin(transport)
        device.write(bytes(100))
        device.close()
        await heard(ears, 100)
        async with asyncio.timeout(10):
            await ears.over.wait()


@pytest.mark.parametrize("lost", [True, False])
async def test_a_closed_connection_is_left_alone(lost: bool) -> None:
    async with line() as (device, ears, transport):
        gathering = Gathering()
        gathering.begin(transport)
        if lost:
            device.transport.abort()
            async with asyncio.timeout(10):
                await ears.over.wait()
        else:
            transport.close()
        gathering.end()
        gathering.begin(transport)
        gathering.end()
