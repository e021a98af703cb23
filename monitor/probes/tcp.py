"""Whether a TCP connection can be opened at all: how the monitor tells its own blindness from a camera's fault."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from monitor.clock import Clock
from monitor.probes.dialling import connect, resolve


async def tcp_reachable(host: str, port: int, limit: timedelta, clock: Clock) -> bool:
    """Whether the host accepts a connection within the limit; nothing is sent. Never raises but CancelledError."""
    async with asyncio.TaskGroup() as group:
        dialling = group.create_task(_accepts(host, port))
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
