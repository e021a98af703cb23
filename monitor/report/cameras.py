"""One camera's part of a month: what it owed, what of that it was online, and when it was not. Pure.

A camera that vanished from the inventory stays in, with the DOWN state the record gives it; only ``in_service_to`` or
``in_contract`` in its last wording takes it out. Time after the last entry of the record is time nobody watched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from monitor import sla
from monitor.calendar import contract_spans, snapshot_instants
from monitor.model import (
    EPOCH,
    MICROSECOND,
    Camera,
    CameraRecord,
    ContractTerms,
    Maintenance,
    Span,
    State,
    Step,
    instant,
    micros,
)
from monitor.outages import faults, runs, spans_of_steps, steps_of
from monitor.report.ahead import Ahead
from monitor.report.exclusions import absences_by_camera, owed_time, planned_time
from monitor.report.groups import rates_of
from monitor.report.reliability import Reliability, reliability
from monitor.report.values import CameraFigure, OutageFigure, Record

DAY_US = timedelta(days=1) // MICROSECOND


@dataclass(frozen=True, slots=True)
class Frame:
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
class CameraMonth:
    """One camera's month."""

    known: CameraRecord
    steps: Sequence[Step]
    figure: CameraFigure
    outages: tuple[OutageFigure, ...]
    scheduled: list[Span]  # owed and elapsed
    owed: list[Span]  # in the whole period, whether elapsed or not
    excluded: list[Span]
    states: list[tuple[Span, State]]


def frame_of(
    record: Record, terms: ContractTerms, period: Span, exclusions: Mapping[str, list[Span]], now: datetime
) -> Frame:
    zone = ZoneInfo(terms.zone)
    elapsed = Span(period.start, max(period.start, min(period.end, micros(now))))
    recorded_until = EPOCH if record.recorded_until is None else record.recorded_until
    return Frame(
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


def due_cameras(cameras: Iterable[CameraRecord], frame: Frame) -> list[tuple[CameraRecord, list[Span]]]:
    """Those of which any time is owed in the period, with that time."""
    return [(known, owed) for known in cameras if (owed := owed_time(known, frame.service, frame.absences, frame.zone))]


def camera_months(
    due: Iterable[tuple[CameraRecord, list[Span]]], by_camera: Mapping[str, Sequence[Step]], frame: Frame
) -> list[CameraMonth]:
    return [
        camera_month(known, owed, by_camera.get(known.camera.id, ()), frame)
        for known, owed in due
        if known.camera.in_contract
    ]


def camera_month(record: CameraRecord, owed: list[Span], steps: Sequence[Step], frame: Frame) -> CameraMonth:
    figure, scheduled, excluded, states = sums_of(record, owed, steps, frame)
    counting = sla.subtract(scheduled, excluded)
    offline = _outages(record.camera, steps, scheduled, counting, frame.known.end)
    seconds = figure.seconds
    without = sla.merge([*excluded, *frame.earlier.get(record.camera.id, ())])
    repairs = reliability(
        faults(steps, frame.known.end), frame.period, counting, without, seconds.up + seconds.degraded
    )
    whole = replace(figure, outages=len(offline), reliability=repairs)
    return CameraMonth(record, steps, whole, offline, scheduled, owed, excluded, states)


def sums_of(
    record: CameraRecord, owed: list[Span], steps: Sequence[Step], frame: Frame
) -> tuple[CameraFigure, list[Span], list[Span], list[tuple[Span, State]]]:
    """The figures without outages and repairs; what was scheduled and excluded, and the states they are made from."""
    scheduled = sla.intersect(owed, [frame.elapsed])
    excluded = excluded_time(record.camera, frame)
    states = spans_of_steps(steps, frame.known)
    seconds = sla.account(states, scheduled, excluded)
    rates = rates_of(seconds, frame.terms)
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


def without_exclusions(history: CameraMonth, frame: Frame) -> CameraFigure:
    """The camera's time, rates and inspections as they were without anything excluded."""
    if not history.figure.seconds.excluded:
        return history.figure
    seconds = sla.account(history.states, history.scheduled, [])
    rates = rates_of(seconds, frame.terms)
    return replace(
        history.figure,
        seconds=seconds,
        rates=rates,
        looks=sla.snapshots(history.states, history.scheduled, [], frame.looks),
        below_target=rates.online is not None and rates.online < frame.terms.target,
    )


def excluded_time(camera: Camera, frame: Frame) -> list[Span]:
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


def ahead_of(history: CameraMonth, frame: Frame) -> Ahead:
    now = frame.elapsed.end
    last_day = sla.intersect(history.owed, [Span(now - DAY_US, now)])
    state = history.states[-1][1] if history.states else State.UNKNOWN
    run = runs(history.steps, now)[-1] if state is State.DOWN else None
    return Ahead(
        camera=history.known.camera,
        state=state,
        so_far=history.figure.seconds,
        last_day=sla.account(history.states, last_day, history.excluded),
        to_come_us=to_come(history, frame),
        down_since_at=None if run is None else instant(run.start),
        causes=() if run is None else run.causes,
    )


def to_come(history: CameraMonth, frame: Frame) -> int:
    """The counting microseconds the camera still owes."""
    ahead = [Span(frame.elapsed.end, frame.period.end)]
    return sla.length(sla.subtract(sla.intersect(history.owed, ahead), history.excluded))


def courses_of(record: Record) -> Mapping[str, Sequence[Step]]:
    """Each camera's steps, in their order."""
    if record.courses is not None:
        return record.courses
    in_turn = sorted(record.transitions, key=lambda move: move.camera_id)
    return {camera_id: steps_of(moves) for camera_id, moves in groupby(in_turn, key=lambda move: move.camera_id)}
