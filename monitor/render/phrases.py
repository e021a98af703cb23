"""Figures and instants as words: how a duration, a percentage, a local time or a quotient is written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from fractions import Fraction
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from monitor import wording
from monitor.calendar import DAY_US, local_us
from monitor.language import Language
from monitor.model import SECOND_US, Basis, Cause, instant
from monitor.report import BasisFigure, ChangeFigure, ChangeKind, TimeKind
from monitor.sla import percent

HOUR_US = 3_600 * SECOND_US
_DAY_ZERO: Final = date(1970, 1, 1).toordinal()
TIME_KINDS: Final = {
    TimeKind.UP: wording.UP_TIME,
    TimeKind.DEGRADED: wording.DEGRADED_TIME,
    TimeKind.DOWN: wording.DOWN_TIME,
    TimeKind.EXCLUDED: wording.EXCLUDED_TIME,
    TimeKind.UNOBSERVED: wording.UNOBSERVED_TIME,
}


def percent_sign(ratio: Fraction | None) -> str:
    """A floored percentage with its sign; ``—`` for no value."""
    return percent(ratio) + ("" if ratio is None else "%")


def duration(us: int, language: Language) -> str:
    """Hours and minutes, below an hour minutes and seconds; cut, never rounded up."""
    minutes, seconds = divmod(us // SECOND_US, 60)
    hours, minutes_left = divmod(minutes, 60)
    if hours:
        return wording.DURATION_HOURS[language].format(hours=hours, minutes=minutes_left)
    if minutes:
        return wording.DURATION_MINUTES[language].format(minutes=minutes, seconds=seconds)
    return wording.DURATION_SECONDS[language].format(seconds=seconds)


def exact_seconds(us: int) -> str:
    """Seconds without loss: no decimals where there are none, else six."""
    return f"{us // SECOND_US}.{rest:06}" if (rest := us % SECOND_US) else str(us // SECOND_US)


def parted_seconds(us: int) -> str:
    """Seconds without loss, thousands apart."""
    whole, point, rest = exact_seconds(us).partition(".")
    return f"{int(whole):,}{point}{rest}"


def local(at: datetime | int, zone: ZoneInfo, year: int | None = None) -> str:
    """Local date and time to the minute; without the year where it is the one given."""
    there = (instant(at) if isinstance(at, int) else at).astimezone(zone)
    return there.strftime("%m-%d %H:%M" if there.year == year else "%Y-%m-%d %H:%M")


def exact_local(us: int, zone: ZoneInfo) -> str:
    """Local date and time without loss: to the second, to the microsecond where there are any."""
    day, clock = divmod(local_us(us, zone), DAY_US)
    second, rest = divmod(clock, SECOND_US)
    text = f"{_date(day)} {second // 3_600:02}:{second // 60 % 60:02}:{second % 60:02}"
    return f"{text}.{rest:06}" if rest else text


@lru_cache(1_024)
def _date(day: int) -> str:
    """Of the day so many after 1970-01-01."""
    return date.fromordinal(_DAY_ZERO + day).isoformat()


@lru_cache(4_096)  # a month of a large town has 100,000 outages and few ways to fail
def cause_words(causes: tuple[Cause, ...], language: Language) -> str:
    """Causes in the order they were seen."""
    return " → ".join(wording.CAUSES[cause][language] for cause in causes)


def change_words(change: ChangeFigure, language: Language) -> list[str]:
    """That a camera came or went, or every field that changed; not cleaned of characters nobody sees."""
    match change.kind:
        case ChangeKind.ADDED:
            return [wording.ADDED[language]]
        case ChangeKind.REMOVED:
            return [wording.REMOVED[language]]
        case ChangeKind.CHANGED:
            nothing = wording.NOTHING[language]
            return [
                wording.FIELD_CHANGE[language].format(
                    field=wording.CAMERA_FIELDS[field.field][language],
                    before=field.before or nothing,
                    after=field.after or nothing,
                )
                for field in change.fields
            ]


def good_of_counted(figure: BasisFigure, language: Language) -> str:
    """What a basis divides: hours, cameras or inspections."""
    match figure.basis:
        case Basis.FLEET_SECONDS:
            hours = (f"{us // HOUR_US:,}" for us in (figure.good, figure.counted))
            return wording.HOURS_UNIT[language].format(count=" / ".join(hours))
        case Basis.CAMERA_PASS_SHARE:
            return wording.CAMERAS_UNIT[language].format(count=f"{figure.good:,} / {figure.counted:,}")
        case Basis.SNAPSHOTS:
            return wording.LOOKS_UNIT[language].format(count=f"{figure.good:,} / {figure.counted:,}")


def service_hours(hours: Sequence[tuple[time, time]], language: Language) -> str:
    """At what hours of each day a camera owes its picture."""
    if all(start == end for start, end in hours):
        return wording.WHOLE_DAY[language]
    return wording.DAILY[language].format(hours=", ".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in hours))
