"""Whatever way the packets take, the key frame is the same; another connection starts with nothing."""

from __future__ import annotations

import pytest

from monitor.model import Codec
from monitor.rtsp.budget import Budget
from monitor.rtsp.connection import Interleaved
from monitor.rtsp.reception import Reception
from monitor.rtsp.sdp import Track
from tests.rtsp.footage import coded, interleaved, packets

SENT = packets(Codec.H264, coded(Codec.H264))


@pytest.fixture
def reception() -> Reception:
    made = Reception(Budget(10**9), 10**6)
    made.expect(Track(Codec.H264, 96))
    return made


def test_packets_datagrams_and_events_make_the_same_key_frame() -> None:
    frames = []
    for way in ("interleaved", "datagrams", "events"):
        reception = Reception(Budget(10**9), 10**6)
        reception.expect(Track(Codec.H264, 96))
        match way:
            case "interleaved":
                reception.connection.receive_data(interleaved(SENT))
                frames.append(reception.interleaved())
            case "datagrams":
                frames.append(next(filter(None, map(reception.datagram, SENT))))
            case _:
                events = (Interleaved(0, one) for one in SENT)
                frames.append(next(filter(None, map(reception.behind_noise, events))))
    assert frames[0] is not None
    assert frames == [frames[0]] * 3


def test_the_video_is_on_the_channel_that_was_granted(reception: Reception) -> None:
    reception.channel = 4
    reception.connection.receive_data(interleaved(SENT[:20]))
    assert reception.interleaved() is None
    assert (reception.packets, reception.other_channels) == (0, {0})
    reception.connection.receive_data(interleaved(SENT, 4))
    assert reception.interleaved() is not None


def test_a_channel_that_was_not_granted_is_believed_when_it_alone_carries_the_video(reception: Reception) -> None:
    for other, believed in ((6, True), (8, False)):
        reception.leave_connection()
        reception.channel = 4
        reception.expect(Track(Codec.H264, 96))
        reception.connection.receive_data(interleaved(SENT, other) + (interleaved(SENT, 6) if other != 6 else b""))
        reception.interleaved()
        assert (reception.channel == other) == believed
        reception.connection.receive_data(interleaved(SENT, other))
        assert (reception.interleaved() is not None) == believed


def test_without_a_description_nothing_is_a_packet_of_the_video() -> None:
    bare = Reception(Budget(10**9), 10**6)
    assert (bare.datagram(SENT[0]), bare.settle(), bare.interleaved(), bare.packets, bare.waiting) == (
        None, None, None, 0, False,
    )  # fmt: skip


def test_another_connection_begins_with_nothing_but_the_budget() -> None:
    budget = Budget(10**9)
    reception = Reception(budget, 10**6)
    reception.expect(Track(Codec.H264, 96))
    reception.connection.receive_data(b"$\7\0\0$\1\0\0")
    reception.interleaved()
    reception.report()
    reception.leave_connection()
    assert (reception.video, reception.reports, reception.other_channels) == (None, False, set())
    assert budget.pieces == 2
