"""What the conversation asks of its transport."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.rtsp.ending import Ending
from monitor.rtsp.urls import Target


@dataclass(frozen=True, slots=True)
class Send:
    """Write these bytes."""

    data: bytes = field(repr=False)  # may hold an answer computed from the password


@dataclass(frozen=True, slots=True)
class Reconnect:
    """Close this connection, open one to the target and go on.

    With ``linger`` a TEARDOWN is under way: a device that has one session needs to have ended it before the next.
    """

    target: Target
    linger: bool = False


@dataclass(frozen=True, slots=True)
class Listen:
    """Open an even UDP port for RTP and the next one for RTCP; report ``listening`` or ``listening_failed``.

    Asked for once in a run: the ports stay open to its end, over a Reconnect too. Only datagrams of the dialled host
    may reach ``video_datagram`` and ``control_datagram``.
    """


@dataclass(frozen=True, slots=True)
class Punch:
    """Send a small datagram from each of our ports to the device's, so that what lies between lets its packets in."""

    host: str  # always the dialled one: no reply makes us send to a third
    rtp_port: int
    rtcp_port: int


@dataclass(frozen=True, slots=True)
class Finished:
    """The outcome is known. With ``linger`` a TEARDOWN is under way: give its reply a moment before closing."""

    ending: Ending
    linger: bool


@dataclass(frozen=True, slots=True)
class HangUp:
    """The reply to TEARDOWN came, or will not: close now."""


Action = Send | Reconnect | Listen | Punch | Finished | HangUp
Actions = tuple[Action, ...]
