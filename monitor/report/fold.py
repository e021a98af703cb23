"""A month's record to what its cameras come to, one after the other, in whatever process. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.calendar import month_span
from monitor.contract import Contract, Grant, counted_by_camera
from monitor.model import CameraRecord, ContractTerms, Span, State
from monitor.outages import BareRun
from monitor.report.cameras import (
    CameraMonth,
    CameraSums,
    CameraTime,
    Frame,
    camera_month,
    courses_of,
    due_cameras,
    frame_of,
    outages_of,
    sums_of,
    time_of,
)
from monitor.report.exclusions import granted_back
from monitor.report.groups import worst_first
from monitor.report.offline import Columns, Offline, in_columns, in_rows
from monitor.report.settlement import settled_span, settles
from monitor.report.timelines import DETAILED, local_days, timeline
from monitor.report.values import Record, Timeline


@dataclass(frozen=True, slots=True)
class Folded:
    """What some of the cameras come to: all that is told of each, made in whatever process."""

    months: list[CameraMonth]  # in the order of the record's cameras
    outages: list[Offline]  # the longest counted time first, then by start and camera
    timelines: list[Timeline]  # of the worst ``DETAILED``
    settled: list[tuple[CameraSums, list[BareRun]]]  # in the settlement period, where the contract settles anything

    def __reduce__(self) -> tuple[object, ...]:
        return _arrived, (self.months, in_columns(self.outages), self.timelines, self.settled)


def _arrived(
    months: list[CameraMonth],
    outages: Columns | None,
    timelines: list[Timeline],
    settled: list[tuple[CameraSums, list[BareRun]]],
) -> Folded:
    return Folded(months, in_rows(outages), timelines, settled)


@dataclass(frozen=True, slots=True)
class Frames:
    """What is the same for all cameras."""

    found: tuple[Grant, ...]  # of the month's settlement period
    month: Frame
    settled: Frame | None  # None: the contract agrees neither limits, points nor money


def fold_cameras(record: Record, contract: Contract, month: tuple[int, int], now: datetime) -> Folded:
    """The contract's cameras of which the record has a course."""
    return fold(record, contract, month, frames_of(record, contract, month, now))


def frames_of(record: Record, contract: Contract, month: tuple[int, int], now: datetime) -> Frames:
    """Of the month as far as it had passed at ``now``."""
    terms = contract.terms
    period = month_span(*month, ZoneInfo(terms.zone))
    (_, found), *earlier = granted_back(record, contract, month, _first_down(record, period.start))
    exclusions = counted_by_camera(found)
    frame = frame_of(record, terms, period, exclusions, now)
    frame = replace(frame, earlier=counted_by_camera(grant for _, grants in earlier for grant in grants))
    if not settles(contract):
        return Frames(found, frame, None)
    settled = settled_span(contract, month)
    over_more = settled != period
    return Frames(found, frame, frame_of(record, terms, settled, exclusions, now) if over_more else frame)


def _first_down(record: Record, otherwise: int) -> int:
    """The first instant at which any camera was down, as far back as the record was read, or one before it.

    Only exclusions are granted again for it, so without any it is not looked for.
    """
    if not record.exclusions:
        return otherwise
    if record.down_from is not None:
        return record.down_from
    downs = (step.at for steps in courses_of(record).values() for step in steps if step.state is State.DOWN)
    return min(downs, default=otherwise)


def fold(record: Record, contract: Contract, month: tuple[int, int], frames: Frames) -> Folded:
    """The same within these frames."""
    frame, settled, terms, courses = frames.month, frames.settled, contract.terms, courses_of(record)
    folded = Folded([], [], [], [])
    owing = _owing(record, contract, frame, courses)
    for known, owed in owing:  # one after the other, so that what was made of one is still at hand
        time = time_of(known, owed, courses[known.camera.id], frame)
        offline = outages_of(time, frame)
        folded.months.append(camera_month(time, len(offline), frame))
        folded.outages.extend(offline)
        if settled is frame:
            folded.settled.append((folded.months[-1].sums, [(*run,) for run in time.runs]))
    folded.outages.sort()
    worst = heapq.nsmallest(
        DETAILED, zip(folded.months, owing, strict=True), key=lambda each: _rank(each[0].sums, terms)
    )
    days = local_days(*month, frame.zone)
    for _, (known, owed) in worst:
        time = time_of(known, owed, courses[known.camera.id], frame)
        folded.timelines.append(timeline(known.camera.id, time.states, time.scheduled, time.excluded, days))
    if settled is not None and settled is not frame:  # over more than the month, with every camera that was owed in it
        for time in times_of(record, contract, settled):
            folded.settled.append((sums_of(time, time.excluded, settled), [(*run,) for run in time.runs]))
    return folded


def times_of(record: Record, contract: Contract, frame: Frame) -> Iterator[CameraTime]:
    """The contract's cameras that owe any time, of which the record has a course."""
    courses = courses_of(record)
    for known, owed in _owing(record, contract, frame, courses):
        yield time_of(known, owed, courses[known.camera.id], frame)


def _owing(
    record: Record, contract: Contract, frame: Frame, courses: Collection[str]
) -> list[tuple[CameraRecord, list[Span]]]:
    """The contract's cameras that owe any time, of those that have a course, with that time."""
    its = [known for known in in_scope(record, contract) if known.camera.in_contract and known.camera.id in courses]
    return due_cameras(its, frame)


def in_scope(record: Record, contract: Contract) -> list[CameraRecord]:
    """The cameras the contract speaks of, whether they count or not."""
    return [known for known in record.cameras if contract.scope.covers(known.camera)]


def _rank(sums: CameraSums, terms: ContractTerms) -> tuple[bool, int, int, str]:
    """The worst first."""
    return (*worst_first(sums.seconds, terms.blind_time), sums.camera_id)
