"""Calendars: months, service hours and planned work in zones that set their clocks forward and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.calendar import (
    FOREVER,
    contract_spans,
    in_service_span,
    local_instant,
    local_us,
    month_before,
    month_of,
    month_span,
    months_before,
    occurrences,
    parse_month,
    quarter_span,
    service_spans,
    snapshot_instants,
)
from monitor.model import (
    Camera,
    ContractTerms,
    MaintenanceRule,
    Repeat,
    Scope,
    Site,
    SiteCategory,
    Span,
    instant,
    micros,
)
from tests import oracle

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # its clocks move by half an hour
APIA = ZoneInfo("Pacific/Apia")  # it had no 30 December 2011
HAVANA = ZoneInfo("America/Havana")  # its clocks move at midnight
HOUR = 3_600_000_000
DAY = 24 * HOUR
MIDNIGHT = time.min

CAMERA = Camera("cam-1", "Gate", Site("s", "S", SiteCategory.SCHOOL, "v", "t", "c"), "telecom", "rtsp://10.0.0.1/1")


def utc(text: str) -> int:
    return micros(datetime.fromisoformat(text).replace(tzinfo=UTC))


def local(text: str, zone: ZoneInfo) -> int:
    """An instant by its local time, for local times that exist once."""
    return micros(datetime.fromisoformat(text).replace(tzinfo=zone))


def days(start: str, count: int, zone: ZoneInfo) -> Span:
    first = date.fromisoformat(start)
    return Span(local_instant(first, MIDNIGHT, zone), local_instant(first + timedelta(days=count), MIDNIGHT, zone))


def hours_of(spans: list[Span]) -> list[float]:
    return [(end - start) / HOUR for start, end in spans]


# ---------------------------------------------------------------- the contract's days


def test_a_quarter_is_its_three_months_whatever_the_clocks_do() -> None:
    for month in (1, 2, 3):
        span = quarter_span(2026, month, BERLIN)
        assert span == Span(local("2026-01-01", BERLIN), local("2026-04-01", BERLIN))
        assert (span.end - span.start) / HOUR == 90 * 24 - 1
    assert quarter_span(2026, 12, SHANGHAI) == Span(local("2026-10-01", SHANGHAI), local("2027-01-01", SHANGHAI))


def test_a_contract_owes_its_hours_on_its_days_the_last_one_included() -> None:
    terms = ContractTerms(
        service_hours=((time(22), time(6)),), first_day=date(2026, 10, 30), last_day=date(2026, 10, 31)
    )
    october = month_span(2026, 10, SHANGHAI)
    spans = contract_spans(october, terms, SHANGHAI)
    assert [(instant(start), instant(end)) for start, end in spans] == [
        (instant(local(start, SHANGHAI)), instant(local(end, SHANGHAI)))
        for start, end in (
            ("2026-10-30 00:00", "2026-10-30 06:00"),
            ("2026-10-30 22:00", "2026-10-31 06:00"),
            ("2026-10-31 22:00", "2026-11-01 00:00"),
        )
    ]
    assert contract_spans(month_span(2026, 11, SHANGHAI), terms, SHANGHAI) == []


def test_a_contract_without_days_owes_the_whole_period() -> None:
    period = month_span(2026, 10, BERLIN)
    assert contract_spans(period, ContractTerms(last_day=date.max), BERLIN) == [period]


# ---------------------------------------------------------------- months


def test_a_month_is_the_calendar_month_of_the_zone() -> None:
    assert month_span(2026, 10, SHANGHAI) == Span(utc("2026-09-30T16:00"), utc("2026-10-31T16:00"))


def test_a_monthly_report_of_july_never_covers_2_july_to_1_august() -> None:
    span = month_span(2026, 7, SHANGHAI)
    assert instant(span.start).astimezone(SHANGHAI) == datetime(2026, 7, 1, tzinfo=SHANGHAI)
    assert instant(span.end).astimezone(SHANGHAI) == datetime(2026, 8, 1, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("year", "month", "zone", "hours"),
    [
        (2028, 2, SHANGHAI, 29 * 24),
        (2026, 2, SHANGHAI, 28 * 24),
        (2026, 3, BERLIN, 31 * 24 - 1),
        (2026, 10, BERLIN, 31 * 24 + 1),
        (2026, 11, NEW_YORK, 30 * 24 + 1),
        (2026, 4, LORD_HOWE, 30 * 24 + 0.5),
        (2026, 10, LORD_HOWE, 31 * 24 - 0.5),
        (2011, 12, APIA, 30 * 24),
    ],
)
def test_a_month_has_the_hours_its_zone_gave_it(year: int, month: int, zone: ZoneInfo, hours: float) -> None:
    assert hours_of([month_span(year, month, zone)]) == [hours]


@settings(deadline=None)
@given(st.integers(1970, 2100), st.integers(1, 12), st.sampled_from([SHANGHAI, BERLIN, NEW_YORK, LORD_HOWE, HAVANA]))
def test_months_follow_each_other_without_gap_or_overlap(year: int, month: int, zone: ZoneInfo) -> None:
    span = month_span(year, month, zone)
    assert month_span(*month_of(instant(span.end), zone), zone).start == span.end
    assert month_of(instant(span.start), zone) == (year, month)
    assert month_of(instant(span.end - 1), zone) == (year, month)


def test_the_months_before_ascend_and_cross_the_year() -> None:
    assert months_before((2026, 2), 3) == [(2025, 11), (2025, 12), (2026, 1)]
    assert months_before((2026, 2), 0) == []
    assert months_before((1970, 2), 11) == [(1970, 1)]


def test_the_month_before_is_the_one_that_ended_last_in_the_zone() -> None:
    new_year = instant(local("2027-01-01T00:00", SHANGHAI))
    assert month_before(new_year, SHANGHAI) == (2026, 12)
    assert month_before(new_year - timedelta(microseconds=1), SHANGHAI) == (2026, 11)


@pytest.mark.parametrize(("text", "month"), [("2026-10", (2026, 10)), ("1970-01", (1970, 1)), ("2028-02", (2028, 2))])
def test_a_month_is_written_as_year_and_month(text: str, month: tuple[int, int]) -> None:
    assert parse_month(text) == month


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "2026-1", "26-10", "2026/10", "2026-10-01", " 2026-10", "", "٢٠٢٦-١٠"]
)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="like 2026-10"):
        parse_month(text)


# ---------------------------------------------------------------- local times


# Monrovia set its clocks by 44 minutes and 30 seconds at 00:44:30 UTC on 7 January 1972: within a quarter of an hour.
MONROVIA, CLOCKS_SET = ZoneInfo("Africa/Monrovia"), micros(datetime(1972, 1, 7, 0, 44, 30, tzinfo=UTC))


@settings(deadline=None)
@given(
    st.sampled_from([BERLIN, NEW_YORK, LORD_HOWE, HAVANA, SHANGHAI, MONROVIA]),
    st.integers(0, FOREVER // 5) | st.integers(CLOCKS_SET - HOUR, CLOCKS_SET + HOUR),
)
def test_a_wall_clock_shows_what_its_zone_says_to_the_microsecond(zone: ZoneInfo, us: int) -> None:
    assert local_us(us, zone) == micros(instant(us).astimezone(zone).replace(tzinfo=UTC))


def test_clocks_that_are_set_within_a_quarter_of_an_hour_are_right_on_both_sides() -> None:
    assert local_us(CLOCKS_SET - 1, MONROVIA) == CLOCKS_SET - 1 - (44 * 60 + 30) * 1_000_000
    assert local_us(CLOCKS_SET, MONROVIA) == CLOCKS_SET


def test_a_local_time_that_exists_twice_is_its_first_occurrence() -> None:
    assert local_instant(date(2026, 10, 25), time(2, 30), BERLIN) == utc("2026-10-25T00:30")
    assert local_instant(date(2026, 4, 5), time(1, 45), LORD_HOWE) == utc("2026-04-04T14:45")


def test_a_local_time_that_does_not_exist_is_the_instant_of_the_jump() -> None:
    jump = utc("2026-03-29T01:00")
    for minute in (0, 1, 30, 59):
        assert local_instant(date(2026, 3, 29), time(2, minute), BERLIN) == jump
    assert local_instant(date(2026, 3, 29), time(1, 59, 59), BERLIN) == jump - 1_000_000
    assert local_instant(date(2026, 3, 29), time(3), BERLIN) == jump
    assert local_instant(date(2026, 10, 4), time(2, 15), LORD_HOWE) == utc("2026-10-03T15:30")


def test_a_day_without_a_midnight_begins_when_its_clock_jumps_past_it() -> None:
    assert local_instant(date(2026, 3, 8), MIDNIGHT, HAVANA) == local("2026-03-08T01:00", HAVANA)


def test_a_day_that_never_was_has_no_length() -> None:
    assert days("2011-12-30", 1, APIA) == Span(utc("2011-12-30T10:00"), utc("2011-12-30T10:00"))
    assert service_spans(days("2011-12-29", 3, APIA), [(time(8), time(9))], APIA) == [
        Span(local(f"2011-12-{day}T08:00", APIA), local(f"2011-12-{day}T09:00", APIA)) for day in (29, 31)
    ]


# ---------------------------------------------------------------- service hours


def test_no_hours_or_midnight_to_midnight_is_around_the_clock() -> None:
    month = month_span(2026, 10, BERLIN)
    assert service_spans(month, [], BERLIN) == [month]
    assert service_spans(month, [(MIDNIGHT, MIDNIGHT)], BERLIN) == [month]
    assert service_spans(Span(5, 5), [], BERLIN) == []


def test_service_hours_are_local() -> None:
    spans = service_spans(days("2026-10-01", 2, SHANGHAI), [(time(8), time(20))], SHANGHAI)
    assert spans == [
        Span(utc("2026-10-01T00:00"), utc("2026-10-01T12:00")),
        Span(utc("2026-10-02T00:00"), utc("2026-10-02T12:00")),
    ]


def test_service_hours_may_cross_midnight_and_are_cut_at_the_month() -> None:
    october = month_span(2026, 10, SHANGHAI)
    spans = service_spans(october, [(time(21), time(2))], SHANGHAI)
    assert spans[0] == Span(october.start, october.start + 2 * HOUR)
    assert spans[-1] == Span(october.end - 3 * HOUR, october.end)
    assert sum(hours_of(spans)) == 31 * 5


def test_an_end_at_midnight_is_the_end_of_the_day() -> None:
    assert hours_of(service_spans(days("2026-10-01", 1, SHANGHAI), [(time(18), MIDNIGHT)], SHANGHAI)) == [6]


def test_overlapping_hours_are_not_counted_twice() -> None:
    hours = [(time(22), time(6)), (time(5), time(7)), (time(5, 30), time(6, 30)), (time(12), time(13))]
    spans = service_spans(days("2026-10-02", 1, SHANGHAI), hours, SHANGHAI)
    assert sum(hours_of(spans)) == 7 + 1 + 2
    assert all(a.end <= b.start for a, b in pairwise(spans))


def test_service_hours_across_a_clock_change_are_right_to_the_second() -> None:
    night = [(time(1), time(4))]
    assert hours_of(service_spans(days("2026-03-29", 1, BERLIN), night, BERLIN)) == [2]
    assert hours_of(service_spans(days("2026-10-25", 1, BERLIN), night, BERLIN)) == [4]
    assert hours_of(service_spans(days("2026-11-01", 1, NEW_YORK), night, NEW_YORK)) == [4]
    assert hours_of(service_spans(days("2026-11-01", 1, NEW_YORK), [(MIDNIGHT, time(4))], NEW_YORK)) == [5]
    assert hours_of(service_spans(days("2026-04-05", 1, LORD_HOWE), night, LORD_HOWE)) == [3.5]
    assert hours_of(service_spans(days("2026-10-04", 1, LORD_HOWE), night, LORD_HOWE)) == [2.5]


def test_hours_within_a_skipped_hour_do_not_happen() -> None:
    assert service_spans(days("2026-03-29", 1, BERLIN), [(time(2, 10), time(2, 50))], BERLIN) == []


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(
        [
            (BERLIN, "2026-03-28"),
            (BERLIN, "2026-10-24"),
            (NEW_YORK, "2026-03-07"),
            (NEW_YORK, "2026-10-31"),
            (LORD_HOWE, "2026-04-04"),
            (LORD_HOWE, "2026-10-03"),
            (HAVANA, "2026-03-07"),
            (HAVANA, "2026-10-31"),
            (SHANGHAI, "2028-02-28"),
        ]
    ),
    st.integers(0, 95),
    st.integers(0, 95),
    st.integers(0, 7),
)
def test_service_hours_are_what_an_observer_of_the_wall_clock_sees(
    where: tuple[ZoneInfo, str], start: int, end: int, cut: int
) -> None:
    zone, first = where
    opens, closes = time(start // 4, start % 4 * 15), time(end // 4, end % 4 * 15)
    whole = days(first, 3, zone)
    period = Span(whole.start + cut * HOUR, whole.end - cut * HOUR)
    spans = service_spans(period, [(opens, closes)], zone)
    assert all(start < end for start, end in spans)
    tick = timedelta(minutes=15)
    for us, shown in oracle.wall_clock(period, tick, zone):
        inside = sum(start <= us < end for start, end in spans)
        assert inside == (oracle.within(shown, opens, closes) is not None)


@settings(deadline=None)
@given(st.sampled_from([BERLIN, NEW_YORK, LORD_HOWE, HAVANA]), st.integers(2020, 2030), st.times(), st.integers(1, 12))
def test_hours_that_meet_on_the_wall_meet_in_the_record(zone: ZoneInfo, year: int, noon: time, month: int) -> None:
    if noon == MIDNIGHT:
        return
    period = month_span(year, month, zone)
    early = service_spans(period, [(MIDNIGHT, noon)], zone)
    late = service_spans(period, [(noon, MIDNIGHT)], zone)
    both = sorted(early + late)
    assert both[0].start == period.start
    assert both[-1].end == period.end
    assert all(a.end == b.start for a, b in pairwise(both))


# ---------------------------------------------------------------- in service


def in_service(first: date | None, last: date | None) -> Camera:
    return Camera(
        CAMERA.id, CAMERA.name, CAMERA.site, CAMERA.carrier, CAMERA.url, in_service_from=first, in_service_to=last
    )


ADDED = datetime(2026, 10, 5, 3, tzinfo=UTC)


def test_a_camera_is_in_service_from_when_it_was_added_with_no_end() -> None:
    assert in_service_span(CAMERA, ADDED, None, SHANGHAI) == Span(micros(ADDED), FOREVER)


def test_in_service_dates_are_local_and_the_last_day_counts() -> None:
    camera = in_service(date(2026, 10, 1), date(2026, 10, 31))
    assert in_service_span(camera, ADDED, None, SHANGHAI) == month_span(2026, 10, SHANGHAI)


def test_removing_a_camera_keeps_the_time_before_it() -> None:
    removed = ADDED + timedelta(days=2)
    assert in_service_span(CAMERA, ADDED, removed, SHANGHAI) == Span(micros(ADDED), micros(removed))


def test_a_camera_removed_before_its_service_began_owes_nothing() -> None:
    span = in_service_span(in_service(date(2026, 12, 1), None), ADDED, ADDED, SHANGHAI)
    assert span.start == span.end


def test_a_last_day_at_the_end_of_all_dates_is_open() -> None:
    assert in_service_span(in_service(None, date.max), ADDED, None, NEW_YORK).end == FOREVER


# ---------------------------------------------------------------- planned work


def rule(
    every: Repeat,
    start: time,
    end: time,
    *,
    weekdays: frozenset[int] = frozenset(),
    month_days: frozenset[int] = frozenset(),
) -> MaintenanceRule:
    return MaintenanceRule(
        "m", "M", Scope(), every=every, weekdays=weekdays, month_days=month_days, start_time=start, end_time=end
    )


def test_work_planned_once_is_cut_to_the_period() -> None:
    once = MaintenanceRule("m", "M", Scope(), start_at=instant(100), end_at=instant(200))
    assert occurrences(once, Span(150, 300), SHANGHAI) == [Span(150, 200)]
    assert occurrences(once, Span(200, 300), SHANGHAI) == []


def test_daily_work_crosses_midnight_and_the_month_end() -> None:
    found = occurrences(rule(Repeat.DAY, time(23), time(1)), month_span(2026, 10, SHANGHAI), SHANGHAI)
    assert hours_of(found) == [1, *[2] * 30, 1]


def test_a_weekly_schedule_keeps_its_local_time_when_the_clocks_change() -> None:
    sundays = rule(Repeat.WEEK, time(10), time(12), weekdays=frozenset({6}))
    found = occurrences(sundays, days("2026-10-12", 21, BERLIN), BERLIN)
    assert [instant(s.start).astimezone(BERLIN).isoformat() for s in found] == [
        "2026-10-18T10:00:00+02:00",
        "2026-10-25T10:00:00+01:00",
        "2026-11-01T10:00:00+01:00",
    ]
    assert [b.start - a.start for a, b in pairwise(found)] == [7 * DAY + HOUR, 7 * DAY]


def test_weekly_work_belongs_to_the_day_on_which_it_starts() -> None:
    saturdays = rule(Repeat.WEEK, time(22), time(4), weekdays=frozenset({5}))
    found = occurrences(saturdays, days("2026-10-04", 1, SHANGHAI), SHANGHAI)
    assert found == [Span(local("2026-10-04T00:00", SHANGHAI), local("2026-10-04T04:00", SHANGHAI))]


def test_monthly_work_is_left_out_where_a_month_lacks_the_day() -> None:
    thirty_first = rule(Repeat.MONTH, time(2), time(3), month_days=frozenset({1, 31}))
    found = occurrences(thirty_first, Span(local("2028-01-15", SHANGHAI), local("2028-04-01", SHANGHAI)), SHANGHAI)
    assert [instant(s.start).astimezone(SHANGHAI).date().isoformat()[5:] for s in found] == [
        "01-31",
        "02-01",
        "03-01",
        "03-31",
    ]


def test_work_on_29_february_happens_in_leap_years_only() -> None:
    leap_day = rule(Repeat.MONTH, time(2), time(3), month_days=frozenset({29}))
    assert len(occurrences(leap_day, month_span(2028, 2, SHANGHAI), SHANGHAI)) == 1
    assert occurrences(leap_day, month_span(2027, 2, SHANGHAI), SHANGHAI) == []


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(
        [(BERLIN, "2026-10-24"), (BERLIN, "2026-03-28"), (NEW_YORK, "2026-10-31"), (LORD_HOWE, "2026-04-04")]
    ),
    st.frozensets(st.integers(0, 6)),
    st.integers(0, 95),
    st.integers(0, 95),
)
def test_weekly_work_is_what_an_observer_of_the_wall_clock_sees(
    where: tuple[ZoneInfo, str], weekdays: frozenset[int], start: int, end: int
) -> None:
    zone, first = where
    opens, closes = time(start // 4, start % 4 * 15), time(end // 4, end % 4 * 15)
    period = days(first, 3, zone)
    found = occurrences(rule(Repeat.WEEK, opens, closes, weekdays=weekdays), period, zone)
    for us, shown in oracle.wall_clock(period, timedelta(minutes=15), zone):
        day = oracle.within(shown, opens, closes)
        assert any(start <= us < end for start, end in found) == (day is not None and day.weekday() in weekdays)


@settings(deadline=None)
@given(st.integers(0, 7 * 24), st.sampled_from(list(Repeat)), st.times(), st.times())
def test_a_period_cut_in_two_has_the_same_planned_work(cut: int, every: Repeat, start: time, end: time) -> None:
    period = days("2026-10-22", 7, BERLIN)
    middle = min(period.start + cut * HOUR, period.end)
    planned = rule(every, start, end, weekdays=frozenset({4, 6}), month_days=frozenset({25, 26}))
    halves = [
        *occurrences(planned, Span(period.start, middle), BERLIN),
        *occurrences(planned, Span(middle, period.end), BERLIN),
    ]
    whole = occurrences(planned, period, BERLIN)
    assert sum(hours_of(halves)) == pytest.approx(sum(hours_of(whole)))
    assert all(any(w.start <= h.start and h.end <= w.end for w in whole) for h in halves)


# ---------------------------------------------------------------- inspections


def test_inspections_are_at_fixed_local_times() -> None:
    found = snapshot_instants(days("2026-10-24", 2, BERLIN), [time(15), time(9)], BERLIN)
    assert [instant(us).isoformat() for us in found] == [
        "2026-10-24T07:00:00+00:00",
        "2026-10-24T13:00:00+00:00",
        "2026-10-25T08:00:00+00:00",
        "2026-10-25T14:00:00+00:00",
    ]


def test_an_inspection_at_the_edge_belongs_to_the_month_it_begins() -> None:
    october = month_span(2026, 10, SHANGHAI)
    found = snapshot_instants(october, [MIDNIGHT], SHANGHAI)
    assert len(found) == 31
    assert found[0] == october.start


def test_inspections_that_fall_on_one_instant_are_one() -> None:
    assert len(snapshot_instants(days("2026-03-29", 1, BERLIN), [time(2, 10), time(2, 20)], BERLIN)) == 1
