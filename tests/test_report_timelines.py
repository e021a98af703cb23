"""A camera's month in detail: the same microseconds as its figures, day by day and kind by kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor import sla
from monitor.calendar import month_span
from monitor.contract import Contract
from monitor.model import Maintenance, Scope, Seconds, State
from monitor.report import DETAILED, Report, TimeKind, build_report
from monitor.report.timelines import local_days
from tests.test_report import HOUR_US, JULY, TERMS, build, camera, hour, move, off, record

WORK = (Maintenance("m", "换杆", Scope(), hour(100), hour(108)),)


def sums(report: Report) -> tuple[Seconds, Seconds]:
    """The first camera's seconds, from its days and from its spans."""
    (line, *_) = report.timelines
    by_kind = {kind.value: sla.length(span for span, each in line.spans if each is kind) for kind in TimeKind}
    return sla.total(line.days), Seconds(**by_kind)


@given(
    st.lists(st.tuples(st.integers(1, 90), st.sampled_from(State)), max_size=15),
    st.integers(-5, 725),
    st.integers(-5, 725),
    st.booleans(),
)
@example([], 700, 300, False)
def test_days_and_spans_add_up_to_the_camera_s_seconds(
    course: list[tuple[int, State]], now: int, recorded_until: int, at_night: bool
) -> None:
    at, moves = 0, []
    for after, new in course:
        at += after
        moves.append(move(1, hour(at), new))
    terms = replace(TERMS, service_hours=((time(20), time(6)),)) if at_night else TERMS
    ended = replace(record(camera(), moves=moves, maintenance=WORK), recorded_until=hour(recorded_until))
    report = build(ended, terms, hour(now))
    assert sums(report) == (report.cameras[0].seconds, report.cameras[0].seconds)


def test_spans_ascend_and_never_overlap() -> None:
    line = build(record(camera(), moves=[*off(1, 90, 12), *off(1, 300, 5)], maintenance=WORK)).timelines[0]
    edges = [us for span, _ in line.spans for us in span]
    assert edges == sorted(edges)
    assert [(span.end - span.start, kind) for span, kind in line.spans] == [
        (90 * HOUR_US, TimeKind.UP),
        (10 * HOUR_US, TimeKind.DOWN),
        (8 * HOUR_US, TimeKind.EXCLUDED),
        (192 * HOUR_US, TimeKind.UP),
        (5 * HOUR_US, TimeKind.DOWN),
        (415 * HOUR_US, TimeKind.UP),
    ]


def test_a_day_holds_what_happened_on_it() -> None:
    days = build(record(camera(), moves=off(1, 24 * 3 + 20, 8))).timelines[0].days
    assert [day.down for day in days[2:6]] == [0, 4 * HOUR_US, 4 * HOUR_US, 0]
    assert {day.scheduled for day in days} == {24 * HOUR_US}


@pytest.mark.parametrize(("month", "hours"), [(3, {23, 24}), (10, {24, 25}), (6, {24})])
def test_days_of_a_zone_with_daylight_saving_have_their_true_length(month: int, hours: set[int]) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    days = local_days(2026, month, berlin)
    assert {sla.length([day]) // HOUR_US for day in days} == hours
    assert sla.merge(days) == [month_span(2026, month, berlin)]


def test_leap_days_are_days() -> None:
    assert [len(local_days(year, 2, ZoneInfo("UTC"))) for year in (2027, 2028, 2100)] == [28, 29, 28]


def test_only_the_worst_cameras_are_kept_in_detail_and_in_their_order() -> None:
    fleet = [camera(number) for number in range(DETAILED + 5)]
    moves = [each for number in range(3) for each in off(number, 10, 10 + number)]
    report = build(record(*fleet, moves=moves))
    assert len(report.timelines) == DETAILED
    assert [line.camera_id for line in report.timelines[:3]] == ["c2", "c1", "c0"]
    assert [line.camera_id for line in report.timelines] == [each.camera.id for each in report.cameras[:DETAILED]]


def test_a_month_yet_to_come_has_empty_days() -> None:
    report = build_report(record(camera()), Contract(terms=TERMS), town="t", month=(2026, 8), now=JULY, version="0")
    assert report.timelines[0].spans == ()
    assert report.timelines[0].days == (Seconds(),) * 31
