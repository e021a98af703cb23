"""The probing process: asks the cameras it is told to, many at once, and answers. Decides and remembers nothing."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import IO

from monitor.clock import SystemClock
from monitor.probes.camera import CameraProber
from monitor.probes.decoders import Decoders
from monitor.workers import frames
from monitor.workers.frames import Answer, Failure, Message, Order, SessionOver

log = logging.getLogger(__name__)


def serve_over_pipes(orders: int, answers: int, pool: Decoders) -> None:
    """Serve between two file descriptors until the first one ends; the cameras then get their TEARDOWN."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), _opened(orders, "rb"))
        writer, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, _opened(answers, "wb"))
        await serve(reader, lambda message: writer.write(frames.packed(message)), pool)

    run: Callable[[Coroutine[None, None, None]], None] = asyncio.run
    with suppress(ImportError):
        import uvloop

        run = uvloop.run
    run(main())


async def serve(reader: asyncio.StreamReader, send: Callable[[Message], None], decoders: Decoders) -> None:
    """Carry out every order at once, until no more come: what is under way is then cancelled."""
    clock = SystemClock()

    async def carry_out(order: Order) -> None:
        prober = CameraProber(order.limits, clock, decoders)
        try:
            result = await prober.probe(order.ask, lambda: send(SessionOver(order.number)))
        except Exception as error:
            # The supervisor of this process: the engine must hear of every order, or a camera would wait for ever.
            log.exception("probing %s failed on our side", order.ask.camera.id)
            send(Failure(order.number, type(error).__name__))
        else:
            send(Answer(order.number, result))

    async with asyncio.TaskGroup() as tasks:
        under_way: set[asyncio.Task[None]] = set()
        while (message := await frames.read(reader)) is not None:
            if isinstance(message, Order):
                task = tasks.create_task(carry_out(message))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
        for task in under_way:
            task.cancel()


def _opened(descriptor: int, mode: str) -> IO[bytes]:
    return os.fdopen(descriptor, mode, buffering=0)
