"""Cuts encoded frames into RTP payloads and tells how a session description names them.

Pure: bytes in, bytes out. RTP headers are not made here; they belong to a session.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator

from monitor.model import Codec

JPEG_SIDE = 2040  # pixels: the largest that the header of RFC 2435 has room for; 0 stands for a larger one
PAYLOAD_LIMIT = 1400  # bytes of one RTP payload: fits an Ethernet frame with every header around it

H264_SPS, H264_PPS, H264_STAP_A, H264_FU_A = 7, 8, 24, 28
H265_VPS, H265_SPS, H265_PPS, H265_AP, H265_FU = 32, 33, 34, 48, 49
H264_PICTURE = frozenset({1, 5, H264_SPS, H264_PPS})  # what a camera sends; SEI and delimiters are left out
H265_PICTURE = frozenset({*range(32), H265_VPS, H265_SPS, H265_PPS})


def payloads_of(codec: Codec, frame: bytes) -> tuple[bytes, ...]:
    """One encoded frame (Annex B or a JPEG file) as RTP payloads in sending order; the last one gets the marker."""
    match codec:
        case Codec.H264:
            return tuple(_h264_payloads(frame))
        case Codec.H265:
            return tuple(_h265_payloads(frame))
        case Codec.MJPEG:
            return tuple(_jpeg_payloads(frame))


def payload_type_of(codec: Codec) -> int:
    """The RTP payload type cameras use: dynamic for H.264 and H.265, static 26 for JPEG (RFC 3551)."""
    return 26 if codec is Codec.MJPEG else 96


def description_of(codec: Codec, key_frame: bytes) -> str:
    """The SDP attribute lines of the codec, each ended by CRLF; ``key_frame`` holds the parameter sets."""
    match codec:
        case Codec.H264:
            sets = {nal[0] & 0x1F: nal for nal in nal_units(key_frame)}
            sps, pps = sets[H264_SPS], sets[H264_PPS]
            return (
                "a=rtpmap:96 H264/90000\r\n"
                f"a=fmtp:96 packetization-mode=1;profile-level-id={sps[1:4].hex().upper()};"
                f"sprop-parameter-sets={_base64(sps)},{_base64(pps)}\r\n"
            )
        case Codec.H265:
            sets = {nal[0] >> 1 & 0x3F: nal for nal in nal_units(key_frame)}
            return (
                "a=rtpmap:96 H265/90000\r\n"
                f"a=fmtp:96 sprop-vps={_base64(sets[H265_VPS])};sprop-sps={_base64(sets[H265_SPS])};"
                f"sprop-pps={_base64(sets[H265_PPS])}\r\n"
            )
        case Codec.MJPEG:
            # Payload type 26 needs no rtpmap, and many cameras send none; nor a size, where the packets can tell it.
            width, height = _size_of(key_frame)
            return "" if max(width, height) <= JPEG_SIDE else f"a=x-dimensions:{width},{height}\r\n"


def nal_units(annex_b: bytes) -> Iterator[bytes]:
    """The NAL units of an Annex B stream, without start codes."""
    for part in annex_b.split(b"\x00\x00\x01"):
        nal = part.rstrip(b"\x00")  # the first byte of a four-byte start code ends the unit before it
        if nal:
            yield nal


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _h264_payloads(frame: bytes) -> Iterator[bytes]:
    """RFC 6184: parameter sets in one STAP-A, large units in FU-A."""
    nals = [nal for nal in nal_units(frame) if nal[0] & 0x1F in H264_PICTURE]
    sets = [nal for nal in nals if nal[0] & 0x1F in (H264_SPS, H264_PPS)]
    if sets:
        yield bytes([0x60 | H264_STAP_A]) + _sized(sets)
    for nal in nals:
        if nal in sets:
            continue
        if len(nal) <= PAYLOAD_LIMIT:
            yield nal
            continue
        indicator, kind = nal[0] & 0xE0 | H264_FU_A, nal[0] & 0x1F
        for flags, piece in _fragments(nal[1:], PAYLOAD_LIMIT - 2):
            yield bytes([indicator, flags | kind]) + piece


def _h265_payloads(frame: bytes) -> Iterator[bytes]:
    """RFC 7798: parameter sets in one aggregation packet, large units in FU."""
    nals = [nal for nal in nal_units(frame) if nal[0] >> 1 & 0x3F in H265_PICTURE]
    sets = [nal for nal in nals if nal[0] >> 1 & 0x3F >= H265_VPS]
    if sets:
        yield bytes([H265_AP << 1, 1]) + _sized(sets)
    for nal in nals:
        if nal in sets:
            continue
        if len(nal) <= PAYLOAD_LIMIT:
            yield nal
            continue
        header, kind = bytes([nal[0] & 0x81 | H265_FU << 1, nal[1]]), nal[0] >> 1 & 0x3F
        for flags, piece in _fragments(nal[2:], PAYLOAD_LIMIT - 3):
            yield header + bytes([flags | kind]) + piece


def _sized(nals: list[bytes]) -> bytes:
    return b"".join(struct.pack(">H", len(nal)) + nal for nal in nals)


def _fragments(data: bytes, size: int) -> Iterator[tuple[int, bytes]]:
    """Pieces of at most ``size`` bytes with their FU flags: 0x80 on the first, 0x40 on the last."""
    for at in range(0, len(data), size):
        start, end = at == 0, at + size >= len(data)
        yield 0x80 * start | 0x40 * end, data[at : at + size]


def _jpeg_payloads(jpeg: bytes) -> Iterator[bytes]:
    """RFC 2435 with the quantisation tables in band (Q = 255)."""
    tables: dict[int, bytes] = {}
    components: list[tuple[int, int]] = []  # (sampling factors, quantisation table) of Y, Cb, Cr
    width = height = 0
    at = 2  # after SOI
    while True:
        marker, length = struct.unpack_from(">HH", jpeg, at)
        body = jpeg[at + 4 : at + 2 + length]
        at += 2 + length
        assert marker != 0xFFDD, "restart intervals need another header (RFC 2435, 3.1.7)"
        if marker == 0xFFDB:
            tables |= {body[i] & 0x0F: body[i + 1 : i + 65] for i in range(0, len(body), 65)}
        elif marker == 0xFFC0:
            height, width = struct.unpack_from(">HH", body, 1)
            components = [(body[i + 1], body[i + 2]) for i in range(6, len(body), 3)]
        elif marker == 0xFFDA:
            break
    scan = jpeg[at:].removesuffix(b"\xff\xd9")
    (luma_sampling, luma_table), (_, chroma_table), _ = components
    quantisers = tables[luma_table] + tables[chroma_table]
    kind = {0x21: 0, 0x22: 1}[luma_sampling]  # 4:2:2 and 4:2:0, RFC 2435 section 4.1
    sides = [(side + 7) // 8 if side <= JPEG_SIDE else 0 for side in (width, height)]
    offset = 0
    while offset < len(scan):
        header = struct.pack(">B3sBBBB", 0, offset.to_bytes(3, "big"), kind, 255, *sides)
        if offset == 0:
            header += struct.pack(">BBH", 0, 0, len(quantisers)) + quantisers
        piece = scan[offset : offset + PAYLOAD_LIMIT - len(header)]
        yield header + piece
        offset += len(piece)


def _size_of(jpeg: bytes) -> tuple[int, int]:
    height, width = struct.unpack_from(">HH", jpeg, jpeg.index(b"\xff\xc0") + 5)
    return width, height
