"""What does not depend on the month: the canvas, what was believed, who did what. Part of the oracle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from tests.months.acts import judged
from tests.months.counts import DEGRADED, DOWN, UNOBSERVED, UP, Film
from tests.months.story import Listed, Move, Proposed, Reach, Story, Wording
from tests.months.wall import DAY, EPOCH, Mask, Wall

CODE = {"up": UP, "degraded": DEGRADED, "down": DOWN, "unknown": UNOBSERVED}
Span = tuple[int, int]


class World:
    """What does not depend on the month: the canvas, what was believed, who did what."""

    def __init__(self, story: Story) -> None:
        self.story, self.agreed = story, story.agreement
        first, last = _reach_of(story)
        self.wall = Wall(self.agreed.zone, first, last)
        self.first, self.last = first, last
        self.days_owed = _seconds(self._days_of_contract())  # by date alone
        self.service = _seconds(self.wall.within(self.agreed.hours) & self._days_of_contract())
        self.acts = judged(story.acts, story.plans, self.agreed, self)
        self.changes = _changes(story.inventory)
        self.courses: dict[str, list[Move]] = defaultdict(list)
        for move in story.moves:
            self.courses[move.camera].append(move)
        self._films: dict[str, Film] = {}

    def _days_of_contract(self) -> Mask:
        shown, agreed = self.wall.shown // 1440, self.agreed
        inside: Mask = np.ones(len(shown), dtype=np.bool_)
        if agreed.first_day is not None:
            inside &= shown >= (agreed.first_day - EPOCH).days
        if agreed.last_day is not None:
            inside &= shown <= (agreed.last_day - EPOCH).days
        return inside

    def month(self, month: tuple[int, int]) -> Span:
        """From the first local midnight of the calendar month to that of the next."""
        year, number = month
        return self.wall.reached(date(year, number, 1)), self.wall.reached(first_of_next(month))

    def settlement(self, month: tuple[int, int]) -> Span:
        """The month, or the quarter it lies in."""
        if not self.agreed.quarter:
            return self.month(month)
        first = month[1] - (month[1] - 1) % 3
        return self.month((month[0], first))[0], self.month((month[0], first + 2))[1]

    def settlements(self) -> list[Span]:
        """Every settlement period there is any time of, up to the story's, latest first."""
        found: list[Span] = []
        month = self.story.month
        while True:
            span = self.settlement(month)
            if span[1] <= self.first:
                return found
            found.append(span)
            month = months_before(month, 3 if self.agreed.quarter else 1)

    def as_closed(self, month: tuple[int, int]) -> World:
        """What was known when that month was closed; all that is known, where it is open."""
        number = self.acts.closed.get(f"{month[0]}-{month[1]:02}")
        return self if number is None else World(replace(self.story, acts=self.story.acts[:number]))

    def film(self, camera: str) -> Film:
        """What is believed of the camera in each second, as far as the record speaks."""
        if camera not in self._films:
            film: Film = np.full(self.last - self.first, UNOBSERVED, dtype=np.int8)
            moves = self.courses[camera]
            for move, following in pairwise([*moves, None]):
                assert move is not None
                until = self.last if following is None else following.at
                film[move.at - self.first : until - self.first] = CODE[move.state]
            film[max(0, self.story.last_entry - self.first) :] = UNOBSERVED
            self._films[camera] = film
        return self._films[camera]

    def contract_seconds(self, start: int, end: int) -> list[int]:
        """How much the contract owes of a span, in each settlement period it touches."""
        found, month = [], _month_of(self.wall.today(end))
        while True:
            begins, ends = self.settlement(month)
            a, b = max(start, begins), min(end, ends)
            if a < b:
                found.append(int(np.count_nonzero(self.service[a - self.first : b - self.first])))
            if begins <= max(start, self.first):
                return found
            month = months_before(month, 1)

    def days(self, start: int, end: int) -> list[date]:
        """The local days of a span."""
        day, found = self.wall.today(start), []
        while day <= self.wall.today(end):
            found.append(day)
            day += timedelta(days=1)
        return found


def _reach_of(story: Story) -> Span:
    """The canvas: everything that has any part in a figure, with two days to spare."""
    year, number = story.month
    if story.agreement.quarter:
        number -= (number - 1) % 3
    later = (year, number + 2) if story.agreement.quarter else story.month
    starts, ends = [_midnight(date(year, number, 1))], [_midnight(first_of_next(later))]
    for listed in story.inventory:
        starts.append(listed.at)
        ends.append(listed.at)
        if listed.wording is not None and listed.wording.first_day is not None:
            starts.append(_midnight(listed.wording.first_day))
    starts += [move.at for move in story.moves]
    for act in story.acts:
        if isinstance(act, Proposed):
            starts.append(act.start)
            ends.append(act.end)
    return (min(starts) // DAY - 2) * DAY, (max(ends) // DAY + 3) * DAY


def _seconds(minutes: Mask) -> Mask:
    return np.ones(len(minutes) * 60, dtype=np.bool_) if minutes.all() else np.repeat(minutes, 60)


def _midnight(day: date) -> int:
    return (day - EPOCH).days * DAY


def first_of_next(month: tuple[int, int]) -> date:
    year, number = month
    return date(year + 1, 1, 1) if number == 12 else date(year, number + 1, 1)


def _month_of(day: date) -> tuple[int, int]:
    return day.year, day.month


def months_before(month: tuple[int, int], count: int) -> tuple[int, int]:
    for _ in range(count):
        month = (month[0] - 1, 12) if month[1] == 1 else (month[0], month[1] - 1)
    return month


# ---------------------------------------------------------------- the inventory


@dataclass(frozen=True)
class Change:
    """A camera came, went or was worded anew."""

    at: int
    camera: str
    before: Wording | None
    after: Wording | None


def _changes(inventory: Sequence[Listed]) -> list[Change]:
    here: dict[str, Wording] = {}
    found = []
    for listed in inventory:
        before = here.pop(listed.camera, None)
        if listed.wording is not None:
            here[listed.camera] = listed.wording
        if before != listed.wording:
            found.append(Change(listed.at, listed.camera, before, listed.wording))
    return found


def covers(reach: Reach, camera: str, wording: Wording) -> bool:
    """Whether the camera is meant."""
    asked = (
        (reach.cameras, camera),
        (reach.villages, wording.village),
        (reach.carriers, wording.carrier),
        (reach.recorders, wording.recorder),
    )
    return all(value in names for names, value in asked if names)
