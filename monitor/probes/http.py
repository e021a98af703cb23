"""One HTTP request to a device, over a connection of its own.

Devices break HTTP in ways that libraries refuse: header lines without a colon, wrong lengths, connections left
open. So the bytes are read here, by the tolerant rules of ``monitor.rtsp.messages``. Decides when an answer is
complete. Must never follow a redirect, send a request twice, outlive its limits or hold more than ``max_bytes``.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from datetime import timedelta

from monitor.errors import RemoteProtocolError
from monitor.model import Cause, Stage
from monitor.onvif.addresses import Service
from monitor.probes.dialling import ACCEPT, check_pin, connect, failure, resolve, tls_context
from monitor.rtsp.messages import Headers, Response, parse_head

_CHUNK = 16 * 1024  # bytes read at once
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


async def post(
    service: Service, fields: tuple[tuple[str, str], ...], body: bytes, limits: HttpLimits, certificate: str = ACCEPT
) -> Response | Unanswered:
    """Ask once. What came of an answer counts even when its end never came; never raises but CancelledError.

    ``certificate``: what a device behind ``https://`` must show, as in ``Camera.certificate``.
    """
    head = [
        f"POST {service.path} HTTP/1.1",
        f"Host: {service.authority}",
        "User-Agent: sharp-eyes",
        "Accept-Encoding: identity",
        "Connection: close",
        *(f"{name}: {value}" for name, value in fields),
        f"Content-Length: {len(body)}",
    ]
    request = "\r\n".join([*head, "", ""]).encode("latin-1") + body
    dialled = await _dial(service, limits, certificate)
    if isinstance(dialled, Unanswered):
        return dialled
    reader, writer = dialled
    answer = _Answer()
    try:
        async with asyncio.timeout(limits.reply.total_seconds()):
            writer.write(request)
            await writer.drain()
            while not answer.complete and (data := await reader.read(_CHUNK)):
                answer.receive_data(data)
                if answer.received > limits.max_bytes:
                    return Unanswered(Cause.OVER_BUDGET, f"more than {limits.max_bytes} bytes")
    except TimeoutError:
        return answer.result(Unanswered(Cause.NO_REPLY, f"no answer within {limits.reply.total_seconds():g} s"))
    except OSError as error:
        return answer.result(Unanswered(Cause.CONNECTION_CLOSED, failure(Stage.TCP, error).detail))
    except RemoteProtocolError as error:
        return Unanswered(Cause.BAD_REPLY, str(error))
    finally:
        writer.transport.abort()
    return answer.result(Unanswered(Cause.CONNECTION_CLOSED, "closed without an answer"))


async def _dial(
    service: Service, limits: HttpLimits, certificate: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | Unanswered:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(loop=loop)
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    stage = Stage.DNS
    try:
        async with asyncio.timeout(limits.connect.total_seconds()):
            addresses = await resolve(service.host, service.port)
            stage = Stage.TCP
            transport = await connect(addresses, service.port, lambda: protocol)
            writer = asyncio.StreamWriter(transport, protocol, reader, loop)
            if service.tls:
                stage = Stage.TLS
                await _secure(writer, service.host, certificate)
    except TimeoutError:
        failed = failure(stage, TimeoutError(f"no answer within {limits.connect.total_seconds():g} s"))
        return Unanswered(failed.cause, failed.detail)
    except (OSError, UnicodeError) as error:
        failed = failure(stage, error)
        return Unanswered(failed.cause, failed.detail)
    return reader, writer


async def _secure(writer: asyncio.StreamWriter, host: str, certificate: str) -> None:
    try:
        await writer.start_tls(tls_context(certificate), server_hostname=host)
        check_pin(certificate, writer.get_extra_info("ssl_object"))
    except BaseException:
        writer.transport.abort()
        raise


class _Answer:
    """An answer as it comes in."""

    def __init__(self) -> None:
        self.complete = False
        self.received = 0  # bytes
        self._buffer = bytearray()  # the head until it is complete, then the body
        self._head: Response | None = None

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
        return replace(self._head, body=_dechunked(body) if _is_chunked(self._head.headers) else body)

    def _read_head(self, scanned: int) -> None:
        end = _END_OF_HEAD.search(self._buffer, scanned)
        while end is not None:
            message = parse_head(bytes(self._buffer[: end.start()]).lstrip())
            del self._buffer[: end.end()]
            if not isinstance(message, Response) or not message.http:
                raise RemoteProtocolError("not HTTP")
            if message.status >= 200:
                self._head = message
                return
            end = _END_OF_HEAD.search(self._buffer)  # 100 Continue is none we asked for

    def _has_all(self, headers: Headers) -> bool:
        """Whether the body is there. An envelope's end ends it too: lengths may lie, connections may stay open."""
        if _END_OF_ENVELOPE.search(self._buffer[-_TAIL:]):
            return True
        if _is_chunked(headers):
            return self._buffer.endswith(b"0\r\n\r\n")
        length = headers.get("Content-Length")
        return length.isdecimal() and len(length) < 10 and len(self._buffer) >= int(length)


def _is_chunked(headers: Headers) -> bool:
    return "chunked" in headers.get("Transfer-Encoding").lower()


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
