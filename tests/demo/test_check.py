"""The comparison of what happened with what was recorded misses nothing and forgives nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.demo.check import compare
from monitor.demo.story import FOG
from monitor.demo.witness import Lookalike
from monitor.model import Cause, State, Transition
from monitor.simulator.faults import Fault, FaultRecord
from tests.driven import START

TOLERANCE = timedelta(seconds=5)


def at(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def fault(start: float, end: float | None, camera: str = "A", kind: Fault = Fault.POWER_LOST) -> FaultRecord:
    return FaultRecord(camera, kind, kind.cause, START + at(start), None if end is None else START + at(end))


def change(seconds: float, new: State, cause: Cause = Cause.OK, camera: str = "A") -> Transition:
    old = State.DOWN if new is State.UP else State.UP
    return Transition(camera, START + at(seconds), START + at(seconds), old, new, cause)


OUTAGE = [change(13, State.DOWN, Cause.TCP_TIMEOUT), change(62, State.UP)]


def test_a_fault_recorded_within_tolerance_is_found() -> None:
    comparison = compare([fault(10, 60)], OUTAGE, TOLERANCE)
    assert comparison.as_told
    assert len(comparison.found) == 1


def test_a_fault_without_a_record_is_missing() -> None:
    comparison = compare([fault(10, 60)], [], TOLERANCE)
    assert [trouble.camera_id for trouble in comparison.missing] == ["A"]


def test_a_record_without_a_fault_is_extra() -> None:
    assert not compare([], OUTAGE, TOLERANCE).as_told


def test_a_wrong_cause_a_late_start_or_a_late_end_is_not_forgiven() -> None:
    assert not compare([fault(10, 60, kind=Fault.SILENT)], OUTAGE, TOLERANCE).as_told
    assert not compare([fault(7, 60)], OUTAGE, TOLERANCE).as_told
    assert not compare([fault(10, 56)], OUTAGE, TOLERANCE).as_told


def test_another_camera_s_record_does_not_count() -> None:
    assert not compare([fault(10, 60, camera="B")], OUTAGE, TOLERANCE).as_told


def test_a_fault_that_is_still_so_matches_a_span_still_open() -> None:
    assert compare([fault(10, None)], OUTAGE[:1], TOLERANCE).as_told
    assert not compare([fault(10, None)], OUTAGE, TOLERANCE).as_told
    assert not compare([fault(10, 60)], OUTAGE[:1], TOLERANCE).as_told


def test_an_outage_recorded_in_two_parts_is_extra() -> None:
    parts = [*OUTAGE, change(64, State.DOWN, Cause.TCP_TIMEOUT), change(66, State.UP)]
    comparison = compare([fault(10, 60)], parts, TOLERANCE)
    assert len(comparison.extra) == 1


def frozen(start: float, end: float) -> list[Transition]:
    return [change(start, State.DEGRADED, Cause.PICTURE_FROZEN), change(end, State.UP)]


@pytest.mark.parametrize(
    ("start", "end", "right"),
    [(10, 60, True), (58, 74, True), (9, 60, False), (61, 70, False), (58, 76, False)],
)
def test_a_freeze_under_a_ticking_clock_may_be_dated_late_but_within_itself(
    start: float, end: float, right: bool
) -> None:
    assert compare([fault(10, 60, kind=Fault.STUCK)], frozen(start, end), TOLERANCE).as_told is right


def test_what_stands_still_altogether_must_be_dated_in_time() -> None:
    assert not compare([fault(10, 60, kind=Fault.FROZEN)], frozen(30, 60), TOLERANCE).as_told


def test_fog_must_leave_no_trace() -> None:
    fog = fault(10, 60, kind=Fault.FOG)
    assert compare([fog], [], TOLERANCE).as_told
    assert not compare([fog], frozen(10, 60), TOLERANCE).as_told


def test_what_only_looks_like_a_fault_must_have_been_looked_at() -> None:
    seen, unseen = (Lookalike(FOG, 2, looks, frozenset(), frozenset()) for looks in (3, 0))
    assert compare([], [], TOLERANCE, [seen]).as_told
    assert compare([], [], TOLERANCE, [seen]).calm == 2
    assert not compare([], [], TOLERANCE, [seen, unseen]).as_told
