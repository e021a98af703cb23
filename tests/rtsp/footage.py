"""Real coded pictures and their RTP packets, for tests: PyAV and OpenCV code, the packets are made here."""

from __future__ import annotations

import re
import struct
from fractions import Fraction
from functools import cache

import av
import cv2
import numpy as np
import numpy.typing as npt

from monitor.model import Codec

_START_CODE = re.compile(rb"\x00{2,}\x01")


@cache
def picture(width: int, height: int, number: int = 0) -> av.VideoFrame:
    """A textured picture that moves a little with its number."""
    noise = np.random.default_rng(7).integers(0, 256, (height // 8, width // 8, 3), dtype=np.uint8)
    field = cv2.resize(np.roll(noise, number, axis=1), (width, height), interpolation=cv2.INTER_CUBIC)
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(field, dtype=np.uint8), format="bgr24")
    frame.pts = number
    return frame.reformat(format="yuv420p")


@cache
def coded(codec: Codec, width: int = 320, height: int = 176, frames: int = 3, options: str = "") -> tuple[bytes, ...]:
    """Access units in Annex B with in-band parameter sets; the first holds a key frame."""
    name, parameters = ("libx264", "x264-params") if codec is Codec.H264 else ("libx265", "x265-params")
    encoder = av.CodecContext.create(name, "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.framerate, encoder.time_base = Fraction(25), Fraction(1, 25)
    quiet = "log-level=none" if codec is Codec.H265 else "force-cfr=1"
    encoder.options = {"preset": "ultrafast", "tune": "zerolatency", parameters: f"repeat-headers=1:{quiet}{options}"}
    packets = [packet for number in range(frames) for packet in encoder.encode(picture(width, height, number))]
    packets += encoder.encode(None)
    return tuple(bytes(packet) for packet in packets)


def units(access_unit: bytes) -> list[bytes]:
    """The NAL units of an access unit."""
    return [unit for unit in _START_CODE.split(access_unit) if unit]


def decoded(codec: Codec, data: bytes) -> npt.NDArray[np.uint8]:
    """The grey picture a decoder makes of one key frame."""
    name = {Codec.H264: "h264", Codec.H265: "hevc", Codec.MJPEG: "mjpeg"}[codec]
    decoder = av.CodecContext.create(name, "r")
    assert isinstance(decoder, av.VideoCodecContext)
    frames = [*decoder.decode(av.Packet(data)), *decoder.decode(None)]
    return np.asarray(frames[0].to_ndarray(format="gray"), dtype=np.uint8)


def rtp(
    payload: bytes, sequence: int, timestamp: int = 0, *, marker: bool = False, payload_type: int = 96, ssrc: int = 7
) -> bytes:
    """One RTP packet."""
    kind = payload_type | (0x80 if marker else 0)
    return struct.pack("!BBHII", 0x80, kind, sequence & 0xFFFF, timestamp, ssrc) + payload


def interleaved(sent: list[bytes], channel: int = 0) -> bytes:
    """Packets as they stand on a connection."""
    return b"".join(bytes((0x24, channel)) + len(one).to_bytes(2, "big") + one for one in sent)


def aggregate(codec: Codec, parts: list[bytes]) -> bytes:
    """A STAP-A or an aggregation packet of several units."""
    head = b"\x78" if codec is Codec.H264 else b"\x60\x01"
    return head + b"".join(struct.pack("!H", len(part)) + part for part in parts)


def fragments(codec: Codec, unit: bytes, size: int) -> list[bytes]:
    """The pieces of one unit as FU payloads."""
    header = 1 if codec is Codec.H264 else 2
    body = unit[header:]
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    made = []
    for number, piece in enumerate(pieces):
        flags = (0x80 if number == 0 else 0) | (0x40 if number == len(pieces) - 1 else 0)
        if codec is Codec.H264:
            made.append(bytes((unit[0] & 0xE0 | 28, flags | unit[0] & 0x1F)) + piece)
        else:
            made.append(bytes((unit[0] & 0x81 | 49 << 1, unit[1], flags | unit[0] >> 1 & 0x3F)) + piece)
    return made


def payloads(codec: Codec, access_unit: bytes, size: int = 400, *, together: bool = False) -> list[bytes]:
    """RTP payloads of an access unit: large units in pieces, small ones alone or ``together``."""
    made: list[bytes] = []
    small: list[bytes] = []
    for unit in units(access_unit):
        if len(unit) <= size:
            small.append(unit)
            continue
        made += [aggregate(codec, small)] if together and len(small) > 1 else small
        made += fragments(codec, unit, size)
        small = []
    return made + small


def packets(
    codec: Codec, access_units: tuple[bytes, ...], size: int = 400, *, together: bool = False, first: int = 65530
) -> list[bytes]:
    """RTP packets of several access units; the sequence numbers run over the top on the way."""
    made: list[bytes] = []
    for number, access_unit in enumerate(access_units):
        parts = payloads(codec, access_unit, size, together=together)
        made += [
            rtp(part, first + len(made) + at, 3600 * (number + 1), marker=at == len(parts) - 1)
            for at, part in enumerate(parts)
        ]
    return made


@cache
def jpeg(width: int = 320, height: int = 176, quality: int = 60, restart: int = 0, sampling: int = 0x221111) -> bytes:
    """A JPEG file with the standard tables; ``sampling`` as OpenCV names it, 4:2:0 or 4:2:2."""
    shown = picture(width, height).to_ndarray(format="bgr24")
    options = [
        cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_RST_INTERVAL, restart,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling,
    ]  # fmt: skip
    done, file = cv2.imencode(".jpg", shown, options)
    assert done
    return file.tobytes()


def jpeg_packets(file: bytes, *, quality: int, restart: int = 0, size: int = 400, tables: bool = True) -> list[bytes]:
    """RTP packets of a JPEG file (RFC 2435); a quality of 128 or more carries the tables, unless left out."""
    segments, data = jpeg_segments(file)
    frame = segments[0xC0][0]
    height, width = struct.unpack_from("!HH", frame, 1)
    kind = (1 if frame[7] == 0x22 else 0) | (64 if restart else 0)
    made: list[bytes] = []
    for offset in range(0, len(data), size):
        head = struct.pack("!I", offset) + bytes((kind, quality, width // 8 % 256, height // 8 % 256))
        if restart:
            head += struct.pack("!HH", restart, 0xFFFF)
        if quality >= 128 and offset == 0:
            raw = b"".join(table[1:] for table in segments[0xDB]) if tables else b""
            head += struct.pack("!BBH", 0, 0, len(raw)) + raw
        last = offset + size >= len(data)
        made.append(rtp(head + data[offset : offset + size], len(made), 90, marker=last, payload_type=26))
    return made


def jpeg_segments(file: bytes) -> tuple[dict[int, list[bytes]], bytes]:
    """The marker segments of a file, and its entropy-coded data."""
    segments: dict[int, list[bytes]] = {}
    at = 2
    while True:
        marker, length = struct.unpack_from("!xBH", file, at)
        segments.setdefault(marker, []).append(file[at + 4 : at + 2 + length])
        at += 2 + length
        if marker == 0xDA:
            return segments, file[at:-2]
