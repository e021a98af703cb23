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
    """Close this connection, open one to the target and go on."""

    target: Target


@dataclass(frozen=True, slots=True)
class Finished:
    """The outcome is known. With ``linger`` a TEARDOWN is under way: give its reply a moment before closing."""

    ending: Ending
    linger: bool


@dataclass(frozen=True, slots=True)
class HangUp:
    """The reply to TEARDOWN came, or will not: close now."""


Action = Send | Reconnect | Finished | HangUp
Actions = tuple[Action, ...]
