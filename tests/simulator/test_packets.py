from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Codec
from monitor.simulator.clips import ClipKey, Library
from monitor.simulator.packets import PAYLOAD_LIMIT, payloads_of
from monitor.simulator.scenes import Scene


def annex_b(*nals: bytes) -> bytes:
    return b"".join(b"\x00\x00\x00\x01" + nal for nal in nals)


def rejoined_h264(payloads: tuple[bytes, ...]) -> list[bytes]:
    nals: list[bytes] = []
    for payload in payloads:
        kind = payload[0] & 0x1F
        if kind == 24:
            nals += aggregated(payload[1:])
        elif kind == 28 and payload[1] & 0x80:
            nals.append(bytes([payload[0] & 0xE0 | payload[1] & 0x1F]) + payload[2:])
        elif kind == 28:
            nals[-1] += payload[2:]
        else:
            nals.append(payload)
    return nals


def rejoined_h265(payloads: tuple[bytes, ...]) -> list[bytes]:
    nals: list[bytes] = []
    for payload in payloads:
        kind = payload[0] >> 1 & 0x3F
        if kind == 48:
            nals += aggregated(payload[2:])
        elif kind == 49 and payload[2] & 0x80:
            nals.append(bytes([payload[0] & 0x81 | (payload[2] & 0x3F) << 1, payload[1]]) + payload[3:])
        elif kind == 49:
            nals[-1] += payload[3:]
        else:
            nals.append(payload)
    return nals


def aggregated(data: bytes) -> list[bytes]:
    nals = []
    while data:
        (size,) = struct.unpack_from(">H", data)
        nals.append(data[2 : 2 + size])
        data = data[2 + size :]
    return nals


bodies = st.integers(1, 5 * PAYLOAD_LIMIT).map(lambda size: bytes(1 + i % 255 for i in range(size)))


@given(bodies)
def test_an_h264_picture_survives_the_cut_whole(body: bytes) -> None:
    nals = [b"\x67\x42\x00\x1e", b"\x68\xce", b"\x65" + body]
    payloads = payloads_of(Codec.H264, annex_b(*nals))
    assert rejoined_h264(payloads) == nals
    assert max(map(len, payloads)) <= PAYLOAD_LIMIT


@given(bodies)
def test_an_h265_picture_survives_the_cut_whole(body: bytes) -> None:
    nals = [b"\x40\x01\x0c", b"\x42\x01\x01", b"\x44\x01\xc1", b"\x26\x01" + body]
    payloads = payloads_of(Codec.H265, annex_b(*nals))
    assert rejoined_h265(payloads) == nals
    assert max(map(len, payloads)) <= PAYLOAD_LIMIT


def test_parameter_sets_travel_together_and_only_pictures_follow() -> None:
    sps, pps, sei, idr = b"\x67\x42", b"\x68\xce", b"\x06\x05", b"\x65\x88"
    assert payloads_of(Codec.H264, annex_b(sps, pps, sei, idr)) == (
        b"\x78\x00\x02\x67\x42\x00\x02\x68\xce",
        b"\x65\x88",
    )


def test_a_jpeg_is_cut_with_growing_offsets_and_its_tables_in_the_first_packet(clips: Library) -> None:
    frame = clips[ClipKey(Scene.LANE, Codec.MJPEG)].frames[0]
    offset = 0
    for number, payload in enumerate(frame):
        head = 8 if number else 8 + 4 + 128
        assert payload[:8] == b"\x00" + offset.to_bytes(3, "big") + bytes([1, 255, 320 // 8, 192 // 8])
        assert len(payload) <= PAYLOAD_LIMIT
        offset += len(payload) - head
    assert frame[0][8:12] == b"\x00\x00\x00\x80"


@pytest.mark.parametrize("codec", list(Codec))
def test_a_live_key_frame_is_several_packets(clips: Library, codec: Codec) -> None:
    assert len(clips[ClipKey(Scene.LANE, codec)].frames[0]) >= 3
