"""What a device told over ONVIF: its smallest stream, and all that findings are made of. Values only."""

from __future__ import annotations

from collections.abc import Mapping
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
class Manners:
    """How a device wants to be shown a password: what its last rounds told, so that the next need not find it out."""

    took_token: bool = False  # it accepted a user name token in its last round
    nonces: Mapping[str, str] = field(default_factory=dict)  # that it challenged with last, by the path that was asked
    apart: bool = False  # it refused at one path the answer to a challenge of another

    def one_for_all(self, path: str, nonce: str) -> bool:
        """Whether its new challenge at ``path`` may be answered at others, too: a guess where nonces are always new.

        Where each path had a nonce of its own that lasts, an answer at another path would count as a wrong password.
        """
        if self.apart or len(self.nonces) < 2:
            return False
        return self.nonces.get(path) != nonce or len(set(self.nonces.values())) == 1


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
    manners: Manners = field(default_factory=Manners, repr=False)  # to be told to ``inspect`` the next time

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
