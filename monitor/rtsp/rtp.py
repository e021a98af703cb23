"""RTP packets (RFC 3550 §5.1): where the payload is, and how many packets went missing before it."""

from __future__ import annotations

import struct
from typing import NamedTuple

_FIXED = struct.Struct("!BBHII")
_EXTENSION = struct.Struct("!HH")
# A jump further than this, forwards or backwards, is a sender that started its count again.
MAX_GAP = 3000
MAX_LATE = 32


class RtpPacket(NamedTuple):
    """One packet, without its header, contributing sources and padding."""

    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    source: int  # SSRC: each source counts its own sequence
    payload: bytes
    extension: bytes = b""


def parse(data: bytes) -> RtpPacket | None:
    """Read a packet; None for what is no RTP: too short, another version, or RTCP (RFC 5761 §4)."""
    if len(data) < 12:
        return None
    flags, kind, sequence, timestamp, source = _FIXED.unpack_from(data)
    if flags == 0x80 and not 200 <= kind <= 204:
        return RtpPacket(kind & 0x7F, kind > 0x7F, sequence, timestamp, source, data[12:])
    if flags >> 6 != 2 or 200 <= kind <= 204:
        return None
    start, stop, extension = 12 + 4 * (flags & 0x0F), len(data), b""
    if flags & 0x10:
        if start + 4 > stop:
            return None
        words = _EXTENSION.unpack_from(data, start)[1]
        extension = data[start + 4 : start + 4 + 4 * words]
        start += 4 + 4 * words
    if flags & 0x20:
        stop -= data[-1]
    if start > stop:
        return None
    return RtpPacket(kind & 0x7F, kind > 0x7F, sequence, timestamp, source, data[start:stop], extension)


class SequenceCounter:
    """Tells lost packets from late ones by 16-bit sequence numbers."""

    __slots__ = ("_expected",)

    def __init__(self) -> None:
        self._expected = -1

    def missing(self, sequence: int) -> int:
        """How many packets are missing before this one; negative for a packet that is late or came twice."""
        expected = self._expected
        if sequence == expected or expected < 0:
            self._expected = (sequence + 1) & 0xFFFF
            return 0
        gap = (sequence - expected) & 0xFFFF
        late = 0x10000 - gap
        if late <= MAX_LATE:
            return -late
        self._expected = (sequence + 1) & 0xFFFF
        return gap if gap <= MAX_GAP else 1
