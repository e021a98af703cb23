"""Who is on duty, in local time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from monitor.alerting import Shift, on_duty
from tests.alerting.samples import ZONE

MONDAY = datetime(2026, 3, 16, 0, 0, tzinfo=ZONE)
DAY = Shift("白班", "1", start=time(8), end=time(20))
NIGHT = Shift("夜班", "2", start=time(20), end=time(8))
VILLAGE = Shift("柳溪村专人", "3", frozenset({"柳溪村"}))


def names(shifts: list[Shift], at: datetime, *villages: str) -> list[str]:
    return [shift.name for shift in on_duty(shifts, villages, at, ZONE)]


@pytest.mark.parametrize(
    ("hour", "name"), [(7.99, "夜班"), (8, "白班"), (19.99, "白班"), (20, "夜班"), (0, "夜班"), (3.2, "夜班")]
)
def test_a_shift_over_midnight_belongs_to_both_days(hour: float, name: str) -> None:
    assert names([DAY, NIGHT], MONDAY + timedelta(hours=hour)) == [name]


def test_weekdays_are_those_on_which_a_shift_begins() -> None:
    sunday_night = Shift("周日夜", "4", weekdays=frozenset({6}), start=time(20), end=time(8))
    assert names([sunday_night], MONDAY + timedelta(hours=3)) == ["周日夜"]
    assert names([sunday_night], MONDAY + timedelta(hours=21)) == []


def test_whoever_has_the_village_goes_before_those_who_have_everything() -> None:
    noon = MONDAY + timedelta(hours=12)
    assert names([DAY, VILLAGE], noon, "柳溪村") == ["柳溪村专人"]
    assert names([DAY, VILLAGE], noon, "柳溪村", "西坪村") == ["柳溪村专人", "白班"]
    assert names([DAY, VILLAGE], noon, "西坪村") == ["白班"]
    assert names([DAY, VILLAGE], noon) == ["白班"]


def test_a_shift_has_first_and_last_days() -> None:
    week = Shift("本周", "5", first_day=date(2026, 3, 16), last_day=date(2026, 3, 17))
    assert names([week], MONDAY - timedelta(seconds=1)) == []
    assert names([week], MONDAY) == ["本周"]
    assert names([week], MONDAY + timedelta(days=2) - timedelta(seconds=1)) == ["本周"]
    assert names([week], MONDAY + timedelta(days=2)) == []


def test_nobody_is_named_twice() -> None:
    assert names([DAY, DAY], MONDAY + timedelta(hours=9)) == ["白班"]
