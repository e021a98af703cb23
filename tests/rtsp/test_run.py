"""The fast way through the packets of a unit gives what the slow way gives, packet by packet, whatever comes."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.model import Codec
from monitor.rtsp.budget import Budget
from monitor.rtsp.connection import Connection
from monitor.rtsp.depacketiser import KeyFrameTooLarge
from monitor.rtsp.sdp import Track
from monitor.rtsp.video import Video

LIMIT = 1000  # bytes: some streams go beyond it
SETS = {Codec.H264: (b"\x67\1", b"\x68\1"), Codec.H265: (b"\x40\1\1", b"\x42\1\1", b"\x44\1\1")}
TYPES = {Codec.H264: (5, 1, 7, 8, 6), Codec.H265: (19, 1, 32, 33, 34)}


class PacketByPacket(Video):
    """Takes nothing the fast way."""

    __slots__ = ()

    def run(self, data: bytearray, before: int, start: int, end: int) -> int:
        return start


@dataclass(frozen=True)
class Packet:
    """One packet of a stream: a piece of a unit with the marks an honest sender gives it, and what is odd about it."""

    kind: int = 0  # which of the types of its codec
    flags: int = 0  # of the piece: its first and last
    body: bytes = b""
    single: bool = False  # a unit of its own, no piece
    channel: int = 0
    rtp: int = 0x80  # the flags of RTP
    payload_type: int = 96
    marker: bool = False
    source: int = 7
    jump: int = 1  # of the sequence number
    tick: int = 0  # of the timestamp

    def payload(self, codec: Codec) -> bytes:
        number = TYPES[codec][self.kind]
        whole = bytes((number << 1, 1)) if codec is Codec.H265 else bytes((0x60 | number,))
        if self.single:
            return whole + self.body
        piece = b"\x62\x01" if codec is Codec.H265 else b"\x7c"
        return piece + bytes((self.flags | number,)) + self.body


def interleaved(codec: Codec, stream: list[Packet], first: int) -> bytes:
    made, sequence, timestamp = bytearray(), first, 1
    for packet in stream:
        sequence, timestamp = sequence + packet.jump, timestamp + packet.tick
        kind = packet.payload_type | packet.marker << 7
        head = struct.pack("!BBHII", packet.rtp, kind, sequence & 0xFFFF, timestamp, packet.source)
        data = head + packet.payload(codec)
        made += struct.pack("!BBH", 0x24, packet.channel, len(data)) + data
    return bytes(made)


@dataclass
class Seen:
    """All that can be seen of what a stream came to."""

    frames: list[bytes] = field(default_factory=list)
    too_large: bool = False
    counts: tuple[object, ...] = ()


def played(video: Video, data: bytes, cut: int) -> Seen:
    connection, seen = Connection(Budget(10**9)), Seen()
    try:
        for at in range(0, len(data), cut):
            connection.receive_data(data[at : at + cut])
            while (frame := connection.packets(0, video)) is not None:
                seen.frames.append(frame.data)
            connection.next_event()
    except KeyFrameTooLarge:
        seen.too_large = True
        return seen
    seen.counts = (video.packets, video.lost, video.not_rtp, video.adopted, video.shortfall(silent=False))
    settled = video.settle()
    seen.frames += [settled.data] if settled is not None else []
    return seen


BODIES = st.binary(max_size=3) | st.sampled_from([b"\x80", b"\x05\x80", b"\x80" * 40])
FIRST, LAST = 0x80, 0x40
HONEST = st.builds(Packet, flags=st.sampled_from([0, 0, 0, 0, FIRST, LAST]), body=BODIES)
ODD = st.builds(
    Packet,
    kind=st.integers(0, 4),
    flags=st.sampled_from([0, FIRST, LAST, FIRST | LAST, 0x20]),
    body=BODIES,
    single=st.booleans(),
    channel=st.sampled_from([0, 0, 0, 1, 2]),
    rtp=st.sampled_from([0x80, 0x80, 0x80, 0x90, 0xA0, 0x81]),
    payload_type=st.sampled_from([96, 96, 96, 97]),
    marker=st.booleans(),
    source=st.sampled_from([7, 7, 7, 8]),
    jump=st.sampled_from([1, 1, 1, 0, 2, -1, -3]),
    tick=st.sampled_from([0, 0, 1]),
)
PASSED_OVER = st.builds(
    Packet,
    kind=st.just(1),
    flags=st.sampled_from([0, FIRST, LAST, FIRST | LAST]),
    body=BODIES,
    single=st.booleans(),
    marker=st.booleans(),
    tick=st.sampled_from([0, 0, 1]),
)
BEGINNING = Packet(flags=FIRST, body=b"\x80")
MIDDLE = Packet(body=b"\1")
END = Packet(flags=LAST, body=b"\2")


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([Codec.H264, Codec.H265]),
    st.lists(HONEST | HONEST | ODD, min_size=3, max_size=60)
    | st.lists(PASSED_OVER | PASSED_OVER | PASSED_OVER | ODD, min_size=3, max_size=60),
    st.sampled_from([0, 65530]),
    st.sampled_from([1, 7, 50, 5000]),
)
@example(Codec.H264, [BEGINNING, *[Packet(payload_type=97, body=b"\1")] * 3, END], 0, 5000)
@example(Codec.H264, [BEGINNING, Packet(marker=True, jump=0), *[Packet(marker=True)] * 3, BEGINNING, END], 0, 5000)
@example(Codec.H264, [BEGINNING, *[Packet(rtp=0xA0, body=b"\1\1\2")] * 3, END], 0, 5000)
@example(Codec.H264, [BEGINNING, Packet(jump=0, tick=1), MIDDLE, MIDDLE, END], 0, 5000)
def test_the_fast_way_is_the_same_as_packet_by_packet(codec: Codec, stream: list[Packet], first: int, cut: int) -> None:
    data = interleaved(codec, [*stream, Packet(single=True, kind=1, tick=1)], first)
    track = Track(codec, 96, parameter_sets=SETS[codec])
    fast, slow = Budget(10**9), Budget(10**9)
    assert played(Video(track, LIMIT, fast), data, cut) == played(PacketByPacket(track, LIMIT, slow), data, cut)


def test_a_packet_too_short_for_rtp_at_the_very_end_of_the_buffer_is_survived() -> None:
    connection, video = Connection(Budget(10**9)), Video(Track(Codec.H264, 96), LIMIT, Budget(10**9))
    begun = interleaved(Codec.H264, [BEGINNING, MIDDLE], 0)
    room = len(connection.room())
    connection.receive_data(begun + b"$\7" + struct.pack("!H", room - len(begun) - 8) + bytes(room - len(begun) - 8))
    connection.receive_data(b"$\0\0\0")
    assert connection.packets(0, video) is None
    assert (video.packets, video.not_rtp) == (2, 1)
