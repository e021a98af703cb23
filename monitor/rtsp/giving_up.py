"""When no more will come in time: from what was heard to the cause and its detail. Decides no more than that."""

from __future__ import annotations

from monitor.model import Cause, Rung, Stage, Transport
from monitor.rtsp.ending import cause_of_bytes
from monitor.rtsp.reception import Reception
from monitor.rtsp.setup import Setup
from monitor.rtsp.video import Video

Why = tuple[Cause, str]

# What came in the packets could not be put together.
_UNASSEMBLED = frozenset({Cause.PARAMETER_SETS_MISSING, Cause.STREAM_DAMAGED, Cause.CODEC_UNSUPPORTED})


def without_media(reception: Reception, setup: Setup) -> Why:
    """PLAY was accepted and no video packet came: what came instead."""
    if others := reception.other_channels:
        return Cause.OTHER_MEDIA_ONLY, f"packets on channels {', '.join(map(str, sorted(others)))} only"
    if reception.reports:
        return Cause.RTCP_ONLY, "RTCP, but no packet of video"
    match setup.way:
        case Transport.TCP:
            return Cause.NO_MEDIA, "no packet at all"
        case Transport.UDP:
            return Cause.NO_DATAGRAMS, f"nothing at port {setup.port}; TCP: {setup.refusal}"


def without_key_frame(video: Video, *, silent: bool, closed: bool) -> tuple[Cause, str, Stage]:
    """Packets came and no key frame: why, and the stage that failed.

    ``silent``: they stopped before the time was up; ``closed``: with the connection.
    """
    cause, seen = video.shortfall(silent=silent)
    stage = Stage.DEPACKETISE if cause in _UNASSEMBLED else Stage.KEYFRAME
    return cause, f"connection closed after {seen}" if closed else seen, stage


def unread(unreadable: bytes, rung: Rung, nothing: Cause) -> Why:
    """No reply came that could be read; ``nothing`` is what that means when there is nothing to read."""
    cause = cause_of_bytes(unreadable) if unreadable and rung < Rung.RTSP else nothing
    return cause, unreadable.decode("latin-1")
