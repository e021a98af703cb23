"""What a device told over ONVIF: its smallest stream, and all that findings are made of. Values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from monitor.model import Cause, Codec, Identity


@dataclass(frozen=True, slots=True)
class StreamFound:
    """The smallest stream that can be judged, or why none was found."""

    url: str = field(default="", repr=False)  # some devices write a password into its path; "" = none
    width: int = 0  # pixels, as the device states them
    height: int = 0
    codec: Codec | None = None
    cause: Cause = Cause.OK
    detail: str = ""  # never a secret
    credentials_refused: bool = False  # they were sent in this run and the device said no
    attempts_left: int | None = None  # how often the device says a password may still be tried
    clock_offset: timedelta | None = None  # the device's clock less ours, give or take half a second; None = not told


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a device told in one round: as much as it told until the round ended."""

    found: StreamFound  # the smallest stream, or why the round did not come that far
    answered: bool = False  # it answered a question that needs no password: it lives
    identity: Identity | None = None  # None: not told
    main: str = field(default="", repr=False)  # the URL of its largest stream; "" = not told
    smaller: bool | None = None  # whether the smallest stream is smaller than that; None: not told
    snapshot: bool | None = None  # whether it offers single pictures; None: not told
    snapshot_url: str = field(default="", repr=False)  # where, at the host we dialled; "" = not told
    took_token: bool = False  # it accepted a user name token: ``inspect`` may be told so the next time

    @property
    def cause(self) -> Cause:
        """Why the round ended."""
        return self.found.cause

    @property
    def credentials_refused(self) -> bool:
        """They were sent in this round and the device said no."""
        return self.found.credentials_refused

    @property
    def attempts_left(self) -> int | None:
        """How often the device says a password may still be tried."""
        return self.found.attempts_left

    @property
    def clock_offset(self) -> timedelta | None:
        """The device's clock less ours; None = not told."""
        return self.found.clock_offset
