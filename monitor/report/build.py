"""A month's record to its report: one fold per camera, then sums. Pure; the same record gives the same report.

What one camera's month is stands in ``cameras``, what cameras come to together in ``groups``, the months before in
``trend``, arrivals and departures in ``changes``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor import sla
from monitor.calendar import month_span
from monitor.contract import Contract, counted_by_camera
from monitor.model import Span, State, Step
from monitor.outages import faults
from monitor.report.ahead import Ahead, group_ahead
from monitor.report.cameras import (
    CameraMonth,
    Frame,
    ahead_of,
    camera_months,
    courses_of,
    due_cameras,
    frame_of,
    sums_of,
    to_come,
    without_exclusions,
)
from monitor.report.changes import change_figures
from monitor.report.exclusions import exclusion_figures, granted, granted_back, span_of
from monitor.report.groups import bases_of, group_of, groups_of, intact_verdict, on_basis, worst_first
from monitor.report.settled import Settlement
from monitor.report.settlement import Course, Sums, settled_span, settlement, settles
from monitor.report.timelines import DETAILED, local_days, timeline
from monitor.report.values import GroupKind, MaintenanceFigure, Record, Report, Timeline
from monitor.report.void import void_figures


def build_report(
    record: Record, contract: Contract, *, town: str, month: tuple[int, int], now: datetime, version: str
) -> Report:
    """The report of the calendar month (year, month) in the contract's zone, as far as it had passed at ``now``.

    It speaks of the cameras in the contract's scope, and of no others.
    """
    terms = contract.terms
    period = month_span(*month, ZoneInfo(terms.zone))
    by_camera = courses_of(record)
    (_, found), *earlier = granted_back(record, contract, month, _first_down(record, by_camera, period.start))
    frame = frame_of(record, terms, period, counted_by_camera(found), now)
    frame = replace(frame, earlier=counted_by_camera(grant for _, grants in earlier for grant in grants))
    in_scope = [camera for camera in record.cameras if contract.scope.covers(camera.camera)]
    due = due_cameras(in_scope, frame)
    histories = camera_months(due, by_camera, frame)
    figures = [history.figure for history in histories]
    total = group_of(GroupKind.TOWN, town, town, figures, terms)
    bases = bases_of(total.seconds, figures, terms)
    raw = [without_exclusions(history, frame) for history in histories]
    ranked = sorted(histories, key=lambda history: (*worst_first(history.figure.rates), history.figure.camera.id))
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
        cameras=tuple(history.figure for history in ranked),
        outside_contract=tuple(camera.camera for camera, _ in due if not camera.camera.in_contract),
        outages=tuple(
            sorted(
                (outage for history in histories for outage in history.outages),
                key=lambda outage: (-outage.counted_us, outage.start_at, outage.camera.id),
            )
        ),
        maintenance=_maintenance(histories, frame),
        exclusions=exclusion_figures(record, found, frame.period),
        changes=change_figures(record.changes, contract, frame.period),
        forecast=_forecast(histories, frame) if frame.elapsed.end < frame.period.end else None,
        budget=sla.budget(
            total.seconds, sum(to_come(history, frame) for history in histories), terms.target, terms.blind_time
        ),
        recorders=groups_of(
            GroupKind.RECORDER,
            [figure for figure in figures if figure.camera.recorder],
            terms,
            lambda camera: (camera.recorder, camera.recorder),
        ),
        timelines=_timelines(ranked[:DETAILED], month, frame.zone),
        settlement=_settlement(record, contract, month, histories, by_camera, frame, now),
        void=void_figures(record, month, frame.period),
    )


def _settlement(
    record: Record,
    contract: Contract,
    month: tuple[int, int],
    histories: list[CameraMonth],
    by_camera: Mapping[str, Sequence[Step]],
    frame: Frame,
    now: datetime,
) -> Settlement | None:
    """Over more than the month the sums of time are made once more, with every camera that was owed in it."""
    if not settles(contract):
        return None
    period = settled_span(contract, month)
    summed = [(history.known, history.figure) for history in histories]
    if period != frame.period:
        frame = frame_of(record, contract.terms, period, frame.exclusions, now)
        in_scope = (camera for camera in record.cameras if contract.scope.covers(camera.camera))
        summed = [
            (known, sums_of(known, owed, by_camera.get(known.camera.id, ()), frame)[0])
            for known, owed in due_cameras(in_scope, frame)
            if known.camera.in_contract
        ]
    figures = [figure for _, figure in summed]
    total = group_of(GroupKind.TOWN, "", "", figures, contract.terms)
    until = frame.known.end
    sums = Sums(frame.elapsed, until, total, on_basis(contract.terms.basis, total.seconds, figures, contract.terms))
    courses = [
        Course(known, figure, faults(steps, until))
        for known, figure in summed
        for steps in [by_camera.get(known.camera.id, ())]
    ]
    return settlement(record, contract, month, courses, sums)


def cameras_ahead(
    record: Record, contract: Contract, month: tuple[int, int], now: datetime
) -> tuple[Span, Span, tuple[Ahead, ...]]:
    """The month, what of it had passed at ``now``, and every camera of the contract of which any time is owed in it."""
    zone = ZoneInfo(contract.terms.zone)
    found = granted(record, contract, month, zone)
    frame = frame_of(record, contract.terms, month_span(*month, zone), counted_by_camera(found), now)
    in_scope = (camera for camera in record.cameras if contract.scope.covers(camera.camera))
    histories = camera_months(due_cameras(in_scope, frame), courses_of(record), frame)
    return frame.period, frame.elapsed, tuple(ahead_of(history, frame) for history in histories)


def _first_down(record: Record, by_camera: Mapping[str, Sequence[Step]], otherwise: int) -> int:
    """The first instant at which any camera was down, as far back as the record was read.

    Only exclusions are granted again for it, so without any it is not looked for.
    """
    if not record.exclusions:
        return otherwise
    downs = (step.at for steps in by_camera.values() for step in steps if step.state is State.DOWN)
    return min(downs, default=otherwise)


def _forecast(histories: Iterable[CameraMonth], frame: Frame) -> sla.Forecast:
    return group_ahead("", [ahead_of(history, frame) for history in histories], frame.terms).forecast


def _timelines(histories: Sequence[CameraMonth], month: tuple[int, int], zone: ZoneInfo) -> tuple[Timeline, ...]:
    days = local_days(*month, zone)
    return tuple(
        timeline(history.figure.camera.id, history.states, history.scheduled, history.excluded, days)
        for history in histories
    )


def _maintenance(histories: Sequence[CameraMonth], frame: Frame) -> tuple[MaintenanceFigure, ...]:
    found: list[MaintenanceFigure] = []
    for work in frame.maintenance:
        span = span_of(work)
        if span.start >= frame.period.end or span.end <= frame.period.start:
            continue
        covered = [history for history in histories if work.scope.covers(history.figure.camera)]
        taken = sum(sla.length(sla.intersect(history.owed, [span])) for history in covered)
        found.append(MaintenanceFigure(work, len(covered), taken if frame.terms.maintenance_excludes else 0))
    return tuple(found)
