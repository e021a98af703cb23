"""What hostile devices send: an enumeration of ways to hurt a client, and the bytes for each. Opens no connection."""

from __future__ import annotations

import re
import secrets
import struct
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from itertools import count, cycle

CHUNK = 64 * 1024  # bytes given out at once
PIECE = 1400  # bytes of one RTP payload
H264_SPS, H264_PPS, H264_IDR, H264_FU_A = 0x67, 0x68, 0x65, 28
HUGE = 15_872  # pixels of each side: close to 16k, and the largest square libavcodec does not refuse by itself
FOREIGN_CHANNEL = 7
BOMB = 7680, 4320  # pixels: the largest picture a client may well decode
BOMB_PARTS = 20  # 130 kB each: together they stay within the size of a key frame


class Hostility(StrEnum):
    """The closed list of ways to be hostile."""

    ENDLESS_HEADERS = "endless_headers"
    ENDLESS_BODY = "endless_body"  # announced as 4 GB
    DRIP = "drip"  # one byte a second
    ENDLESS_SDP = "endless_sdp"
    ENDLESS_KEY_FRAME = "endless_key_frame"
    HUGE_PICTURE = "huge_picture"  # 16k x 16k by its parameter sets, and a slice of it
    REDIRECT_LOOP = "redirect_loop"
    GARBAGE_FLOOD = "garbage_flood"
    NEVER_ANSWERS = "never_answers"
    FOREIGN_FLOOD = "foreign_flood"  # 64 kB frames on a channel nobody asked for
    RESETS = "resets"  # accepts, then resets
    RANDOM_RTP = "random_rtp"  # the right channel, random headers
    DECODE_BOMB = "decode_bomb"  # one slice of an 8K picture that hides more of the same, each all of the picture again
    TINY_UNITS = "tiny_units"  # aggregates of units of one byte, as fast as they are read
    TINY_PIECES = "tiny_pieces"  # a unit in pieces of one byte, as fast as they are read


def headers() -> Iterator[bytes]:
    """Header lines without end."""
    return cycle(((b"X-Filler: " + b"a" * 100 + b"\r\n") * 500,))


def filler() -> Iterator[bytes]:
    """A body without end."""
    return cycle((b"a" * CHUNK,))


def session_description() -> Iterator[bytes]:
    """Attribute lines without end."""
    return cycle(((b"a=filler:" + b"1" * 100 + b"\r\n") * 500,))


def garbage() -> Iterator[bytes]:
    """Random bytes without end."""
    while True:
        yield secrets.token_bytes(CHUNK)


def foreign_frames() -> Iterator[bytes]:
    """The largest interleaved frames there are, on a channel that was not set up."""
    return cycle((struct.pack(">BBH", 0x24, FOREIGN_CHANNEL, 0xFFFF) + bytes(0xFFFF),))


def random_packets(channel: int) -> Iterator[bytes]:
    """Frames on the video's channel with random bytes from the RTP header on, of random sizes up to 1.5 kB."""
    while True:
        noise = secrets.token_bytes(CHUNK)
        parts: list[bytes] = []
        at = 0
        while at < CHUNK - 2:
            size = int.from_bytes(noise[at : at + 2], "big") % 1500
            packet = noise[at + 2 : at + 2 + size]
            parts += (struct.pack(">BBH", 0x24, channel, len(packet)), packet)
            at += 2 + size
        yield b"".join(parts)


def endless_key_frame(channel: int) -> Iterator[bytes]:
    """Parameter sets, the first fragment of a key frame, and middle fragments without end (RFC 6184, 5.8)."""
    numbers = count()
    yield _packet(channel, next(numbers), _stap(sps(640, 352), PPS)) + _packet(
        channel, next(numbers), bytes([0x60 | H264_FU_A, 0x80 | 5]) + bytes([0x88]) * PIECE
    )
    middle = bytes([0x60 | H264_FU_A, 5]) + bytes([0x55]) * PIECE
    while True:
        yield b"".join(_packet(channel, next(numbers), middle) for _ in range(CHUNK // PIECE))


def huge_picture(channel: int) -> Iterator[bytes]:
    """A complete key frame whose parameter sets ask for 380 MB; then nothing."""
    slice_ = bytes([H264_IDR]) + _bits(_ue(0), _ue(7), _ue(0), "0000", _ue(0), "00", _ue(0)) + b"\x9a" * 600
    yield _packet(channel, 0, _stap(sps(HUGE, HUGE), PPS)) + _packet(channel, 1, slice_, marker=True)


def decode_bomb(channel: int) -> Iterator[bytes]:
    """A complete key frame that begins with an 8K picture in as few bits as it takes, and repeats it; then nothing."""
    unit = b"\0\0\1".join([flat_slice(*BOMB)] * BOMB_PARTS)
    pieces = [unit[at : at + PIECE] for at in range(1, len(unit), PIECE)]
    yield _packet(channel, 0, _stap(sps(*BOMB), PPS))
    for number, piece in enumerate(pieces, 1):
        last = number == len(pieces)
        flags = 0x80 * (number == 1) | 0x40 * last | 5
        yield _packet(channel, number, bytes([0x60 | H264_FU_A, flags]) + piece, marker=last)


def tiny_units(channel: int) -> Iterator[bytes]:
    """Aggregates (RFC 6184, 5.7) of as many units as go in."""
    payload = b"\x78" + b"\0\1\x09" * 20_000
    return (_packet(channel, number, payload) for number in count())


def tiny_pieces(channel: int) -> Iterator[bytes]:
    """A unit nobody waits for (RFC 6184, 5.8): its first piece, and middles of one byte without end."""
    yield _packet(channel, 0, bytes([0x60 | H264_FU_A, 0x81, 0x88]))
    middle = bytes([0x60 | H264_FU_A, 1, 0x55])
    for first in count(1, 1000):
        yield b"".join(_packet(channel, number, middle) for number in range(first, first + 1000))


@cache
def flat_slice(width: int, height: int) -> bytes:
    """One slice that is a whole grey picture: a byte for each macroblock, I_16x16 without a residue (H.264, 7.3.5)."""
    header = (_ue(0), _ue(7), _ue(0), "0000", _ue(0), "00", _ue(0))
    return bytes([H264_IDR]) + _bits(*header, (_ue(3) + "111") * (width // 16 * height // 16), "1")


def sps(width: int, height: int) -> bytes:
    """An H.264 sequence parameter set: Constrained Baseline, level 6.2 (H.264, 7.3.2.1.1); sides in 16s."""
    across, down = width // 16 - 1, height // 16 - 1
    body = _bits(_ue(0), _ue(0), _ue(2), _ue(1), "0", _ue(across), _ue(down), "1", "1", "0", "0", "1")
    return bytes([H264_SPS, 66, 0xC0, 62]) + body


def _bits(*fields: str) -> bytes:
    """Fields as bytes, the last one filled up with zeros, with emulation prevention (H.264, 7.4.1)."""
    text = "".join(fields)
    text += "0" * (-len(text) % 8)
    plain = int(text, 2).to_bytes(len(text) // 8, "big")
    return re.sub(rb"\x00\x00(?=[\x00-\x03])", b"\x00\x00\x03", plain)


def _ue(value: int) -> str:
    """Exp-Golomb (H.264, 9.1)."""
    binary = f"{value + 1:b}"
    return "0" * (len(binary) - 1) + binary


PPS = bytes([H264_PPS]) + _bits(*(_ue(0),) * 2, "00", *(_ue(0),) * 3, "000", *(_ue(0),) * 3, "000", "1")


def _stap(*nals: bytes) -> bytes:
    return b"\x78" + b"".join(struct.pack(">H", len(nal)) + nal for nal in nals)


def _packet(channel: int, number: int, payload: bytes, *, marker: bool = False) -> bytes:
    kind = 96 | 0x80 * marker
    head = struct.pack(">BBHBBHII", 0x24, channel, 12 + len(payload), 0x80, kind, number & 0xFFFF, 9000, 0x0BADCAFE)
    return head + payload
