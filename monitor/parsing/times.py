"""Times of day and local instants, where a calendar and a zone are meant. Raises ``ValueError`` fit for the reader."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.parsing.scalars import moment, shown

CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
MIDNIGHT = time(0)
Hours = tuple[time, time]


def time_of_day(text: str) -> time:
    """``09:00``; 00:00 to 23:59."""
    match = CLOCK.fullmatch(text)
    if not match:
        raise ValueError(f"{shown(text)} is not a time of day: write it as 09:00")
    return time(int(match[1]), int(match[2]))


def hours(text: str) -> Hours:
    """``08:00-18:00``; an end at or before the start is on the next day, and ``24:00`` as an end is ``time(0)``."""
    start, dash, end = (part.strip() for part in text.partition("-"))
    if not dash:
        raise ValueError(f"{shown(text)} is not a span of hours: write it as 08:00-18:00")
    first, last = time_of_day(start), MIDNIGHT if end == "24:00" else time_of_day(end)
    if first == last and end != "24:00":
        raise ValueError(f"{shown(text)} ends when it begins: the whole day is 00:00-24:00")
    return first, last


def minutes(span: Hours) -> frozenset[int]:
    """The minutes of the day a span covers, 0 ... 1439."""
    start, end = (at.hour * 60 + at.minute for at in span)
    return frozenset(minute % 1440 for minute in range(start, end if end > start else end + 1440))


def local_instant(text: str, zone: ZoneInfo) -> datetime:
    """The aware UTC instant of a local time; one the clocks leave out or show twice is refused."""
    local = moment(text)
    if local.tzinfo is not None:
        return local.astimezone(UTC)
    earlier, later = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    offsets = earlier.utcoffset(), later.utcoffset()
    if offsets[0] == offsets[1]:
        return earlier.astimezone(UTC)
    if earlier.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
        raise ValueError(f"{shown(text)} does not exist in {zone.key}: the clocks jump over it")
    both = " or ".join(offset_text(offset) for offset in offsets)
    raise ValueError(f"{shown(text)} happens twice in {zone.key}: add the offset, {both}")


def offset_text(offset: timedelta | None) -> str:
    """``+08:00``."""
    total = int((offset or timedelta()).total_seconds()) // 60
    return f"{'-' if total < 0 else '+'}{abs(total) // 60:02}:{abs(total) % 60:02}"
