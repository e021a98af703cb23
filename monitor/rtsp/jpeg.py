"""JPEG in RTP (RFC 2435): the headers are left out on the way and rebuilt here into a complete file.

Decides whether a frame came whole. Must never hand out a frame with a hole nor hold more than the byte limit.

The marker bit ends a frame, but some senders set it on every packet. So it is believed behind a packet without one, or
behind the end marker of JPEG itself; else the frame waits for the next to begin, or for a long silence (``settle``).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from monitor.rtsp.depacketiser import Account, KeyFrameTooLarge
from monitor.rtsp.jpeg_tables import HUFFMAN_SEGMENTS, quantisation_tables
from monitor.rtsp.rtp import Buffer

KNOWN_TYPES = frozenset({0, 1})  # 4:2:2 and 4:2:0 (RFC 2435 §4.1)

_RESTARTS = 0x40  # beside the type: restart markers
_MAX_TABLES = 4  # of one frame that are read
_END = b"\xff\xd9"
# What cameras deliver beyond the 2040 pixels of the header, which holds eighths modulo 256. No smaller picture that
# cameras deliver looks like one of these in the header.
_LARGE = (
    (2048, 1536), (2304, 1296), (2304, 1728), (2560, 1440), (2560, 1600), (2560, 1920), (2560, 2048), (2592, 1520),
    (2592, 1944), (2688, 1520), (2880, 1620), (3072, 1728), (3072, 2048), (3200, 1800), (3264, 2448), (3840, 2160),
    (4000, 3000), (4096, 2160), (7680, 4320),
)  # fmt: skip
_GUESSED = {(width // 8 % 256, (height + 7) // 8 % 256): (width, height) for width, height in _LARGE}
_FRAME_HEADER = b"\xff\xc0\x00\x11\x08"  # start of frame, 17 bytes, 8 bits a sample


@dataclass(frozen=True, slots=True)
class _Header:
    """The JPEG header of the first packet of a frame."""

    kind: int
    quality: int
    width: int
    height: int
    restart_interval: int
    tables: tuple[bytes, ...]


class JpegDepacketiser:
    """RTP packets in order of arrival in, the first complete JPEG file out."""

    __slots__ = ("_data", "_header", "_limit", "_marked", "_size", "_tables", "_unmarked", "account", "timestamp")

    def __init__(self, size: tuple[int, int], limit: int) -> None:
        """``size`` is the description's width and height for frames too large for the header; 0 = unknown."""
        self.account = Account()
        self._size = size
        self._limit = limit
        self._tables: dict[int, tuple[bytes, ...]] = {}  # by quality: some devices send them only once
        self.timestamp = -1
        self._header: _Header | None = None
        self._data = bytearray()
        self._unmarked = False  # a packet of this frame came without the marker: the sender knows what it means
        self._marked = 0  # the bytes held when a doubtful marker came on the first packet

    def push(
        self, data: Buffer, start: int, stop: int, timestamp: int, marker: bool, lost: bool, extension: bytes = b""
    ) -> bytes | None:
        """Take one payload, ``lost`` when packets are missing before it; the file when it is complete."""
        done = None
        if lost:
            self._drop()
        if timestamp != self.timestamp or not any(data[start + 1 : start + 4]):  # the offset: a frame begins
            done = self._finish()
            self.timestamp, self._unmarked, self._marked = timestamp, False, 0
        if done is not None or stop - start < 8:
            return done
        first = not self._data
        self._take(memoryview(data)[start:stop], extension)
        if not marker:
            self._unmarked = True
        elif self._unmarked or self._data.endswith(_END):
            return self._finish()
        elif first:
            self._marked = len(self._data)
        return None

    def run(self, data: bytearray, before: int, start: int, end: int, sequence: int) -> tuple[int, int]:  # noqa: ARG002
        """None: each packet has a header of its own."""
        return start, 0

    @property
    def waiting(self) -> bool:
        """Whether a frame of one packet is held, as its marker says, but more of it may follow."""
        return 0 < self._marked == len(self._data)

    @property
    def empty(self) -> bool:
        """Never: every picture is a key frame."""
        return False

    def pause(self) -> None:
        """It says nothing."""

    def settle(self) -> bytes | None:
        """Nothing more will come: what ends with its only marker is whole."""
        return self._finish() if self.waiting else None

    def _take(self, payload: memoryview, extension: bytes) -> None:
        offset = int.from_bytes(payload[1:4], "big")
        at, interval = 8, 0
        if payload[4] & 0x40:
            interval, at = int.from_bytes(payload[8:10], "big"), 12
        if offset == 0:
            tables, at = self._read_tables(payload, at)
            self._data.clear()
            self._header = self._read_header(payload, extension, interval, tables)
        if self._header is None:
            return
        if offset != len(self._data):
            self._drop()
            return
        self._data += payload[at:]
        if len(self._data) > self._limit:
            raise KeyFrameTooLarge(self._limit)

    def _read_tables(self, payload: memoryview, at: int) -> tuple[tuple[bytes, ...], int]:
        """The quantisation tables of the frame, and where its data begins."""
        quality = payload[5]
        if quality < 128:
            return quantisation_tables(quality), at
        if at + 4 > len(payload):
            return (), at
        precision, length = payload[at + 1], int.from_bytes(payload[at + 2 : at + 4], "big")
        raw, at = bytes(payload[at + 4 : at + 4 + length]), at + 4 + length
        tables: list[bytes] = []
        while raw and len(tables) < _MAX_TABLES:
            size = 128 if precision >> len(tables) & 1 else 64
            tables.append(raw[:size])
            raw = raw[size:]
        if tables and all(len(table) in (64, 128) for table in tables):
            self._tables[quality] = tuple(tables[:2])
        return self._tables.get(quality, ()), at

    def _read_header(
        self, payload: memoryview, extension: bytes, interval: int, tables: tuple[bytes, ...]
    ) -> _Header | None:
        kind, quality, width, height = payload[4:8]
        self.account.types.add(kind & ~_RESTARTS)
        size = self._size if any(self._size) else _GUESSED.get((width, height), self._size)
        described = (_side(width, size[0]), _side(height, size[1]))
        width, height = _size_in_extension(extension) or described
        if kind & ~_RESTARTS not in KNOWN_TYPES:
            return None
        if not tables or not width or not height:
            self.account.undescribed += 1
            return None
        return _Header(kind & 0x3F, quality, width, height, interval, tables)

    def _drop(self) -> None:
        self.account.damaged += self._header is not None
        self._header = None
        self._data.clear()

    def _finish(self) -> bytes | None:
        if self._header is None or not self._data:
            return None
        ending = b"" if self._data.endswith(_END) else _END
        file = b"".join((_file_header(self._header), self._data, ending))
        self._header = None
        self._data.clear()
        return file


def _side(eighths: int, described: int) -> int:
    """Pixels of one side: the header holds eighths modulo 256, which the description may complete."""
    fits = eighths in (0, (described + 7) // 8 % 256)
    return described if fits and described else eighths * 8


def _size_in_extension(extension: bytes) -> tuple[int, int] | None:
    """Width and height from the start-of-frame segment some devices add (ONVIF Streaming, JPEG over RTP)."""
    at = extension.find(_FRAME_HEADER)
    if at < 0 or at + 9 > len(extension):
        return None
    height, width = struct.unpack_from("!HH", extension, at + 5)
    return width, height


def _file_header(header: _Header) -> bytes:
    """Everything before the entropy-coded data (RFC 2435 appendix B)."""
    segments = [b"\xff\xd8"]
    for number, table in enumerate(header.tables):
        precision = 0x10 if len(table) == 128 else 0
        segments.append(struct.pack("!HHB", 0xFFDB, 3 + len(table), precision | number) + table)
    if header.restart_interval:
        segments.append(struct.pack("!HHH", 0xFFDD, 4, header.restart_interval))
    sampling = 0x22 if header.kind else 0x21
    colour = len(header.tables) - 1  # one table serves all three components
    components = bytes((1, sampling, 0, 2, 0x11, colour, 3, 0x11, colour))
    segments.append(_FRAME_HEADER + struct.pack("!HHB", header.height, header.width, 3) + components)
    segments.append(HUFFMAN_SEGMENTS)
    segments.append(b"\xff\xda\x00\x0c\x03\x01\x00\x02\x11\x03\x11\x00\x3f\x00")
    return b"".join(segments)
