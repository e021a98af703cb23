"""Faults, MTTR, MTBF and repeats: worked by hand, and against an oracle that looks at every second."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from monitor import sla
from monitor.model import SECOND_US, Cause, Maintenance, Scope, Span, State, Transition, instant, micros
from monitor.outages import Fault, faults, runs, steps_of
from monitor.report import Reliability
from monitor.report.reliability import REPEAT_US, reliability
from tests.test_report import HOUR_US, build, camera, hour, move, off, record

DAY = 24


def test_the_worked_example_of_the_glossary() -> None:
    """Down 10 h, 2 h, and 4 h of which 1 h is planned work; the second within a week of the first, the third not."""
    work = Maintenance("m", "换杆", Scope(), hour(20 * DAY), hour(20 * DAY + 1))
    moves = [*off(1, 24, 10), *off(1, 5 * DAY, 2), *off(1, 20 * DAY, 4)]
    found = build(record(camera(), moves=moves, maintenance=(work,))).total.reliability
    assert (found.faults, found.repeats, found.repaired, found.unrepaired) == (3, 1, 3, 0)
    assert found.mttr_us == 15 * HOUR_US // 3
    assert found.online_us == (720 - 16) * HOUR_US
    assert found.mtbf_us == 704 * HOUR_US // 3


def test_a_fault_from_last_month_is_repaired_now_and_did_not_begin_now() -> None:
    moves = [move(1, hour(-10), State.DOWN), move(1, hour(2), State.UP)]
    found = build(record(camera(), moves=moves)).total.reliability
    assert (found.faults, found.repaired, found.mttr_us, found.mtbf_us) == (0, 1, 12 * HOUR_US, None)


def test_a_fault_still_open_is_in_no_mean_and_is_counted_apart() -> None:
    found = build(record(camera(), moves=[move(1, hour(700), State.DOWN)])).total.reliability
    assert (found.faults, found.repaired, found.unrepaired, found.mttr_us) == (1, 0, 1, None)
    assert found.mtbf_us == 700 * HOUR_US


def test_blind_time_within_a_fault_neither_ends_it_nor_lengthens_it() -> None:
    moves = [
        move(1, hour(10), State.DOWN),
        move(1, hour(12), State.UNKNOWN),
        move(1, hour(15), State.DOWN),
        move(1, hour(16), State.DEGRADED),
    ]
    found = build(record(camera(), moves=moves)).total.reliability
    assert (found.faults, found.repeats, found.repaired, found.mttr_us) == (1, 0, 1, 3 * HOUR_US)


def test_a_change_of_cause_is_the_same_fault() -> None:
    moves = [*off(1, 10, 4)]
    moves.insert(1, move(1, hour(11), State.DOWN, Cause.NO_REPLY))
    assert build(record(camera(), moves=moves)).total.reliability.faults == 1


def test_a_fault_wholly_within_planned_work_is_none() -> None:
    work = Maintenance("m", "换杆", Scope(), hour(10), hour(20))
    found = build(record(camera(), moves=off(1, 11, 3), maintenance=(work,))).total.reliability
    assert (found.faults, found.repaired, found.mttr_us) == (0, 0, None)


def test_a_repeat_begins_within_168_hours_of_the_repair_and_not_a_microsecond_later() -> None:
    just = build(record(camera(), moves=[*off(1, 0, 1), *off(1, 169, 1)]))
    late = [
        *off(1, 0, 1),
        move(1, hour(169) + timedelta(microseconds=1), State.DOWN),
        move(1, hour(171), State.UP),
    ]
    assert just.total.reliability.repeats == 1
    assert build(record(camera(), moves=late)).total.reliability.repeats == 0


def test_groups_add_and_never_average_averages() -> None:
    report = build(record(camera(1), camera(2, "西村"), moves=[*off(1, 0, 9), *off(2, 0, 1), *off(2, 24, 2)]))
    assert report.total.reliability.mttr_us == 12 * HOUR_US // 3
    assert report.total.reliability == sum((each.reliability for each in report.villages), start=Reliability())


def test_nothing_at_all_has_no_mean() -> None:
    assert Reliability().mttr_us is None
    assert Reliability().mtbf_us is None
    assert faults([], 10) == []


# ---------------------------------------------------------------- the oracle

STATES = st.sampled_from((State.UP, State.DEGRADED, State.DOWN, State.UNKNOWN))
BEFORE, LENGTH = 40, 200  # seconds before the period, and of it
courses = st.lists(st.tuples(st.integers(1, 30), STATES), max_size=24)
spans = st.lists(st.tuples(st.integers(-BEFORE, LENGTH), st.integers(0, 60)), max_size=3)


def seconds_of(drawn: list[tuple[int, int]]) -> set[int]:
    return {second for start, long in drawn for second in range(start, start + long)}


def as_spans(seconds: set[int]) -> list[Span]:
    return sla.merge(Span(second * SECOND_US, (second + 1) * SECOND_US) for second in seconds)


def oracle(states: dict[int, State], scheduled: set[int], excluded: set[int], near: int) -> tuple[int, ...]:
    """Second by second: a fault is open from a second down to the first second seen online."""
    found: list[tuple[list[int], int | None]] = []
    down: list[int] = []
    for second, state in sorted(states.items()):
        if state is State.DOWN:
            down.append(second)
        elif state.online and down:
            found.append((down, second))
            down = []
    if down:
        found.append((down, None))
    those = [(when, end) for when, end in found if any(s in scheduled and s not in excluded for s in when)]
    repaired = [[s for s in when if s not in excluded] for when, end in those if end is not None and end >= 0]
    repeats = sum(end is not None and when[0] - end <= near for (_, end), (when, _) in pairwise(those))
    return (
        sum(when[0] >= 0 for when, _ in those),
        repeats,
        len(repaired),
        sum(map(len, repaired)),
        sum(end is None for _, end in those),
    )


@given(courses, spans, spans)
@example([(20, State.DOWN), (30, State.UNKNOWN), (30, State.DOWN), (9, State.UP)], [(0, 200)], [(45, 3)])
def test_the_sums_equal_what_every_second_says(
    course: list[tuple[int, State]], scheduled: list[tuple[int, int]], excluded: list[tuple[int, int]]
) -> None:
    at, moves, states = -BEFORE, [], dict.fromkeys(range(-BEFORE, LENGTH), State.UNKNOWN)
    for after, new in course:
        at += after
        moves.append(Transition("c", instant(at * SECOND_US), instant(at * SECOND_US), State.UP, new, Cause.OK))
        states |= dict.fromkeys(range(at, LENGTH), new)
    owed = seconds_of(scheduled) & set(range(LENGTH))
    out = seconds_of(excluded)
    period = Span(0, LENGTH * SECOND_US)
    found = reliability(
        faults(runs(steps_of(moves), period.end), period.end), period, as_spans(owed - out), as_spans(out), 0
    )
    # 7 days are longer than the oracle's month: it says yes to every pair with a repair between.
    expected = oracle(states, owed, out, REPEAT_US // SECOND_US)
    us = found.repair_us // SECOND_US
    assert (found.faults, found.repeats, found.repaired, us, found.unrepaired) == expected


def test_faults_keep_their_spans_and_their_repair() -> None:
    moves = [*off(1, 0, 1), move(1, hour(3), State.DOWN)]
    until = micros(hour(5))
    first, second = faults(runs(steps_of(moves), until), until)
    assert first.repaired_us is not None
    assert second == Fault(
        (Span(second.start_us, second.start_us + 2 * HOUR_US),),
        None,
    )
