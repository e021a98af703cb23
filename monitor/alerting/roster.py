"""Who is on duty. Pure; the zone is an argument."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

EVERY_DAY = frozenset(range(7))
MIDNIGHT = time(0)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Shift:
    """One person's duty, in local times. ``end <= start``: it ends on the next day."""

    name: str
    phone: str  # "" = none
    villages: frozenset[str] = frozenset()  # empty: everywhere
    weekdays: frozenset[int] = EVERY_DAY  # 0 = Monday; the day on which the shift begins
    start: time = MIDNIGHT
    end: time = MIDNIGHT
    first_day: date | None = None
    last_day: date | None = None  # inclusive

    def covers(self, at: datetime) -> bool:
        """Whether the local instant is in it."""
        return self._begins(at.date(), at) or self._begins(at.date() - DAY, at)

    def _begins(self, day: date, at: datetime) -> bool:
        over_midnight = self.end <= self.start
        start = datetime.combine(day, self.start, at.tzinfo)
        end = datetime.combine(day + DAY if over_midnight else day, self.end, at.tzinfo)
        return (
            day.weekday() in self.weekdays
            and (self.first_day is None or day >= self.first_day)
            and (self.last_day is None or day <= self.last_day)
            and start <= at < end
        )


def on_duty(shifts: Sequence[Shift], villages: Collection[str], at: datetime, zone: tzinfo) -> tuple[Shift, ...]:
    """The shifts that cover the instant and any of the villages, in the roster's order, each person once.

    Shifts that name a village go before those that are for everywhere; the latter serve only where the former leave a
    village without anybody, or where no village is meant.
    """
    local = at.astimezone(zone)
    now = [shift for shift in shifts if shift.covers(local)]
    named = [shift for shift in now if shift.villages & set(villages)]
    covered = {village for shift in named for village in shift.villages}
    if not villages or set(villages) - covered:
        named += [shift for shift in now if not shift.villages]
    return tuple({(shift.name, shift.phone): shift for shift in named}.values())
