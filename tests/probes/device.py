"""A scripted RTSP device on the loopback: every test says what it answers, and reads what it was asked."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from monitor.model import Codec
from monitor.rtsp.messages import Headers
from tests.rtsp.footage import coded, packets

SDP = b"v=0\r\nm=audio 0 RTP/AVP 0\r\na=control:a\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:v\r\n"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the device read it."""

    method: str
    uri: str
    headers: Headers


@dataclass(slots=True)
class Line:
    """The device's end of one connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    asked: list[Asked]
    number: int  # counts the connections, from 1

    async def read(self) -> Asked:
        """The next request."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.splitlines()
        method, uri, _ = first.split(" ")
        fields = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines if line))
        self.asked.append(Asked(method, uri, Headers(fields)))
        return self.asked[-1]

    async def reply(self, status: str = "200 OK", *fields: str, body: bytes = b"") -> None:
        """Answer the last request."""
        lines = [f"RTSP/1.0 {status}", f"CSeq: {self.asked[-1].headers.get('CSeq')}", *fields]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await self.writer.drain()

    async def answer(self, status: str = "200 OK", *fields: str, body: bytes = b"") -> Asked:
        """Read a request and answer it."""
        asked = await self.read()
        await self.reply(status, *fields, body=body)
        return asked

    async def stream(self, sent: Iterable[bytes], channel: int = 0) -> None:
        """Send packets."""
        for packet in sent:
            self.writer.write(bytes((0x24, channel)) + len(packet).to_bytes(2, "big") + packet)
        await self.writer.drain()

    async def until_play(self, description: bytes = SDP) -> None:
        """Be a good device up to the reply to PLAY."""
        await self.answer(body=description)
        await self.answer("200 OK", "Session: 12345678;timeout=60", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1")
        await self.answer("200 OK", "Session: 12345678")

    async def until_teardown(self) -> Asked:
        """Read requests until TEARDOWN and answer it."""
        while (asked := await self.read()).method != "TEARDOWN":
            pass
        await self.reply()
        return asked

    async def until_closed(self) -> None:
        """Wait until the other side hangs up."""
        while await self.reader.read(65536):
            pass


Script = Callable[[Line], Awaitable[None]]


@dataclass(slots=True)
class Device:
    """What a running device saw."""

    port: int
    scheme: str = "rtsp"
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    closed: asyncio.Event = field(default_factory=asyncio.Event)  # the last connection is over on both sides

    @property
    def url(self) -> str:
        """Where it is."""
        return f"{self.scheme}://127.0.0.1:{self.port}/cam"

    @property
    def methods(self) -> list[str]:
        """The methods it was asked, in order."""
        return [asked.method for asked in self.asked]


@asynccontextmanager
async def device(script: Script, tls: ssl.SSLContext | None = None) -> AsyncIterator[Device]:
    """Run the script for every connection; a script that ends closes the connection."""
    running = Device(0, "rtsps" if tls else "rtsp")
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        running.connections += 1
        running.closed.clear()
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await script(Line(reader, writer, running.asked, running.connections))
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            tasks.discard(task)
            running.closed.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    running.port = server.sockets[0].getsockname()[1]
    try:
        yield running
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def camera(line: Line) -> None:
    """A good device."""
    await line.until_play()
    await line.stream(packets(Codec.H264, coded(Codec.H264)))
    await line.until_teardown()
    await line.until_closed()
