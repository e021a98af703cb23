"""HTTP requests to a device, one after the other, over one connection as long as the device keeps it.

How an answer is read says ``monitor.probes.http_answers``; decides when to give up on one. Must never follow a
redirect, outlive its limits or hold more than ``max_bytes``; nor send a request twice, unless ``post`` was asked to and
a connection that had been kept turned out to be gone before a byte of the answer came.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from monitor.errors import RemoteProtocolError
from monitor.model import Cause, Stage
from monitor.onvif.addresses import Service
from monitor.probes.dialling import ACCEPT, check_pin, connect, failure, resolve, tls_context
from monitor.probes.http_answers import CLOSED, Answer, Incoming, Unanswered, whole

_USUAL = "%s HTTP/1.1\r\nHost: %s\r\nUser-Agent: sharp-eyes\r\nAccept-Encoding: identity\r\n"


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """How long one exchange may take, and how much it may take in."""

    connect: timedelta = timedelta(seconds=5)  # name, connection and TLS together
    reply: timedelta = timedelta(seconds=10)  # from the request to the end of the answer
    max_bytes: int = 256_000


Answering = Coroutine[Any, Any, Answer | Unanswered]
KEPT = 2  # answers on one connection that show that the device keeps it


async def post(
    service: Service, fields: bytes, body: bytes, limits: HttpLimits, certificate: str = ACCEPT
) -> Answer | Unanswered:
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

    def post(self, service: Service, fields: bytes, body: bytes) -> Answering:
        """Ask. What came of an answer counts even when its end never came; never raises but CancelledError."""
        return self._ask(service, _posting(service, fields, body))

    def get(self, service: Service, fields: bytes) -> Answering:
        """As ``post``, without a body."""
        return self._ask(service, b"GET %b%b\r\n" % (_usual(service), fields))

    def post_once(self, service: Service, fields: bytes, body: bytes) -> Answering:
        """The same for what must not be sent twice, whatever becomes of the connection.

        One on which a second question was answered is one the device keeps; else there is a new one, because one that
        is gone already could not be told from one that went with the request.
        """
        request, kept = _posting(service, fields, body), self._kept(service)
        return self._ask_anew(service, request) if kept is None or kept.answered < KEPT else _once(kept, request)

    async def _ask(self, service: Service, request: bytes) -> Answer | Unanswered:
        kept = self._kept(service)
        if kept is not None:
            answer = await kept.ask(request)
            if not (isinstance(answer, Unanswered) and kept.left_without_a_word):
                return answer
        return await self._ask_anew(service, request)

    async def _ask_anew(self, service: Service, request: bytes) -> Answer | Unanswered:
        self.hang_up()
        dialled = await self._dial(service)
        if isinstance(dialled, Unanswered):
            return dialled
        self._place, self._line = (service.host, service.port, service.tls), dialled
        return await dialled.ask(request)

    def hang_up(self) -> None:
        """End the connection: the next request has one of its own."""
        if self._line is not None:
            self._line.hang_up()
            self._line = None

    def _kept(self, service: Service) -> _Line | None:
        line = self._line
        if line is not None and not line.lost and self._place == (service.host, service.port, service.tls):
            return line
        return None

    async def _dial(self, service: Service) -> _Line | Unanswered:
        line, stage, seconds = _Line(self._limits), Stage.DNS, self._limits.connect.total_seconds()
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


async def _once(line: _Line, request: bytes) -> Answer | Unanswered:
    return await line.ask(request)


def field_line(name: str, value: str) -> bytes:
    """A header field on a line of its own, as ``post`` and ``get`` take them."""
    return f"{name}: {value}\r\n".encode("latin-1")


def _posting(service: Service, fields: bytes, body: bytes) -> bytes:
    return b"POST %b%bContent-Length: %d\r\n\r\n%b" % (_usual(service), fields, len(body), body)


def _usual(service: Service) -> bytes:
    return (_USUAL % (service.path, service.authority)).encode()


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
    """One connection, kept from one question to the next as long as its answers are whole and the device keeps it."""

    def __init__(self, limits: HttpLimits) -> None:
        self.answered = 0  # questions whose answers left it standing
        self.lost = False
        self._limits = limits
        self._patience = limits.reply.total_seconds()
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._done: asyncio.Future[Answer | Unanswered] | None = None  # of the question under way
        self._answer: Incoming | None = None  # what came of its answer
        self._due = 0.0  # when it must be there, on the loop's clock
        self._watch: asyncio.TimerHandle | None = None  # looks whether it is late

    @property
    def left_without_a_word(self) -> bool:
        """It is gone, and nothing of the last answer came."""
        return self.lost and self._answer is None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It stands; once more when it is secured."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are none by birth

    def ask(self, request: bytes) -> asyncio.Future[Answer | Unanswered]:
        """Send the request; its answer comes within the limits, or why there is none."""
        assert self._transport is not None
        loop, self._answer = self._loop, None
        self._done = done = loop.create_future()
        self._due = due = loop.time() + self._patience
        if self._watch is None:
            self._watch = loop.call_at(due, self._look)
        self._transport.write(request)
        return done

    def data_received(self, data: bytes) -> None:
        """More of the answer; what comes when nothing was asked ends the connection."""
        done, answer = self._done, self._answer
        if done is None or done.done():
            self.hang_up()
            return
        if answer is None:
            usual = whole(data) if len(data) <= self._limits.max_bytes else None
            if usual is not None:
                self._settle(done, usual, kept=True)
                return
            answer = self._answer = Incoming()
        try:
            answer.receive_data(data)
        except RemoteProtocolError as error:
            self._settle(done, Unanswered(Cause.BAD_REPLY, str(error)))
            return
        if answer.received > self._limits.max_bytes:
            self._settle(done, Unanswered(Cause.OVER_BUDGET, f"more than {self._limits.max_bytes} bytes"))
        elif answer.complete:
            self._settle(done, answer.result(CLOSED), kept=answer.persistent)

    def connection_lost(self, exc: Exception | None) -> None:
        """No more comes."""
        otherwise = CLOSED
        if isinstance(exc, OSError):
            otherwise = Unanswered(Cause.CONNECTION_CLOSED, failure(Stage.TCP, exc).detail)
        self._end(otherwise)
        self.hang_up()

    def hang_up(self) -> None:
        """End the connection at once."""
        self.lost = True
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        if self._transport is not None:
            self._transport.abort()

    def _look(self) -> None:
        """One timer for all questions: when it rings it sees which is under way, and since when."""
        self._watch = None
        if self._done is None:
            return
        if self._loop.time() < self._due:
            self._watch = self._loop.call_at(self._due, self._look)
        else:
            self._end(Unanswered(Cause.NO_REPLY, f"no answer within {self._patience:g} s"))

    def _end(self, otherwise: Unanswered) -> None:
        """No more is waited for: what came counts."""
        if self._done is not None and not self._done.done():
            self._settle(self._done, otherwise if self._answer is None else self._answer.result(otherwise))

    def _settle(
        self, done: asyncio.Future[Answer | Unanswered], answer: Answer | Unanswered, *, kept: bool = False
    ) -> None:
        self._done = None
        if kept:
            self.answered += 1
        else:
            self.hang_up()
        done.set_result(answer)
