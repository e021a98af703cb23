"""RTP headers and sequence numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.rtsp.rtp import MAX_GAP, MAX_LATE, RtpPacket, SequenceCounter, parse
from tests.rtsp.footage import rtp


def test_a_plain_packet() -> None:
    assert parse(rtp(b"data", 5, 90, marker=True)) == RtpPacket(96, True, 5, 90, 7, 12, 16)


def test_sources_extension_and_padding_are_taken_off() -> None:
    head = bytes((0x80 | 0x20 | 0x10 | 2,)) + rtp(b"", 5, 90)[1:]
    sources, extension = bytes(8), b"\xff\xd8\x00\x01EXTN"
    packet = head + sources + extension + b"data" + b"\0\0\x03"
    start = len(packet) - len(b"data") - 3
    assert parse(packet) == RtpPacket(96, False, 5, 90, 7, start, start + 4, b"EXTN")


def test_a_packet_is_read_where_it_lies() -> None:
    packet = b"\xa0" + rtp(b"data\x01", 5, 90)[1:]
    assert parse(b"before" + packet + b"behind", 6, 6 + len(packet)) == RtpPacket(96, False, 5, 90, 7, 18, 22)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        rtp(b"", 1)[:11],
        b"\x40" + rtp(b"data", 1)[1:],
        b"\x80\xc8" + bytes(30),  # an RTCP sender report
        b"\xa0" + rtp(b"\xff", 1)[1:],  # more padding than there are bytes
        b"\x90" + rtp(b"\0\0\xff\xff", 1)[1:],  # an extension beyond the end
        b"\x8f" + rtp(b"", 1)[1:],  # fifteen sources that are not there
    ],
)
def test_what_is_no_rtp_is_nothing(data: bytes) -> None:
    assert parse(data) is None


@given(st.binary(max_size=80))
def test_any_bytes_are_a_packet_or_nothing(data: bytes) -> None:
    packet = parse(data)
    assert packet is None or 12 <= packet.start <= packet.stop <= len(data)


def test_missing_packets_are_counted_over_the_wrap() -> None:
    counter = SequenceCounter()
    assert [counter.missing(number) for number in (65533, 65534, 1, 2)] == [0, 0, 2, 0]


def test_late_packets_are_told_from_lost_ones() -> None:
    counter = SequenceCounter()
    assert [counter.missing(number) for number in (10, 11, 11, 9, 12)] == [0, 0, -1, -3, 0]


def test_a_late_packet_is_a_copy_unless_its_place_was_left_empty() -> None:
    counter = SequenceCounter()
    for number in (65530, 65531, 2, 3):
        counter.missing(number)
    assert [number for number in (65530, 65531, 65535, 0, 1, 2, 3) if not counter.came_before(number)] == [65535, 0, 1]


def test_a_foreign_packet_fills_a_place_only_where_it_is_counted_with_ours() -> None:
    counter = SequenceCounter()
    counter.missing(10)
    for foreign in (500, 9, 11):
        counter.passes(foreign)
    assert counter.missing(12) == 0
    assert not counter.came_before(11)


def test_a_sender_that_starts_anew_lost_one_at_most() -> None:
    counter = SequenceCounter()
    counter.missing(1000)
    assert counter.missing(1001 + MAX_GAP + 5) == 1
    assert counter.missing(1002 + MAX_GAP + 5) == 0
    assert counter.missing(1003 + MAX_GAP + 5 - MAX_LATE) == -MAX_LATE
    assert counter.missing(1003 + MAX_GAP + 5 - MAX_LATE - 1) == 1
