"""A month's record to its report: one fold per camera, then sums. Pure; the same record gives the same report.

What one camera's month is stands in ``cameras``, what cameras come to together in ``groups``, the months before in
``trend``, arrivals and departures in ``changes``.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor import sla
from monitor.calendar import month_span
from monitor.contract import Contract, Grant, counted_by_camera
from monitor.model import CameraRecord, ContractTerms, Span, State, Travelling
from monitor.outages import BareRun, faults
from monitor.report.ahead import Ahead, group_ahead
from monitor.report.cameras import (
    CameraMonth,
    CameraSums,
    CameraTime,
    Frame,
    Offline,
    ahead_of,
    camera_month,
    courses_of,
    due_cameras,
    figure_of,
    frame_of,
    outage_figures,
    outages_of,
    sums_of,
    time_of,
)
from monitor.report.changes import change_figures
from monitor.report.exclusions import exclusion_figures, granted, granted_back, span_of
from monitor.report.findings import finding_figures
from monitor.report.groups import bases_of, group_of, groups_of, intact_verdict, on_basis, worst_first
from monitor.report.settled import Settlement
from monitor.report.settlement import Course, Sums, settled_span, settlement, settles
from monitor.report.timelines import DETAILED, local_days, timeline
from monitor.report.values import CameraFigure, GroupKind, MaintenanceFigure, Record, Report, Timeline
from monitor.report.void import void_figures
from monitor.sla import Forecast


@dataclass(frozen=True, slots=True)
class Folded(Travelling):
    """What some of the cameras come to: all that is told of each, made in whatever process."""

    months: list[CameraMonth]  # in the order of the record's cameras
    outages: list[Offline]  # the longest counted time first, then by start and camera
    timelines: list[Timeline]  # of the worst ``DETAILED``
    settled: list[tuple[CameraSums, list[BareRun]]]  # in the settlement period, where the contract settles anything


@dataclass(frozen=True, slots=True)
class _Frames:
    """What is the same for all cameras."""

    found: tuple[Grant, ...]  # of the month's settlement period
    month: Frame
    settled: Frame | None  # None: the contract agrees neither limits, points nor money


def fold_cameras(record: Record, contract: Contract, month: tuple[int, int], now: datetime) -> Folded:
    """The contract's cameras of which the record has a course."""
    return _fold(record, contract, month, _frames(record, contract, month, now))


def build_report(
    record: Record,
    contract: Contract,
    *,
    town: str,
    month: tuple[int, int],
    now: datetime,
    version: str,
    rest: Callable[[], Folded] | None = None,
) -> Report:
    """The report of the calendar month (year, month) in the contract's zone, as far as it had passed at ``now``.

    It speaks of the cameras in the contract's scope, and of no others. Where the record has courses of some cameras
    only, ``rest`` is asked last for the others, which all stand before them in the record.
    """
    terms = contract.terms
    frames = _frames(record, contract, month, now)
    frame, found = frames.month, frames.found
    in_scope = _in_scope(record, contract)
    cameras = {known.camera.id: known for known in in_scope}
    outside = [known for known in in_scope if not known.camera.in_contract]
    maintenance, changes = _maintenance(in_scope, frame), change_figures(record.changes, contract, frame.period)
    own = _fold(record, contract, month, frames)
    its = _figures(own, cameras, terms)
    # Whatever can be done without the others is done by now.
    others = Folded([], [], [], []) if rest is None else rest()
    folded = _joined(others, own)
    figures, raw = zip(*_figures(others, cameras, terms), *its, strict=True) if folded.months else ((), ())
    total = group_of(GroupKind.TOWN, town, town, figures, terms)
    bases = bases_of(total.seconds, figures, terms)
    ranked = sorted(figures, key=lambda each: (*worst_first(each.seconds, terms.blind_time), each.camera.id))
    timelines = {line.camera_id: line for line in folded.timelines}
    return Report(
        town=town,
        contract_id=contract.id,
        contract_title=contract.title,
        contract_sha256=contract.file_sha256,
        vendor=contract.vendor.name,
        office=contract.office.name,
        year=month[0],
        month=month[1],
        period=frame.period,
        elapsed=frame.elapsed,
        terms=terms,
        version=version,
        simulated=record.simulated,
        head_seq=record.head_seq,
        head_hash=record.head_hash,
        heads=record.heads,
        verdict=next(figure.verdict for figure in bases if figure.contractual),
        intact_verdict=intact_verdict(total.seconds, terms),
        bases=bases,
        raw=bases_of(sla.total(figure.seconds for figure in raw), raw, terms),
        total=total,
        villages=groups_of(
            GroupKind.VILLAGE, figures, terms, lambda camera: (camera.site.village, camera.site.village)
        ),
        carriers=groups_of(GroupKind.CARRIER, figures, terms, lambda camera: (camera.carrier, camera.carrier)),
        categories=groups_of(
            GroupKind.CATEGORY, figures, terms, lambda camera: (camera.site.category, camera.site.category)
        ),
        sites=groups_of(GroupKind.SITE, figures, terms, lambda camera: (camera.site.id, camera.site.name)),
        cameras=tuple(ranked),
        outside_contract=tuple(known.camera for known, _ in due_cameras(outside, frame)),
        outages=tuple(outage_figures(folded.outages, cameras)),
        maintenance=maintenance,
        exclusions=exclusion_figures(record, found, frame.period),
        changes=changes,
        forecast=_forecast(folded.months, frame),
        budget=sla.budget(
            total.seconds, sum(each.to_come_us for each in folded.months), terms.target, terms.blind_time
        ),
        recorders=groups_of(
            GroupKind.RECORDER,
            [figure for figure in figures if figure.camera.recorder],
            terms,
            lambda camera: (camera.recorder, camera.recorder),
        ),
        timelines=tuple(timelines[figure.camera.id] for figure in ranked[:DETAILED]),
        settlement=None
        if frames.settled is None
        else _settlement(record, contract, month, folded.settled, cameras, frames.settled),
        void=void_figures(record, month, frame.period),
        findings=finding_figures(record, contract, frame.elapsed),
    )


def cameras_ahead(
    record: Record, contract: Contract, month: tuple[int, int], now: datetime
) -> tuple[Span, Span, tuple[Ahead, ...]]:
    """The month, what of it had passed at ``now``, and every camera of the contract of which any time is owed in it."""
    zone = ZoneInfo(contract.terms.zone)
    found = granted(record, contract, month, zone)
    frame = frame_of(record, contract.terms, month_span(*month, zone), counted_by_camera(found), now)
    return (
        frame.period,
        frame.elapsed,
        tuple(
            ahead_of(time, sla.account(time.states, time.scheduled, time.excluded), frame)
            for time in _times(record, contract, frame)
        ),
    )


def _frames(record: Record, contract: Contract, month: tuple[int, int], now: datetime) -> _Frames:
    terms = contract.terms
    period = month_span(*month, ZoneInfo(terms.zone))
    (_, found), *earlier = granted_back(record, contract, month, _first_down(record, period.start))
    exclusions = counted_by_camera(found)
    frame = frame_of(record, terms, period, exclusions, now)
    frame = replace(frame, earlier=counted_by_camera(grant for _, grants in earlier for grant in grants))
    if not settles(contract):
        return _Frames(found, frame, None)
    settled = settled_span(contract, month)
    over_more = settled != period
    return _Frames(found, frame, frame_of(record, terms, settled, exclusions, now) if over_more else frame)


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


def _fold(record: Record, contract: Contract, month: tuple[int, int], frames: _Frames) -> Folded:
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
        for time in _times(record, contract, settled):
            folded.settled.append((sums_of(time, time.excluded, settled), [(*run,) for run in time.runs]))
    return folded


def _times(record: Record, contract: Contract, frame: Frame) -> Iterator[CameraTime]:
    """The contract's cameras that owe any time, of which the record has a course."""
    courses = courses_of(record)
    for known, owed in _owing(record, contract, frame, courses):
        yield time_of(known, owed, courses[known.camera.id], frame)


def _owing(
    record: Record, contract: Contract, frame: Frame, courses: Collection[str]
) -> list[tuple[CameraRecord, list[Span]]]:
    """The contract's cameras that owe any time, of those that have a course, with that time."""
    its = [known for known in _in_scope(record, contract) if known.camera.in_contract and known.camera.id in courses]
    return due_cameras(its, frame)


def _in_scope(record: Record, contract: Contract) -> list[CameraRecord]:
    return [known for known in record.cameras if contract.scope.covers(known.camera)]


def _figures(
    folded: Folded, cameras: Mapping[str, CameraRecord], terms: ContractTerms
) -> list[tuple[CameraFigure, CameraFigure]]:
    """Each camera's figures, and what they were without anything excluded."""
    found = []
    for month in folded.months:
        known = cameras[month.sums.camera_id]
        figure = figure_of(known, month.sums, terms, month.outages, month.reliability)
        found.append((figure, figure if month.raw is month.sums else figure_of(known, month.raw, terms)))
    return found


def _joined(first: Folded, then: Folded) -> Folded:
    return Folded(
        first.months + then.months,
        sorted(first.outages + then.outages),  # two sorted lists are sorted nearly for nothing
        first.timelines + then.timelines,
        first.settled + then.settled,
    )


def _rank(sums: CameraSums, terms: ContractTerms) -> tuple[bool, int, int, str]:
    """The worst first."""
    return (*worst_first(sums.seconds, terms.blind_time), sums.camera_id)


def _settlement(
    record: Record,
    contract: Contract,
    month: tuple[int, int],
    settled: Iterable[tuple[CameraSums, list[BareRun]]],
    cameras: Mapping[str, CameraRecord],
    frame: Frame,
) -> Settlement:
    terms, until = contract.terms, frame.known.end
    courses = [
        Course(figure_of(cameras[sums.camera_id], sums, terms), faults(offline, until)) for sums, offline in settled
    ]
    figures = [course.figure for course in courses]
    total = group_of(GroupKind.TOWN, "", "", figures, terms)
    sums = Sums(frame.elapsed, until, total, on_basis(terms.basis, total.seconds, figures, terms))
    return settlement(record, contract, month, courses, sums)


def _forecast(months: Iterable[CameraMonth], frame: Frame) -> Forecast | None:
    """None: the month is over."""
    if frame.elapsed.end >= frame.period.end:
        return None
    ahead = [each.ahead for each in months if each.ahead is not None]
    return group_ahead("", ahead, frame.terms).forecast


def _maintenance(cameras: Sequence[CameraRecord], frame: Frame) -> tuple[MaintenanceFigure, ...]:
    found: list[MaintenanceFigure] = []
    for work in frame.maintenance:
        span = span_of(work)
        if span.start >= frame.period.end or span.end <= frame.period.start:
            continue
        its = (known for known in cameras if known.camera.in_contract and work.scope.covers(known.camera))
        covered = [owed for _, owed in due_cameras(its, frame)]
        taken = sum(sla.length(sla.intersect(owed, [span])) for owed in covered)
        found.append(MaintenanceFigure(work, len(covered), taken if frame.terms.maintenance_excludes else 0))
    return tuple(found)
