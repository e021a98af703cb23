"""Whether a TCP connection can be opened at all: how the monitor tells its own blindness from a camera's fault."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import timedelta

from monitor.clock import Clock
from monitor.probes.dialling import connect, resolve


async def tcp_reachable(host: str, port: int, limit: timedelta, clock: Clock) -> bool:
    """Whether the host accepts a connection within the limit; nothing is sent. Never raises but CancelledError."""
    return await _within(_accepts(host, port), limit, clock)


async def host_answers(host: str, port: int, limit: timedelta, clock: Clock) -> bool:
    """Whether anything comes back from the host, and be it a refusal: then it has power, and the line to it stands."""
    return await _within(_answers(host, port), limit, clock)


async def _within(question: Coroutine[None, None, bool], limit: timedelta, clock: Clock) -> bool:
    async with asyncio.TaskGroup() as group:
        dialling = group.create_task(question)
        waiting = group.create_task(clock.sleep(limit))
        await asyncio.wait((dialling, waiting), return_when=asyncio.FIRST_COMPLETED)
        accepted = dialling.done() and dialling.result()
        dialling.cancel()
        waiting.cancel()
    return accepted


async def _accepts(host: str, port: int) -> bool:
    try:
        transport = await connect(await resolve(host, port), port, asyncio.Protocol)
    except (OSError, UnicodeError, OverflowError):  # OverflowError: a port beyond 65535
        return False
    transport.close()
    return True


async def _answers(host: str, port: int) -> bool:
    try:
        transport = await connect(await resolve(host, port), port, asyncio.Protocol)
    except (ConnectionRefusedError, ConnectionResetError):
        return True
    except (OSError, UnicodeError, OverflowError):
        return False
    transport.close()
    return True
