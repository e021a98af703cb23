"""Devices that mean harm, over real sockets: each run ends in time, with a cause, in little memory, socket closed."""

from __future__ import annotations

import asyncio
import socket
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest

from monitor.clock import SystemClock
from monitor.model import Cause, Codec, Credentials, Secret
from monitor.probes.rtsp import Fetched, RtspLimits, fetch_keyframe
from monitor.rtsp.dialogue import MAX_REDIRECTS
from tests.probes.device import Device, Line, Script, camera, device
from tests.probes.test_rtsp import open_files
from tests.rtsp.footage import aggregate, coded, fragments, jpeg, jpeg_packets, packets, rtp, units

PERSON = Credentials("admin", Secret("open sesame"))
MOMENT = timedelta(milliseconds=150)
LIMITS = RtspLimits(
    connect=10 * MOMENT,
    reply=4 * MOMENT,
    first_rtp=4 * MOMENT,
    keyframe=6 * MOMENT,
    total=20 * MOMENT,
    max_bytes=1_500_000,
    max_keyframe_bytes=500_000,
)
SMALL = replace(LIMITS, max_bytes=200_000)
MOST_MEMORY = 8_000_000  # bytes a run may hold at its height: far less than what the devices below send
FOOTAGE = packets(Codec.H264, coded(Codec.H264))
NAMES = {Codec.H264: "96 H264/90000", Codec.H265: "96 H265/90000", Codec.MJPEG: "26 JPEG/90000"}


def describing(codec: Codec, *lines: str) -> bytes:
    name = NAMES[codec]
    return "\r\n".join((f"m=video 0 RTP/AVP {name[:2]}", f"a=rtpmap:{name}", "a=control:v", *lines, "")).encode()


async def until_play(line: Line, codec: Codec, *lines: str) -> None:
    """Be a good device up to the reply to PLAY."""
    await line.answer(body=describing(codec, *lines))
    await line.answer("200 OK", "Session: 1", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1")
    await line.answer("200 OK", "Session: 1")


async def pour(line: Line, data: bytes) -> None:
    """Send it again and again, as fast as it is taken, until the other side hangs up."""
    much = data * (1 + 100_000 // len(data))
    while True:
        line.writer.write(much)
        await line.writer.drain()


async def drip(line: Line, data: bytes) -> None:
    """Send it byte by byte, then the last byte for ever."""
    for at in count():
        line.writer.write(data[min(at, len(data) - 1) :][:1])
        await line.writer.drain()
        await asyncio.sleep(0.01)


def framed(sent: list[bytes], channel: int = 0) -> bytes:
    return b"".join(bytes((0x24, channel)) + len(one).to_bytes(2, "big") + one for one in sent)


@asynccontextmanager
async def hostile(script: Script) -> AsyncIterator[Device]:
    """A device of whose connections nothing stays."""
    async with device(script) as cam:
        before = open_files()
        yield cam
        async with asyncio.timeout(5):
            while open_files() > before:  # noqa: ASYNC110 - both ends close some turns later
                await asyncio.sleep(0.01)


async def attacked(url: str, credentials: Credentials | None = None, limits: RtspLimits = LIMITS) -> Fetched:
    """One run within its limits of time and memory."""
    tracemalloc.start()
    try:
        fetched = await fetch_keyframe(url, credentials, limits=limits, clock=SystemClock())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert fetched.cause is not Cause.MONITOR_ERROR, fetched.detail
    assert fetched.took < limits.total + 14 * MOMENT  # measuring memory makes everything slow
    assert most < MOST_MEMORY
    assert fetched.received_bytes <= limits.max_bytes + 64 * 1024
    return fetched


def replying(*lines: str, then: bytes, by: Callable[[Line, bytes], Awaitable[None]] = pour) -> Script:
    """A device that answers its first question with these lines, followed by something."""

    async def script(line: Line) -> None:
        await line.read()
        line.writer.write("\r\n".join(lines).encode("latin-1"))
        await by(line, then)

    return script


def playing(codec: Codec, then: bytes, *lines: str, by: Callable[[Line, bytes], Awaitable[None]] = pour) -> Script:
    """A device that is good up to PLAY."""

    async def script(line: Line) -> None:
        await until_play(line, codec, *lines)
        await by(line, then)

    return script


# ---------------------------------------------------------------- messages


@pytest.mark.parametrize(
    ("script", "cause"),
    [
        (replying("RTSP/1.0 200 OK", "", then=b"A: b\r\n"), Cause.BAD_REPLY),
        (replying("RTSP/1.0 200 OK", "A: ", then=b"b" * 1000), Cause.BAD_REPLY),
        (replying("RTSP/1.0 200 OK", "A: b", "", then=b" folded\r\n"), Cause.BAD_REPLY),
        (replying("RTSP/1.0 200 OK", *["A: b"] * 256, "", "", then=b"\r\n"), Cause.BAD_REPLY),
        (replying("RTSP/1.0 200 OK", "Content-Length: 4294967296", "", "", then=b"a=x\r\n"), Cause.SDP_UNUSABLE),
        (replying("RTSP/1.0 200 OK", "Content-Length: -1", "", "", then=b"m=video\r\n"), Cause.SDP_UNUSABLE),
        (replying("RTSP/1.0 200 OK", f"Content-Length: {'9' * 5000}", "", "", then=b"\0" * 999), Cause.SDP_UNUSABLE),
        (replying("RTSP/1.0 100 Continue", "Content-Length: 9999", "", "", then=b"v", by=drip), Cause.NO_REPLY),
        (replying("", then=b"\r\n"), Cause.OVER_BUDGET),
        (replying("", then=b"RTSP/1.0 100 Continue\r\n\r\n"), Cause.BAD_REPLY),
        (replying("", then=b"\xff\x00\x24" * 1000), Cause.NOT_RTSP),
        (replying("", then=b"$\x07\xff\xff" + b"\0" * 65535), Cause.OVER_BUDGET),
        (replying("", then=b"RTSP/1.0 200 OK\r\nContent-Length: 99\r\n\r\nv=0\r\n", by=drip), Cause.SDP_UNUSABLE),
    ],
    ids=[
        "endless-headers", "endless-line", "endless-folding", "too-many-headers", "four-gigabytes", "negative-length",
        "huge-length", "dripped-continue", "empty-lines", "endless-continue", "garbage", "packets-before-play",
        "dripped-reply",
    ],
)  # fmt: skip
async def test_a_reply_without_end_ends(script: Script, cause: Cause) -> None:
    async with hostile(script) as cam:
        assert (await attacked(cam.url)).cause in {cause, Cause.NO_REPLY, Cause.OVER_BUDGET}
    assert cam.connections == 1


async def test_a_description_without_end_is_read_up_to_its_limit() -> None:
    track = describing(Codec.H264, f"a=fmtp:96 sprop-parameter-sets={'AAAA' * 1000}")
    script = replying("RTSP/1.0 200 OK", "Content-Length: 999999999", "", "", then=track)
    async with hostile(script) as cam:
        fetched = await attacked(cam.url)
    assert fetched.cause in {Cause.BAD_REPLY, Cause.NO_REPLY, Cause.OVER_BUDGET}
    assert cam.methods == ["DESCRIBE", "SETUP"][: len(cam.methods)]


async def test_redirects_in_a_circle_are_followed_a_few_times() -> None:
    async def moved(line: Line) -> None:
        await line.read()
        await line.reply("302 Moved", f"Location: rtsp://127.0.0.1:{cam.port}/{line.number}")
        await line.until_closed()

    async with hostile(moved) as cam:
        assert (await attacked(cam.url)).cause is Cause.REDIRECT_LOOP
    assert cam.connections == MAX_REDIRECTS + 1


async def test_a_redirect_at_the_end_of_the_budget_has_a_cause() -> None:
    async def moved(line: Line) -> None:
        await line.read()
        line.writer.write(b"\r\n" * 5000)
        await line.reply("302 Moved", f"Location: rtsp://127.0.0.1:{cam.port}/")
        await line.until_closed()

    async with hostile(moved) as cam:
        fetched = await attacked(cam.url, limits=RtspLimits(total=20 * MOMENT, max_bytes=9000))
    assert fetched.cause is Cause.OVER_BUDGET


@pytest.mark.parametrize(
    "challenges",
    [
        ['WWW-Authenticate: Digest realm="r", nonce="n"'] * 250,
        [", ".join(["WWW-Authenticate: Digest realm=r, nonce=n", *['Digest realm="r", nonce="n"'] * 250])],
        [f'WWW-Authenticate: Digest realm="{"r" * 8000}", nonce="{"n" * 80}"'],
        ['WWW-Authenticate: Digest realm="r", nonce="n', "\tfolded", '\twith\ttabs"'],
        [f'WWW-Authenticate: Digest realm="{chr(92) * 4000}", nonce="n'],
    ],
    ids=["many-lines", "many-in-one-line", "long", "tabs", "backslashes"],
)
async def test_challenges_in_masses_are_answered_once(challenges: list[str]) -> None:
    async def strict(line: Line) -> None:
        while True:
            await line.answer("401 Unauthorized", *challenges)

    async with hostile(strict) as cam:
        fetched = await attacked(cam.url, PERSON)
    assert fetched.cause in {Cause.CREDENTIALS_REFUSED, Cause.AUTH_UNSUPPORTED}
    assert sum(bool(asked.headers.get("Authorization")) for asked in cam.asked) <= 1


async def deaf(line: Line, question: bytes) -> None:
    """Ask questions and never read the answers."""
    await line.read()
    raw = line.writer.transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    line.writer.transport.pause_reading()  # type: ignore[attr-defined]
    await pour(line, question)


@pytest.mark.parametrize("question", [b"PAUSE *\n\n", b"OPTIONS * RTSP/1.0\r\nCSeq: " + b"7" * 8000 + b"\r\n\r\n"])
async def test_questions_of_a_device_that_never_listens_pile_up_nothing(question: bytes) -> None:
    async with hostile(partial(deaf, question=question * 500)) as cam:
        fetched = await attacked(cam.url)
        assert fetched.cause in {Cause.OVER_BUDGET, Cause.NO_REPLY, Cause.NOT_RTSP, Cause.BAD_REPLY}


async def test_answers_nobody_takes_do_not_keep_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    usual = loop.create_connection

    async def narrow(*arguments: Any, **options: Any) -> Any:
        transport, protocol = await usual(*arguments, **options)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
        return transport, protocol

    monkeypatch.setattr(loop, "create_connection", narrow)
    question = b"OPTIONS * RTSP/1.0\r\nCSeq: " + b"7" * 8000 + b"\r\n\r\n"
    async with hostile(partial(deaf, question=question)) as cam:
        await attacked(cam.url)


# ---------------------------------------------------------------- packets


@pytest.mark.parametrize("codec", Codec)
async def test_a_key_frame_without_end_is_over_the_budget_or_never_whole(codec: Codec) -> None:
    async def endless(line: Line) -> None:
        await until_play(line, codec)
        piece = bytes(60_000)
        for number in count():
            if codec is Codec.MJPEG:
                head = min(number * len(piece), 0xFFFFFF).to_bytes(4, "big") + bytes((1, 60, 40, 22))
                sent = rtp(head + piece, number, 1, payload_type=26)
            else:
                parts = fragments(codec, max(units(coded(codec)[0]), key=len)[:9] + piece * 2, len(piece) - 9)
                sent = rtp(parts[0 if number == 0 else 1], number, 1)
            await line.stream([sent])

    async with hostile(endless) as cam:
        fetched = await attacked(cam.url)
    assert fetched.cause is Cause.OVER_BUDGET
    assert "key frame of more than" in fetched.detail


GAMES = {
    "sources-that-are-not-there": b"\x8f" + rtp(b"", 1)[1:],
    "an-extension-beyond-the-end": b"\x90" + rtp(b"\0\0\xff\xff", 1)[1:],
    "more-padding-than-bytes": b"\xa0" + rtp(b"\x65\xff", 1)[1:],
    "nothing-but-padding": b"\xa0" + rtp(b"\x01", 1)[1:],
    "an-empty-payload": rtp(b"", 1),
    "nothing": b"",
    "a-unit-of-zeros": rtp(bytes(60_000), 1),
    "start-codes-only": rtp(b"\x06" + b"\0\0\1" * 20_000, 1),
    "an-aggregate-of-aggregates": rtp(aggregate(Codec.H264, [aggregate(Codec.H264, [b"\x65\x88"])] * 99), 1),
    "sizes-beyond-the-end": rtp(b"\x78" + b"\xff\xff\x65" * 900, 1),
    "empty-units": rtp(b"\x78" + b"\0\0" * 30_000, 1),
    "fragments-of-fragments": rtp(b"\x7c\xdc" + b"\x7c\xdc" * 900, 1),
    "an-endless-announcement": rtp(b"\x06" + b"\xff" * 60_000, 1),
    "tiny-slices": rtp(aggregate(Codec.H264, [b"\x65\x88"] * 1000), 1),
}


FLOODS = {name: packet for name, packet in GAMES.items() if len(packet) > 100}  # what costs us most


@pytest.mark.parametrize("packet", FLOODS.values(), ids=FLOODS)
async def test_floods_of_packets_end_in_time(packet: bytes) -> None:
    async with hostile(playing(Codec.H264, framed([packet] * 20))) as cam:
        fetched = await attacked(cam.url, limits=SMALL)
    assert fetched.cause in {Cause.OVER_BUDGET, Cause.NO_KEYFRAME, Cause.NO_MEDIA, Cause.PARAMETER_SETS_MISSING}


@pytest.mark.parametrize("packet", GAMES.values(), ids=GAMES)
async def test_games_with_packets_spoil_no_later_picture(packet: bytes) -> None:
    async def gambler(line: Line) -> None:
        await line.until_play()
        await line.stream([packet] * 3 + packets(Codec.H264, coded(Codec.H264), first=5))
        await line.until_teardown()

    async with hostile(gambler) as cam:
        assert (await attacked(cam.url)).cause is Cause.OK


async def test_packets_on_other_channels_are_counted_against_the_budget() -> None:
    flood = b"".join(framed(FOOTAGE[:9], channel) for channel in range(1, 256))
    async with hostile(playing(Codec.H264, flood)) as cam:
        assert (await attacked(cam.url)).cause in {Cause.OVER_BUDGET, Cause.NO_MEDIA}


@pytest.mark.parametrize("codec", Codec)
async def test_packets_byte_by_byte_do_not_stretch_the_limit(codec: Codec) -> None:
    async with hostile(playing(codec, framed([rtp(bytes(50), 1)]), by=drip)) as cam:
        assert (await attacked(cam.url)).cause in {Cause.NO_MEDIA, Cause.STREAM_STALLED, Cause.NO_KEYFRAME}


@pytest.mark.parametrize("size", ["65535,65535", "99999,99999", "0,0", "1,1"])
async def test_a_jpeg_of_an_absurd_size_is_a_key_frame_like_any_other(size: str) -> None:
    sent = [packet[:18] + b"\0\0" + packet[20:] for packet in jpeg_packets(jpeg(), quality=60)]
    async with hostile(playing(Codec.MJPEG, framed(sent), f"a=x-dimensions:{size}")) as cam:
        assert (await attacked(cam.url)).cause in {Cause.OK, Cause.NO_KEYFRAME, Cause.OVER_BUDGET}


async def test_a_device_that_never_lets_go_is_left() -> None:
    async def clinging(line: Line) -> None:
        await camera_without_end(line)

    async with hostile(clinging) as cam:
        assert (await attacked(cam.url)).cause is Cause.OK


async def camera_without_end(line: Line) -> None:
    """Send the picture, then questions for ever, and never hang up."""
    await line.until_play()
    await line.stream(FOOTAGE)
    await pour(line, b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n" * 100)


async def test_a_good_device_passes_the_same_measures() -> None:
    async with hostile(camera) as cam:
        assert (await attacked(cam.url)).cause is Cause.OK
