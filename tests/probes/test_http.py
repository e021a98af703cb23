"""One HTTP exchange: over TLS too, and with whatever bytes come back."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
import uvloop
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.errors import RemoteProtocolError
from monitor.model import Cause
from monitor.onvif.addresses import Service
from monitor.probes.dialling import ACCEPT, PIN, VERIFY
from monitor.probes.http import KEPT, HttpClient, HttpLimits, post
from monitor.probes.http_answers import Answer, Incoming, Unanswered, whole
from tests.probes.conftest import SelfSigned

USUAL = HttpLimits()
QUICK = HttpLimits(timedelta(seconds=0.3), timedelta(seconds=0.3))
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def answer_of(
    serve: Serve,
    *,
    tls: ssl.SSLContext | None = None,
    dial_tls: bool = False,
    limits: HttpLimits = USUAL,
    certificate: str = ACCEPT,
) -> Answer | Unanswered:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await serve(reader, writer)
        writer.close()
        gone.set()

    gone = asyncio.Event()
    async with await asyncio.start_server(once, "127.0.0.1", 0, ssl=tls) as server:
        service = Service("127.0.0.1", server.sockets[0].getsockname()[1], "/x", dial_tls)
        answer = await post(service, b"A: b\r\n", b"body", limits, certificate)
        async with asyncio.timeout(5):
            await gone.wait()
        return answer


async def hello(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    asked = await reader.readuntil(b"body")
    assert asked.startswith(b"POST /x HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\nA: b\r\nContent-Length: 4\r\n\r\nbody" in asked
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
    await reader.read()  # stays open until the other side is content


async def test_an_answer_ends_where_its_length_says() -> None:
    answer = await answer_of(hello)
    assert isinstance(answer, Answer)
    assert (answer.status, answer.body) == (200, b"hello")


def test_a_self_signed_device_is_asked_over_tls(self_signed: SelfSigned) -> None:
    async def run() -> None:
        answer = await answer_of(hello, tls=self_signed.context, dial_tls=True)
        assert isinstance(answer, Answer)
        assert answer.body == b"hello"

    for loop_factory in (asyncio.new_event_loop, uvloop.new_event_loop):
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            runner.run(run())


async def test_the_certificate_must_be_the_one_that_is_expected(self_signed: SelfSigned) -> None:
    good = await answer_of(hello, tls=self_signed.context, dial_tls=True, certificate=self_signed.pin)
    assert isinstance(good, Answer)
    heard: list[bytes] = []

    async def listening(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read())
        writer.close()

    async with await asyncio.start_server(listening, "127.0.0.1", 0, ssl=self_signed.context) as server:
        service = Service("127.0.0.1", server.sockets[0].getsockname()[1], "/x", tls=True)
        for certificate in (f"{PIN}{'0' * 64}", VERIFY):
            refused = await post(service, b"", b"body", USUAL, certificate)
            assert isinstance(refused, Unanswered)
            assert refused.cause is Cause.CERTIFICATE_REFUSED
    assert b"".join(heard) == b""


async def test_a_device_without_tls_fails_the_handshake() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    for serve in (plain, mute):
        answer = await answer_of(serve, dial_tls=True, limits=QUICK)
        assert isinstance(answer, Unanswered)
        assert answer.cause is Cause.TLS_FAILED


async def test_silence_is_told_from_half_an_answer() -> None:
    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 401 No\r\nContent-Length: 99\r\n\r\nhalf")
        await mute(reader, writer)

    silence = await answer_of(mute, limits=QUICK)
    assert isinstance(silence, Unanswered)
    assert silence.cause is Cause.NO_REPLY
    partial = await answer_of(half, limits=QUICK)
    assert isinstance(partial, Answer)
    assert (partial.status, partial.body) == (401, b"half")


async def test_a_name_that_cannot_exist_is_named() -> None:
    answer = await post(Service("no..name"), b"", b"", HttpLimits())
    assert isinstance(answer, Unanswered)
    assert answer.cause is Cause.DNS_FAILED


HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
PIECES = st.sampled_from(
    [HEAD, b"HTTP/1.1 100 C\r\n\r\n", b"\r\n", b"\n\n", b"5\r\nhello\r\n", b"0\r\n\r\n", b"fffffff\r\n"]
)


@given(st.lists(PIECES | st.binary(max_size=20)))
def test_no_bytes_raise_anything_but_their_own_error(pieces: list[bytes]) -> None:
    answer = Incoming()
    try:
        for piece in pieces:
            answer.receive_data(piece)
    except RemoteProtocolError:
        return
    result = answer.result(Unanswered(Cause.NO_REPLY, ""))
    assert isinstance(result, Unanswered) or len(result.body) <= answer.received


@given(st.lists(st.binary(min_size=1, max_size=40)), st.integers(1, 50))
def test_chunks_are_joined_however_they_arrive(parts: list[bytes], step: int) -> None:
    sent = HEAD + b"".join(b"%X\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    answer = Incoming()
    for place in range(0, len(sent), step):
        answer.receive_data(sent[place : place + step])
    result = answer.result(Unanswered(Cause.NO_REPLY, ""))
    assert isinstance(result, Answer)
    assert answer.complete
    assert result.body == b"".join(parts)


NAMES = st.sampled_from(
    [b"Content-Length", b"content-length", b"Connection", b"Transfer-Encoding", b"Server", b" x", b""]
)
VALUES = st.sampled_from([b"5", b"05", b"6", b"keep-alive", b"close", b"chunked", b"x", b""])
COLONS = st.sampled_from([b": ", b":", b" : ", b""])
ENDS = st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r\n ", b"\r", b"\0"])
STARTS = st.sampled_from([b"HTTP/1.1 200 OK", b"HTTP/1.1 401 ", b"HTTP/1.1 100 C", b"HTTP/1.0 200 OK", b"HTTP/1.1 200"])
FIELDS = st.lists(st.tuples(NAMES, COLONS, VALUES, ENDS).map(b"".join), max_size=4).map(b"".join)


def read_in_two(data: bytes) -> tuple[Answer | Unanswered | None, bool]:
    """What the tolerant reading makes of an answer in two pieces, and whether the line may be used again."""
    incoming = Incoming()
    try:
        incoming.receive_data(data[:20])
        incoming.receive_data(data[20:])
    except RemoteProtocolError:
        return None, False
    return incoming.result(Unanswered(Cause.NO_REPLY, "")), incoming.persistent


@given(STARTS, ENDS, FIELDS, st.sampled_from([b"hello", b"", b"hello!"]))
@example(b"HTTP/1.1 200 OK", b"\r\n", b"Server: x\r\nContent-Length: 5\r\n", b"hello")
@example(b"HTTP/1.1 200 OK", b"\r\n", b":\n" * 400 + b"Content-Length: 5\r\n", b"hello")
def test_an_answer_that_is_read_at_a_glance_is_what_tolerant_reading_makes_of_it(
    start: bytes, end: bytes, fields: bytes, body: bytes
) -> None:
    data = start + end + fields + b"\r\n" + body
    at_a_glance = whole(data)
    assert at_a_glance is None or (at_a_glance, True) == read_in_two(data)


@pytest.mark.parametrize("status", [200, 400, 401, 500])
def test_most_answers_are_read_at_a_glance(status: int) -> None:
    fields = b"Content-Type: application/soap+xml\r\nContent-Length: 5\r\nConnection: keep-alive\r\n"
    answer = whole(b"HTTP/1.1 %d It\r\n%b\r\nhello" % (status, fields))
    assert answer is not None
    assert (answer.status, answer.body, answer.response.headers.get("connection")) == (status, b"hello", "keep-alive")


class Leaving:
    """A device that answers so many requests on a connection, and is gone at the next without a word."""

    def __init__(self, answers: int) -> None:
        self.read: list[bytes] = []
        self._answers = answers
        self.lines: list[asyncio.Task[None] | None] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines.append(asyncio.current_task())
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            for _ in range(self._answers):
                self.read.append(await reader.readuntil(b"body"))
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            self.read.append(await reader.read(2000))
        writer.close()


@pytest.mark.parametrize(
    ("answers", "cause", "connections"),
    [
        (1, None, 2),  # nothing is known of its first connection: there is a new one
        (KEPT, Cause.CONNECTION_CLOSED, 1),  # it kept that one so far, and leaves when it reads the secret
        (KEPT + 1, None, 1),
    ],
)
async def test_what_must_not_be_sent_twice_goes_over_a_connection_that_was_kept_or_over_a_new_one(
    answers: int, cause: Cause | None, connections: int
) -> None:
    device = Leaving(answers)
    async with await asyncio.start_server(device.serve, "127.0.0.1", 0) as server:
        service, client = Service("127.0.0.1", server.sockets[0].getsockname()[1], "/x"), HttpClient(USUAL)
        for _ in range(min(answers, KEPT)):
            assert isinstance(await client.post(service, b"", b"body"), Answer)
        answer = await client.post_once(service, b"", b"secret body")
        client.hang_up()
        await asyncio.gather(*filter(None, device.lines))
    assert (answer.cause if isinstance(answer, Unanswered) else None) is cause
    assert len(device.lines) == connections
    assert sum(b"secret" in each for each in device.read) == 1


async def test_each_question_has_all_of_its_time_and_the_last_answer_none_of_it() -> None:
    async def one_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"body")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await reader.read()  # the second question stays unanswered until the other side hangs up
        writer.close()
        hung_up.release()

    hung_up, loop = asyncio.Semaphore(0), asyncio.get_running_loop()
    async with await asyncio.start_server(one_answer, "127.0.0.1", 0) as server:
        service, client = Service("127.0.0.1", server.sockets[0].getsockname()[1], "/x"), HttpClient(QUICK)
        assert isinstance(await client.post(service, b"", b"body"), Answer)
        await asyncio.sleep(0.2)
        asked = loop.time()
        assert isinstance(await client.post(service, b"", b"body"), Answer)  # over a new connection, once it is late
        assert loop.time() - asked >= 0.29
        client.hang_up()
        for _ in range(2):
            await hung_up.acquire()
