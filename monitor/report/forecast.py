"""A running month's record to its forecast: where it will end, what is lost already, and where to drive first. Pure.

It speaks of the same cameras and the same time as the month's report, and of the rest of the month beside them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from monitor.contract import Contract
from monitor.model import ContractTerms, Span
from monitor.report.ahead import (
    Ahead,
    CameraAhead,
    GroupAhead,
    Trip,
    camera_ahead,
    group_ahead,
    trips,
    trips_needed,
)
from monitor.report.build import cameras_ahead
from monitor.report.values import Record
from monitor.sla import Outlook

_GRAVEST_FIRST = (Outlook.UNRECOVERABLE, Outlook.AT_RISK, Outlook.REACHABLE, Outlook.UNDEFINED)


@dataclass(frozen=True, slots=True)
class PassShare:
    """The share of cameras whose own rate reaches the target, among those that have or may still get a rate."""

    rated: int
    now: int  # of them, by the rate so far
    landing: int
    best: int

    def share(self, passing: int) -> Fraction | None:
        """That many of them, 0 to 1; None if none has a rate."""
        return Fraction(passing, self.rated) if self.rated else None


@dataclass(frozen=True, slots=True)
class MonthForecast:
    """What is still to come of one calendar month of the contract's zone."""

    town: str
    contract_id: str
    contract_title: str  # "" = it has none
    year: int
    month: int
    period: Span  # the whole month
    elapsed: Span  # what of it had passed
    recorded_until: datetime | None  # nobody watched after this instant; None = nothing at all is recorded
    terms: ContractTerms
    version: str
    simulated: bool
    head_seq: int
    head_hash: str
    total: GroupAhead
    passing: PassShare
    villages: tuple[GroupAhead, ...]  # gravest first
    cameras: tuple[CameraAhead, ...]  # below the target so far or at the month's end, gravest first
    trips: tuple[Trip, ...]  # the most gain first
    trips_needed: int | None  # so many of the first lift the landing to the target; 0 = none; None = not even all


def build_forecast(
    record: Record, contract: Contract, *, town: str, month: tuple[int, int], now: datetime, version: str
) -> MonthForecast:
    """The forecast of the calendar month (year, month) in the contract's zone, in which ``now`` should lie."""
    terms = contract.terms
    period, elapsed, cameras = cameras_ahead(record, contract, month, now)
    total, ways = group_ahead(town, cameras, terms), trips(cameras, terms)
    each = [camera_ahead(camera, terms) for camera in cameras]
    return MonthForecast(
        town=town,
        contract_id=contract.id,
        contract_title=contract.title,
        year=month[0],
        month=month[1],
        period=period,
        elapsed=elapsed,
        recorded_until=record.recorded_until,
        terms=terms,
        version=version,
        simulated=record.simulated,
        head_seq=record.head_seq,
        head_hash=record.head_hash,
        total=total,
        passing=_passing(each, terms.target),
        villages=_villages(cameras, terms),
        cameras=_below(each, terms.target),
        trips=ways,
        trips_needed=trips_needed(total.forecast.landing, ways, terms.target),
    )


def _passing(cameras: Iterable[CameraAhead], target: Fraction) -> PassShare:
    rated = [camera for camera in cameras if camera.forecast.best is not None]
    return PassShare(
        len(rated),
        sum(camera.rate is not None and camera.rate >= target for camera in rated),
        sum(camera.outlook is Outlook.REACHABLE for camera in rated),
        sum(camera.outlook is not Outlook.UNRECOVERABLE for camera in rated),
    )


def _villages(cameras: Iterable[Ahead], terms: ContractTerms) -> tuple[GroupAhead, ...]:
    by_name: dict[str, list[Ahead]] = {}
    for camera in cameras:
        by_name.setdefault(camera.camera.site.village, []).append(camera)
    return tuple(
        sorted(
            (group_ahead(name, found, terms) for name, found in by_name.items()),
            key=lambda group: (*_gravest_first(group), group.name),
        )
    )


def _below(cameras: Iterable[CameraAhead], target: Fraction) -> tuple[CameraAhead, ...]:
    below = (
        camera
        for camera in cameras
        if camera.outlook in (Outlook.UNRECOVERABLE, Outlook.AT_RISK)
        or (camera.rate is not None and camera.rate < target)
    )
    return tuple(sorted(below, key=lambda camera: (*_gravest_first(camera), camera.camera.id)))


def _gravest_first(ahead: GroupAhead | CameraAhead) -> tuple[int, Fraction, Fraction]:
    """A key to sort by: the outlook, then the landing, then the best case."""
    forecast = ahead.forecast
    return _GRAVEST_FIRST.index(ahead.outlook), forecast.landing or Fraction(0), forecast.best or Fraction(0)
