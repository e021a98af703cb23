"""Whatever a sender does with its marks and the line with its packets: what is handed out is a picture that was sent.

A part of a picture decodes to a torn one, and a healthy camera would be called faulty.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import Codec
from tests.rtsp.footage import interleaved
from tests.rtsp.sending import ENDS, MARKS, SIZES, Line, Sender, is_whole, received

SENDERS = st.builds(
    Sender,
    codec=st.sampled_from(list(Codec)),
    slices=st.sampled_from([1, 4]),
    marks=st.sampled_from(MARKS),
    ends=st.sampled_from(ENDS),
    size=st.sampled_from(SIZES),
    together=st.booleans(),
)
PLACES = st.frozensets(st.integers(0, 60), max_size=4)
LINES = st.builds(
    Line,
    st.integers(0, 30),
    PLACES,
    PLACES,
    delay=st.integers(0, 9),
    pauses=PLACES,
    datagrams=st.booleans(),
    overtaken=PLACES,
)


@settings(max_examples=200, deadline=None)
@given(SENDERS, LINES)
def test_a_picture_is_handed_out_whole_or_not_at_all(sender: Sender, line: Line) -> None:
    frame = received(sender, line)
    assert frame is None or is_whole(sender, frame)


@pytest.mark.parametrize("codec", list(Codec))
@pytest.mark.parametrize("slices", [1, 4])
@pytest.mark.parametrize("marks", MARKS)
@pytest.mark.parametrize("ends", ENDS)
def test_every_way_of_marking_is_understood_however_the_packets_dawdle(
    codec: Codec, slices: int, marks: str, ends: str
) -> None:
    sender = Sender(codec, slices, marks, ends)
    for pauses in (frozenset[int](), frozenset(range(99))):
        frame = received(sender, Line(pauses=pauses))
        assert frame is not None
        assert is_whole(sender, frame)


@settings(max_examples=200, deadline=None)
@given(SENDERS, LINES, PLACES)
def test_a_silence_makes_no_whole_of_a_part(sender: Sender, line: Line, places: frozenset[int]) -> None:
    frame = received(sender, line.with_silences(sender, places))
    assert frame is None or is_whole(sender, frame)


@pytest.mark.parametrize("codec", list(Codec))
@pytest.mark.parametrize("slices", [1, 4])
@pytest.mark.parametrize("ends", ["last", "every"])
def test_a_silence_gives_the_same_key_frame_as_the_next_picture_and_no_later_one(
    codec: Codec, slices: int, ends: str
) -> None:
    sender = Sender(codec, slices, "last", ends, size=700)
    first, second = sender.beginnings()[:2]
    by_the_next = received(sender, Line())
    assert first == 0
    assert Line().carry(sender.reception(), sender.stream()[:second]) == by_the_next


@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265])
@pytest.mark.parametrize("marks", ["every-slice", "every-packet"])
@pytest.mark.parametrize("size", SIZES)
def test_a_sender_seen_to_go_on_behind_its_mark_is_not_believed_for_its_silence(
    codec: Codec, marks: str, size: int
) -> None:
    sender = Sender(codec, 4, marks, size=size)
    joined = sender.beginnings()[1]
    stream = sender.stream()
    frame = received(sender, Line(joined, silences=frozenset(range(len(stream)))))
    assert frame is not None
    assert is_whole(sender, frame)
    gathered = sender.reception()
    key = sender.beginnings()[3]
    gathered.connection.receive_data(interleaved(stream[joined:key]))
    assert gathered.interleaved() is None
    for packet in stream[key : sender.beginnings()[4]]:
        gathered.connection.receive_data(interleaved([packet]))
        assert gathered.interleaved() is None
        assert gathered.settle() is None
