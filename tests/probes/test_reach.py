"""Whether somebody listens."""

from __future__ import annotations

import asyncio
import socket
from datetime import timedelta

from monitor.clock import SystemClock
from monitor.model import TcpAddress
from monitor.probes.reach import accepts, answers
from tests.addresses import free_port

CLOCK = SystemClock()
PATIENCE = timedelta(seconds=5)


async def test_a_listening_port_is_reachable_and_sees_the_end_of_the_visit() -> None:
    visited = asyncio.Event()

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.read() == b""
        writer.close()
        visited.set()

    async with await asyncio.start_server(visit, "127.0.0.1", 0) as server:
        assert await accepts(TcpAddress("127.0.0.1", server.sockets[0].getsockname()[1]), PATIENCE, CLOCK)
        async with asyncio.timeout(5):
            await visited.wait()


async def test_a_closed_port_is_not() -> None:
    assert not await accepts(TcpAddress("127.0.0.1", free_port()), PATIENCE, CLOCK)


async def test_a_name_nobody_knows_is_not() -> None:
    assert not await accepts(TcpAddress("no such name", 80), PATIENCE, CLOCK)
    assert not await accepts(TcpAddress("a" * 70, 80), PATIENCE, CLOCK)


async def test_a_port_that_cannot_be_is_not() -> None:
    assert not await accepts(TcpAddress("127.0.0.1", 70000), PATIENCE, CLOCK)


async def test_silence_is_waited_out_on_the_clock() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        taken = [socket.socket() for _ in range(4)]
        for one in taken:  # fill the queue of those who wait to be accepted: the next one gets no answer
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        assert not await accepts(TcpAddress("127.0.0.1", full.getsockname()[1]), timedelta(milliseconds=50), CLOCK)
        for one in taken:
            one.close()


async def test_a_refusal_is_an_answer_of_the_host_and_silence_is_none() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        where = TcpAddress(*full.getsockname())
        assert await answers(where, PATIENCE, CLOCK)
        taken = [socket.socket() for _ in range(4)]
        for one in taken:
            one.setblocking(False)
            one.connect_ex(where)
        assert not await answers(where, timedelta(milliseconds=50), CLOCK)
        for one in taken:
            one.close()
    assert await answers(TcpAddress("127.0.0.1", free_port()), PATIENCE, CLOCK)
    assert not await answers(TcpAddress("no such name", 80), PATIENCE, CLOCK)
