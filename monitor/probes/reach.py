"""Whether anything answers at a probe address: how our own blindness and a line's loss are told from a camera's fault.

One question at a time, which costs the other end next to nothing: a TCP connection that is closed at once, or an ICMP
echo. Never raises for what the network does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import timedelta

from monitor.clock import Clock
from monitor.model import EchoAddress, ProbeAddress, TcpAddress
from monitor.probes.dialling import NoRoute, connect, has_route, resolve
from monitor.probes.echo import echoes

_UNKNOWN_NAME = (OSError, UnicodeError, OverflowError)  # OverflowError: a port beyond 65535


async def accepts(address: ProbeAddress, limit: timedelta, clock: Clock) -> bool:
    """Whether the host accepts a connection, or sends an echo, within the limit."""
    return await _within(_accepts(address), limit, clock) is True


async def answers(address: ProbeAddress, limit: timedelta, clock: Clock) -> bool | None:
    """Whether anything comes back, and be it a refusal: then the host has power, and the line to it stands.

    None: it could not be asked, for the name has no address or our own machine knows no way there. That is no silence
    of the host.
    """
    return await _within(_answers(address), limit, clock)


async def _within(question: Coroutine[None, None, bool | None], limit: timedelta, clock: Clock) -> bool | None:
    async with asyncio.TaskGroup() as group:
        asking = group.create_task(question)
        waiting = group.create_task(clock.sleep(limit))
        await asyncio.wait((asking, waiting), return_when=asyncio.FIRST_COMPLETED)
        answer = asking.result() if asking.done() else False
        asking.cancel()
        waiting.cancel()
    return answer


async def _accepts(address: ProbeAddress) -> bool | None:
    match address:
        case TcpAddress(host, port):
            try:
                transport = await connect(await resolve(host, port), port, asyncio.Protocol)
            except _UNKNOWN_NAME:
                return False
            transport.close()
            return True
        case EchoAddress():
            return await _answers(address)


async def _answers(address: ProbeAddress) -> bool | None:
    port = address.port if isinstance(address, TcpAddress) else 0
    try:
        numeric = await resolve(address.host, port)
    except _UNKNOWN_NAME:
        return None
    match address:
        case TcpAddress():
            return await _listens(numeric, port)
        case EchoAddress():
            return await echoes(numeric[0]) if has_route(numeric[0]) else None


async def _listens(numeric: tuple[str, ...], port: int) -> bool | None:
    try:
        transport = await connect(numeric, port, asyncio.Protocol)
    except (ConnectionRefusedError, ConnectionResetError):
        return True
    except NoRoute:
        return None
    except (OSError, OverflowError):
        return False
    transport.close()
    return True
