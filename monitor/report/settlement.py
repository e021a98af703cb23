"""A settlement period so far to repair limits, points and money: lays the contract's rules over the record. Pure.

A clock stands still in planned work and in exclusions that count, whatever the hour: one that counts by day stops it
by night, too, from its first instant to the last that counts. It does not run on days on which nothing is owed by the
dates of the contract or of the camera.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from monitor import sla
from monitor.acts import Declaration
from monitor.calendar import contract_spans, month_span, parse_month
from monitor.contract import (
    CameraFaults,
    Contract,
    Cut,
    Grant,
    Happened,
    Rated,
    RepairLimits,
    clocks,
    deduct,
    late_in,
    score,
)
from monitor.model import MICROSECOND, Span
from monitor.outages import Fault
from monitor.report.exclusions import absences_by_camera, granted_back, owed_time, span_of
from monitor.report.settled import DeclaredFigure, LateRepair, RepairFigures, Settlement, Stop, StopKind
from monitor.report.steps import step_figure
from monitor.report.values import BasisFigure, CameraFigure, GroupFigure, Record


@dataclass(frozen=True, slots=True)
class Course:
    """One camera's settlement period so far."""

    figure: CameraFigure
    faults: Sequence[Fault]  # back to where it was last online before the period


@dataclass(frozen=True, slots=True)
class Sums:
    """All cameras of the settlement period together."""

    elapsed: Span
    known_until: int  # where the record ends, or the elapsed time
    total: GroupFigure
    contractual: BasisFigure


@dataclass(frozen=True, slots=True)
class _Laid:
    """What people laid over one camera's record: the spans by planned work or exclusion."""

    stops: Mapping[tuple[StopKind, str], Span]
    excluded: list[Span]


def settles(contract: Contract) -> bool:
    """Whether the contract agrees anything beyond a verdict."""
    return not (contract.repair is None and contract.scorecard is None and contract.deduction is None)


def settled_span(contract: Contract, month: tuple[int, int]) -> Span:
    """The settlement period of the month, up to the month's end."""
    return Span(contract.settlement(*month).start, month_span(*month, ZoneInfo(contract.terms.zone)).end)


def recorded_span(contract: Contract, month: tuple[int, int]) -> Span:
    """What of the record the month's report is made from: its settlement period so far.

    Where faults can be major it reaches back by the longest limit: whether a fault that was still within it when the
    period began is major, those say that were down with it.
    """
    start, end = settled_span(contract, month)
    limits = contract.repair
    if limits is None or limits.major_cameras is None:
        return Span(start, end)
    return Span(start - max(limits.normal, limits.major or timedelta()) // MICROSECOND, end)


def settlement_of(
    record: Record, contract: Contract, month: tuple[int, int], courses: Sequence[Course], sums: Sums
) -> Settlement:
    """Points and money as far as the period had passed, for a contract that ``settles``."""
    online = Rated(sums.contractual.ratio, sums.contractual.verdict is not sla.SlaVerdict.NOT_PROVABLE)
    watched = sums.total.rates.coverage
    intact = Rated(sums.total.rates.intact, watched is None or watched >= contract.terms.min_coverage)
    repairs = None
    if contract.repair is not None:
        repairs = _repairs(record, contract, month, contract.repair, courses, sums)
    declared = _declared(record.declarations, settled_span(contract, month), ZoneInfo(contract.terms.zone))
    happened = Happened(
        online=online,
        intact=intact,
        cameras={course.figure.camera.id: course.figure.seconds for course in courses},
        late=() if repairs is None else tuple(late.repair for late in repairs.late),
        declared=_counts(declared),
    )
    points = None if contract.scorecard is None else score(contract.scorecard, happened, contract.terms.blind_time)
    return Settlement(
        unit=contract.period,
        period=contract.settlement(*month),
        elapsed=sums.elapsed,
        online=online,
        intact=intact,
        repairs=repairs,
        score=points,
        ladder=contract.deduction,
        deduction=None if contract.deduction is None else deduct(contract.deduction, online, points),
        declared=declared,
    )


def _declared(declarations: Iterable[Declaration], settled: Span, zone: ZoneInfo) -> tuple[DeclaredFigure, ...]:
    """What was declared for the months of the settlement period so far."""
    return tuple(
        DeclaredFigure(
            each.act.stamp.id,
            each.act.item,
            each.act.month,
            each.act.count,
            tuple(step_figure(step) for step in (each.declared, each.withdrawn) if step is not None),
        )
        for each in declarations
        if settled.start <= month_span(*parse_month(each.act.month), zone).start < settled.end
    )


def _counts(declared: Iterable[DeclaredFigure]) -> Mapping[str, int]:
    """How often each line of the scorecard was declared, without what was taken back."""
    found: Counter[str] = Counter()
    for each in declared:
        found[each.item] += each.count if each.counts else 0
    return found


# ---------------------------------------------------------------- repair limits


def _repairs(
    record: Record,
    contract: Contract,
    month: tuple[int, int],
    limits: RepairLimits,
    courses: Sequence[Course],
    sums: Sums,
) -> RepairFigures:
    until = sums.known_until
    faulty = [course for course in courses if course.faults]
    reach = min((course.faults[0].start_us for course in faulty), default=until)
    laid = _laid(record, contract, month, faulty, Span(reach, until))
    read = clocks(
        (
            CameraFaults(
                course.figure.camera,
                course.faults,
                laid[course.figure.camera.id].excluded,
            )
            for course in faulty
        ),
        limits,
        until,
    )
    touching = tuple(
        repair for repair in read.repairs if repair.ran_us and (repair.end is None or repair.end > sums.elapsed.start)
    )
    cameras = {course.figure.camera.id: course.figure.camera for course in faulty}
    met = {
        (limits.group_of(cameras[repair.camera_id]), repair.crowd_from)
        for repair in touching
        if repair.crowd_from is not None
    }
    crowds = {key: crowd for crowd in read.crowds if (key := (crowd.group, crowd.span.start)) in met}
    late = []
    for repair in late_in(touching, sums.elapsed):
        camera = cameras[repair.camera_id]
        group = limits.group_of(camera)
        crowd = None if repair.crowd_from is None or group is None else crowds[group, repair.crowd_from]
        lasted = Span(repair.start, until if repair.end is None else repair.end)
        late.append(LateRepair(camera, repair, crowd, _stops(laid[camera.id], lasted)))
    late.sort(key=lambda found: (-found.repair.late_us, found.repair.start, found.camera.id))
    return RepairFigures(limits, touching, tuple(crowds.values()), tuple(late))


def _stops(laid: _Laid, lasted: Span) -> tuple[Stop, ...]:
    """What of it lies over the fault."""
    found = [
        Stop(kind, name, min(span.end, lasted.end) - max(span.start, lasted.start))
        for (kind, name), span in laid.stops.items()
        if span.start < lasted.end and span.end > lasted.start
    ]
    return tuple(sorted(found, key=lambda stop: (stop.kind, stop.id)))


# ---------------------------------------------------------------- what stops a clock


def _laid(
    record: Record, contract: Contract, month: tuple[int, int], faulty: Sequence[Course], window: Span
) -> dict[str, _Laid]:
    """By camera, what stops its clock within the window."""
    terms, zone = contract.terms, ZoneInfo(contract.terms.zone)
    days = contract_spans(window, replace(terms, service_hours=()), zone)
    absences = absences_by_camera(record)
    granted_spans = _granted_spans(record, contract, month, faulty, window.start)
    works = record.maintenance if terms.maintenance_excludes else ()
    known = {each.camera.id: each for each in record.cameras}
    found: dict[str, _Laid] = {}
    for course in faulty:
        camera = course.figure.camera
        stops = {
            (StopKind.MAINTENANCE, work.id): span_of(work) for work in works if work.scope.covers(camera)
        } | granted_spans.get(camera.id, {})
        elsewhere = sla.subtract([window], owed_time(known[camera.id], days, absences, zone))
        found[camera.id] = _Laid(stops, sla.merge([*stops.values(), *elsewhere]) if stops else elsewhere)
    return found


def _granted_spans(
    record: Record, contract: Contract, month: tuple[int, int], faulty: Sequence[Course], reach: int
) -> dict[str, dict[tuple[StopKind, str], Span]]:
    """By camera, how long each exclusion that counts lasts, back to the first fault's settlement period."""
    if not record.exclusions or not faulty:
        return {}
    about = {history.exclusion.id: history.exclusion for history in record.exclusions}
    faulty_ids = {course.figure.camera.id for course in faulty}
    those = replace(record, cameras=tuple(known for known in record.cameras if known.camera.id in faulty_ids))
    found: dict[str, dict[tuple[StopKind, str], Span]] = {}
    for period, granted in granted_back(those, contract, month, reach):
        for grant in granted:
            if grant.counted:
                key = StopKind.EXCLUSION, grant.exclusion_id
                span = _lasts(grant, span_of(about[grant.exclusion_id]), period)
                own = found.setdefault(grant.camera_id, {})
                own[key] = Span(span.start, max(span.end, own[key].end)) if key in own else span
    return found


def _lasts(grant: Grant, asked: Span, period: Span) -> Span:
    """From the exclusion's first instant to the last that counts; to its own end where no cap cuts it."""
    capped = any(cut is Cut.OVER_CAP for cut, _ in grant.cuts)
    return Span(max(asked.start, period.start), min(grant.counted[-1].end if capped else asked.end, period.end))
