"""A small RTSP client of the tests' own: it shares no code with the server it judges."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from monitor.model import Credentials

PATIENCE = 5.0  # seconds; nothing here takes that long unless it is broken


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Packet:
    channel: int
    data: bytes

    @property
    def marker(self) -> bool:
        return bool(self.data[1] & 0x80)

    @property
    def payload_type(self) -> int:
        return self.data[1] & 0x7F

    @property
    def sequence(self) -> int:
        return int.from_bytes(self.data[2:4], "big")

    @property
    def timestamp(self) -> int:
        return int.from_bytes(self.data[4:8], "big")

    @property
    def payload(self) -> bytes:
        return self.data[12:]


@dataclass(slots=True)
class RawClient:
    """``async with RawClient(url) as client``: one connection, requests one after the other."""

    url: str
    credentials: Credentials | None = None
    packets: list[Packet] = field(default_factory=list)  # came while a reply was awaited
    challenge: dict[str, str] = field(default_factory=dict)
    session: str = ""
    cseq: int = 0
    nc: int = 0
    reader: asyncio.StreamReader = field(init=False)
    writer: asyncio.StreamWriter = field(init=False)

    async def __aenter__(self) -> Self:
        parts = urlsplit(self.url)
        async with asyncio.timeout(PATIENCE):
            self.reader, self.writer = await asyncio.open_connection(parts.hostname, parts.port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.writer.transport.abort()

    async def ask(self, method: str, url: str = "", **headers: str) -> Reply:
        """One request, sent again with credentials when the server asks for them (once)."""
        reply = await self.ask_once(method, url, **headers)
        if reply.status == 401 and self.credentials is not None:
            self.read_challenge(reply)
            reply = await self.ask_once(method, url, **headers)
        return reply

    async def ask_once(self, method: str, url: str = "", **headers: str) -> Reply:
        url = url or self.url
        self.cseq += 1
        lines = [f"{method} {url} RTSP/1.0", f"CSeq: {self.cseq}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if self.session:
            lines.append(f"Session: {self.session}")
        if self.challenge:
            lines.append(f"Authorization: {self.authorization(method, url)}")
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        async with asyncio.timeout(PATIENCE):
            reply = await self.read_reply()
        assert reply.headers["cseq"] == str(self.cseq)
        return reply

    async def read_reply(self) -> Reply:
        while (first := await self.reader.readexactly(1)) == b"$":
            self.packets.append(await self._rest_of_packet())
        head = (first + await self.reader.readuntil(b"\r\n\r\n")).decode()
        status_line, *lines = head.rstrip().split("\r\n")
        headers = {line.split(":", 1)[0].lower(): line.split(":", 1)[1].strip() for line in lines}
        body = await self.reader.readexactly(int(headers.get("content-length", "0")))
        return Reply(int(status_line.split(" ")[1]), headers, body.decode())

    def read_challenge(self, reply: Reply) -> None:
        kind, _, rest = reply.headers["www-authenticate"].partition(" ")
        self.challenge = {"kind": kind} | dict(re.findall(r'(\w+)="?([^",]*)"?', rest))
        self.nc = 0

    def authorization(self, method: str, url: str) -> str:
        assert self.credentials is not None
        user, password, asked = self.credentials.username, self.credentials.password.reveal(), self.challenge
        if asked["kind"] == "Basic":
            import base64

            return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

        def hashed(text: str) -> str:
            return hashlib.new(asked.get("algorithm", "MD5").replace("-", ""), text.encode()).hexdigest()

        realm, nonce = asked["realm"], asked["nonce"]
        ha1, ha2 = hashed(f"{user}:{realm}:{password}"), hashed(f"{method}:{url}")
        answer = f'Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{url}"'
        if "qop" not in asked:
            return f'{answer}, response="{hashed(f"{ha1}:{nonce}:{ha2}")}"'
        self.nc += 1
        response = hashed(f"{ha1}:{nonce}:{self.nc:08x}:0a4f113b:auth:{ha2}")
        return f'{answer}, qop=auth, nc={self.nc:08x}, cnonce="0a4f113b", response="{response}"'

    async def set_up(self) -> Reply:
        """DESCRIBE and SETUP; the reply to SETUP."""
        described = await self.ask("DESCRIBE", Accept="application/sdp")
        assert described.status == 200, described
        control = re.findall(r"a=control:(.+)\r\n", described.body)[-1]
        reply = await self.ask(
            "SETUP", described.headers["content-base"] + control, Transport="RTP/AVP/TCP;unicast;interleaved=0-1"
        )
        self.session = reply.headers.get("session", "").split(";")[0]
        return reply

    async def play(self) -> Reply:
        """Everything up to and with PLAY."""
        assert (await self.set_up()).status == 200
        return await self.ask("PLAY", Range="npt=0.000-")

    async def packet(self) -> Packet:
        if self.packets:
            return self.packets.pop(0)
        async with asyncio.timeout(PATIENCE):
            assert await self.reader.readexactly(1) == b"$"
            return await self._rest_of_packet()

    async def frame(self) -> list[Packet]:
        """All packets up to the next marker."""
        packets = [await self.packet()]
        while not packets[-1].marker:
            packets.append(await self.packet())
        return packets

    async def _rest_of_packet(self) -> Packet:
        head = await self.reader.readexactly(3)
        return Packet(head[0], await self.reader.readexactly(int.from_bytes(head[1:3], "big")))


async def becomes(condition: Callable[[], bool]) -> None:
    """Wait for something inside the server that nobody announces."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


def content(frame: list[Packet]) -> bytes:
    """What tells one frame from another: its payloads without RTP headers."""
    return b"".join(packet.payload for packet in frame)
