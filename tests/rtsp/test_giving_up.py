"""What was heard decides what is missing."""

from __future__ import annotations

import pytest

from monitor.model import Cause, Codec, Rung, Stage, Transport
from monitor.rtsp.budget import Budget
from monitor.rtsp.giving_up import unread, without_key_frame, without_media
from monitor.rtsp.reception import Reception
from monitor.rtsp.sdp import Track
from monitor.rtsp.setup import Setup
from monitor.rtsp.video import Video
from tests.rtsp.footage import coded, packets


def heard(*channels: int) -> Reception:
    """A reception of empty packets on these channels."""
    reception = Reception(Budget(10**6), 10**6)
    reception.expect(Track(Codec.H264, 96))
    reception.connection.receive_data(b"".join(bytes((0x24, channel, 0, 0)) for channel in channels))
    assert reception.interleaved() is None
    return reception


@pytest.mark.parametrize(
    ("channels", "cause", "detail"),
    [
        ((), Cause.NO_MEDIA, "no packet at all"),
        ((1,), Cause.RTCP_ONLY, "RTCP, but no packet of video"),
        ((0,), Cause.RTCP_ONLY, "RTCP, but no packet of video"),
        ((1, 5, 4), Cause.OTHER_MEDIA_ONLY, "packets on channels 4, 5 only"),
    ],
)
def test_what_came_in_place_of_the_video_is_named(channels: tuple[int, ...], cause: Cause, detail: str) -> None:
    assert without_media(heard(*channels), Setup(Transport.TCP)) == (cause, detail)


def test_nothing_by_datagrams_tells_what_the_other_way_said() -> None:
    setup = Setup(Transport.UDP)
    setup.port, setup.refusal = 5004, "461 No"
    assert without_media(heard(), setup) == (Cause.NO_DATAGRAMS, "nothing at port 5004; TCP: 461 No")


def test_the_stage_tells_packets_that_made_no_picture_from_a_picture_that_never_came() -> None:
    none, holes = (Video(Track(Codec.H264, 96), 10**6, Budget(10**9)) for _ in range(2))
    sent = packets(Codec.H264, coded(Codec.H264))
    assert not any(map(none.push, packets(Codec.H264, coded(Codec.H264)[1:])))
    assert not any(map(holes.push, [*sent[:4], *sent[5:]]))
    assert without_key_frame(none, silent=False, closed=False)[::2] == (Cause.NO_KEYFRAME, Stage.KEYFRAME)
    assert without_key_frame(holes, silent=False, closed=False)[::2] == (Cause.STREAM_DAMAGED, Stage.DEPACKETISE)
    assert without_key_frame(none, silent=True, closed=True)[1].startswith("connection closed after ")


def test_bytes_that_are_no_reply_name_what_speaks_there_unless_it_spoke_rtsp() -> None:
    assert unread(b"\x16\x03", Rung.REACH, Cause.NO_REPLY)[0] is Cause.TLS_EXPECTED
    assert unread(b"\x16\x03", Rung.RTSP, Cause.NO_REPLY)[0] is Cause.NO_REPLY
    assert unread(b"", Rung.REACH, Cause.EMPTY_REPLY) == (Cause.EMPTY_REPLY, "")
