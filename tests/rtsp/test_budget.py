"""A flood of pieces costs no more than a flood of bytes: each attack ends after so many pieces, and in little time."""

from __future__ import annotations

import struct
import tracemalloc
from collections.abc import Callable
from itertools import count
from time import thread_time

import pytest

from monitor.model import Cause, Codec
from monitor.rtsp.actions import Finished
from monitor.rtsp.budget import Budget
from monitor.rtsp.depacketiser import KeyFrameTooLarge
from monitor.rtsp.fetch import KeyFrameFetch
from monitor.rtsp.sdp import Track
from monitor.rtsp.video import Video

LIMIT = 8_000_000  # bytes
READ = 64 * 1024
SDP = "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
PATIENCE = 1.0  # seconds of CPU on a slow machine that has other work; each attack took up to 5 s without a budget


def packet(
    number: int, payload: bytes, *, channel: int = 0, kind: int = 96, timestamp: int = 1, source: int = 7
) -> bytes:
    head = struct.pack("!BBHII", 0x80, kind, number & 0xFFFF, timestamp, source)
    return struct.pack("!BBH", 0x24, channel, len(head) + len(payload)) + head + payload


def begun(middle: Callable[[int], bytes], number: int) -> bytes:
    """A unit nobody waits for: its first piece, and middles without end."""
    return packet(0, b"\x7c\x81\x88") + b"".join(packet(at, middle(at)) for at in range(1, number))


def many(size: int, make: Callable[[int], bytes]) -> bytes:
    return b"".join(map(make, range(LIMIT // size)))


ATTACKS: dict[str, Callable[[], bytes]] = {
    "units of one byte in aggregates": lambda: many(60_000, lambda at: packet(at, b"\x78" + b"\0\1\x09" * 20_000)),
    "slices of two bytes in aggregates": lambda: many(
        60_000, lambda at: packet(at, b"\x78" + b"\0\2\x65\x80" * 15_000)
    ),
    "another source each": lambda: many(20, lambda at: packet(7 * at, b"\x41\0\0\0", timestamp=at, source=at)),
    "tiny units": lambda: many(20, lambda at: packet(at, b"\x41\0\0\0", timestamp=at)),
    "other payload types": lambda: many(20, lambda at: packet(at, b"\x41\0\0\0", timestamp=at, kind=at % 96)),
    "another channel": lambda: many(16, lambda at: packet(at, b"", channel=4)),
    "no RTP": lambda: many(4, lambda at: b"$\0\0\0"),
    "middles of one byte": lambda: begun(lambda _: b"\x7c\1\1", LIMIT // 19),
    "middles of two kinds": lambda: begun(lambda at: b"\x7c\1\1" if at % 2 else b"\x7c\x21\1", LIMIT // 19),
    "start codes inside": lambda: many(60_000, lambda at: packet(at, b"\6" + b"\0\0\1\6\5" * 12_000)),
    "parameter sets": lambda: many(
        56_000, lambda at: packet(at, b"\6" + b"".join(b"\0\0\1\x67" + struct.pack("!I", n) for n in range(7000)))
    ),
    "noise before each": lambda: many(18, lambda at: b"\r\n" + packet(at, b"", channel=4)),
}  # fmt: skip


INSIDE: dict[str, Callable[[], bytes]] = {
    "padding in aggregates": lambda: many(60_000, lambda at: packet(at, b"\x78" + b"\0\0" * 30_000)),
    "start codes inside a unit in pieces": lambda: begun(
        lambda at: bytes((0x7C, 0x46 if at % 30 == 29 else 0x86 if at % 30 == 0 else 6)) + b"\0\0\1\6\5" * 12_000,
        LIMIT // 60_000,
    ),
    "messages of three bytes in a unit": lambda: many(60_000, lambda at: packet(at, b"\6" + b"\0\1\1" * 20_000)),
    "a message of endless type": lambda: many(60_000, lambda at: packet(at, b"\6" + b"\xff" * 60_000)),
}  # fmt: skip


def playing() -> KeyFrameFetch:
    flow = KeyFrameFetch("rtsp://10.0.0.5/cam", None, cnonce=lambda: "c0ffee", max_bytes=LIMIT)
    flow.connected()
    for number, fields, body in ((1, "", SDP), (2, "Session: 7\r\n", ""), (3, "", "")):
        head = f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\n{fields}Content-Length: {len(body)}\r\n\r\n"
        flow.receive_data(head.encode() + body.encode())
    return flow


def flooded(data: bytes) -> tuple[Finished | None, float, KeyFrameFetch]:
    """What a flood comes to, the seconds of CPU it took, and the flow."""
    flow = playing()
    began = thread_time()
    for at in range(0, len(data), READ):
        for action in flow.receive_data(memoryview(data)[at : at + READ]):
            if isinstance(action, Finished):
                return action, thread_time() - began, flow
    return None, thread_time() - began, flow


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_flood_of_pieces_ends_long_before_as_many_bytes(attack: str) -> None:
    finished, spent, flow = flooded(ATTACKS[attack]())
    assert finished is not None
    assert (finished.ending.cause, flow.received_bytes < LIMIT / 2) == (Cause.OVER_BUDGET, True)
    assert "packets and units" in finished.ending.detail
    assert spent < PATIENCE


@pytest.mark.parametrize("attack", INSIDE)
def test_what_is_inside_one_unit_is_looked_at_up_to_a_point(attack: str) -> None:
    _, spent, _ = flooded(INSIDE[attack]())
    assert spent < PATIENCE / 3


def test_a_flood_of_large_packets_ends_by_its_bytes() -> None:
    finished, _, flow = flooded(many(1000, lambda at: packet(at, b"\x41" + bytes(1000), channel=4)))
    assert finished is not None
    assert finished.ending.detail == f"no key frame within {LIMIT} bytes"
    assert LIMIT < flow.received_bytes <= LIMIT + READ


@pytest.mark.parametrize("size", [1, 20, 1400])
def test_pieces_of_a_held_unit_are_held_within_the_limit(size: int) -> None:
    limit = 1_000_000
    video = Video(Track(Codec.H264, 96), limit, Budget(10**9))
    tracemalloc.start()
    try:
        pieces = (packet(at, (b"\x7c\5" if at else b"\x7c\x85\x88") + bytes(size))[4:] for at in count())
        with pytest.raises(KeyFrameTooLarge):
            all(video.push(piece) is None for piece in pieces)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 1.5 * limit
