"""From calendars to spans: decides when a month, service hours and planned work begin and end in a time zone.

A local time means *the first instant at which the zone's wall clock has reached it*. So a local time that exists twice
(clocks set back) is its first occurrence, and one that does not exist (clocks set forward) is the instant of the jump.
Every local time then has exactly one instant and their order is kept: hours that meet on the wall meet in the record,
and hours that lie wholly within a skipped hour do not happen that day.

It must never add a day as 24 hours or a week as 604,800 seconds.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from .model import MICROSECOND, SECOND_US, Camera, ContractTerms, MaintenanceRule, Repeat, Span, instant, micros

DAY = timedelta(days=1)
FOREVER = micros(datetime.max.replace(tzinfo=UTC))  # the end of a span that has no end
DAY_US = DAY // MICROSECOND
QUARTER_HOUR_US = 900 * SECOND_US  # when zones set their clocks; those that do not are asked each time


@lru_cache(4_096)  # of a month and its trend the same midnights are asked for again and again
def local_instant(day: date, at: time, zone: ZoneInfo) -> int:
    """The first instant at which the wall clock has reached that local time, in microseconds since 1970-01-01 UTC."""
    wall = datetime.combine(day, at, zone)
    late = micros(wall)
    before = wall.utcoffset()
    if instant(late).astimezone(zone).utcoffset() == before:
        return late
    # PEP 495: for a local time that was skipped, fold=0 lies behind the jump and fold=1 before it.
    early = micros(wall.replace(fold=1))
    return early + bisect_left(range(early, late + 1), True, key=lambda us: _offset(us, zone) != before)


def local_us(us: int, zone: ZoneInfo) -> int:
    """What the wall clock shows at that instant, in microseconds since its own 1970-01-01 00:00.

    A month of a large town has 100,000 outages: a zone is asked once for each quarter of an hour.
    """
    offset = _offset_of_quarter(us // QUARTER_HOUR_US, zone)
    return us + (_offset_us(us, zone) if offset is None else offset)


def month_span(year: int, month: int, zone: ZoneInfo) -> Span:
    """The calendar month of the zone, from its first local midnight to that of the next month."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return Span(local_instant(date(year, month, 1), time.min, zone), local_instant(following, time.min, zone))


def day_span(day: date, zone: ZoneInfo) -> Span:
    """The local day, from its first instant to that of the next day: 23 to 25 hours."""
    return Span(local_instant(day, time.min, zone), local_instant(day + DAY, time.min, zone))


def month_of(at: datetime, zone: ZoneInfo) -> tuple[int, int]:
    """Year and month in which the instant lies for someone in the zone."""
    local = at.astimezone(zone)
    return local.year, local.month


def month_before(at: datetime, zone: ZoneInfo) -> tuple[int, int]:
    """Year and month that ended last for someone in the zone."""
    year, month = month_of(at, zone)
    return (year, month - 1) if month > 1 else (year - 1, 12)


def months_before(month: tuple[int, int], count: int) -> list[tuple[int, int]]:
    """The calendar months (year, month) before the given one, as many as asked, oldest first; none before 1970."""
    last = month[0] * 12 + month[1] - 1
    return [(number // 12, number % 12 + 1) for number in range(max(1970 * 12, last - count), last)]


def parse_month(text: str) -> tuple[int, int]:
    """Year and month of ``2026-10``; ``ValueError`` says what was expected."""
    match = re.fullmatch(r"(19[7-9]\d|[2-8]\d{3})-(0[1-9]|1[0-2])", text, re.ASCII)
    if not match:
        raise ValueError(f"{text!r} is not a month: write year and month like 2026-10")
    return int(match[1]), int(match[2])


def quarter_span(year: int, month: int, zone: ZoneInfo) -> Span:
    """The calendar quarter of the zone in which the month lies."""
    first = month - (month - 1) % 3
    return Span(month_span(year, first, zone).start, month_span(year, first + 2, zone).end)


def contract_spans(period: Span, terms: ContractTerms, zone: ZoneInfo) -> list[Span]:
    """The part of the period the contract is about: its service hours, on its days."""
    start, end = period
    if terms.first_day is not None:
        start = max(start, local_instant(terms.first_day, time.min, zone))
    if terms.last_day is not None and terms.last_day < date.max:
        end = min(end, local_instant(terms.last_day + DAY, time.min, zone))
    hours = service_spans(period, terms.service_hours, zone)
    return [Span(max(begins, start), min(ends, end)) for begins, ends in hours if max(begins, start) < min(ends, end)]


def service_spans(period: Span, hours: Sequence[tuple[time, time]], zone: ZoneInfo) -> list[Span]:
    """The part of the period within daily service hours: ascending and disjoint, even where the hours overlap.

    No hours at all means around the clock. An end not after its start is on the next day; 24:00 is ``00:00``.
    """
    if not hours or any(start == end == time.min for start, end in hours):
        return [period] if period.start < period.end else []
    return _daily(period, _days(period, zone), sorted(hours), zone)


def in_service_span(camera: Camera, added_at: datetime, removed_at: datetime | None, zone: ZoneInfo) -> Span:
    """When the camera is in service: its local dates, the last one included, else from when it was added to the record.

    A first date before ``added_at`` counts: that time was owed, though nobody watched. Removal ends it in any case.
    An open end is ``FOREVER``.
    """
    start, end = micros(added_at), FOREVER if removed_at is None else micros(removed_at)
    if camera.in_service_from is not None:
        start = local_instant(camera.in_service_from, time.min, zone)
    if camera.in_service_to is not None and camera.in_service_to < date.max:
        end = min(end, local_instant(camera.in_service_to + DAY, time.min, zone))
    return Span(start, max(start, end))


def occurrences(rule: MaintenanceRule, period: Span, zone: ZoneInfo) -> list[Span]:
    """When the planned work takes place within the period, cut to it: ascending and disjoint."""
    if rule.every is None:
        assert rule.start_at is not None
        assert rule.end_at is not None
        once = Span(max(micros(rule.start_at), period.start), min(micros(rule.end_at), period.end))
        return [once] if once.start < once.end else []
    assert rule.start_time is not None
    assert rule.end_time is not None
    days = (day for day in _days(period, zone) if _falls_on(rule, day))
    return _daily(period, days, [(rule.start_time, rule.end_time)], zone)


def snapshot_instants(period: Span, times: Sequence[time], zone: ZoneInfo) -> list[int]:
    """The instants of the daily inspections within the period, ascending, each once."""
    found = {local_instant(day, at, zone) for day in _days(period, zone) for at in times}
    return sorted(us for us in found if period.start <= us < period.end)


def _falls_on(rule: MaintenanceRule, day: date) -> bool:
    """Whether recurring work starts on that local day."""
    assert rule.every is not None
    match rule.every:
        case Repeat.DAY:
            return True
        case Repeat.WEEK:
            return day.weekday() in rule.weekdays
        case Repeat.MONTH:
            return day.day in rule.month_days


def _daily(period: Span, days: Iterable[date], hours: Sequence[tuple[time, time]], zone: ZoneInfo) -> list[Span]:
    """Those hours of those days, within the period. Days and starts of hours ascend."""
    spans: list[Span] = []
    free_from = period.start
    for day in days:
        for start, end in hours:
            last_day = day if start < end else day + DAY
            begins = max(free_from, local_instant(day, start, zone))
            ends = min(period.end, local_instant(last_day, end, zone))
            if begins < ends:
                spans.append(Span(begins, ends))
                free_from = ends
    return spans


def _days(period: Span, zone: ZoneInfo) -> Iterator[date]:
    """Every local day whose hours may reach into the period: from the day before it starts to the day it ends."""
    day = instant(period.start).astimezone(zone).date() - DAY
    last = instant(period.end).astimezone(zone).date()
    while day <= last:
        yield day
        day += DAY


@lru_cache(16_384)
def _offset_of_quarter(quarter: int, zone: ZoneInfo) -> int | None:
    """None: the clocks are set within it."""
    first, last = (_offset_us(us, zone) for us in (quarter * QUARTER_HOUR_US, (quarter + 1) * QUARTER_HOUR_US - 1))
    return first if first == last else None


def _offset_us(us: int, zone: ZoneInfo) -> int:
    return (_offset(us, zone) or timedelta()) // MICROSECOND


def _offset(us: int, zone: ZoneInfo) -> timedelta | None:
    return instant(us).astimezone(zone).utcoffset()
