"""The least a probe without decoding can cost here: its exchanges and its bytes over the same event loop, unread.

Asks the servers of the bench what our prober asks them and looks for nothing in the replies but what the next request
must hold. The bytes of the stream are waited for in the kernel, all of them in one piece, and thrown away: whoever
reads them pays more. It would fail at most cameras.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

from monitor.clock import SystemClock
from monitor.model import Credentials
from monitor.probes.rtsp import RtspLimits, fetch_keyframe
from monitor.rtsp.auth import Authenticator, parse_challenges
from tests.bench.rivals import NoPicture

PATIENCE = 30.0  # seconds for one probe
BUFFER = 256 * 1024  # bytes read at once at most
LOOKS = 16  # sessions of ours that tell how many bytes one takes on average

_CHALLENGE = re.compile(rb"WWW-Authenticate: ([^\r\n]*)")
_CONTROL = re.compile(rb"a=control:([^\r\n*]+)\r\n")
_SESSION = re.compile(rb"Session: ([^\r\n;]*)")


async def bytes_of_a_session(urls: Sequence[str], login: Credentials | None) -> int:
    """How many bytes our prober takes from one of these, on average."""
    looks = [
        fetch_keyframe(urls[nth % len(urls)], login, limits=RtspLimits(), clock=SystemClock()) for nth in range(LOOKS)
    ]
    return sum(fetched.received_bytes for fetched in await asyncio.gather(*looks)) // LOOKS


def bare(login: Credentials | None, wanted: int) -> Callable[[str], Awaitable[None]]:
    """A probe that takes so many bytes of each session."""
    thrown_away = memoryview(bytearray(BUFFER))

    async def probe(url: str) -> None:
        where = urlsplit(url)
        loop, host, port = asyncio.get_running_loop(), where.hostname or "", where.port or 554
        asker = _Asker(url, login, wanted, thrown_away)
        transport, _ = await loop.create_connection(lambda: asker, host, port)
        try:
            async with asyncio.timeout(PATIENCE):
                await asker.over
        except TimeoutError:
            raise NoPicture(f"the exchange stood still after {asker.count} requests") from None
        finally:
            transport.close()

    return probe


class _Asker(asyncio.BufferedProtocol):
    """DESCRIBE, signed where that is wanted, SETUP, PLAY, the bytes, TEARDOWN."""

    def __init__(self, url: str, login: Credentials | None, wanted: int, buffer: memoryview) -> None:
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.count = 0  # of requests
        self._url = url
        self._login = login
        self._left = wanted
        self._signer: Authenticator | None = None
        self._session = ""
        self._then: Callable[[int], None] = self._described
        self._buffer = buffer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._ask("DESCRIBE", self._url)

    def get_buffer(self, _sizehint: int) -> memoryview:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self._then(nbytes)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.over.done():
            self.over.set_exception(exc or ConnectionAbortedError("the server hung up"))

    def _ask(self, method: str, uri: str, more: str = "") -> None:
        self.count += 1
        signed = f"Authorization: {self._signer.answer(method, uri)}\r\n" if self._signer else ""
        head = f"{method} {uri} RTSP/1.0\r\nCSeq: {self.count}\r\nUser-Agent: bare\r\n{signed}{self._session}{more}\r\n"
        self._transport.write(head.encode())  # type: ignore[attr-defined]  # uvloop's transports are no subclass

    def _described(self, count: int) -> None:
        reply = bytes(self._buffer[:count])
        challenge = _CHALLENGE.search(reply)
        if challenge is not None and self._login is not None and self._signer is None:
            (offered,) = parse_challenges([challenge[1].decode()])
            self._signer = Authenticator(offered, self._login, lambda: os.urandom(8).hex())
            self._ask("DESCRIBE", self._url)
            return
        control = _CONTROL.findall(reply)[-1].decode()
        self._then = self._set_up
        track = control if control.startswith("rtsp:") else f"{self._url}/{control}"
        self._ask("SETUP", track, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n")

    def _set_up(self, count: int) -> None:
        session = _SESSION.search(bytes(self._buffer[:count]))
        assert session is not None
        self._session = f"Session: {session[1].decode()}\r\n"
        self._then = self._plays
        self._ask("PLAY", self._url, "Range: npt=0.000-\r\n")

    def _plays(self, count: int) -> None:
        self._left -= count
        self._then = self._streams
        if self._left > 0:
            self._wake_at(self._left)
        else:
            self._streams(0)

    def _streams(self, count: int) -> None:
        self._left -= count
        if self._left <= 0:
            self._wake_at(1)
            self._then = self._torn_down
            self._ask("TEARDOWN", self._url)

    def _torn_down(self, _count: int) -> None:
        if not self.over.done():
            self.over.set_result(None)

    def _wake_at(self, count: int) -> None:
        self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, count)
