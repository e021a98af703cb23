"""RTP packets (RFC 3550 §5.1): where the payload is, and how many packets went missing before it.

Packets are read where they lie in a larger buffer; nothing is copied but the few bytes of an extension.
"""

from __future__ import annotations

import struct
from collections import deque
from typing import NamedTuple

Buffer = bytes | bytearray | memoryview

FIXED = struct.Struct("!BBHII")  # flags, marker and payload type, sequence number, timestamp, source
PLAIN = 0x80  # the flags of a packet with nothing beside its payload
_EXTENSION = struct.Struct("!HH")
# A jump further than this, forwards or backwards, is a sender that started its count again.
MAX_GAP = 3000
MAX_LATE = 32


class RtpPacket(NamedTuple):
    """One packet; its payload lies in ``[start, stop)`` of the buffer, without sources, extension and padding."""

    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    source: int  # SSRC: each source counts its own sequence
    start: int
    stop: int
    extension: bytes = b""


def parse(data: Buffer, start: int = 0, stop: int | None = None) -> RtpPacket | None:
    """Read the packet in ``[start, stop)``; None for no RTP: too short, another version, RTCP (RFC 5761 §4)."""
    stop = len(data) if stop is None else stop
    if stop - start < FIXED.size:
        return None
    flags, kind, sequence, timestamp, source = FIXED.unpack_from(data, start)
    if flags >> 6 != 2 or 200 <= kind <= 204:
        return None
    last = stop - 1
    start, extension = start + FIXED.size + 4 * (flags & 0x0F), b""
    if flags & 0x10:
        if start + 4 > stop:
            return None
        words = _EXTENSION.unpack_from(data, start)[1]
        extension = bytes(data[start + 4 : min(stop, start + 4 + 4 * words)])
        start += 4 + 4 * words
    if flags & 0x20:
        stop -= data[last]
    if start > stop:
        return None
    return RtpPacket(kind & 0x7F, kind > 0x7F, sequence, timestamp, source, start, stop, extension)


class SequenceCounter:
    """Tells lost packets from late ones by 16-bit sequence numbers."""

    __slots__ = ("_holes", "expected")

    def __init__(self) -> None:
        self.expected = -1  # the next number, if nothing is missing; -1 = any
        self._holes = deque[int](maxlen=MAX_LATE)  # the last numbers that never came, or bore something foreign

    def missing(self, sequence: int) -> int:
        """How many packets are missing before this one; negative for a packet that is late or came twice."""
        expected = self.expected
        if sequence == expected or expected < 0:
            self.expected = (sequence + 1) & 0xFFFF
            return 0
        gap = (sequence - expected) & 0xFFFF
        late = 0x10000 - gap
        if late <= MAX_LATE:
            return -late
        self.expected = (sequence + 1) & 0xFFFF
        if gap > MAX_GAP:
            return 1
        self._holes.extend((expected + number) & 0xFFFF for number in range(max(0, gap - MAX_LATE), gap))
        return gap

    def passes(self, sequence: int) -> None:
        """A packet of something foreign came; where it is counted with ours it fills a place, else it says nothing."""
        if sequence == self.expected:
            self.missing(sequence)
            self._holes.append(sequence)

    def came_before(self, late: int) -> bool:
        """Whether this late packet is the copy of one that came in its turn."""
        return late not in self._holes
