"""A month's record to its report: one fold per camera, then sums. Pure; the same record gives the same report.

A camera that vanished from the inventory stays in, with the DOWN state the record gives it; only ``in_service_to`` or
``in_contract`` in its last wording takes it out, and both are printed as changes. Time after the last entry of the
record is time nobody watched.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import groupby
from operator import attrgetter
from zoneinfo import ZoneInfo

from monitor import sla
from monitor.calendar import contract_spans, month_span, snapshot_instants
from monitor.contract import Contract, counted_by_camera
from monitor.model import (
    EPOCH,
    MICROSECOND,
    Basis,
    Camera,
    CameraRecord,
    ContractTerms,
    InventoryChange,
    Maintenance,
    Seconds,
    Span,
    State,
    Step,
    instant,
    micros,
)
from monitor.outages import outages_of_steps, runs, spans_of_steps, steps_of
from monitor.report.ahead import Ahead, group_ahead
from monitor.report.exclusions import (
    absences_by_camera,
    exclusion_figures,
    granted,
    granted_back,
    owed_time,
    planned_time,
    span_of,
)
from monitor.report.reliability import Reliability, faults, reliability, together
from monitor.report.settled import Settlement
from monitor.report.settlement import Course, Sums, settled_span, settlement, settles
from monitor.report.timelines import DETAILED, local_days, timeline
from monitor.report.values import (
    BasisFigure,
    CameraFigure,
    ChangeFigure,
    ChangeKind,
    FieldChange,
    GroupFigure,
    GroupKind,
    MaintenanceFigure,
    OutageFigure,
    Past,
    Rates,
    Record,
    Report,
    Timeline,
    TrendMonth,
)
from monitor.report.void import void_figures

# A report is handed around: that these changed is said, how one reaches the device is not.
KEPT_BACK = frozenset({"url", "credentials"})
HIDDEN = "***"

DAY_US = timedelta(days=1) // MICROSECOND
_seq = attrgetter("seq")


@dataclass(frozen=True, slots=True)
class _Month:
    """What is the same for every camera."""

    terms: ContractTerms
    zone: ZoneInfo
    period: Span
    elapsed: Span
    known: Span  # the part of the elapsed time the record speaks about
    service: list[Span]  # the contract's time in the whole period
    looks: list[int]
    maintenance: tuple[Maintenance, ...]
    exclusions: Mapping[str, list[Span]]  # granted time, by camera
    earlier: Mapping[str, list[Span]]  # the same of settlement periods before, as far back as faults reach
    absences: Mapping[str, list[Span]]  # when cameras were allowed to be gone


@dataclass(frozen=True, slots=True)
class _History:
    """One camera's month."""

    known: CameraRecord
    steps: Sequence[Step]
    figure: CameraFigure
    outages: tuple[OutageFigure, ...]
    scheduled: list[Span]  # owed and elapsed
    owed: list[Span]  # in the whole period, whether elapsed or not
    excluded: list[Span]
    states: list[tuple[Span, State]]


@dataclass(frozen=True, slots=True)
class _PastMonth:
    """A month of the trend while it is added up."""

    frame: _Month
    head_seq: int  # later entries are not looked at
    waiting: dict[str, CameraRecord]  # cameras in the contract that are not added yet
    sums: list[Seconds]

    def add(self, camera_id: str, course: Sequence[Step]) -> None:
        """Take in the camera's month, if it is in the contract and owes any."""
        camera, frame = self.waiting.pop(camera_id, None), self.frame
        if camera is not None and (owed := owed_time(camera, frame.service, frame.absences, frame.zone)):
            states = spans_of_steps(course[: bisect_right(course, self.head_seq, key=_seq)], frame.known)
            scheduled = sla.intersect(owed, [frame.elapsed])
            self.sums.append(sla.account(states, scheduled, _excluded(camera.camera, frame)))


def build_report(
    record: Record, contract: Contract, *, town: str, month: tuple[int, int], now: datetime, version: str
) -> Report:
    """The report of the calendar month (year, month) in the contract's zone, as far as it had passed at ``now``.

    It speaks of the cameras in the contract's scope, and of no others.
    """
    terms = contract.terms
    period = month_span(*month, ZoneInfo(terms.zone))
    by_camera = _by_camera(record)
    (_, found), *earlier = granted_back(record, contract, month, _first_down(record, by_camera, period.start))
    frame = _frame(record, terms, period, counted_by_camera(found), now)
    frame = replace(frame, earlier=counted_by_camera(grant for _, grants in earlier for grant in grants))
    in_scope = [camera for camera in record.cameras if contract.scope.covers(camera.camera)]
    due = _due(in_scope, frame)
    histories = _histories(due, by_camera, frame)
    figures = [history.figure for history in histories]
    total = _group(GroupKind.TOWN, town, town, figures, terms)
    bases = _bases(total.seconds, figures, terms)
    raw = [_raw(history, frame) for history in histories]
    worst_first = sorted(histories, key=lambda history: (*_worst_first(history.figure.rates), history.figure.camera.id))
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
        intact_verdict=_intact_verdict(total.seconds, terms),
        bases=bases,
        raw=_bases(sla.total(figure.seconds for figure in raw), raw, terms),
        total=total,
        villages=_groups(GroupKind.VILLAGE, figures, terms, lambda camera: (camera.site.village, camera.site.village)),
        carriers=_groups(GroupKind.CARRIER, figures, terms, lambda camera: (camera.carrier, camera.carrier)),
        categories=_groups(
            GroupKind.CATEGORY, figures, terms, lambda camera: (camera.site.category, camera.site.category)
        ),
        sites=_groups(GroupKind.SITE, figures, terms, lambda camera: (camera.site.id, camera.site.name)),
        cameras=tuple(history.figure for history in worst_first),
        outside_contract=tuple(camera.camera for camera, _ in due if not camera.camera.in_contract),
        outages=tuple(
            sorted(
                (outage for history in histories for outage in history.outages),
                key=lambda outage: (-outage.counted_us, outage.start_at, outage.camera.id),
            )
        ),
        maintenance=_maintenance(histories, frame),
        exclusions=exclusion_figures(record, found, frame.period),
        changes=tuple(_change(change) for change in record.changes if _concerns(change, contract, frame.period)),
        forecast=_forecast(histories, frame) if frame.elapsed.end < frame.period.end else None,
        budget=sla.budget(
            total.seconds, sum(_to_come(history, frame) for history in histories), terms.target, terms.blind_time
        ),
        recorders=_groups(
            GroupKind.RECORDER,
            [figure for figure in figures if figure.camera.recorder],
            terms,
            lambda camera: (camera.recorder, camera.recorder),
        ),
        timelines=_timelines(worst_first[:DETAILED], month, frame.zone),
        settlement=_settlement(record, contract, month, histories, by_camera, frame, now),
        void=void_figures(record, month, frame.period),
    )


def build_trend(report: Report, contract: Contract, past: Past, now: datetime) -> tuple[TrendMonth, ...]:
    """The months before and the report's own, oldest first; a month in which nothing was owed is left out.

    Each month has the seconds of its own report made now: cameras as they were written down when it ended, terms as
    they are today, exclusions, planned work and absences by the same rules. A closed month is read as far as it was
    closed, so what was written afterwards moves nothing; that it still gives the figures it was closed with is a
    question to its own report. ``past.courses`` is walked once and never held.
    """
    terms, zone = contract.terms, ZoneInfo(contract.terms.zone)
    months = [
        _PastMonth(
            _frame(
                record,
                terms,
                month_span(*month, zone),
                counted_by_camera(granted(record, contract, month, zone)),
                now,
            ),
            record.head_seq,
            {known.camera.id: known for known in record.cameras if contract.about(known.camera)},
            [],
        )
        for month, record in zip(past.months, past.records, strict=True)
    ]
    for camera_id, course in past.courses:
        for month in months:
            month.add(camera_id, course)
    for month in months:
        for camera_id in list(month.waiting):  # nothing was ever recorded of these
            month.add(camera_id, ())
    before = [
        _trend_month(date, month.sums, terms) for date, month in zip(past.months, months, strict=True) if month.sums
    ]

    own = _trend_month((report.year, report.month), [figure.seconds for figure in report.cameras], terms)
    return (*before, own)


def _trend_month(month: tuple[int, int], cameras: Sequence[Seconds], terms: ContractTerms) -> TrendMonth:
    seconds = sla.total(cameras)
    rated = [rate for each in cameras if (rate := sla.online_ratio(each, terms.blind_time)) is not None]
    passing = sum(rate >= terms.target for rate in rated)
    return TrendMonth(*month, len(cameras), passing, len(rated), seconds, _rates(seconds, terms))


def _settlement(
    record: Record,
    contract: Contract,
    month: tuple[int, int],
    histories: list[_History],
    by_camera: Mapping[str, Sequence[Step]],
    frame: _Month,
    now: datetime,
) -> Settlement | None:
    """Over more than the month the sums of time are made once more, with every camera that was owed in it."""
    if not settles(contract):
        return None
    period = settled_span(contract, month)
    summed = [(history.known, history.figure) for history in histories]
    if period != frame.period:
        frame = _frame(record, contract.terms, period, frame.exclusions, now)
        in_scope = (camera for camera in record.cameras if contract.scope.covers(camera.camera))
        summed = [
            (known, _sums(known, owed, by_camera.get(known.camera.id, ()), frame)[0])
            for known, owed in _due(in_scope, frame)
            if known.camera.in_contract
        ]
    figures = [figure for _, figure in summed]
    total = _group(GroupKind.TOWN, "", "", figures, contract.terms)
    until = frame.known.end
    sums = Sums(frame.elapsed, until, total, _on_basis(contract.terms.basis, total.seconds, figures, contract.terms))
    courses = [
        Course(known, figure, outages_of_steps(known.camera.id, steps, until), steps)
        for known, figure in summed
        for steps in [by_camera.get(known.camera.id, ())]
    ]
    return settlement(record, contract, month, courses, sums)


def _by_camera(record: Record) -> Mapping[str, Sequence[Step]]:
    """Each camera's steps, in their order."""
    if record.courses is not None:
        return record.courses
    in_turn = sorted(record.transitions, key=lambda move: move.camera_id)
    return {camera_id: steps_of(moves) for camera_id, moves in groupby(in_turn, key=lambda move: move.camera_id)}


def cameras_ahead(
    record: Record, contract: Contract, month: tuple[int, int], now: datetime
) -> tuple[Span, Span, tuple[Ahead, ...]]:
    """The month, what of it had passed at ``now``, and every camera of the contract of which any time is owed in it."""
    zone = ZoneInfo(contract.terms.zone)
    found = granted(record, contract, month, zone)
    frame = _frame(record, contract.terms, month_span(*month, zone), counted_by_camera(found), now)
    in_scope = (camera for camera in record.cameras if contract.scope.covers(camera.camera))
    histories = _histories(_due(in_scope, frame), _by_camera(record), frame)
    return frame.period, frame.elapsed, tuple(_ahead(history, frame) for history in histories)


def _due(cameras: Iterable[CameraRecord], frame: _Month) -> list[tuple[CameraRecord, list[Span]]]:
    """Those of which any time is owed in the period, with that time."""
    return [(known, owed) for known in cameras if (owed := owed_time(known, frame.service, frame.absences, frame.zone))]


def _histories(
    due: Iterable[tuple[CameraRecord, list[Span]]], by_camera: Mapping[str, Sequence[Step]], frame: _Month
) -> list[_History]:
    return [
        _history(known, owed, by_camera.get(known.camera.id, ()), frame)
        for known, owed in due
        if known.camera.in_contract
    ]


def _first_down(record: Record, by_camera: Mapping[str, Sequence[Step]], otherwise: int) -> int:
    """The first instant at which any camera was down, as far back as the record was read.

    Only exclusions are granted again for it, so without any it is not looked for.
    """
    if not record.exclusions:
        return otherwise
    downs = (step.at for steps in by_camera.values() for step in steps if step.state is State.DOWN)
    return min(downs, default=otherwise)


def _frame(
    record: Record, terms: ContractTerms, period: Span, exclusions: Mapping[str, list[Span]], now: datetime
) -> _Month:
    zone = ZoneInfo(terms.zone)
    elapsed = Span(period.start, max(period.start, min(period.end, micros(now))))
    recorded_until = EPOCH if record.recorded_until is None else record.recorded_until
    return _Month(
        terms=terms,
        zone=zone,
        period=period,
        elapsed=elapsed,
        known=Span(elapsed.start, min(elapsed.end, micros(recorded_until))),
        service=contract_spans(period, terms, zone),
        looks=snapshot_instants(period, terms.snapshot_times, zone),
        maintenance=record.maintenance,
        exclusions=exclusions,
        earlier={},
        absences=absences_by_camera(record),
    )


# ---------------------------------------------------------------- one camera


def _history(record: CameraRecord, owed: list[Span], steps: Sequence[Step], frame: _Month) -> _History:
    figure, scheduled, excluded, states = _sums(record, owed, steps, frame)
    counting = sla.subtract(scheduled, excluded)
    offline = _outages(record.camera, steps, scheduled, counting, frame.known.end)
    seconds = figure.seconds
    without = sla.merge([*excluded, *frame.earlier.get(record.camera.id, ())])
    repairs = reliability(
        faults(steps, frame.known.end), frame.period, counting, without, seconds.up + seconds.degraded
    )
    whole = replace(figure, outages=len(offline), reliability=repairs)
    return _History(record, steps, whole, offline, scheduled, owed, excluded, states)


def _sums(
    record: CameraRecord, owed: list[Span], steps: Sequence[Step], frame: _Month
) -> tuple[CameraFigure, list[Span], list[Span], list[tuple[Span, State]]]:
    """The figures without outages and repairs; what was scheduled and excluded, and the states they are made from."""
    scheduled = sla.intersect(owed, [frame.elapsed])
    excluded = _excluded(record.camera, frame)
    states = spans_of_steps(steps, frame.known)
    seconds = sla.account(states, scheduled, excluded)
    rates = _rates(seconds, frame.terms)
    figure = CameraFigure(
        camera=record.camera,
        removed_at=record.removed_at,
        seconds=seconds,
        rates=rates,
        looks=sla.snapshots(states, scheduled, excluded, frame.looks),
        outages=0,
        below_target=rates.online is not None and rates.online < frame.terms.target,
        reliability=Reliability(),
    )
    return figure, scheduled, excluded, states


def _raw(history: _History, frame: _Month) -> CameraFigure:
    """The camera's time, rates and inspections as they were without anything excluded."""
    if not history.figure.seconds.excluded:
        return history.figure
    seconds = sla.account(history.states, history.scheduled, [])
    rates = _rates(seconds, frame.terms)
    return replace(
        history.figure,
        seconds=seconds,
        rates=rates,
        looks=sla.snapshots(history.states, history.scheduled, [], frame.looks),
        below_target=rates.online is not None and rates.online < frame.terms.target,
    )


def _excluded(camera: Camera, frame: _Month) -> list[Span]:
    planned = planned_time(camera, frame.maintenance, frame.terms)
    return sla.merge([*planned, *frame.exclusions.get(camera.id, ())])


def _outages(
    camera: Camera, steps: Sequence[Step], scheduled: list[Span], counting: list[Span], until: int
) -> tuple[OutageFigure, ...]:
    owes, counts = sla.clock(scheduled), sla.clock(counting)
    found: list[OutageFigure] = []
    for start, end, causes in runs(steps, until):
        lasts = until if end is None else end
        owed = owes(lasts) - owes(start)
        if owed:
            excluded = owed - (counts(lasts) - counts(start))
            end_at = None if end is None else instant(end)
            found.append(OutageFigure(camera, instant(start), end_at, causes, owed, excluded))
    return tuple(found)


# ---------------------------------------------------------------- sums


def _rates(seconds: Seconds, terms: ContractTerms) -> Rates:
    return Rates(
        sla.online_ratio(seconds, terms.blind_time), sla.intact_ratio(seconds, terms.blind_time), sla.coverage(seconds)
    )


def _group(
    kind: GroupKind, group_id: str, name: str, figures: Sequence[CameraFigure], terms: ContractTerms
) -> GroupFigure:
    seconds = sla.total(figure.seconds for figure in figures)
    repairs = together(figure.reliability for figure in figures)
    return GroupFigure(kind, group_id, name, len(figures), seconds, _rates(seconds, terms), repairs)


def _groups(
    kind: GroupKind,
    figures: Sequence[CameraFigure],
    terms: ContractTerms,
    key: Callable[[Camera], tuple[str, str]],
) -> tuple[GroupFigure, ...]:
    members: dict[str, list[CameraFigure]] = {}
    names: dict[str, str] = {}
    for figure in figures:
        group_id, name = key(figure.camera)
        members.setdefault(group_id, []).append(figure)
        names.setdefault(group_id, name)
    groups = (_group(kind, group_id, names[group_id], cameras, terms) for group_id, cameras in members.items())
    return tuple(sorted(groups, key=lambda group: (*_worst_first(group.rates), group.id)))


def _worst_first(rates: Rates) -> tuple[bool, int, int]:
    """Lowest online rate first, then lowest coverage; those without a rate last."""
    return rates.online is None, _rank(rates.online), _rank(rates.coverage)


def _rank(ratio: Fraction | None) -> int:
    """In the order of the ratios: two that differ do so by 1/2**128 at least, for no sum of time reaches 2**64 us.

    Comparing fractions costs ten times as much, and a town's cameras are compared a hundred thousand times.
    """
    return 0 if ratio is None else (ratio.numerator << 128) // ratio.denominator


def _bases(fleet: Seconds, figures: Sequence[CameraFigure], terms: ContractTerms) -> tuple[BasisFigure, ...]:
    return tuple(_on_basis(basis, fleet, figures, terms) for basis in Basis)


def _on_basis(basis: Basis, fleet: Seconds, figures: Sequence[CameraFigure], terms: ContractTerms) -> BasisFigure:
    blind, contractual = terms.blind_time, basis is terms.basis
    match basis:
        case Basis.FLEET_SECONDS | Basis.SNAPSHOTS:
            sums = fleet if basis is Basis.FLEET_SECONDS else sla.total(figure.looks for figure in figures)
            ratio, whole = sla.online_ratio(sums, blind), sla.counted(sums, blind)
            good = 0 if ratio is None else int(ratio * whole)
            verdict = sla.verdict(sums, terms.target, terms.min_coverage, blind)
            return BasisFigure(basis, ratio, good, whole, verdict, contractual)
        case Basis.CAMERA_PASS_SHARE:
            share = sla.camera_pass_share((figure.seconds for figure in figures), terms.target, blind)
            rated = [figure for figure in figures if figure.rates.online is not None]
            good = sum(not figure.below_target for figure in rated)
            return BasisFigure(basis, share, good, len(rated), _share_verdict(share, fleet, terms), contractual)


def _share_verdict(share: Fraction | None, fleet: Seconds, terms: ContractTerms) -> sla.SlaVerdict:
    """The share of cameras against the target; whether enough was watched is a question to the whole fleet."""
    by_time = sla.verdict(fleet, terms.target, terms.min_coverage, terms.blind_time)
    if share is None or by_time in (sla.SlaVerdict.NOT_PROVABLE, sla.SlaVerdict.UNDEFINED):
        return by_time
    return sla.SlaVerdict.MET if share >= terms.target else sla.SlaVerdict.MISSED


def _intact_verdict(seconds: Seconds, terms: ContractTerms) -> sla.SlaVerdict | None:
    if terms.intact_target is None:
        return None
    faulty_is_down = replace(seconds, degraded=0, down=seconds.down + seconds.degraded)
    return sla.verdict(faulty_is_down, terms.intact_target, terms.min_coverage, terms.blind_time)


def _forecast(histories: Iterable[_History], frame: _Month) -> sla.Forecast:
    return group_ahead("", [_ahead(history, frame) for history in histories], frame.terms).forecast


def _ahead(history: _History, frame: _Month) -> Ahead:
    now = frame.elapsed.end
    last_day = sla.intersect(history.owed, [Span(now - DAY_US, now)])
    state = history.states[-1][1] if history.states else State.UNKNOWN
    run = runs(history.steps, now)[-1] if state is State.DOWN else None
    return Ahead(
        camera=history.known.camera,
        state=state,
        so_far=history.figure.seconds,
        last_day=sla.account(history.states, last_day, history.excluded),
        to_come_us=_to_come(history, frame),
        down_since_at=None if run is None else instant(run.start),
        causes=() if run is None else run.causes,
    )


def _to_come(history: _History, frame: _Month) -> int:
    """The counting microseconds the camera still owes."""
    ahead = [Span(frame.elapsed.end, frame.period.end)]
    return sla.length(sla.subtract(sla.intersect(history.owed, ahead), history.excluded))


# ---------------------------------------------------------------- what happened


def _timelines(histories: Sequence[_History], month: tuple[int, int], zone: ZoneInfo) -> tuple[Timeline, ...]:
    days = local_days(*month, zone)
    return tuple(
        timeline(history.figure.camera.id, history.states, history.scheduled, history.excluded, days)
        for history in histories
    )


def _maintenance(histories: Sequence[_History], frame: _Month) -> tuple[MaintenanceFigure, ...]:
    found: list[MaintenanceFigure] = []
    for work in frame.maintenance:
        span = span_of(work)
        if span.start >= frame.period.end or span.end <= frame.period.start:
            continue
        covered = [history for history in histories if work.scope.covers(history.figure.camera)]
        taken = sum(sla.length(sla.intersect(history.owed, [span])) for history in covered)
        found.append(MaintenanceFigure(work, len(covered), taken if frame.terms.maintenance_excludes else 0))
    return tuple(found)


def _concerns(change: InventoryChange, contract: Contract, period: Span) -> bool:
    """Whether the camera was then in the contract's scope before or after; leaving it is printed, too."""
    return period.start <= micros(change.at) < period.end and any(
        camera is not None and contract.scope.covers(camera) for camera in (change.before, change.after)
    )


def _change(change: InventoryChange) -> ChangeFigure:
    latest = change.after or change.before
    assert latest is not None, "a change has a before or an after"
    differing: tuple[FieldChange, ...] = ()
    kind = ChangeKind.ADDED if change.before is None else ChangeKind.REMOVED
    if change.before is not None and change.after is not None:
        kind, differing = ChangeKind.CHANGED, _differing(change.before, change.after)
    return ChangeFigure(change.at, change.camera_id, latest.name, kind, differing)


def _differing(before: Camera, after: Camera) -> tuple[FieldChange, ...]:
    old, new = _flat(before), _flat(after)
    return tuple(
        FieldChange(name, HIDDEN, HIDDEN) if name in KEPT_BACK else FieldChange(name, old[name], new[name])
        for name in old
        if old[name] != new[name]
    )


def _flat(camera: Camera) -> dict[str, str]:
    """Every field as text; nothing is the empty text."""
    own = {field.name: getattr(camera, field.name) for field in fields(camera) if field.name != "site"}
    site = {f"site.{field.name}": getattr(camera.site, field.name) for field in fields(camera.site)}
    return {name: "" if value is None else str(value) for name, value in (own | site).items()}
