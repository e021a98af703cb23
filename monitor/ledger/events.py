"""What can be written into the record: a closed union of values, and the stable name of each kind.

What the monitor sees stands here, what people do in ``monitor.acts.events``. A new kind is one dataclass, its name in
``KINDS`` and its line in ``subject``. A published name or field never
changes its meaning: old entries are read by every later version.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from monitor.acts import events as acts
from monitor.incidents import Origin
from monitor.model import Camera, DeviceFinding, FindingKind, Identity, Transition


@dataclass(frozen=True, slots=True)
class Started:
    """The monitor began to watch. One simulated run marks the whole record as simulated."""

    version: str
    simulated: bool


@dataclass(frozen=True, slots=True)
class Stopped:
    """The monitor ended in an orderly way."""

    reason: str


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The monitor was alive; after a crash, time since the last one is time nobody watched."""


@dataclass(frozen=True, slots=True)
class TransitionRecorded:
    """Belief about a camera changed."""

    transition: Transition


@dataclass(frozen=True, slots=True)
class CameraAdded:
    """A camera appeared in the inventory."""

    camera: Camera


@dataclass(frozen=True, slots=True)
class CameraChanged:
    """The inventory says something else about a camera than before; the whole new wording."""

    camera: Camera


@dataclass(frozen=True, slots=True)
class CameraRemoved:
    """A camera vanished from the inventory; nobody has confirmed that it may."""

    camera_id: str


@dataclass(frozen=True, slots=True)
class ClockJumped:
    """The wall clock was set: it showed ``before_at``, and then at once ``after_at``."""

    before_at: datetime
    after_at: datetime


@dataclass(frozen=True, slots=True)
class ReachChanged:
    """The probe address of a place (uplink, recorder, power cabinet, carrier) began to answer, or ceased to.

    Or it is asked no more, or cannot be asked: what was known of the place counts no more.
    """

    origin: Origin
    name: str
    reachable: bool | None  # None: nothing is known


@dataclass(frozen=True, slots=True)
class DeviceRecorded:
    """What a camera's device told is what is known of it from now on: for the first time, or after it was changed."""

    camera_id: str
    identity: Identity | None  # None: it does not tell
    stream: str  # path and query of its main stream, without secrets; "" = not told


@dataclass(frozen=True, slots=True)
class FindingAppeared:
    """Something about a camera's device is not as it was or should be."""

    camera_id: str
    finding: DeviceFinding


@dataclass(frozen=True, slots=True)
class FindingGone:
    """It is as it should be again, or what it is now has become what is known."""

    camera_id: str
    kind: FindingKind


Event = (
    Started
    | Stopped
    | Heartbeat
    | TransitionRecorded
    | CameraAdded
    | CameraChanged
    | CameraRemoved
    | ClockJumped
    | ReachChanged
    | DeviceRecorded
    | FindingAppeared
    | FindingGone
    | acts.Act
)

KINDS: MappingProxyType[str, type[Event]] = MappingProxyType(
    {
        "started": Started,
        "stopped": Stopped,
        "heartbeat": Heartbeat,
        "transition": TransitionRecorded,
        "camera_added": CameraAdded,
        "camera_changed": CameraChanged,
        "camera_removed": CameraRemoved,
        "clock_jumped": ClockJumped,
        "reach_changed": ReachChanged,
        "device_recorded": DeviceRecorded,
        "finding_appeared": FindingAppeared,
        "finding_gone": FindingGone,
    }
    | acts.KINDS
)
KIND_OF: MappingProxyType[type[Event], str] = MappingProxyType({event: kind for kind, event in KINDS.items()})


def subject(event: Event) -> tuple[str | None, datetime | None]:
    """The camera an event is about and the instant it speaks of, by which the store finds it again."""
    match event:
        case TransitionRecorded(transition):
            return transition.camera_id, transition.at
        case CameraAdded(camera) | CameraChanged(camera):
            return camera.id, None
        case CameraRemoved(camera_id) | DeviceRecorded(camera_id) | FindingAppeared(camera_id) | FindingGone(camera_id):
            return camera_id, None
        case ClockJumped(_, after_at):
            return None, after_at
        case Started() | Stopped() | Heartbeat() | ReachChanged():
            return None, None
        case _:
            return acts.subject(event)
