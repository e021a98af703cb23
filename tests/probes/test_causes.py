"""Every cause a probe can end with, reached over a real socket by a device that behaves so."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
import pytest

from monitor.clock import SystemClock
from monitor.model import Ask, Camera, Cause, Codec, Credentials, Look, Secret, Site, SiteCategory
from monitor.probes.camera import CameraProber
from monitor.probes.decoders import Decoders
from monitor.probes.rtsp import RtspLimits
from tests.addresses import free_port
from tests.probes.device import SDP, Line, Script, camera, device
from tests.rtsp.footage import coded, jpeg_packets, packets, payloads, rtp, units

PERSON = Credentials("admin", Secret("open sesame"))
DIGEST = 'WWW-Authenticate: Digest realm="cam", nonce="{}"'
MOMENT = timedelta(milliseconds=150)
QUICK = RtspLimits(connect=3 * MOMENT, reply=MOMENT, first_rtp=MOMENT, keyframe=2 * MOMENT)
TRACK = ("Session: 12345678", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1")
FOOTAGE = packets(Codec.H264, coded(Codec.H264))
RTCP = b"\x80\xc8" + bytes(26)
SITE = Site("s", "bridge", SiteCategory.WATER, "village", "town", "county")


# ---------------------------------------------------------------- how devices behave


def says(*statuses: str, fields: tuple[str, ...] = ()) -> Script:
    """Answer the first requests like this, then wait."""

    async def script(line: Line) -> None:
        for status in statuses:
            await line.answer(status, *fields)
        await line.until_closed()

    return script


def writes(data: bytes) -> Script:
    """Send this whatever was asked, then close."""

    async def script(line: Line) -> None:
        await line.reader.read(10)
        line.writer.write(data)

    return script


def describes(sdp: bytes, *then: str) -> Script:
    """Describe the stream so, answer what follows like this, then wait."""

    async def script(line: Line) -> None:
        await line.answer(body=sdp)
        for status in then:
            await line.answer(status, *(TRACK if status.startswith("200") else ()))
        await line.until_teardown()

    return script


def streams(*sent: tuple[int, list[bytes]], sdp: bytes = SDP, close: bool = False) -> Script:
    """Play, and send these packets on these channels."""

    async def script(line: Line) -> None:
        await line.answer(body=sdp)
        await line.answer("200 OK", *TRACK)
        await line.answer("200 OK")
        for channel, some in sent:
            await line.stream(some, channel)
        if not close:
            await line.until_teardown()

    return script


def asks_for_credentials(*challenges: str, then: str = "401 Unauthorized") -> Script:
    """Challenge the first request so, and refuse the next ones with the other challenges."""

    async def script(line: Line) -> None:
        await line.answer("401 Unauthorized", challenges[0])
        for challenge in challenges[1:]:
            await line.answer(then, challenge)
        await line.until_closed()

    return script


async def silent(line: Line) -> None:
    await line.until_closed()


async def closes(line: Line) -> None:
    await line.read()


async def resets(line: Line) -> None:
    await line.read()
    line.writer.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    line.writer.transport.abort()


async def closes_later(line: Line) -> None:
    await line.answer(body=SDP)
    await line.answer("200 OK", "Session: 1", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1")
    await line.read()


async def locked(line: Line) -> None:
    await line.answer("401 Unauthorized", DIGEST.format(1), body=b"The account is locked, try again in 30 minutes")
    await line.until_closed()


async def tunnels(line: Line) -> None:
    asked = await line.reader.readuntil(b"\r\n\r\n")
    tunnel = asked.startswith(b"GET ")
    kind = b"200 OK\r\nContent-Type: application/x-rtsp-tunnelled" if tunnel else b"405 Method Not Allowed"
    line.writer.write(b"HTTP/1.0 " + kind + b"\r\n\r\n")
    await line.until_closed()


async def turns_in_circles(line: Line) -> None:
    host, port = line.writer.get_extra_info("sockname")
    await line.answer("302 Moved", f"Location: rtsp://{host}:{port}/cam")
    await line.until_closed()


async def sends_no_datagrams(line: Line) -> None:
    await line.answer(body=SDP)
    await line.answer("461 Unsupported Transport")
    setup = await line.read()
    await line.reply("200 OK", TRACK[0], f"Transport: {setup.headers.get('Transport')};server_port=9-10")
    await line.answer()
    await line.until_teardown()


def keeps_sending(part: Callable[[int], list[bytes]]) -> Script:
    """Play, and send part after part: each is made from the sequence number it begins with."""

    async def script(line: Line) -> None:
        await line.until_play()
        for number in range(60):
            await line.stream(part(100 * number))
            await asyncio.sleep(0.01)
        await line.until_teardown()

    return script


def inter_pictures(first: int) -> list[bytes]:
    return packets(Codec.H264, coded(Codec.H264)[1:], first=first)


def with_a_hole(first: int) -> list[bytes]:
    sent = packets(Codec.H264, coded(Codec.H264), first=first)
    return sent[:9] + sent[10:]


def without_parameter_sets(first: int) -> list[bytes]:
    parts = [part for part in payloads(Codec.H264, coded(Codec.H264)[0]) if part[0] & 31 not in (6, 7, 8)]
    return [rtp(part, first + number, first, marker=part is parts[-1]) for number, part in enumerate(parts)]


def nonsense(kept: int) -> list[bytes]:
    """A key frame whose slice is nonsense behind its first bytes: a picture is made up where its header is kept."""
    made = [unit if unit[0] & 31 != 5 else unit[:kept] + b"\xff" * 300 for unit in units(coded(Codec.H264)[0])]
    return [rtp(unit, number, 1, marker=unit is made[-1]) for number, unit in enumerate(made)]


def flat(*colour: int) -> Script:
    """Show nothing but this colour (blue, green, red)."""
    shown = np.full((176, 320, 3), colour, dtype=np.uint8)
    _, file = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, 60])
    return streams((0, jpeg_packets(file.tobytes(), quality=60)), sdp=b"m=video 0 RTP/AVP 26\r\n")


# ---------------------------------------------------------------- the table


@dataclass(frozen=True, slots=True)
class Case:
    """A device, and what the inventory says of it."""

    script: Script = camera
    credentials: Credentials | None = None
    limits: RtspLimits = QUICK
    url: Callable[[str], str] = str  # (the address of the device) -> that of the inventory


SECURE = SDP.replace(b"RTP/AVP 96", b"RTP/SAVP 96")
CASES: dict[Cause, Case] = {
    Cause.OK: Case(),
    Cause.DNS_FAILED: Case(url=lambda _: "rtsp://no-such-host.invalid/cam"),
    Cause.TCP_REFUSED: Case(url=lambda _: f"rtsp://127.0.0.1:{free_port()}/cam"),
    Cause.TLS_FAILED: Case(writes(b"RTSP/1.0 400 Bad Request\r\n\r\n"), url=lambda url: url.replace("rtsp:", "rtsps:")),
    Cause.EMPTY_REPLY: Case(closes),
    Cause.CONNECTION_RESET: Case(resets),
    Cause.CONNECTION_CLOSED: Case(closes_later),
    Cause.NO_REPLY: Case(silent),
    Cause.NOT_RTSP: Case(writes(b"SSH-2.0-dropbear\r\n")),
    Cause.TLS_EXPECTED: Case(writes(b"\x15\x03\x01\x00\x02\x02\x46")),
    Cause.HTTP_TUNNEL_ONLY: Case(tunnels),
    Cause.BAD_REPLY: Case(writes(b"RTSP/1.0 nonsense\r\n\r\n")),
    Cause.PATH_NOT_FOUND: Case(says("404 Not Found")),
    Cause.REQUEST_REFUSED: Case(says("400 Bad Request", "200 OK", "400 Bad Request")),
    Cause.SDP_REFUSED: Case(says("406 Not Acceptable")),
    Cause.OPTION_UNSUPPORTED: Case(says("551 Option not supported", "200 OK", "551 Option not supported")),
    Cause.SERVER_ERROR: Case(says("500 Internal Server Error")),
    Cause.REDIRECT_LOOP: Case(turns_in_circles),
    Cause.REDIRECT_NOWHERE: Case(says("302 Moved")),
    Cause.SDP_UNUSABLE: Case(describes(b"<html>")),
    Cause.NO_VIDEO_TRACK: Case(describes(b"m=audio 0 RTP/AVP 8\r\n")),
    Cause.CODEC_UNSUPPORTED: Case(describes(SDP.replace(b"H264", b"VP9"))),
    Cause.STREAM_ENCRYPTED: Case(describes(SECURE)),
    Cause.TRANSPORT_REFUSED: Case(describes(SDP, "461 Unsupported Transport", "461 Unsupported Transport")),
    Cause.TRACK_NOT_FOUND: Case(describes(SDP, "404 Not Found")),
    Cause.SETUP_REFUSED: Case(describes(SDP, "412 Precondition Failed")),
    Cause.PLAY_REFUSED: Case(describes(SDP, "200 OK", "405 Method Not Allowed")),
    Cause.SESSION_LOST: Case(describes(SDP, "200 OK", "455 Method Not Valid in This State")),
    Cause.AGGREGATE_REFUSED: Case(describes(SDP, "200 OK", "460 Only Aggregate", "459 Not Aggregate")),
    Cause.NO_MEDIA: Case(streams()),
    Cause.NO_DATAGRAMS: Case(sends_no_datagrams),
    Cause.OTHER_MEDIA_ONLY: Case(streams((2, FOOTAGE[:3]))),
    Cause.RTCP_ONLY: Case(streams((1, [RTCP]))),
    Cause.STREAM_STALLED: Case(streams((0, inter_pictures(0)))),
    Cause.NO_KEYFRAME: Case(keeps_sending(inter_pictures)),
    Cause.PARAMETER_SETS_MISSING: Case(keeps_sending(without_parameter_sets)),
    Cause.STREAM_DAMAGED: Case(keeps_sending(with_a_hole)),
    Cause.OVER_BUDGET: Case(keeps_sending(without_parameter_sets), limits=RtspLimits(max_bytes=3000)),
    Cause.DECODE_FAILED: Case(streams((0, nonsense(1)))),
    Cause.PICTURE_CORRUPT: Case(streams((0, nonsense(4)))),
    Cause.PICTURE_BLACK: Case(flat(0, 0, 0)),
    Cause.PICTURE_SINGLE_COLOUR: Case(flat(200, 0, 0)),
    Cause.CREDENTIALS_MISSING: Case(asks_for_credentials(DIGEST.format(1))),
    Cause.CREDENTIALS_REFUSED: Case(asks_for_credentials(DIGEST.format(1), DIGEST.format(2)), PERSON),
    Cause.CREDENTIALS_FORBIDDEN: Case(
        asks_for_credentials(DIGEST.format(1), "X-Why: channel", then="403 Forbidden"), PERSON
    ),
    Cause.ACCOUNT_LOCKED: Case(locked, PERSON),
    Cause.CHALLENGE_MISSING: Case(says("401 Unauthorized"), PERSON),
    Cause.AUTH_UNSUPPORTED: Case(asks_for_credentials("WWW-Authenticate: Negotiate"), PERSON),
    Cause.NONCE_LOOP: Case(
        asks_for_credentials(*(DIGEST.format(number) + ", stale=true" for number in range(3))), PERSON
    ),
    Cause.DEVICE_BUSY: Case(describes(SDP, "453 Not Enough Bandwidth")),
    Cause.NO_LOCAL_NETWORK: Case(url=lambda _: "rtsp://255.255.255.255/cam"),
    Cause.MONITOR_ERROR: Case(url=lambda _: "rtsp://127.0.0.1:0/cam"),
}
ELSEWHERE = {
    Cause.CERTIFICATE_REFUSED: "needs a certificate: tests/probes/test_rtsp.py makes one",
    Cause.TCP_TIMEOUT: "needs a host that swallows packets: tests/probes/test_rtsp.py fills a backlog for it",
    Cause.TCP_UNREACHABLE: "needs a router that says so: tests/probes/test_rtsp.py maps the error",
    **{
        cause: "needs a camera that is known: tests/picture makes each from planted faults"
        for cause in Cause
        if cause.value.startswith("picture_")
        and cause not in (Cause.PICTURE_BLACK, Cause.PICTURE_SINGLE_COLOUR, Cause.PICTURE_CORRUPT)
    },
    Cause.MONITOR_BLIND: "made by the engine, from the canaries",
    Cause.MONITOR_STOPPED: "made by the engine, from the record",
    Cause.NOT_WATCHED: "made by the rules of liveness, from the gap",
    Cause.NOT_YET_OBSERVED: "made by the rules of liveness, at the beginning",
    Cause.CLOCK_JUMPED: "made by the engine, from the clock",
    Cause.REMOVED_UNCONFIRMED: "made by the rules of liveness, from the inventory",
}


def test_every_cause_is_reached_here_or_says_where() -> None:
    assert set(CASES) | set(ELSEWHERE) == set(Cause)
    assert not set(CASES) & set(ELSEWHERE)


@pytest.fixture
def decoders() -> Iterator[Decoders]:
    with Decoders(1) as pool:
        yield pool


@pytest.mark.parametrize("cause", CASES, ids=lambda cause: cause.value)
async def test_a_device_that_behaves_so_ends_with_its_cause(cause: Cause, decoders: Decoders) -> None:
    case = CASES[cause]
    prober = CameraProber(case.limits, SystemClock(), decoders)
    async with device(case.script) as cam:
        watched = Camera("cam", "cam", SITE, "carrier", case.url(cam.url))
        ask = Ask(watched, datetime.now(UTC), credentials=case.credentials, look=Look.DEMANDED)
        result = await prober.probe(ask, lambda: None)
    assert result.cause is cause, f"{result.cause.value} at {result.stage}: {result.detail}"
    assert "sesame" not in repr(result)
