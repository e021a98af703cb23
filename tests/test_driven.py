"""What a driven clock lets happen before it moves: all that was set going, however long a busy machine takes for it."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import timedelta

import pytest

from tests import driven
from tests.driven import DrivenClock

SLOW = 0.03  # seconds of the real clock
HOUR = timedelta(hours=1)


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """As slowly as a busy machine."""
    while line := await reader.readline():
        await asyncio.to_thread(time.sleep, SLOW)
        writer.write(line)
    writer.close()


async def test_time_stands_still_while_threads_and_sockets_are_at_work() -> None:
    clock, seen = DrivenClock(), list[float]()
    async with await asyncio.start_server(answer, "127.0.0.1") as server:

        async def ask() -> None:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            for _ in range(3):
                await clock.sleep(HOUR)
                writer.write(b"?\n")
                assert await reader.readline() == b"?\n"
                await asyncio.to_thread(time.sleep, SLOW)
                seen.append(clock.monotonic())
            writer.close()

        began, asking = clock.monotonic(), asyncio.create_task(ask())
        await clock.advance(5 * HOUR)
        assert asking.done()
        assert [at - began for at in seen] == [3600.0, 7200.0, 10800.0]


async def test_whoever_waits_for_somebody_holds_no_time_up() -> None:
    clock, called = DrivenClock(), asyncio.Event()
    waiting = asyncio.create_task(called.wait())
    await clock.advance(HOUR)
    assert not waiting.done()
    called.set()
    await clock.settle()
    assert waiting.done()


async def test_a_thread_that_never_ends_is_no_test_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driven, "PATIENCE", SLOW)
    released = threading.Event()
    job = asyncio.create_task(asyncio.to_thread(released.wait))
    try:
        with pytest.raises(TimeoutError):
            await DrivenClock().advance(HOUR)
    finally:
        released.set()
        await job
