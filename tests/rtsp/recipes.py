"""Footage by name, for the ``$`` lines of the transcripts: pictures really coded, packets bent as devices bend them.

``packets h264 marker=never lose=3`` is a recipe: a codec and what is odd about it. See tests/data/rtsp/README.md.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache

from monitor.model import Codec
from tests.rtsp.footage import aggregate, coded, fragments, jpeg, jpeg_packets, rtp, units

SIZE = 200  # bytes of a payload: small, so that small pictures have many packets


@cache
def access_units(codec: Codec, slices: int = 1) -> tuple[bytes, ...]:
    """Three coded pictures of 64 x 64, the first one a key frame."""
    return coded(codec, 64, 64, 3, f":slices={slices}" if slices > 1 else "")


def type_of(codec: Codec, unit: bytes) -> int:
    return unit[0] & 31 if codec is Codec.H264 else unit[0] >> 1 & 63


def is_slice(codec: Codec, unit: bytes) -> bool:
    return type_of(codec, unit) in ({1, 5} if codec is Codec.H264 else range(32))


def parameter_sets(codec: Codec) -> list[bytes]:
    """Those of the footage, in the order of the stream."""
    wanted = {7, 8} if codec is Codec.H264 else {32, 33, 34}
    return [unit for unit in units(access_units(codec)[0]) if type_of(codec, unit) in wanted]


def slice_data(codec: Codec, annex_b: bytes) -> list[bytes]:
    """The slices of a picture, without their headers, whose type may be told differently on the way."""
    if codec is Codec.MJPEG:
        return []
    header = 1 if codec is Codec.H264 else 2
    return [unit[header:] for unit in units(annex_b) if is_slice(codec, unit)]


@dataclass(frozen=True, slots=True)
class Recipe:
    """One ``packets`` line, understood."""

    codec: Codec
    channel: int = 0
    payload_type: int = 96
    marker: str = "last"  # last, never, every-unit, every-slice, parameter-sets
    sets: str = "in-band"  # in-band, none, aggregated, annex-b, trailing
    units: str = "plain"  # plain, annex-b
    fragment: str = "plain"  # plain, several, whole, empty, reserved, type-change, no-end
    kind: str = "idr"  # idr, recovery, recovery-unannounced, cra, inter
    padding: int = 0  # zero bytes behind the units of an aggregation packet
    slices: int = 1
    lose: int = -1  # the number of a packet that never comes
    repeat: int = -1  # the number of a packet that comes twice
    first: int = 1  # sequence number
    times: int = 1
    quality: int = 60
    restart: int = 0
    tables: str = "every"  # every, once
    width: int = 64
    height: int = 64
    size_in: str = "header"  # header, extension, nowhere


def understood(words: list[str]) -> Recipe:
    """Read the codec and the odd things after it; raises for a word nobody knows."""
    values: dict[str, object] = {}
    for word in words[1:]:
        name, _, value = word.partition("=")
        name = name.replace("-", "_")
        values[name] = int(value) if isinstance(getattr(Recipe(Codec.H264), name), int) else value
    return Recipe(Codec(words[0]), **values)  # type: ignore[arg-type]


@cache
def made(recipe: Recipe) -> tuple[bytes, ...]:
    """The packets of a recipe."""
    found = _jpeg(recipe) if recipe.codec is Codec.MJPEG else _nal(recipe)
    if recipe.repeat >= 0:
        found.insert(recipe.repeat, found[recipe.repeat])
    return tuple(packet for number, packet in enumerate(found) if number != recipe.lose)


def _pictures(recipe: Recipe) -> list[list[bytes]]:
    """The units of each picture, odd ones among them."""
    pictures = [units(unit) for unit in access_units(recipe.codec, slices=recipe.slices)]
    if recipe.sets == "none" or recipe.kind == "inter":
        pictures = [[unit for unit in picture if is_slice(recipe.codec, unit)] for picture in pictures]
    if recipe.sets == "trailing":
        pictures[0] = [unit + b"\0\0\0" if type_of(recipe.codec, unit) == 7 else unit for unit in pictures[0]]
    if recipe.kind == "inter":
        return pictures[1:]
    if recipe.kind.startswith("recovery"):
        pictures[0] = _as_recovery_point(pictures[0], announced=recipe.kind == "recovery")
    if recipe.kind == "cra":
        pictures[0] = [bytes((21 << 1, 1)) + unit[2:] if is_slice(recipe.codec, unit) else unit for unit in pictures[0]]
    return pictures


def _as_recovery_point(picture: list[bytes], *, announced: bool) -> list[bytes]:
    """The key frame's slices as non-IDR ones (their idr_pic_id stays: no decoder looks here), after an SEI."""
    without_sei = [unit for unit in picture if unit[0] & 31 != 6]
    at = next(number for number, unit in enumerate(without_sei) if unit[0] & 31 == 5)
    turned = [unit if unit[0] & 31 != 5 else bytes((unit[0] & 0xE0 | 1,)) + unit[1:] for unit in without_sei]
    return [*turned[:at], *([b"\x06\x06\x01\xc4\x80"] if announced else []), *turned[at:]]


def _payloads(recipe: Recipe, picture: list[bytes]) -> list[tuple[bytes, bool]]:
    """Each payload, and whether it ends a unit that holds a slice."""
    codec = recipe.codec
    if recipe.units == "annex-b":
        return [(b"\0\0\0\1".join(picture), True)]
    if recipe.fragment == "several":
        pieces = fragments(codec, b"\0\0\0\1".join(picture), SIZE)
        return [(piece, piece is pieces[-1]) for piece in pieces]
    small = [unit for unit in picture if not is_slice(codec, unit)]
    found: list[tuple[bytes, bool]] = []
    if recipe.sets == "aggregated" and small:
        found.append((aggregate(codec, small) + bytes(recipe.padding), False))
    elif recipe.sets == "annex-b" and small:
        found.append((b"\0\0\0\1".join(small), False))
    else:
        found += [(unit, False) for unit in small]
    for unit in (unit for unit in picture if is_slice(codec, unit)):
        found += _slice_payloads(recipe, unit)
    return found


def _slice_payloads(recipe: Recipe, unit: bytes) -> list[tuple[bytes, bool]]:
    if len(unit) <= SIZE and recipe.fragment != "whole":
        return [(unit, True)]
    pieces = fragments(recipe.codec, unit, len(unit) if recipe.fragment == "whole" else SIZE)
    at = 1 if recipe.codec is Codec.H264 else 2

    def flip(piece: bytes, mask: int) -> bytes:
        return piece[:at] + bytes((piece[at] ^ mask,)) + piece[at + 1 :]

    match recipe.fragment:
        case "empty":
            pieces.insert(1, pieces[1][: at + 1])
        case "reserved":
            pieces = [flip(piece, 0x20) for piece in pieces]
        case "type-change":
            pieces[1:] = [flip(piece, 0x04) for piece in pieces[1:]]
        case "no-end":
            pieces[-1] = flip(pieces[-1], 0x40)
        case "plain" | "whole":
            pass
        case other:
            raise ValueError(other)
    return [(piece, piece is pieces[-1]) for piece in pieces]


def _nal(recipe: Recipe) -> list[bytes]:
    found: list[bytes] = []
    for number, picture in enumerate(_pictures(recipe) * recipe.times):
        parts = _payloads(recipe, picture)
        for at, (payload, ends_slice) in enumerate(parts):
            last = at == len(parts) - 1
            marker = {
                "last": last,
                "never": False,
                "every-slice": ends_slice,
                "every-unit": True,
                "parameter-sets": last or not is_slice_payload(recipe.codec, payload),
            }[recipe.marker]
            kind = recipe.payload_type
            found.append(rtp(payload, recipe.first + len(found), 3600 * (number + 1), marker=marker, payload_type=kind))
    return found


def is_slice_payload(codec: Codec, payload: bytes) -> bool:
    """Whether a payload is a slice or a piece of one."""
    return is_slice(codec, payload) or type_of(codec, payload) in (28, 49)


def _jpeg(recipe: Recipe) -> list[bytes]:
    """Two frames, so that the second shows whether the first one's tables were kept."""
    found: list[bytes] = []
    for frame in range(2):
        file = jpeg(64, 64, recipe.quality if recipe.quality < 128 else 60, recipe.restart)
        with_tables = recipe.tables == "every" or frame == 0
        packets = jpeg_packets(file, quality=recipe.quality, restart=recipe.restart, size=SIZE, tables=with_tables)
        if recipe.tables == "once" and frame == 0:
            del packets[1]  # this frame has a hole: only its tables are of use
        for packet in packets:
            found.append(_renumbered(packet, recipe, len(found), frame))
    return found


def _renumbered(packet: bytes, recipe: Recipe, number: int, frame: int) -> bytes:
    marker = {"last": packet[1] & 0x80, "never": 0, "every-unit": 0x80}[recipe.marker]
    kind, payload = marker | recipe.payload_type, packet[12:]
    extension, flags = b"", 0x80
    if recipe.size_in != "header":
        payload = payload[:6] + bytes(2) + payload[8:]
    if recipe.size_in == "extension" and payload[1:4] == bytes(3):
        body = b"\xff\xc0\x00\x11\x08" + struct.pack("!HH", recipe.height, recipe.width) + b"\x03" + bytes(2)
        extension, flags = struct.pack("!HH", 0xFFD8, len(body) // 4) + body, 0x90
    return struct.pack("!BBHII", flags, kind, number, 3600 * (frame + 1), 7) + extension + payload


def rtcp() -> bytes:
    """A sender report."""
    return struct.pack("!BBHI", 0x80, 200, 6, 7) + bytes(20)
