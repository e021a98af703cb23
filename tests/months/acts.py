"""What people's acts amount to, judged from the text of docs/decisions/0017 and 0018. Part of the oracle.

An act the contract does not allow is void: it counts nowhere and is in no figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Protocol

from tests.months.story import (
    Act,
    Agreement,
    Cancelled,
    Confirmed,
    Decided,
    Planned,
    Proposed,
    Reach,
    Repeated,
    Rule,
)
from tests.months.wall import Wall

OTHER = {"vendor": "office", "office": "vendor"}


class Place(Protocol):
    """What judging asks of the world."""

    wall: Wall

    def contract_seconds(self, start: int, end: int) -> list[int]: ...

    def days(self, start: int, end: int) -> list[date]: ...


@dataclass(frozen=True)
class Work:
    """One time at which planned work takes place."""

    id: str
    reach: Reach
    start: int
    end: int


@dataclass(eq=False)
class Plea:
    """An exclusion, and how far it came."""

    id: str
    by: str
    cause: str
    reach: Reach
    start: int
    end: int
    rule: Rule
    steps: list[tuple[str, str, int, str]]  # what, deed, when, by whom
    state: str = "proposed"

    @property
    def objection(self) -> str | None:
        """Why nothing of it counts."""
        if self.state in ("rejected", "withdrawn"):
            return self.state
        return "undecided" if self.state == "proposed" and self.rule.approval else None

    @property
    def cap(self) -> int | None:
        return self.rule.cap

    @property
    def cap_share(self) -> Fraction | None:
        return self.rule.cap_share


@dataclass
class Judged:
    """What counts."""

    pleas: list[Plea] = field(default_factory=list)
    works: list[Work] = field(default_factory=list)  # the settings' first, each by start and id
    removals: list[Confirmed] = field(default_factory=list)


@dataclass
class _Hand:
    """Work somebody planned."""

    act: Planned | Repeated
    until: int | None = None


def judged(acts: Sequence[Act], plans: Sequence[Planned | Cancelled], agreed: Agreement, place: Place) -> Judged:
    """The lawful acts, oldest first, and what the settings planned."""
    found = Judged()
    pleas: dict[str, Plea] = {}
    works: dict[str, _Hand] = {}
    for act in acts:
        match act:
            case Proposed() if act.by in OTHER and _may_ask(act, agreed, place):
                rule = agreed.causes.get(act.cause, Rule())
                step = ("proposed", act.id, act.at, act.by)
                pleas[act.id] = Plea(act.id, act.by, act.cause, act.reach, act.start, act.end, rule, [step])
            case Decided() if act.by in OTHER and act.exclusion in pleas:
                _decide(pleas[act.exclusion], act)
            case Planned() if act.by in OTHER and act.end > act.start >= act.at:
                works[act.id] = _Hand(act)
            case Repeated() if act.by in OTHER:
                works[act.id] = _Hand(act)
            case Cancelled() if act.by in OTHER and act.work in works:
                hand = works[act.work]
                over = isinstance(hand.act, Planned) and hand.act.end <= act.at
                if hand.until is None and not over:
                    hand.until = act.at
            case Confirmed() if act.by == "office":
                found.removals.append(act)
            case _:
                pass
    found.pleas = list(pleas.values())
    by_hand = [work for hand in works.values() for work in _windows(hand, place)]
    found.works = [*_by_start(_settings(plans)), *_by_start(by_hand)]
    return found


def _may_ask(act: Proposed, agreed: Agreement, place: Place) -> bool:
    """Only for a cause the contract accepts, for time that is over, and for no more than its cap allows at all."""
    rule = agreed.causes.get(act.cause, Rule())
    if not rule.accepted or not act.start < act.end <= act.at:
        return False
    return rule.cap is None or all(seconds <= rule.cap for seconds in place.contract_seconds(act.start, act.end))


def _decide(plea: Plea, act: Decided) -> None:
    """The other party approves or rejects what is open; who asked takes it back, approved or not."""
    withdrawn = act.what == "withdrawn"
    if (act.by == plea.by) != withdrawn:
        return
    if plea.state == "proposed" or (withdrawn and plea.state == "approved"):
        plea.state = act.what
        plea.steps.append((act.what, act.id, act.at, act.by))


def _settings(plans: Sequence[Planned | Cancelled]) -> list[Work]:
    """The same id again replaces the earlier plan; what is cancelled does not take place."""
    standing: dict[str, Work] = {}
    for plan in plans:
        if isinstance(plan, Cancelled):
            standing.pop(plan.work, None)
        else:
            standing[plan.id] = Work(plan.id, plan.reach, plan.start, plan.end)
    return list(standing.values())


def _by_start(works: list[Work]) -> list[Work]:
    return sorted(works, key=lambda work: (work.start, work.id))


def _windows(hand: _Hand, place: Place) -> list[Work]:
    """When it takes place, never before it was planned nor after it was cancelled."""
    act = hand.act
    if isinstance(act, Planned):
        end = act.end if hand.until is None else min(act.end, hand.until)
        return [Work(act.id, act.reach, act.start, end)] if act.start < end else []
    until = place.wall.last if hand.until is None else hand.until
    found = []
    for day in place.days(place.wall.first, place.wall.last):
        if _falls_on(act, day):
            closes = day if act.start < act.end else day + timedelta(days=1)
            start, end = place.wall.reached(day, act.start), place.wall.reached(closes, act.end)
            a, b = max(start, act.at), min(end, until)
            if start < end and a < b:
                found.append(Work(f"{act.id}/{datetime.fromtimestamp(start, UTC):%Y%m%dT%H%MZ}", act.reach, a, b))
    return found


def _falls_on(act: Repeated, day: date) -> bool:
    match act.every:
        case "week":
            return day.weekday() in act.weekdays
        case "month":
            return day.day in act.month_days
        case _:
            return True
