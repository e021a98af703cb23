"""Every fuzz target by its name, with the seeds it starts from; nothing coded is kept in files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from monitor.model import Codec
from monitor.onvif.discovery import probe
from monitor.simulator.discovery import Persona
from tests.fuzz import device, parsers, pictures
from tests.rtsp.footage import coded, packets, rtp

RECORDINGS = Path(__file__).parent.parent / "data" / "rtsp"  # conversations with devices, as text

HEADS = (
    b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nSession: 77;timeout=60\r\nContent-Length: 5\r\n\r\nv=0\r\n",
    b"RTSP/1.0 302 Moved\r\nLocation: rtsp://a:b@[::1]:8554/x?y#z\r\n\r\n",
    b"SET_PARAMETER rtsp://x/ RTSP/1.0\r\nCSeq: 9\r\n folded\tline\r\n\r\n",
    b"HTTP/1.1 400 Bad Request\r\n\r\n",
    b"$\0\0\x10" + rtp(b"abcd", 7),
)


SETS = (
    b"m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 sprop-parameter-sets=Z0IA,aM4=\r\n",
    b"m=video 0 RTP/AVP 96\r\na=rtpmap:96 H265/90000\r\na=fmtp:96 sprop-vps=QAEM;sprop-sps=QgEB;sprop-pps=RAHB\r\n",
    b"m=video 0 RTP/AVP 96\r\na=rtpmap:96 H265/90000\r\na=fmtp:96 sprop-sps=AAAAAUIBAQ==,QgEC;sprop-max-don-diff=1\r\n",
)  # fmt: skip


def _conversations() -> Iterator[bytes]:
    """Decisions of ``tests.fuzz.device`` for good conversations in each codec, without and with credentials."""
    plain, setup = b"\0\0\0", b"\x08\0\2\0\1\0\0\0\0\0\0"  # no odd lines and no cuts; Session and Transport
    for stream in range(3):
        described = b"\x08\0\0\0\0" + bytes((stream + 1,)) + plain
        played = b"\x08\0\0\0\0\0" + plain
        pictures_sent = bytes((4, stream, 0, len(device.STREAMS[stream]) - 1, 0)) + b"\0\0"
        whole = described + setup + played + pictures_sent
        yield b"\x08" + whole
        yield b"\x09\x08\1\1\3\0\0\0" + plain + whole
        yield b"\x01\x08\2\1\6\0\0\0" + plain + b"\1" + whole
        yield from _by_datagrams(stream, described, played)
    yield from _in_http()


def _by_datagrams(stream: int, described: bytes, played: bytes) -> Iterator[bytes]:
    """Whole conversations over UDP; the datagrams in order, and some of them late."""
    listening, setup = b"\1", b"\x08\0\2\0\2\0\0\0\0\0\0"
    packets_sent = len(device.STREAMS[stream])
    first = bytes(2 if packets_sent > 256 else 1)
    for late in (b"\0", b"\3\5\2\x0c\7\x20\x14"):
        yield b"\x10" + described + listening + setup + played + b"\x0c" + bytes((stream,)) + first + late + bytes(3)


def _in_http() -> Iterator[bytes]:
    """A web server in the place of the device, asked whether it carries RTSP: it does, or not, or sends it away."""
    no_cuts, dialled = b"\0\0\0", b"\1"
    refused = b"\x0b\0\1\0" + no_cuts
    for answer in (b"\x0b\0\0\1\0", b"\x0b\1\0\1\1", b"\x0b\1\3\1\3", b"\x0b\0\2\1\4", b"\x0b\0\0\2\0\5"):
        yield b"\x09" + refused + dialled + answer + no_cuts


@dataclass(frozen=True, slots=True)
class Target:
    """What is fuzzed."""

    run: Callable[[bytes], None]  # raises for a finding, whatever it raises
    seeds: tuple[bytes, ...]
    max_bytes: int  # of one input


def _drawn(number: int, size: int) -> tuple[bytes, ...]:
    """Inputs that are nothing but decisions: drawn, the same each time."""
    drawn = Random(number)
    return tuple(drawn.randbytes(size) for _ in range(30))


def _pictures() -> Iterator[bytes]:
    """Decisions of ``tests.fuzz.pictures.depacketise`` for good packets in their order, without and with known sets."""
    for number, codec in enumerate(pictures.CODECS):
        width = 2 if len(pictures.stream(codec)) > 256 else 1
        for begins in range(0, len(pictures.stream(codec)), 40):
            places = range(begins, min(begins + 120, len(pictures.stream(codec))))
            sent = b"".join(b"\1" + at.to_bytes(width, "big") + b"\0\0\0\0" for at in places)
            yield from (bytes((number, described)) + sent for described in (0, 1))


def _recorded() -> Iterator[bytes]:
    if RECORDINGS.is_dir():
        for file in sorted(RECORDINGS.rglob("*.txt")):
            yield file.read_bytes()


def _announced() -> bytes:
    """What a simulated camera answers."""
    camera = Persona("192.0.2.1", "http://192.0.2.1/onvif/device_service", "Maker", "Model 1")
    question = probe(parsers.QUESTION)
    return camera.answer(question) or b""


def targets() -> dict[str, Target]:
    """All of them."""
    recorded = tuple(text[:4000] for text in _recorded())
    descriptions = (*device.DESCRIPTIONS, *SETS, b"a=x-dimensions:99999,1\r\n")
    challenges = tuple(field.partition(": ")[2].encode() for field in device.FIELDS if field.startswith("WWW-"))
    return {
        "conversation": Target(device.converse, (*_conversations(), *_drawn(1, 400)), 4096),
        "description": Target(parsers.describe, tuple(b"\0" + text for text in (*descriptions, *recorded)), 4096),
        "challenge": Target(parsers.challenge, (*challenges, b"|".join(challenges)), 2048),
        "head": Target(parsers.head, (*HEADS, *recorded), 4096),
        "frame": Target(parsers.frame, (*(b"\3\5\x20\x40" + head for head in HEADS), *recorded), 4096),
        "announcement": Target(parsers.announcement, (_announced(),), 8192),
        "url": Target(parsers.url, (b"rtsp://u:p@10.0.0.5:554/cam?x=1", b"rtsps://[fe80::1]/"), 512),
        "packet": Target(pictures.packet, tuple(packets(Codec.H264, coded(Codec.H264))[:5]), 256),
        "depacketiser": Target(pictures.depacketise, (*_pictures(), *_drawn(2, 300)), 2048),
        "whole": Target(pictures.whole, _drawn(4, 40), 64),
        "picture": Target(pictures.look, _drawn(3, 60), 512),
    }
