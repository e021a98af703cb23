"""A month's record to its report: one fold per camera, then sums. Pure; the same record gives the same report.

What one camera's month is stands in ``cameras``, the way over all of them in ``fold``, what cameras come to together in
``groups``, the months before in ``trend``, arrivals and departures in ``changes``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor import sla
from monitor.calendar import month_span
from monitor.contract import Contract, counted_by_camera
from monitor.model import CameraRecord, ContractTerms, Span
from monitor.outages import BareRun, faults
from monitor.report.ahead import Ahead, group_ahead
from monitor.report.cameras import (
    CameraMonth,
    Frame,
    ahead_of,
    due_cameras,
    figure_of,
    frame_of,
)
from monitor.report.changes import change_figures
from monitor.report.exclusions import exclusion_figures, granted, span_of
from monitor.report.findings import finding_figures
from monitor.report.fold import Folded, fold, frames_of, in_scope, times_of
from monitor.report.groups import bases_of, group_of, groups_of, intact_verdict, on_basis, worst_first
from monitor.report.offline import Outages
from monitor.report.settled import Settlement
from monitor.report.settlement import Course, Sums, settlement_of
from monitor.report.timelines import DETAILED
from monitor.report.values import CameraFigure, GroupKind, MaintenanceFigure, Record, Report
from monitor.report.void import void_figures
from monitor.sla import Forecast


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
    frames = frames_of(record, contract, month, now)
    frame, found = frames.month, frames.found
    scope = in_scope(record, contract)
    cameras = {known.camera.id: known for known in scope}
    outside = [known for known in scope if not known.camera.in_contract]
    maintenance, changes = _maintenance(scope, frame), change_figures(record.changes, contract, frame.period)
    own = fold(record, contract, month, frames)
    its = _figures(own, cameras, terms)
    # Whatever can be done without the others is done by now.
    others = Folded([], [], [], []) if rest is None else rest()
    months, timelines = others.months + own.months, others.timelines + own.timelines
    figures, raw = zip(*_figures(others, cameras, terms), *its, strict=True) if months else ((), ())
    outages = Outages(sorted(others.outages + own.outages), cameras)  # two sorted runs: merged, not sorted
    total = group_of(GroupKind.TOWN, town, town, figures, terms)
    bases = bases_of(total.seconds, figures, terms)
    ranked = sorted(figures, key=lambda each: (*worst_first(each.seconds, terms.blind_time), each.camera.id))
    lines = {line.camera_id: line for line in timelines}
    settlement, settled = None, others.settled + own.settled
    if frames.settled is not None:
        theirs: Sequence[CameraFigure] = figures
        if frames.settled is not frame:  # over more than the month
            theirs = [figure_of(cameras[sums.camera_id], sums, terms) for sums, _ in settled]
        settlement = _settlement(record, contract, month, frames.settled, theirs, (runs for _, runs in settled))
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
        raw=bases if raw == figures else bases_of(sla.total(figure.seconds for figure in raw), raw, terms),
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
        outages=outages,
        maintenance=maintenance,
        exclusions=exclusion_figures(record, found, frame.period),
        changes=changes,
        forecast=_forecast(months, frame),
        budget=sla.budget(total.seconds, sum(each.to_come_us for each in months), terms.target, terms.blind_time),
        recorders=groups_of(
            GroupKind.RECORDER,
            [figure for figure in figures if figure.camera.recorder],
            terms,
            lambda camera: (camera.recorder, camera.recorder),
        ),
        timelines=tuple(lines[figure.camera.id] for figure in ranked[:DETAILED]),
        settlement=settlement,
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
            for time in times_of(record, contract, frame)
        ),
    )


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


def _settlement(
    record: Record,
    contract: Contract,
    month: tuple[int, int],
    frame: Frame,
    figures: Sequence[CameraFigure],
    offline: Iterable[Sequence[BareRun]],
) -> Settlement:
    """From each camera's figures and runs in the settlement period."""
    terms, until = contract.terms, frame.known.end
    courses = [Course(figure, faults(runs, until)) for figure, runs in zip(figures, offline, strict=True)]
    total = group_of(GroupKind.TOWN, "", "", figures, terms)
    sums = Sums(frame.elapsed, until, total, on_basis(terms.basis, total.seconds, figures, terms))
    return settlement_of(record, contract, month, courses, sums)


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
