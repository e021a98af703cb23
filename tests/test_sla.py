"""Figures: every scheduled microsecond is one kind of time, and what the rates make of it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import calendar, outages
from monitor.liveness import Policy
from monitor.model import BlindTime, Cause, Seconds, Span, State, micros
from monitor.sla import (
    Rest,
    SlaVerdict,
    account,
    budget,
    camera_pass_share,
    clock,
    counted,
    coverage,
    forecast,
    intact_ratio,
    intersect,
    length,
    merge,
    online_ratio,
    percent,
    snapshots,
    subtract,
    total,
    verdict,
)
from tests import oracle
from tests.readings import fold, seen

HOUR = 3_600_000_000
DAY = 24 * HOUR
TARGET = Fraction(95, 100)
SHANGHAI = ZoneInfo("Asia/Shanghai")
OUT, AS_DOWN, AS_UP = BlindTime.EXCLUDED, BlindTime.DOWN, BlindTime.UP


def judged(seconds: Seconds, blind: BlindTime = OUT) -> SlaVerdict:
    return verdict(seconds, TARGET, Fraction(95, 100), blind)


# ---------------------------------------------------------------- worked examples


def september(approved_hours: int) -> Seconds:
    """One camera, 720 hours, 40 of them down; the first of those approved as excluded."""
    period = calendar.month_span(2026, 9, SHANGHAI)
    fell, rose = period.start + 100 * HOUR, period.start + 140 * HOUR
    states = [
        (Span(period.start, fell), State.UP),
        (Span(fell, rose), State.DOWN),
        (Span(rose, period.end), State.UP),
    ]
    return account(states, [period], [Span(fell, fell + approved_hours * HOUR)])


def test_forty_hours_down_in_a_month_of_720_are_94_44_percent() -> None:
    assert percent(online_ratio(september(0), OUT)) == "94.44"


def test_approved_time_leaves_both_sides_of_the_ratio() -> None:
    ratio = online_ratio(september(8), OUT)
    assert ratio == Fraction(680, 712)  # 95.505...
    assert percent(ratio) == "95.50"
    assert f"{float(ratio):.2%}" == "95.51%"  # what rounding to the nearest would print


def test_approved_time_counted_as_up_would_flatter() -> None:
    seconds = september(8)
    as_up = Fraction(seconds.up + seconds.excluded, seconds.scheduled)
    assert as_up == Fraction(688, 720)  # 95.555...
    assert percent(as_up) == "95.55"
    assert f"{float(as_up):.2%}" == "95.56%"
    assert as_up > (online_ratio(seconds, OUT) or 0)


def night_outages() -> tuple[list[Seconds], list[Seconds]]:
    """1,000 cameras over one day, 500 of them down for two hours of the night: their time, and their inspections."""
    day = Span(micros(datetime(2026, 10, 1, tzinfo=SHANGHAI)), micros(datetime(2026, 10, 2, tzinfo=SHANGHAI)))
    one, three = day.start + HOUR, day.start + 3 * HOUR
    dark = [
        (Span(day.start, one), State.UP),
        (Span(one, three), State.DOWN),
        (Span(three, day.end), State.UP),
    ]
    bright = [(day, State.UP)]
    looks = calendar.snapshot_instants(day, [time(9), time(15)], SHANGHAI)
    fleet = [dark] * 500 + [bright] * 500
    return [account(s, [day], []) for s in fleet], [snapshots(s, [day], [], looks) for s in fleet]


def test_three_bases_give_three_answers_to_the_same_nights() -> None:
    time_of, looks_of = night_outages()
    assert percent(online_ratio(total(time_of), OUT)) == "95.83"
    assert percent(camera_pass_share(time_of, TARGET, OUT)) == "50.00"
    assert percent(online_ratio(total(looks_of), OUT)) == "100.00"
    assert total(looks_of) == Seconds(up=2000)


def test_exactly_the_target_passes_and_one_microsecond_less_fails() -> None:
    whole = 31 * DAY
    down = whole // 20
    assert judged(Seconds(up=whole - down, down=down)) is SlaVerdict.MET
    assert judged(Seconds(up=whole - down - 1, down=down + 1)) is SlaVerdict.MISSED
    assert percent(online_ratio(Seconds(up=whole - down - 1, down=down + 1), OUT)) == "94.99"


def test_a_passing_camera_is_one_exactly_at_the_target() -> None:
    cameras = [Seconds(up=95, down=5), Seconds(up=94_999_999, down=5_000_001), Seconds(excluded=9)]
    assert camera_pass_share(cameras, TARGET, OUT) == Fraction(1, 2)
    assert camera_pass_share([], TARGET, OUT) is None


# ---------------------------------------------------------------- mistakes others made


def test_almost_all_is_not_rounded_to_all() -> None:
    assert percent(Fraction(99999, 100_000)) == "99.99"
    assert percent(Fraction(10**12 - 1, 10**12)) == "99.99"
    assert percent(Fraction(1)) == "100.00"


def test_time_not_watched_is_not_shown_as_100_percent() -> None:
    blind = Seconds(unobserved=DAY)
    assert percent(online_ratio(blind, OUT)) == "—"
    assert judged(blind) is SlaVerdict.NOT_PROVABLE
    assert percent(coverage(blind)) == "0.00"


def test_no_value_is_drawn_neither_green_nor_red() -> None:
    for nothing in (Seconds(), Seconds(excluded=DAY)):
        assert online_ratio(nothing, OUT) is None
        assert intact_ratio(nothing, OUT) is None
        assert judged(nothing) is SlaVerdict.UNDEFINED
    assert percent(None) == "—"
    assert coverage(Seconds()) is None


def test_on_day_15_the_rest_of_the_month_is_not_in_the_denominator() -> None:
    month = calendar.month_span(2026, 10, SHANGHAI)
    elapsed = Span(month.start, month.start + 15 * DAY)
    states = [(elapsed, State.UP)]
    seconds = account(states, intersect([month], [elapsed]), [])
    assert percent(online_ratio(seconds, OUT)) == "100.00"
    assert seconds.scheduled == 15 * DAY


def test_retries_while_a_verdict_is_pending_weigh_no_more_than_their_time() -> None:
    """99 minutes good at one probe a minute, then one minute down seen by six probes."""
    good = [seen(Cause.OK, 60 * i) for i in range(99)]
    bad = [seen(Cause.TCP_TIMEOUT, 99 * 60 + 10 * i) for i in range(6)]
    _, made = fold([*good, *bad, seen(Cause.OK, 6000)], Policy())
    start = micros(made[0].at)
    period = Span(start, start + 6_000_000_000)
    seconds = account(outages.state_spans(made, period), [period], [])
    assert percent(online_ratio(seconds, OUT)) == "99.00"


def test_a_group_of_one_has_the_number_of_its_camera() -> None:
    camera = Seconds(up=969, down=31, unobserved=7, excluded=3)
    for blind in BlindTime:
        assert online_ratio(total([camera]), blind) == online_ratio(camera, blind)
        assert intact_ratio(total([camera]), blind) == intact_ratio(camera, blind)


def test_groups_add_seconds_and_never_average_percentages() -> None:
    long, short = Seconds(up=99, down=1), Seconds(down=1)
    assert online_ratio(total([long, short]), OUT) == Fraction(99, 101)


kinds = st.integers(0, 10**14)
any_seconds = st.builds(Seconds, kinds, kinds, kinds, kinds, kinds)


@settings(deadline=None)
@given(any_seconds, st.sampled_from(BlindTime))
def test_no_rate_is_below_0_or_above_100_percent(seconds: Seconds, blind: BlindTime) -> None:
    rates = (intact_ratio(seconds, blind), online_ratio(seconds, blind), coverage(seconds))
    assert all(rate is None or 0 <= rate <= 1 for rate in rates)
    intact, online, _ = rates
    assert (intact is None) == (online is None)
    assert intact is None or online is None or intact <= online


def test_maintenance_is_no_state_so_the_recovery_within_it_is_still_seen() -> None:
    results = [seen(cause, 60 * i) for i, cause in enumerate([Cause.OK, *[Cause.TCP_TIMEOUT] * 3, Cause.OK])]
    _, made = fold(results, Policy())
    assert [m.new for m in made] == [State.UP, State.DOWN, State.UP]
    start = micros(made[0].at)
    period = Span(start, start + 300_000_000)
    seconds = account(outages.state_spans(made, period), [period], [Span(start + 30_000_000, start + 270_000_000)])
    assert seconds == Seconds(up=60_000_000, excluded=240_000_000)


# ---------------------------------------------------------------- kinds of time


def test_time_out_of_schedule_is_nothing_even_if_excluded() -> None:
    assert account([(Span(0, 10), State.DOWN)], [Span(4, 6)], [Span(0, 5)]) == Seconds(excluded=1, down=1)


def test_excluded_goes_before_unobserved_and_unobserved_before_a_state() -> None:
    states = [(Span(0, 4), State.UNKNOWN), (Span(4, 8), State.DOWN)]
    assert account(states, [Span(0, 10)], [Span(2, 6)]) == Seconds(unobserved=4, excluded=4, down=2)


def test_overlapping_exclusions_are_merged_before_they_are_subtracted() -> None:
    excluded = [Span(5, 9), Span(1, 6), Span(2, 3), Span(9, 9), Span(8, 2)]
    assert account([(Span(0, 10), State.UP)], [Span(0, 10)], excluded) == Seconds(up=2, excluded=8)


spans = st.builds(Span, st.integers(0, 60), st.integers(0, 60))


@st.composite
def state_sequences(draw: st.DrawFn) -> list[tuple[Span, State]]:
    edges = sorted(draw(st.lists(st.integers(0, 60), max_size=12)))
    drawn = draw(st.lists(st.sampled_from(State), min_size=len(edges), max_size=len(edges)))
    kept = draw(st.lists(st.booleans(), min_size=len(edges), max_size=len(edges)))
    pairs = zip(pairwise(edges), drawn, kept, strict=False)
    return [(Span(a, b), state) for (a, b), state, keep in pairs if a < b and keep]


@settings(deadline=None, max_examples=500)
@given(state_sequences(), st.lists(spans, max_size=5), st.lists(spans, max_size=5))
def test_sums_equal_the_oracle_that_looks_at_every_second(
    states: list[tuple[Span, State]], scheduled: list[Span], excluded: list[Span]
) -> None:
    assert account(states, scheduled, excluded) == oracle.account(states, scheduled, excluded)


@given(st.lists(spans, max_size=5), st.integers(-70, 70), st.integers(-70, 70))
def test_a_clock_tells_how_much_of_a_span_lies_in_others(drawn: list[Span], a: int, b: int) -> None:
    running = merge(Span(start - 30, end - 30) for start, end in drawn)
    shown = clock(running)
    start, end = min(a, b), max(a, b)
    assert shown(end) - shown(start) == sum(any(s <= us < e for s, e in running) for us in range(start, end))


@settings(deadline=None)
@given(state_sequences(), st.lists(spans, max_size=5), st.lists(spans, max_size=5), st.sets(st.integers(0, 60)))
def test_inspections_find_what_is_there_at_their_second(
    states: list[tuple[Span, State]], scheduled: list[Span], excluded: list[Span], looks: set[int]
) -> None:
    found = snapshots(states, scheduled, excluded, sorted(looks))
    each = [oracle.account(states, [Span(t, t + 1)] if _within(t, scheduled) else [], excluded) for t in looks]
    assert found == total(each)


def _within(tick: int, where: list[Span]) -> bool:
    return any(start <= tick < end for start, end in where)


@settings(deadline=None)
@given(st.lists(spans, max_size=6), st.lists(spans, max_size=6))
def test_sets_of_time_behave_as_sets(left: list[Span], right: list[Span]) -> None:
    def ticks(where: list[Span]) -> set[int]:
        return {tick for start, end in where for tick in range(start, end)}

    a, b = merge(left), merge(right)
    assert ticks(a) == ticks(left)
    assert all(x.end < y.start for x, y in pairwise(a))
    assert ticks(intersect(a, b)) == ticks(left) & ticks(right)
    assert ticks(subtract(a, b)) == ticks(left) - ticks(right)
    assert length(subtract(a, b)) + length(intersect(a, b)) == length(a)


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(
        [
            (ZoneInfo("Europe/Berlin"), date(2026, 10, 25)),
            (ZoneInfo("America/New_York"), date(2026, 3, 8)),
            (ZoneInfo("Australia/Lord_Howe"), date(2026, 4, 5)),
            (SHANGHAI, date(2028, 2, 29)),
        ]
    ),
    st.integers(0, 47),
    st.integers(0, 47),
    st.lists(st.tuples(st.integers(0, 99), st.sampled_from(State)), max_size=8),
    st.lists(st.tuples(st.integers(0, 99), st.integers(0, 30)), max_size=3),
)
def test_service_hours_states_and_exclusions_together_equal_the_oracle(
    where: tuple[ZoneInfo, date],
    opens: int,
    closes: int,
    changes: list[tuple[int, State]],
    approved: list[tuple[int, int]],
) -> None:
    """Two days around a change of clocks or a leap day, looked at every quarter of an hour."""
    zone, day = where
    quarter = HOUR // 4
    hours = time(opens // 2, opens % 2 * 30), time(closes // 2, closes % 2 * 30)
    start = calendar.local_instant(day, time.min, zone)
    period = Span(start, calendar.local_instant(day + timedelta(days=2), time.min, zone))
    edges = sorted(changes, key=lambda change: change[0])
    ends = [at for at, _ in edges[1:]] + [200]
    states = [
        (Span(start + at * quarter, start + end * quarter), state)
        for (at, state), end in zip(edges, ends if edges else [], strict=True)
    ]
    excluded = [Span(start + at * quarter, start + (at + many) * quarter) for at, many in approved]

    found = account(states, calendar.service_spans(period, [hours], zone), excluded)

    open_ticks = [
        Span(us, us + quarter)
        for us, shown in oracle.wall_clock(period, timedelta(minutes=15), zone)
        if oracle.within(shown, *hours) is not None
    ]
    ticks = [Span((us - start) // quarter, (us - start) // quarter + 1) for us, _ in open_ticks]
    expected = oracle.account(
        [(Span((a - start) // quarter, (b - start) // quarter), state) for (a, b), state in states],
        ticks,
        [Span(at, at + many) for at, many in approved],
    )
    assert found == Seconds(
        expected.up * quarter,
        expected.degraded * quarter,
        expected.down * quarter,
        expected.excluded * quarter,
        expected.unobserved * quarter,
    )


# ---------------------------------------------------------------- rates


SOME = Seconds(up=60, degraded=20, down=10, excluded=100, unobserved=10)


@pytest.mark.parametrize(
    ("blind", "whole", "online", "intact"),
    [
        (OUT, 90, Fraction(80, 90), Fraction(60, 90)),
        (AS_DOWN, 100, Fraction(80, 100), Fraction(60, 100)),
        (AS_UP, 100, Fraction(90, 100), Fraction(70, 100)),
    ],
)
def test_the_contract_says_how_blind_time_counts(
    blind: BlindTime, whole: int, online: Fraction, intact: Fraction
) -> None:
    assert counted(SOME, blind) == whole
    assert online_ratio(SOME, blind) == online
    assert intact_ratio(SOME, blind) == intact
    assert coverage(SOME) == Fraction(190, 200)


def test_too_little_coverage_proves_neither_success_nor_failure() -> None:
    assert judged(Seconds(up=94, unobserved=6)) is SlaVerdict.NOT_PROVABLE
    assert judged(Seconds(down=94, unobserved=6), AS_DOWN) is SlaVerdict.NOT_PROVABLE
    assert judged(Seconds(up=95, unobserved=5)) is SlaVerdict.MET
    assert judged(Seconds(up=95, unobserved=5), AS_DOWN) is SlaVerdict.MET


@pytest.mark.parametrize(
    ("ratio", "text"), [(0.0, "0.00"), (0.95, "95.00"), (0.29, "29.00"), (1.0, "100.00"), (Fraction(1, 3), "33.33")]
)
def test_percentages_have_two_decimals_and_are_cut(ratio: Fraction | float, text: str) -> None:
    assert percent(ratio) == text


# ---------------------------------------------------------------- what is still to come


def test_a_forecast_lets_the_down_stay_down_and_the_others_go_on_as_yesterday() -> None:
    rest = [Rest(State.UP, 100), Rest(State.DEGRADED, 100), Rest(State.UNKNOWN, 100), Rest(State.DOWN, 100)]
    found = forecast(Seconds(up=560, down=40), rest, Fraction(9, 10), TARGET, OUT)
    assert found.landing == Fraction(560 + 270, 1000)
    assert found.best == Fraction(960, 1000)
    assert found.budget_left_us == 10
    assert found.recoverable(TARGET)


def test_without_a_last_day_the_others_are_expected_to_stay_online() -> None:
    found = forecast(Seconds(), [Rest(State.UP, 10), Rest(State.DOWN, 10)], None, TARGET, OUT)
    assert (found.landing, found.best, found.budget_left_us) == (Fraction(1, 2), Fraction(1), 1)


def test_a_budget_overdrawn_is_empty_and_the_target_is_out_of_reach() -> None:
    found = forecast(Seconds(up=800, down=100), [Rest(State.UP, 100)], None, TARGET, OUT)
    assert found.budget_left_us == 0
    assert not found.recoverable(TARGET)
    assert found.landing == found.best == Fraction(9, 10)


def test_no_more_can_be_lost_than_is_left() -> None:
    assert forecast(Seconds(up=1000), [Rest(State.UP, 10)], None, TARGET, OUT).budget_left_us == 10


def test_a_forecast_counts_blind_time_as_the_contract_does() -> None:
    so_far, rest = Seconds(up=50, unobserved=50), [Rest(State.UP, 100)]
    best = [forecast(so_far, rest, None, TARGET, blind).best for blind in (OUT, AS_DOWN, AS_UP)]
    assert best == [Fraction(1), Fraction(3, 4), Fraction(1)]


@pytest.mark.parametrize(
    ("seconds", "remaining", "blind", "allowed", "used"),
    [
        (Seconds(up=900, degraded=20, down=80), 0, OUT, 50, 80),
        (Seconds(up=900, degraded=20, down=80), 1000, OUT, 100, 80),
        (Seconds(up=900, down=80, unobserved=20, excluded=500), 0, AS_DOWN, 50, 100),
        (Seconds(up=900, down=80, unobserved=20, excluded=500), 0, AS_UP, 50, 80),
        (Seconds(up=979, down=20, unobserved=1), 0, OUT, 49, 20),  # 49.95, cut
        (Seconds(), 0, OUT, 0, 0),
    ],
)
def test_a_budget_is_what_the_target_allows_of_counted_time(
    seconds: Seconds, remaining: int, blind: BlindTime, allowed: int, used: int
) -> None:
    found = budget(seconds, remaining, TARGET, blind)
    assert (found.allowed_us, found.used_us, found.left_us) == (allowed, used, allowed - used)


@given(any_seconds, st.sampled_from(BlindTime))
def test_a_whole_month_s_budget_is_overdrawn_exactly_where_the_target_is_missed(
    seconds: Seconds, blind: BlindTime
) -> None:
    rate = online_ratio(seconds, blind)
    assert (budget(seconds, 0, TARGET, blind).left_us < 0) == (rate is not None and rate < TARGET)


def test_a_forecast_of_nothing_is_undefined() -> None:
    found = forecast(Seconds(excluded=5), [], None, TARGET, OUT)
    assert (found.landing, found.best, found.budget_left_us) == (None, None, 0)
    assert found.recoverable(TARGET)


@settings(deadline=None)
@given(any_seconds, st.lists(st.builds(Rest, st.sampled_from(State), kinds), max_size=4), st.fractions(0, 1))
def test_a_forecast_never_beats_the_best_case_and_the_budget_says_whether_it_can_still_come_right(
    so_far: Seconds, rest: list[Rest], rate: Fraction
) -> None:
    found = forecast(so_far, rest, rate, TARGET, OUT)
    if found.landing is None or found.best is None:
        return
    assert 0 <= found.landing <= found.best <= 1
    assert 0 <= found.budget_left_us <= sum(camera.remaining_us for camera in rest)
    whole = counted(so_far, OUT) + sum(camera.remaining_us for camera in rest)
    assert found.recoverable(TARGET) or found.budget_left_us == 0
    assert found.best - Fraction(found.budget_left_us, whole) >= TARGET or not found.recoverable(TARGET)
