"""HTTP requests to a device, one after the other, over one connection as long as the device keeps it.

Devices break HTTP in ways that libraries refuse: header lines without a colon, wrong lengths, connections left
open. So the bytes are read here, by the tolerant rules of ``monitor.rtsp.messages``. Decides when an answer is
complete. Must never follow a redirect, outlive its limits or hold more than ``max_bytes``; nor send a request twice,
unless a connection that had been kept turned out to be gone before a byte of the answer came.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from monitor.errors import RemoteProtocolError
from monitor.model import Cause, Stage
from monitor.onvif.addresses import Service
from monitor.probes.dialling import ACCEPT, check_pin, connect, failure, resolve, tls_context
from monitor.rtsp.messages import Headers, Response, parse_head

_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_END_OF_ENVELOPE = re.compile(rb"Envelope\s*>\s*\Z")
_TAIL = 64  # bytes in which the end of an envelope is looked for
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,8}")


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """How long one exchange may take, and how much it may take in."""

    connect: timedelta = timedelta(seconds=5)  # name, connection and TLS together
    reply: timedelta = timedelta(seconds=10)  # from the request to the end of the answer
    max_bytes: int = 256_000


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No answer that can be read."""

    cause: Cause
    detail: str


CLOSED = Unanswered(Cause.CONNECTION_CLOSED, "closed without an answer")


async def post(
    service: Service, fields: tuple[tuple[str, str], ...], body: bytes, limits: HttpLimits, certificate: str = ACCEPT
) -> Response | Unanswered:
    """Ask once, over a connection of its own; never raises but CancelledError.

    ``certificate``: what a device behind ``https://`` must show, as in ``Camera.certificate``.
    """
    client = HttpClient(limits, certificate)
    try:
        return await client.post(service, fields, body)
    finally:
        client.hang_up()


class HttpClient:
    """Whoever asks one device several questions. ``hang_up`` afterwards."""

    def __init__(self, limits: HttpLimits, certificate: str = ACCEPT) -> None:
        """``certificate``: what a device behind ``https://`` must show, as in ``Camera.certificate``."""
        self._limits = limits
        self._certificate = certificate
        self._place: tuple[str, int, bool] | None = None  # where the line leads to
        self._line: _Line | None = None

    async def post(self, service: Service, fields: tuple[tuple[str, str], ...], body: bytes) -> Response | Unanswered:
        """Ask. What came of an answer counts even when its end never came; never raises but CancelledError."""
        return await self._ask(service, _request("POST", service, (*fields, ("Content-Length", str(len(body))))) + body)

    async def get(self, service: Service, fields: tuple[tuple[str, str], ...]) -> Response | Unanswered:
        """As ``post``, without a body."""
        return await self._ask(service, _request("GET", service, fields))

    async def _ask(self, service: Service, request: bytes) -> Response | Unanswered:
        kept = self._kept(service)
        if kept is not None:
            answer = await self._exchange(kept, request)
            if not (isinstance(answer, Unanswered) and kept.lost and not kept.answer.received):
                return answer
        dialled = await self._dial(service)
        if isinstance(dialled, Unanswered):
            return dialled
        self._place, self._line = (service.host, service.port, service.tls), dialled
        return await self._exchange(dialled, request)

    def hang_up(self) -> None:
        """End the connection: the next request has one of its own."""
        if self._line is not None:
            self._line.hang_up()
            self._line = None

    def _kept(self, service: Service) -> _Line | None:
        line = self._line
        if line is not None and not line.lost and self._place == (service.host, service.port, service.tls):
            return line
        self.hang_up()
        return None

    async def _exchange(self, line: _Line, request: bytes) -> Response | Unanswered:
        try:
            answer = await line.exchange(request, self._limits)
        except BaseException:
            self.hang_up()
            raise
        if not line.answer.persistent:
            self.hang_up()
        return answer

    async def _dial(self, service: Service) -> _Line | Unanswered:
        line, stage, seconds = _Line(), Stage.DNS, self._limits.connect.total_seconds()
        try:
            async with asyncio.timeout(seconds):
                addresses = await resolve(service.host, service.port)
                stage = Stage.TCP
                transport = await connect(addresses, service.port, lambda: line)
                if service.tls:
                    stage = Stage.TLS
                    await _secure(line, transport, service.host, self._certificate)
        except TimeoutError:
            failed = failure(stage, TimeoutError(f"no answer within {seconds:g} s"))
            return Unanswered(failed.cause, failed.detail)
        except (OSError, UnicodeError) as error:
            failed = failure(stage, error)
            return Unanswered(failed.cause, failed.detail)
        return line


def _request(method: str, service: Service, fields: tuple[tuple[str, str], ...]) -> bytes:
    head = [
        f"{method} {service.path} HTTP/1.1",
        f"Host: {service.authority}",
        "User-Agent: sharp-eyes",
        "Accept-Encoding: identity",
        *(f"{name}: {value}" for name, value in fields),
    ]
    return "\r\n".join([*head, "", ""]).encode("latin-1")


async def _secure(line: _Line, transport: asyncio.Transport, host: str, certificate: str) -> None:
    try:
        loop = asyncio.get_running_loop()
        secured = await loop.start_tls(transport, line, tls_context(certificate), server_hostname=host)
        check_pin(certificate, None if secured is None else secured.get_extra_info("ssl_object"))
    except BaseException:
        transport.abort()
        raise
    if secured is None:
        raise ConnectionAbortedError("closed during the handshake")
    line.connection_made(secured)


class _Line(asyncio.Protocol):
    """One connection; ``answer`` is the one that is coming in, or came in last."""

    def __init__(self) -> None:
        self.answer = _Answer()
        self.lost = False
        self._transport: asyncio.Transport | None = None
        self._most = 0  # bytes of an answer
        self._done: asyncio.Future[Response | Unanswered] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It stands; once more when it is secured."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are none by birth

    def data_received(self, data: bytes) -> None:
        """More of the answer; what comes when nothing was asked ends the connection."""
        done, answer = self._done, self.answer
        if done is None or done.done():
            self.hang_up()
            return
        try:
            answer.receive_data(data)
        except RemoteProtocolError as error:
            done.set_result(Unanswered(Cause.BAD_REPLY, str(error)))
            return
        if answer.received > self._most:
            done.set_result(Unanswered(Cause.OVER_BUDGET, f"more than {self._most} bytes"))
        elif answer.complete:
            done.set_result(answer.result(CLOSED))

    def connection_lost(self, exc: Exception | None) -> None:
        """No more comes."""
        self.lost = True
        otherwise = CLOSED
        if isinstance(exc, OSError):
            otherwise = Unanswered(Cause.CONNECTION_CLOSED, failure(Stage.TCP, exc).detail)
        self._end(otherwise)

    async def exchange(self, request: bytes, limits: HttpLimits) -> Response | Unanswered:
        """Send the request and wait for its answer within the limits."""
        assert self._transport is not None
        loop = asyncio.get_running_loop()
        self.answer, self._most = _Answer(), limits.max_bytes
        self._done = loop.create_future()
        late = loop.call_later(limits.reply.total_seconds(), self._late, limits)
        self._transport.write(request)
        try:
            return await self._done
        finally:
            late.cancel()
            self._done = None

    def _late(self, limits: HttpLimits) -> None:
        self._end(Unanswered(Cause.NO_REPLY, f"no answer within {limits.reply.total_seconds():g} s"))

    def _end(self, otherwise: Unanswered) -> None:
        """No more is waited for: what came counts."""
        if self._done is not None and not self._done.done():
            self._done.set_result(self.answer.result(otherwise))

    def hang_up(self) -> None:
        """End the connection at once."""
        self.lost = True
        if self._transport is not None:
            self._transport.abort()


class _Answer:
    """An answer as it comes in."""

    __slots__ = ("_buffer", "_chunked", "_head", "_new", "complete", "persistent", "received")

    def __init__(self) -> None:
        self.complete = False
        self.persistent = False  # complete, and the connection is kept for another request
        self.received = 0  # bytes
        self._buffer = bytearray()  # the head until it is complete, then the body
        self._head: Response | None = None
        self._chunked = False
        self._new = False  # HTTP/1.1: connections are kept unless the device says otherwise

    def receive_data(self, data: bytes) -> None:
        """Take in what came; raises RemoteProtocolError."""
        scanned = max(0, len(self._buffer) - 3)
        self._buffer += data
        self.received += len(data)
        if self._head is None:
            self._read_head(scanned)
        if self._head is not None:
            self.complete = self._has_all(self._head.headers)

    def result(self, otherwise: Unanswered) -> Response | Unanswered:
        """The answer with what there is of its body."""
        if self._head is None:
            return otherwise
        body = bytes(self._buffer)
        head = self._head
        return Response(head.status, head.reason, head.headers, _dechunked(body) if self._chunked else body, head.http)

    def _read_head(self, scanned: int) -> None:
        end = _END_OF_HEAD.search(self._buffer, scanned)
        while end is not None:
            head = bytes(self._buffer[: end.start()]).lstrip()
            message, self._new = parse_head(head), head.startswith(b"HTTP/1.1")
            del self._buffer[: end.end()]
            if not isinstance(message, Response) or not message.http:
                raise RemoteProtocolError("not HTTP")
            if message.status >= 200:
                self._head = message
                self._chunked = "chunked" in message.headers.get("Transfer-Encoding").lower()
                return
            end = _END_OF_HEAD.search(self._buffer)  # 100 Continue is none we asked for

    def _has_all(self, headers: Headers) -> bool:
        """Whether the body is there. An envelope's end ends it too: lengths may lie, connections may stay open."""
        if self._chunked:
            honest = self._buffer.endswith(b"0\r\n\r\n")
        else:
            length = headers.get("Content-Length")
            announced = int(length) if length.isdecimal() and len(length) < 10 else None
            honest = announced is not None and len(self._buffer) == announced
            if announced is not None and len(self._buffer) > announced:
                return True
        if honest:
            self.persistent = self._new and "close" not in headers.get("Connection").lower()
        return honest or bool(_END_OF_ENVELOPE.search(self._buffer[-_TAIL:]))


def _dechunked(body: bytes) -> bytes:
    """The parts of a chunked body, up to the first size that is none."""
    parts: list[bytes] = []
    place = 0
    while (size := _CHUNK_SIZE.match(body, place)) is not None and int(size[0], 16):
        begin = body.find(b"\n", size.end()) + 1
        if not begin:
            break
        place = begin + int(size[0], 16)
        parts.append(body[begin:place])
        place += len(body[place : place + 2]) - len(body[place : place + 2].lstrip(b"\r\n"))
    return b"".join(parts)
