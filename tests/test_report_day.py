"""A day's figures: the days of a month add up to the month, whatever the zone, the hours and what was excluded."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.calendar import day_span
from monitor.contract import Contract
from monitor.model import BlindTime, ContractTerms, Seconds
from monitor.report import DayFigures, build_day
from tests.render.samples import JULY, RECORD, SHANGHAI, TERMS, at, report

JUNE_DAYS = [date(2026, 6, day) for day in range(1, 31)]


def day_of(day: date, terms: ContractTerms = TERMS) -> DayFigures:
    return build_day(RECORD, Contract(terms=terms), town="清河镇", day=day)


@pytest.mark.parametrize("blind", list(BlindTime))
def test_the_days_of_a_month_add_up_to_the_month(blind: BlindTime) -> None:
    terms = ContractTerms(blind_time=blind)
    month = report(JULY, terms=terms)
    total = Seconds()
    for day in JUNE_DAYS:
        total += day_of(day, terms).total.seconds
    assert total == month.total.seconds
    assert sum(day_of(day).fell for day in JUNE_DAYS) == len(month.outages)


def test_an_outage_over_days_begins_once_and_ends_once() -> None:
    days = {day.day: day_of(day) for day in JUNE_DAYS}
    assert [(day, days[day].fell, days[day].returned, len(days[day].outages)) for day in (13, 14, 15, 18, 19)] == [
        (13, 0, 0, 0),
        (14, 1, 0, 1),
        (15, 0, 0, 1),
        (18, 0, 0, 1),
        (19, 0, 0, 0),
    ]


def test_a_day_has_twenty_three_to_twenty_five_hours() -> None:
    assert day_of(date(2026, 6, 5)).period == day_span(date(2026, 6, 5), SHANGHAI)
    assert day_of(date(2026, 6, 5)).period.start == int(at(5).timestamp()) * 1_000_000
    assert datetime.fromtimestamp(day_of(date(2026, 6, 5)).period.end / 1e6, UTC) == at(5) + timedelta(days=1)
