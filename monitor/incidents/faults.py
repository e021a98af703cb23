"""From one camera's transitions to its faults: decides what of them an incident is made of.

A fault is an outage, or a time without sight for a reason that has an origin of its own: refused credentials, our own
blindness, a removal. Our blindness ends no other fault: nobody saw a repair. Other reasons for UNKNOWN end one, since
the device was there and answered; they open none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

from monitor.incidents.values import Incident, Origin, Part, Suspect
from monitor.model import Camera, Cause, Outage, State, Transition

REFUSED = frozenset(
    {
        Cause.CREDENTIALS_MISSING,
        Cause.CREDENTIALS_REFUSED,
        Cause.CREDENTIALS_FORBIDDEN,
        Cause.ACCOUNT_LOCKED,
        Cause.CHALLENGE_MISSING,
        Cause.AUTH_UNSUPPORTED,
        Cause.NONCE_LOOP,
    }
)
OURS = frozenset(
    {
        Cause.NO_LOCAL_NETWORK,
        Cause.MONITOR_BLIND,
        Cause.MONITOR_ERROR,
        Cause.MONITOR_STOPPED,
        Cause.NOT_WATCHED,
        Cause.CLOCK_JUMPED,
    }
)
# Nothing answers: the device, its power or its line.
SILENCE = frozenset({Cause.TCP_TIMEOUT, Cause.TCP_UNREACHABLE, Cause.DNS_FAILED})
# What a bad line can make of a good device, too.
BAD_LINE = SILENCE | {
    Cause.EMPTY_REPLY,
    Cause.CONNECTION_RESET,
    Cause.CONNECTION_CLOSED,
    Cause.NO_REPLY,
    Cause.NO_MEDIA,
    Cause.RTCP_ONLY,
    Cause.STREAM_STALLED,
    Cause.NO_KEYFRAME,
    Cause.STREAM_DAMAGED,
    Cause.TLS_FAILED,
}


class Kind(Enum):
    """What sort of fault."""

    OUTAGE = auto()
    REMOVAL = auto()
    CREDENTIALS = auto()
    MONITOR = auto()


@dataclass(slots=True, eq=False)
class Fault:
    """A fault that lasts."""

    camera: Camera  # as the inventory described it when the fault began
    start_at: datetime
    kind: Kind
    cause: Cause
    course: Course | None = field(default=None, repr=False)  # the incident it belongs to; None only while it is made
    splits: int = 0  # how often it was split off an incident
    unseen: list[tuple[datetime, datetime | None]] = field(default_factory=list)  # while it lasted; None: still so

    @property
    def key(self) -> tuple[datetime, str]:
        """By start, then by camera."""
        return self.start_at, self.camera.id

    @property
    def part(self) -> Part:
        """What it is to its incident."""
        return Part(self.camera.id, self.start_at, self.kind in (Kind.OUTAGE, Kind.REMOVAL))


@dataclass(slots=True, eq=False)
class Course:
    """An incident while it may still change."""

    id: str
    suspect: Suspect
    opened_at: datetime
    since_at: datetime
    faults: dict[str, Fault] = field(default_factory=dict)  # those that last, by camera
    parts: dict[Part, Cause] = field(default_factory=dict)  # every fault it ever had, in the order of joining
    latest_at: datetime | None = None  # the start of the fault that joined last
    together: int = 1  # cameras that fell together ...
    alive: int = 0  # ... and others of the suspect that showed it works, both when they were last counted
    # What the suspect's address said then, or last said while they still counted as fallen. Of a camera alone this and
    # who works are its line's, and set at its end.
    reachable: bool | None = None
    falls: int = 1
    earlier: Incident | None = None  # what was said of it before it fell again, while that lasts ...
    earlier_parts: int = 0  # ... and how many parts it had then
    young_at: datetime | None = None  # since when it may turn out to be part of a wider one; None: since it was opened
    returned: int = 0  # cameras seen back since it fell last
    returned_at: datetime | None = None  # when that of the last one became known
    doubted_at: datetime | None = None  # when what did not fall spoke against it, until that has been weighed
    back_at: datetime | None = None  # the last end of one of its faults
    ended_at: datetime | None = None
    final: Incident | None = None  # what is said of it once it has ended
    archived: bool = False
    repeat: bool = False
    refuted: bool = False  # the guess proved wrong: not only what was split off had another origin
    split_from: str = ""

    @property
    def seniority(self) -> tuple[datetime, datetime, str]:
        """Of two that turn out to be one, the lesser keeps its name."""
        return self.opened_at, self.since_at, self.id

    def take(self, fault: Fault) -> None:
        """The fault belongs to it from now on."""
        fault.course = self
        self.faults[fault.camera.id] = fault
        self.parts[fault.part] = fault.cause
        self.since_at = min(self.since_at, fault.start_at)
        self.latest_at = fault.start_at if self.latest_at is None else max(self.latest_at, fault.start_at)


@dataclass(slots=True, eq=False)
class Sight:
    """What is believed about one camera."""

    camera: Camera
    watched: bool = True
    state: State = State.UNKNOWN
    since_at: datetime | None = None  # None: nothing known yet
    unusable_at: datetime | None = None  # when it was first seen to give no good picture; None: it gave one since
    fault: Fault | None = None
    online: bool = False  # when it was seen last: while we are blind it counts as it was
    answers: bool = False  # likewise: it answered, with something that cannot be judged
    ours: bool = False  # UNKNOWN for a reason of our own: nobody looks

    def believe(self, new: Transition) -> None:
        """Take in what is believed of it from now on."""
        if new.new is State.UP:
            self.unusable_at = None
        elif new.new is not State.UNKNOWN and self.unusable_at is None:  # who does not look sees no picture cease
            self.unusable_at = new.at
        self.state, self.since_at = new.new, new.at
        self.ours = new.new is State.UNKNOWN and new.cause in OURS
        if not self.ours:
            self.online = new.new.online
            self.answers = new.new is State.UNKNOWN and new.cause not in SILENCE | {Cause.NOT_YET_OBSERVED}

    def works(self, origin: Origin) -> bool:
        """Whether it showed last that what has this origin works; an answer says nothing of a recorder."""
        return self.online or (self.answers and origin is not Origin.RECORDER)


def kind_of(new: Transition) -> Kind | None:
    """The fault a camera is in after the transition; None for none."""
    match new.new, new.cause:
        case State.DOWN, Cause.REMOVED_UNCONFIRMED:
            return Kind.REMOVAL
        case State.DOWN, _:
            return Kind.OUTAGE
        case State.UNKNOWN, cause if cause in REFUSED:
            return Kind.CREDENTIALS
        case State.UNKNOWN, cause if cause in OURS:
            return Kind.MONITOR
        case _:
            return None


def go_on(fault: Fault, new: Transition) -> None:
    """The fault lasts, seen or not."""
    if fault.unseen and fault.unseen[-1][1] is None:
        fault.unseen[-1] = fault.unseen[-1][0], new.at
    if new.new is State.UNKNOWN and fault.kind in (Kind.OUTAGE, Kind.REMOVAL):
        fault.unseen.append((new.at, None))


def outages_of(fault: Fault) -> tuple[Outage, ...]:
    """The spans in which its camera was known to be down."""
    starts = [fault.start_at, *(end for _, end in fault.unseen if end is not None)]
    ends = [*(start for start, _ in fault.unseen), None]
    return tuple(
        Outage(fault.camera.id, start, end, fault.cause)
        for start, end in zip(starts, ends, strict=False)
        if end is None or start < end
    )


def goes_on(fault: Fault, kind: Kind | None) -> bool:
    """Whether the fault lasts although the camera's belief changed."""
    return kind is fault.kind or kind is Kind.MONITOR
