"""What the edges are shown of the town at one moment. Values only; nothing here decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.alerting import IncidentFigures
from monitor.incidents import BlindSpot
from monitor.model import CameraStatus, DeviceStatus, GroupStatus

AREAS = ("village", "carrier")  # kinds of groups beside the town, of which there are a few hundred
ALL_GROUPS = (*AREAS, "site")  # nearly as many sites as cameras


@dataclass(frozen=True, slots=True)
class AheadFigures:
    """What is still to come of a group's month."""

    budget: int  # microseconds that may be lost in the whole month without missing the target
    budget_left: int  # microseconds of them that may still be lost, >= 0 and no more than are left of the month
    recoverable: bool | None  # whether the target can still be reached, compared exactly; None = nothing counts
    lost: int  # cameras whose own rate can no longer reach the target


@dataclass(frozen=True, slots=True)
class TripFigures:
    """What repairing all cameras of one village that are down gains."""

    village: str
    repairs: int  # cameras that are down and owe anything until the month's end
    gain: int  # camera-microseconds until the month's end
    landing_ratio: float | None  # where the month ends after this trip and all that gain more


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """A group's status and the month-to-date figures that only the contract's rules can give."""

    status: GroupStatus
    online: int  # microseconds: the numerator of the online rate, blind time as the contract counts it
    counted: int  # microseconds: its denominator
    online_ratio: float | None  # in camera-seconds, on whatever basis the contract settles; None = undefined
    intact_ratio: float | None
    coverage_ratio: float | None
    ahead: AheadFigures | None = None  # None: too small a group for a forecast


@dataclass(frozen=True, slots=True)
class Terms:
    """What the contract says about the running month."""

    month_start_at: datetime
    month_end_at: datetime  # exclusive: the first instant of the next month in the contract's zone
    target_ratio: float  # 0 ... 1
    min_coverage_ratio: float  # 0 ... 1; below it a month's verdict is "not provable"
    zone: ZoneInfo  # in which people are shown times


@dataclass(frozen=True, slots=True)
class TownView:
    """Everything known at one moment, immutable, so that a thread may render it while the engine goes on."""

    at: datetime
    statuses: Sequence[CameraStatus]
    groups: Sequence[GroupFigures]  # no two with the same kind and name; of the kinds that were asked for
    terms: Terms
    probe_interval: timedelta  # how often a camera is meant to be probed
    trips: Sequence[TripFigures] = ()  # the most gain first
    incidents: Sequence[IncidentFigures] = ()  # the open ones, by when they became known
    blind_spots: Sequence[BlindSpot] = ()  # longest first
    devices: Sequence[DeviceStatus] = ()  # of cameras whose device was asked or told something, by camera
