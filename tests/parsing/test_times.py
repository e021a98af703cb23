"""Times of day and local instants."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.parsing.times import hours, local_instant, minutes, time_of_day

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def test_the_whole_day_ends_at_24() -> None:
    assert hours("00:00-24:00") == (time(0), time(0))
    assert len(minutes(hours("00:00-24:00"))) == 1440


def test_hours_may_cross_midnight() -> None:
    assert hours("22:30 - 5:00") == (time(22, 30), time(5))
    assert len(minutes(hours("22:30-05:00"))) == 390


@given(TIMES, TIMES)
def test_two_spans_that_meet_at_both_ends_fill_the_day_once(one: time, other: time) -> None:
    there, back = minutes((one, other)), minutes((other, one))
    if one != other:
        assert not there & back
    assert there | back == frozenset(range(1440))


@pytest.mark.parametrize("text", ["24:00", "7", "07:60", "07:00:00", "7am", ""])
def test_anything_else_is_no_time_of_day(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time of day: write it as 09:00"):
        time_of_day(text)


def test_a_local_time_is_an_instant_of_its_zone() -> None:
    assert local_instant("2026-12-01 08:00", SHANGHAI) == datetime(2026, 12, 1, 0, 0, tzinfo=UTC)
    assert local_instant("2026-07-01 08:00", BERLIN) == datetime(2026, 7, 1, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-03-29 02:00", "2026-03-29 02:30", "2026-03-29 02:59:59"])
def test_a_time_the_clocks_jump_over_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="does not exist in Europe/Berlin: the clocks jump over it"):
        local_instant(text, BERLIN)


@pytest.mark.parametrize("text", ["2026-10-25 02:00", "2026-10-25 02:59"])
def test_a_time_that_comes_twice_asks_for_its_offset(text: str) -> None:
    with pytest.raises(ValueError, match=r"happens twice in Europe/Berlin: add the offset, \+02:00 or \+01:00"):
        local_instant(text, BERLIN)


def test_with_its_offset_it_is_clear() -> None:
    assert local_instant("2026-10-25 02:30+02:00", BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert local_instant("2026-10-25 02:30+01:00", BERLIN) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-03-29 01:59", "2026-03-29 03:00", "2026-10-25 01:59", "2026-10-25 03:00"])
def test_the_minutes_beside_a_change_of_the_clocks_are_clear(text: str) -> None:
    local = local_instant(text, BERLIN).astimezone(BERLIN)
    assert local.strftime("%Y-%m-%d %H:%M") == text


def test_a_year_out_of_reach_is_refused() -> None:
    with pytest.raises(ValueError, match="'0001-01-01 00:00' is not in 1970 to 2199"):
        local_instant("0001-01-01 00:00", SHANGHAI)
