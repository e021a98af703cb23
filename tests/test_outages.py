"""Spans: where an outage begins and ends, and which state every instant of a period has."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import Cause, Outage, Span, State, Transition, instant, micros
from monitor.outages import Run, faults, outages, runs, state_spans, steps_of, unbroken
from tests.readings import second

START = micros(second(0))


def became(new: State, at: float, *, camera: str = "cam-1", cause: Cause | None = None) -> Transition:
    named = {State.UP: Cause.OK, State.DEGRADED: Cause.PICTURE_BLACK, State.DOWN: Cause.TCP_TIMEOUT}
    cause = cause or named.get(new, Cause.NOT_WATCHED)
    return Transition(camera, second(at), second(at + 20), State.UNKNOWN, new, cause, "why")


def span(start: int, end: int) -> Span:
    return Span(START + start * 1_000_000, START + end * 1_000_000)


# ---------------------------------------------------------------- outages


def test_an_outage_lasts_until_the_camera_is_anything_but_down() -> None:
    found = outages([became(State.UP, 0), became(State.DOWN, 60), became(State.DEGRADED, 600)])
    assert found == (Outage("cam-1", second(60), second(600), Cause.TCP_TIMEOUT, "why"),)


def test_an_open_outage_has_no_end() -> None:
    (found,) = outages([became(State.DOWN, 60)])
    assert found.end_at is None


def test_time_nobody_watched_ends_an_outage_and_a_new_one_may_begin() -> None:
    found = outages([became(State.DOWN, 0), became(State.UNKNOWN, 60), became(State.DOWN, 90), became(State.UP, 120)])
    assert [(o.start_at, o.end_at) for o in found] == [(second(0), second(60)), (second(90), second(120))]


def test_an_outage_of_no_length_is_none() -> None:
    assert outages([became(State.DOWN, 60), became(State.UNKNOWN, 60)]) == ()


def test_many_cameras_do_not_end_each_others_outages() -> None:
    found = outages(
        [
            became(State.DOWN, 0, camera="b"),
            became(State.DOWN, 0, camera="a"),
            became(State.UP, 60, camera="b"),
            became(State.DOWN, 90, camera="c"),
        ]
    )
    assert [(o.camera_id, o.end_at) for o in found] == [("a", None), ("b", second(60)), ("c", None)]


causes = st.sampled_from((Cause.TCP_TIMEOUT, Cause.NO_REPLY, Cause.NO_MEDIA))
moves = st.lists(st.tuples(st.sampled_from((0, 0, 1, 60)), st.sampled_from(State), causes), max_size=12)


@given(moves, st.integers(0, 400))
def test_steps_tell_the_runs_that_transitions_do(drawn: list[tuple[int, State, Cause]], until: int) -> None:
    at, course = 0, []
    for after, new, cause in drawn:
        at += after
        course.append(became(new, at, cause=cause))
    before = [move for move in course if move.at < second(until)]
    steps, end = steps_of(course), micros(second(until))
    found = [
        (
            each[0].start_at,
            each[-1].end_at,
            tuple(dict.fromkeys(outage.cause for outage in each)),
        )
        for each in unbroken(before)
    ]
    assert found == [
        (instant(run.start), None if run.end is None else instant(run.end), run.causes) for run in runs(steps, end)
    ]


def test_a_run_names_each_cause_once_in_the_order_they_were_seen() -> None:
    order = (Cause.NO_REPLY, Cause.TCP_TIMEOUT, Cause.NO_REPLY)
    steps = steps_of([became(State.DOWN, 60 * number, cause=cause) for number, cause in enumerate(order)])
    start = micros(second(0))
    assert runs(steps, micros(second(900))) == [Run(start, None, (Cause.NO_REPLY, Cause.TCP_TIMEOUT))]


@given(moves, st.integers(1, 400))
def test_runs_and_faults_agree_about_what_was_down_and_when_it_was_seen_online(
    drawn: list[tuple[int, State, Cause]], until: int
) -> None:
    at, course = 0, []
    for after, new, cause in drawn:
        at += after
        course.append(became(new, at, cause=cause))
    steps, end = steps_of(course), micros(second(until))
    found = faults(runs(steps, end), end)
    apart = [span for fault in found for span in fault.down]
    assert apart == [Span(run.start, end if run.end is None else run.end) for run in runs(steps, end)]
    online = {step.at for step in steps if step.state.online}
    assert {fault.repaired_us for fault in found} - {None} <= online
    assert not any(fault.start_us < at < fault.down[-1].end for fault in found for at in online)


def test_a_result_that_shows_the_camera_online_ends_outage_and_fault_though_the_next_failure_has_its_instant() -> None:
    course = [became(State.DOWN, 0), became(State.UP, 60), became(State.DOWN, 60), became(State.UP, 120)]
    steps, end = steps_of(course), micros(second(900))
    assert [(run.start, run.end) for run in runs(steps, end)] == [span(0, 60), span(60, 120)]
    assert [(fault.down, fault.repaired_us) for fault in faults(runs(steps, end), end)] == [
        ((span(0, 60),), span(0, 60).end),
        ((span(60, 120),), span(60, 120).end),
    ]
    assert [len(run) for run in unbroken(course)] == [1, 1]


# ---------------------------------------------------------------- states over a period


def test_time_before_the_first_transition_is_unknown() -> None:
    spans = state_spans([became(State.UP, 60)], span(0, 100))
    assert spans == [(span(0, 60), State.UNKNOWN), (span(60, 100), State.UP)]


def test_a_period_begins_in_the_state_that_was_there_before() -> None:
    transitions = [became(State.UP, 0), became(State.DOWN, 50), became(State.UP, 150)]
    assert state_spans(transitions, span(100, 200)) == [(span(100, 150), State.DOWN), (span(150, 200), State.UP)]


def test_a_transition_at_the_edge_belongs_to_the_period_it_begins() -> None:
    transitions = [became(State.UP, 0), became(State.DOWN, 100)]
    assert state_spans(transitions, span(0, 100)) == [(span(0, 100), State.UP)]
    assert state_spans(transitions, span(100, 200)) == [(span(100, 200), State.DOWN)]


def test_a_state_of_no_length_leaves_no_trace() -> None:
    transitions = [became(State.UP, 0), became(State.UNKNOWN, 50), became(State.UP, 50)]
    assert state_spans(transitions, span(0, 100)) == [(span(0, 100), State.UP)]


def test_another_reason_for_not_knowing_does_not_split_a_span() -> None:
    transitions = [became(State.UNKNOWN, 10), became(State.UNKNOWN, 20, cause=Cause.MONITOR_BLIND)]
    assert state_spans(transitions, span(0, 100)) == [(span(0, 100), State.UNKNOWN)]


def test_an_empty_period_has_no_spans() -> None:
    assert state_spans([became(State.UP, 0)], span(50, 50)) == []


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(-20, 120), st.sampled_from(State)), max_size=15),
    st.integers(0, 50),
    st.integers(51, 100),
)
def test_spans_say_of_every_second_what_the_last_transition_said(
    drawn: list[tuple[int, State]], start: int, end: int
) -> None:
    transitions = [became(state, at) for at, state in sorted(drawn, key=lambda pair: pair[0])]
    spans = state_spans(transitions, span(start, end))
    assert spans[0][0].start == span(start, end).start
    assert spans[-1][0].end == span(start, end).end
    assert all(a.end == b.start and old is not new for (a, old), (b, new) in pairwise(spans))
    for tick in range(start, end):
        expected = next((t.new for t in reversed(transitions) if t.at <= second(tick)), State.UNKNOWN)
        us = START + tick * 1_000_000
        assert [state for where, state in spans if where.start <= us < where.end] == [expected]
