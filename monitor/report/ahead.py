"""From cameras in the middle of a month to where it ends: landings, best cases, and what each repair gains. Pure.

A repair gains the camera's counting time from now to the month's end: service hours, planned work, exclusions and dates
of service are already taken out of it. It ranks outages by that, put together to trips, because whoever drives to a
village mends all of it. It must never promise more than the landing does: what is repaired is expected, like all that
stands, at the last day's rate.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from monitor import sla
from monitor.model import BlindTime, Camera, Cause, ContractTerms, Seconds, State, Travelling
from monitor.sla import Budget, Forecast, Outlook


@dataclass(frozen=True, slots=True)
class Ahead(Travelling):
    """One camera in the middle of a month."""

    camera: Camera
    state: State  # where the record ends
    so_far: Seconds
    last_day: Seconds  # of it, the last 24 hours
    to_come_us: int  # counting microseconds it still owes
    down_since_at: datetime | None = None  # the outage's first second, also before the month; None: not DOWN
    causes: tuple[Cause, ...] = ()  # of that outage, in the order they were seen


@dataclass(frozen=True, slots=True)
class GroupAhead:
    """Cameras put together."""

    name: str
    cameras: int
    down: int  # of them, now
    lost: int  # of them, whose own rate can no longer reach the target
    so_far: Seconds
    rate: Fraction | None  # the online rate so far
    to_come_us: int
    lately: Fraction | None  # the last day's online rate of those that are not down: what the landing expects of them
    forecast: Forecast
    budget: Budget
    outlook: Outlook

    @property
    def known(self) -> bool:
        """Whether the outlook rests on anything: somebody watched, or it is certain without that."""
        return self.so_far.observed > 0 or self.outlook in (Outlook.UNDEFINED, Outlook.UNRECOVERABLE)


@dataclass(frozen=True, slots=True)
class CameraAhead:
    """One camera's own month."""

    camera: Camera
    state: State
    so_far: Seconds
    rate: Fraction | None
    to_come_us: int
    forecast: Forecast
    outlook: Outlook


@dataclass(frozen=True, slots=True)
class Repair:
    """An open outage, and what ending it now gains."""

    camera: Camera
    since_at: datetime
    causes: tuple[Cause, ...]
    gain_us: int  # counting camera time until the month's end; > 0


@dataclass(frozen=True, slots=True)
class Trip:
    """The repairs in one village. What two or more of them all share is named: mending that may mend them all."""

    village: str
    carrier: str  # "" = they differ, none is known, or there is one outage
    uplink: str
    recorder: str
    repairs: tuple[Repair, ...]  # the most gain first
    gain_us: int
    landing: Fraction | None  # where the month ends after this trip and all before it


def group_ahead(name: str, cameras: Sequence[Ahead], terms: ContractTerms) -> GroupAhead:
    """What is ahead of these cameras together: seconds are added, never percentages."""
    blind = terms.blind_time
    so_far, lately = sla.total(each.so_far for each in cameras), standing_rate(cameras)
    to_come = sum(each.to_come_us for each in cameras)
    forecast = sla.forecast(
        so_far, (sla.Rest(each.state, each.to_come_us) for each in cameras), lately, terms.target, blind
    )
    return GroupAhead(
        name=name,
        cameras=len(cameras),
        down=sum(each.state is State.DOWN for each in cameras),
        lost=sum(sla.out_of_reach(each.so_far, each.to_come_us, terms.target, blind) for each in cameras),
        so_far=so_far,
        rate=sla.online_ratio(so_far, blind),
        to_come_us=to_come,
        lately=lately,
        forecast=forecast,
        budget=sla.budget(so_far, to_come, terms.target, blind),
        outlook=forecast.outlook(terms.target),
    )


def standing_rate(cameras: Iterable[Ahead]) -> Fraction | None:
    """The last day's online rate of the cameras that are not down; None: nobody watched them."""
    standing = sla.total(each.last_day for each in cameras if each.state is not State.DOWN)
    return sla.online_ratio(standing, BlindTime.EXCLUDED)  # what nobody watched yesterday says nothing about tomorrow


def camera_ahead(ahead: Ahead, terms: ContractTerms) -> CameraAhead:
    """What is ahead of one camera by itself."""
    own = group_ahead("", [ahead], terms)
    return CameraAhead(ahead.camera, ahead.state, own.so_far, own.rate, own.to_come_us, own.forecast, own.outlook)


def trips(cameras: Sequence[Ahead], terms: ContractTerms) -> tuple[Trip, ...]:
    """Where to drive, the most gain first; outages whose end gains nothing are left out."""
    by_village: dict[str, list[Repair]] = {}
    for each in cameras:
        if each.down_since_at is not None and each.to_come_us:
            repair = Repair(each.camera, each.down_since_at, each.causes, each.to_come_us)
            by_village.setdefault(each.camera.site.village, []).append(repair)
    ranked = sorted(
        ((sum(repair.gain_us for repair in found), village, found) for village, found in by_village.items()),
        key=lambda trip: (-trip[0], trip[1]),
    )
    landings = sla.landings(
        sla.total(each.so_far for each in cameras),
        sum(each.to_come_us for each in cameras if each.state is not State.DOWN),
        [gain for gain, _, _ in ranked],
        standing_rate(cameras),
        terms.blind_time,
    )
    return tuple(
        _trip(village, found, gain, landing) for (gain, village, found), landing in zip(ranked, landings, strict=True)
    )


def trips_needed(landing: Fraction | None, after: Iterable[Trip], target: Fraction) -> int | None:
    """How many of the first trips lift the landing to the target: 0 = it is there already; None = not even all."""
    reached = (
        number
        for number, each in enumerate((landing, *(trip.landing for trip in after)))
        if each is not None and each >= target
    )
    return next(reached, None)


def _trip(village: str, found: Sequence[Repair], gain_us: int, landing: Fraction | None) -> Trip:
    return Trip(
        village,
        _shared(repair.camera.carrier for repair in found),
        _shared(repair.camera.uplink for repair in found),
        _shared(repair.camera.recorder for repair in found),
        tuple(sorted(found, key=lambda repair: (-repair.gain_us, repair.since_at, repair.camera.id))),
        gain_us,
        landing,
    )


def _shared(names: Iterable[str]) -> str:
    """The one name two or more have in common."""
    first, *others = names
    return first if others and all(name == first for name in others) else ""
