"""The two UDP ports of a probe, and a device that is watched through them."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Iterator

import pytest

from monitor.model import Cause, Codec, Rung, Stage
from monitor.probes.datagrams import PortPair
from tests.probes.device import SDP, Line, device
from tests.probes.test_rtsp import FOOTAGE, fetch, open_files, outcome
from tests.rtsp.footage import decoded

HOST = "127.0.0.1"


@pytest.fixture
def theirs() -> Iterator[socket.socket]:
    """A port of the device."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind((HOST, 0))
        one.setblocking(False)
        yield one


async def test_the_ports_are_an_even_one_and_the_next(theirs: socket.socket) -> None:
    came: asyncio.Queue[tuple[bytes, bool]] = asyncio.Queue()
    pair = PortPair(HOST, HOST, lambda data, control: came.put_nowait((data, control)))
    assert pair.rtp_port % 2 == 0
    theirs.sendto(b"video", (HOST, pair.rtp_port))
    theirs.sendto(b"report", (HOST, pair.rtp_port + 1))
    async with asyncio.timeout(5):
        assert {await came.get(), await came.get()} == {(b"video", False), (b"report", True)}
    pair.close()


async def test_another_host_is_not_listened_to(theirs: socket.socket) -> None:
    came: asyncio.Queue[bytes] = asyncio.Queue()
    pair = PortPair(HOST, HOST, lambda data, _: came.put_nowait(data))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind(("127.0.0.2", 0))
        stranger.sendto(b"forged", (HOST, pair.rtp_port))
    theirs.sendto(b"video", (HOST, pair.rtp_port))
    async with asyncio.timeout(5):
        assert await came.get() == b"video"
    pair.close()


async def test_a_punch_comes_from_our_ports(theirs: socket.socket) -> None:
    pair = PortPair(HOST, HOST, lambda _data, _control: None)
    port = theirs.getsockname()[1]
    pair.punch(port, port)
    async with asyncio.timeout(5):
        senders = {(await asyncio.get_running_loop().sock_recvfrom(theirs, 100))[1][1] for _ in range(2)}
    assert senders == {pair.rtp_port, pair.rtp_port + 1}
    pair.close()


async def over_udp(line: Line) -> None:
    """Refuse TCP, then send the footage to the ports of the client."""
    await line.answer(body=SDP)
    await line.answer("461 Unsupported Transport")
    setup = await line.read()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind((HOST, 0))
        port = one.getsockname()[1]
        transport = setup.headers.get("Transport")
        await line.reply("200 OK", "Session: 12345678", f"Transport: {transport};server_port={port}-{port + 1}")
        await line.answer()
        ports = re.findall(r"client_port=(\d+)", transport)
        for packet in FOOTAGE:
            one.sendto(packet, (HOST, int(ports[0])))
        await line.until_teardown()


async def test_a_device_that_refuses_tcp_is_watched_over_udp() -> None:
    before = open_files()
    async with device(over_udp) as cam:
        fetched = await fetch(cam.url, transcript=True)
        assert outcome(fetched) == (Cause.OK, Stage.KEYFRAME, Rung.KEYFRAME)
        assert fetched.keyframe is not None
        assert decoded(Codec.H264, fetched.keyframe.data).shape == (176, 320)
        assert cam.methods == ["DESCRIBE", "SETUP", "SETUP", "PLAY", "TEARDOWN"]
        assert cam.connections == 1
        async with asyncio.timeout(5):
            await cam.closed.wait()
    async with asyncio.timeout(5):
        while open_files() > before:  # noqa: ASYNC110 - sockets close one turn later
            await asyncio.sleep(0)
