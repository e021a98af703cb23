"""Datagrams that overtake each other are put in order again, and none is kept for long."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Codec, KeyFrame
from monitor.rtsp.budget import Budget
from monitor.rtsp.ordering import WINDOW, Ordering
from monitor.rtsp.sdp import Track
from monitor.rtsp.video import Video
from tests.rtsp.footage import coded, packets, rtp

FIRST = 65530  # the numbers run over the top on the way


def numbered(*numbers: int, source: int = 7) -> list[bytes]:
    return [rtp(b"\x41", FIRST + number, 1, ssrc=source) for number in numbers]


def order(sent: list[bytes]) -> list[int]:
    """The numbers in the order they come out, the first one as zero."""
    ordering = Ordering()
    out = [one for packet in sent for one in ordering.take(packet)] + ordering.rest()
    assert sorted(out) == sorted(sent)
    return [(int.from_bytes(one[2:4], "big") - FIRST) & 0xFFFF for one in out]


def test_a_packet_that_came_too_early_waits_for_its_turn() -> None:
    assert order(numbered(0, 2, 1, 3)) == [0, 1, 2, 3]
    assert order(numbered(0, *range(2, 2 + WINDOW), 1)) == list(range(2 + WINDOW))


def test_nobody_waits_longer_than_the_window() -> None:
    assert order(numbered(0, *range(2, 3 + WINDOW), 1)) == [0, *range(2, 3 + WINDOW), 1]
    ordering = Ordering()
    for packet in numbered(0, *range(2, 2 + WINDOW)):
        ordering.take(packet)
    assert ordering.held == WINDOW
    assert len(ordering.take(numbered(2 + WINDOW)[0])) == WINDOW + 1
    assert ordering.held == 0


def test_a_late_or_repeated_one_is_passed_on() -> None:
    assert order(numbered(0, 1, 1, 0, 2)) == [0, 1, 1, 0, 2]


def test_what_is_no_packet_waits_for_nobody() -> None:
    assert Ordering().take(b"x") == [b"x"]


def test_a_count_that_begins_anew_and_another_source_free_what_is_held() -> None:
    assert order(numbered(5000, 5002, 0, 1)) == [5000, 5002, 0, 1]
    assert order([*numbered(0, 2), *numbered(9, 10, source=8)]) == [0, 2, 9, 10]


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from([7, 7, 7, 8])), max_size=60, unique=True))
def test_every_datagram_comes_out_once_and_few_are_held(sent: list[tuple[int, int]]) -> None:
    ordering, out = Ordering(), list[bytes]()
    datagrams = [numbered(number, source=source)[0] for number, source in sent]
    for datagram in datagrams:
        out += ordering.take(datagram)
        assert ordering.held <= WINDOW
    assert sorted(out + ordering.rest()) == sorted(datagrams)


@given(st.randoms(use_true_random=False))
def test_a_picture_whose_datagrams_overtook_each_other_is_whole_and_nothing_is_lost(random: Random) -> None:
    sent = packets(Codec.H264, coded(Codec.H264)[:1])
    first, *rest = sent
    places = sorted(range(len(rest)), key=lambda at: at + random.uniform(0, WINDOW))
    ordering, video = Ordering(), Video(Track(Codec.H264, 96), 10**6, Budget(10**9))
    came = [one for packet in [first, *(rest[at] for at in places)] for one in ordering.take(packet)] + ordering.rest()
    frames = [frame for frame in map(video.push, came) if isinstance(frame, KeyFrame)]
    assert [frame.packets_lost for frame in frames] == [0]
