"""One camera's part of a month: what it owed, what of that it was online, and when it was not. Pure.

A camera that vanished from the inventory stays in, with the DOWN state the record gives it; only ``in_service_to`` or
``in_contract`` in its last wording takes it out. Time after the last entry of the record is time nobody watched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from monitor import sla
from monitor.calendar import DAY_US, contract_spans, snapshot_instants
from monitor.model import (
    EPOCH,
    Camera,
    CameraRecord,
    ContractTerms,
    Maintenance,
    Seconds,
    Span,
    State,
    Step,
    Travelling,
    instant,
    micros,
)
from monitor.outages import Run, faults, runs, spans_of_steps, steps_of
from monitor.report.ahead import Ahead
from monitor.report.exclusions import absences_by_camera, owed_time, taken_out
from monitor.report.groups import rates_of
from monitor.report.offline import Offline
from monitor.report.reliability import Reliability, reliability
from monitor.report.values import CameraFigure, Record

NOTHING_BROKE = Reliability()


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
class CameraTime:
    """What one camera's month is made of; spans ascending and disjoint."""

    known: CameraRecord
    steps: Sequence[Step]
    owed: list[Span]  # in the whole period, whether elapsed or not
    scheduled: list[Span]  # owed and elapsed
    excluded: list[Span]
    counting: list[Span]  # scheduled and not excluded
    states: list[tuple[Span, State]]
    runs: list[Run]  # as far as the record speaks


@dataclass(frozen=True, slots=True)
class CameraSums(Travelling):
    """What one camera's period comes to, in numbers alone: whoever is told it knows the camera."""

    camera_id: str
    seconds: Seconds
    looks: Seconds  # inspections at the contract's times, as counts


@dataclass(frozen=True, slots=True)
class CameraMonth(Travelling):
    """What one camera's month comes to."""

    sums: CameraSums
    raw: CameraSums  # as they were without anything excluded; the same object where nothing is
    outages: int
    reliability: Reliability
    to_come_us: int  # counting microseconds it still owes
    ahead: Ahead | None  # None: the month is over


def frame_of(
    record: Record, terms: ContractTerms, period: Span, exclusions: Mapping[str, list[Span]], now: datetime
) -> Frame:
    """The period so far, with this time excluded."""
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


def time_of(record: CameraRecord, owed: list[Span], steps: Sequence[Step], frame: Frame) -> CameraTime:
    """What of the owed time had elapsed, what of it is excluded, and the states that are known."""
    scheduled, excluded = sla.intersect(owed, [frame.elapsed]), excluded_time(record.camera, frame)
    counting = sla.subtract(scheduled, excluded)
    states, offline = spans_of_steps(steps, frame.known), runs(steps, frame.known.end)
    return CameraTime(record, steps, owed, scheduled, excluded, counting, states, offline)


def camera_month(time: CameraTime, outages: int, frame: Frame) -> CameraMonth:
    """The camera's sums with so many outages, and what is still to come."""
    sums = sums_of(time, time.excluded, frame)
    seconds = sums.seconds
    without = sla.merge([*time.excluded, *frame.earlier.get(sums.camera_id, ())])
    found = faults(time.runs, frame.known.end)
    repairs = reliability(found, frame.period, time.counting, without, seconds.up + seconds.degraded)
    raw = sums_of(time, [], frame) if seconds.excluded else sums
    runs_on = frame.elapsed.end < frame.period.end
    ahead = ahead_of(time, seconds, frame) if runs_on else None
    return CameraMonth(sums, raw, outages, repairs, _to_come(time, frame) if runs_on else 0, ahead)


def outages_of(time: CameraTime, frame: Frame) -> list[Offline]:
    """When the camera was offline in the month's scheduled time, by start."""
    camera_id, until, owes = time.known.camera.id, frame.known.end, sla.clock(time.scheduled)
    counts = owes if time.counting == time.scheduled else sla.clock(time.counting)
    found: list[Offline] = []
    for start, end, causes, _ in time.runs:
        lasts = until if end is None else end
        owed = owes(lasts) - owes(start)
        if owed:
            excluded = 0 if counts is owes else owed - (counts(lasts) - counts(start))
            found.append((excluded - owed, start, camera_id, end, causes, owed, excluded))
    return found


def sums_of(time: CameraTime, excluded: list[Span], frame: Frame) -> CameraSums:
    """The camera's time and inspections, with this time excluded."""
    return CameraSums(
        time.known.camera.id,
        sla.account(time.states, time.scheduled, excluded),
        sla.snapshots(time.states, time.scheduled, excluded, frame.looks),
    )


def figure_of(
    known: CameraRecord,
    sums: CameraSums,
    terms: ContractTerms,
    outages: int = 0,
    repairs: Reliability = NOTHING_BROKE,
) -> CameraFigure:
    """The camera's figures from its sums."""
    rates = rates_of(sums.seconds, terms)
    return CameraFigure(
        camera=known.camera,
        removed_at=known.removed_at,
        seconds=sums.seconds,
        rates=rates,
        looks=sums.looks,
        outages=outages,
        below_target=rates.online is not None and rates.online < terms.target,
        reliability=repairs,
    )


def ahead_of(time: CameraTime, so_far: Seconds, frame: Frame) -> Ahead:
    """The camera in the middle of its month."""
    now = frame.elapsed.end
    last_day = sla.intersect(time.owed, [Span(now - DAY_US, now)])
    state = time.states[-1][1] if time.states else State.UNKNOWN
    run = runs(time.steps, now)[-1] if state is State.DOWN else None
    return Ahead(
        camera=time.known.camera,
        state=state,
        so_far=so_far,
        last_day=sla.account(time.states, last_day, time.excluded),
        to_come_us=_to_come(time, frame),
        down_since_at=None if run is None else instant(run.start),
        causes=() if run is None else run.causes,
    )


def excluded_time(camera: Camera, frame: Frame) -> list[Span]:
    return taken_out(camera, frame.maintenance, frame.terms, frame.exclusions)


def courses_of(record: Record) -> Mapping[str, Sequence[Step]]:
    """Each camera's steps, in their order; of a record without courses also those of which nothing is recorded."""
    if record.courses is not None:
        return record.courses
    in_turn = sorted(record.transitions, key=lambda move: move.camera_id)
    moved = {camera_id: steps_of(moves) for camera_id, moves in groupby(in_turn, key=lambda move: move.camera_id)}
    return {known.camera.id: moved.get(known.camera.id, ()) for known in record.cameras}


def _to_come(time: CameraTime, frame: Frame) -> int:
    """The counting microseconds the camera still owes."""
    ahead = [Span(frame.elapsed.end, frame.period.end)]
    return sla.length(sla.subtract(sla.intersect(time.owed, ahead), time.excluded))
