"""From figures to points: decides what each line of the scorecard costs, and leaves nothing undecided unsaid.

A rate that does not exist or cannot be proved costs no points and leaves the score undecided: neither party can derive
money from time nobody watched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from monitor.contract.repairs import Repair
from monitor.contract.values import ItemKind, RateStep, Scorecard, ScoreItem
from monitor.model import MICROSECOND, BlindTime, Seconds
from monitor.sla import counted, online


@dataclass(frozen=True, slots=True)
class Rated:
    """A rate that may cost something."""

    ratio: Fraction | None  # 0 to 1; None = nothing counts
    provable: bool  # whether enough was watched


@dataclass(frozen=True, slots=True)
class Happened:
    """What a settlement period brought, as far as a scorecard asks."""

    online: Rated  # on the contract's basis
    intact: Rated
    cameras: Mapping[str, Seconds]  # by camera id, exclusions already taken out
    late: Sequence[Repair] = ()  # whose limit was passed in the period
    declared: Mapping[str, int] = field(
        default_factory=lambda: MappingProxyType({})
    )  # by item id, how often people declared it


class Why(StrEnum):
    """Why a line costs what it costs."""

    BELOW_STEP = "below_step"  # the rate lies below the step named
    ABOVE_STEPS = "above_steps"  # it lies below none
    NOT_PROVABLE = "not_provable"  # too little was watched: undecided
    NO_RATE = "no_rate"  # nothing counts: undecided
    COUNTED = "counted"  # so many at so many points each


@dataclass(frozen=True, slots=True)
class LineScore:
    """One line of the scorecard: ``points = min(count × each, cap)``."""

    item: ScoreItem
    why: Why
    count: int  # 1 for a rate below a step
    each: Decimal
    points: Decimal  # lost
    over_cap: Decimal  # what the line's cap forgave
    subjects: tuple[str, ...] = ()  # camera ids, ascending; one with two late repairs stands there twice
    ratio: Fraction | None = None
    step: RateStep | None = None

    @property
    def undecided(self) -> bool:
        """Whether the line cannot be said to cost nothing."""
        return self.why in (Why.NOT_PROVABLE, Why.NO_RATE)


@dataclass(frozen=True, slots=True)
class Score:
    """The whole card: ``points = max(start - lost, floor)``."""

    card: Scorecard
    lines: tuple[LineScore, ...]
    lost: Decimal
    points: Decimal
    under_floor: Decimal  # lost points the floor forgave

    @property
    def decided(self) -> bool:
        """Whether every line could be decided."""
        return not any(line.undecided for line in self.lines)

    @property
    def qualified(self) -> bool | None:
        """Whether the points reach the line; None without such a line, or undecided."""
        if self.card.qualified is None or not self.decided:
            return None
        return self.points >= self.card.qualified


def score(card: Scorecard, happened: Happened, blind: BlindTime) -> Score:
    """The points of a settlement period, line by line."""
    lines = tuple(_line(item, happened, blind) for item in card.items)
    lost = sum((line.points for line in lines), start=Decimal(0))
    left = card.start - lost
    return Score(card, lines, lost, max(left, card.floor), max(card.floor - left, Decimal(0)))


def fault_us(seconds: Seconds, blind: BlindTime) -> int:
    """The time that counts against a camera, in microseconds: its counted time less the online time."""
    return counted(seconds, blind) - online(seconds, blind)


def _line(item: ScoreItem, happened: Happened, blind: BlindTime) -> LineScore:
    match item.kind:
        case ItemKind.ONLINE_RATE:
            return _by_rate(item, happened.online)
        case ItemKind.INTACT_RATE:
            return _by_rate(item, happened.intact)
        case ItemKind.CAMERA_FAULT:
            free = (item.over or timedelta()) // MICROSECOND
            faulty = [camera for camera, seconds in happened.cameras.items() if fault_us(seconds, blind) > free]
            return _counted(item, len(faulty), tuple(sorted(faulty)))
        case ItemKind.LATE_REPAIR:
            return _counted(item, len(happened.late), tuple(sorted(repair.camera_id for repair in happened.late)))
        case ItemKind.MISSING_REPORT | ItemKind.DECLARED:
            return _counted(item, happened.declared.get(item.id, 0), ())


def _by_rate(item: ScoreItem, rated: Rated) -> LineScore:
    nothing = Decimal(0)
    if not rated.provable or rated.ratio is None:
        why = Why.NO_RATE if rated.provable else Why.NOT_PROVABLE
        return LineScore(item, why, 0, nothing, nothing, nothing, ratio=rated.ratio)
    reached = [step for step in item.steps if rated.ratio < step.below]
    if not reached:
        return LineScore(item, Why.ABOVE_STEPS, 0, nothing, nothing, nothing, ratio=rated.ratio)
    step = min(reached, key=lambda step: step.below)
    points, over_cap = _capped(step.points, item.cap)
    return LineScore(item, Why.BELOW_STEP, 1, step.points, points, over_cap, ratio=rated.ratio, step=step)


def _counted(item: ScoreItem, count: int, subjects: tuple[str, ...]) -> LineScore:
    points, over_cap = _capped(item.points * count, item.cap)
    return LineScore(item, Why.COUNTED, count, item.points, points, over_cap, subjects)


def _capped(points: Decimal, cap: Decimal | None) -> tuple[Decimal, Decimal]:
    kept = points if cap is None else min(points, cap)
    return kept, points - kept
