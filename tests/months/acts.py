"""What people's acts amount to, judged from the text of docs/decisions/0017, 0018 and docs/ledger.md. Of the oracle.

An act the contract does not allow is void: it counts nowhere and is in no figure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Protocol
from zoneinfo import ZoneInfo

from tests.months.story import (
    Act,
    Agreement,
    Cancelled,
    Closed,
    Confirmed,
    Corrected,
    Decided,
    Declared,
    Planned,
    Proposed,
    Reach,
    Repeated,
    Rule,
    TakenBack,
)
from tests.months.wall import Wall

OTHER = {"vendor": "office", "office": "vendor"}


class Place(Protocol):
    """What judging asks of the world."""

    wall: Wall

    def contract_seconds(self, start: int, end: int) -> list[int]: ...

    def days(self, start: int, end: int) -> list[date]: ...

    def month(self, month: tuple[int, int]) -> tuple[int, int]: ...


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
class Said:
    """What the office declared; withdrawn, it counts no more."""

    act: Declared
    withdrawn: TakenBack | None = None


@dataclass
class Judged:
    """What counts, and what does not."""

    pleas: list[Plea] = field(default_factory=list)
    works: list[Work] = field(default_factory=list)  # the settings' first, each by start and id
    removals: list[Confirmed] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    closed: dict[str, int] = field(default_factory=dict)  # by month, how many acts there were before it was closed
    void: list[tuple[Act, str, str]] = field(default_factory=list)  # why, and what that is about


@dataclass
class _Hand:
    """Work somebody planned."""

    act: Planned | Repeated
    until: int | None = None


def judged(acts: Sequence[Act], plans: Sequence[Planned | Cancelled], agreed: Agreement, place: Place) -> Judged:
    """The lawful acts and the void ones, oldest first, and what the settings planned."""
    judging = _Judging(agreed, place)
    for number, act in enumerate(acts):
        if act.under == "town":  # under another contract it is none of this one's
            judging.judge(act, number)
    found = judging.found
    found.pleas, found.said = list(judging.pleas.values()), list(judging.said.values())
    by_hand = [work for hand in judging.works.values() for work in _windows(hand, place)]
    found.works = [*_by_start(_settings(plans)), *_by_start(by_hand)]
    return found


class _Judging:
    """The table of docs/ledger.md, read from left to right: the first reason that holds is the one named."""

    def __init__(self, agreed: Agreement, place: Place) -> None:
        self.agreed, self.place = agreed, place
        self.found = Judged()
        self.lawful: set[str] = set()
        self.first: dict[str, Act] = {}  # of each id, also a void one: whose words others name
        self.pleas: dict[str, Plea] = {}
        self.asked: dict[str, Proposed] = {}
        self.works: dict[str, _Hand] = {}
        self.said: dict[str, Said] = {}
        self.closings: Counter[str] = Counter()
        self.corrections: Counter[str] = Counter()

    def judge(self, act: Act, number: int) -> None:
        self.first.setdefault(act.id, act)
        reasons = self._any(act) or self._own(act)
        if reasons:
            self.found.void.append((act, *reasons))
        else:
            self.lawful.add(act.id)
            self._admit(act, number)

    def _any(self, act: Act) -> tuple[str, str] | None:
        """What holds for every act."""
        offices = isinstance(act, Confirmed | Closed | Declared | TakenBack)
        if act.id in self.lawful:
            return "replayed", act.id
        if act.by not in (("office",) if offices else OTHER):
            return "role_may_not", act.by
        if not act.name.strip():
            return "incomplete", "--by"
        return ("made_in_future", self._local(act.made_at)) if act.made_at > act.at + 600 else None

    def _own(self, act: Act) -> tuple[str, str] | None:
        """What holds for acts of its kind."""
        match act:
            case Proposed():
                return self._asking(act)
            case Decided():
                return self._deciding(act)
            case Declared():
                return self._declaring(act)
            case TakenBack():
                return self._taking_back(act)
            case Closed() | Corrected():
                return self._closing(act)
            case Planned() | Cancelled():
                return self._working(act)
            case Confirmed():
                again = any((act.camera, act.removed_at) == (one.camera, one.removed_at) for one in self.found.removals)
                return ("already_confirmed", act.camera) if again else None
            case Repeated():
                return None

    def _asking(self, act: Proposed) -> tuple[str, str] | None:
        """Only for a cause the contract accepts, for time that is over, and for no more than its cap allows at all."""
        rule = self.agreed.causes.get(act.cause, Rule())
        if not rule.accepted:
            return "cause_not_accepted", act.cause
        if act.end <= act.start:
            return "span_empty", self._local(act.end)
        if act.end > act.at:
            return "span_in_future", self._local(act.end)
        if not act.text.strip():
            return "incomplete", "--text"
        if closed := self._closed_in(act):
            return "period_closed", closed
        longest = max(self.place.contract_seconds(act.start, act.end), default=0)
        if rule.cap is not None and longest > rule.cap:
            return "cap_exceeded", f"{act.cause}: {rule.cap / 3600:g} h"
        return None

    def _deciding(self, act: Decided) -> tuple[str, str] | None:
        """The other party approves or rejects what is open; who asked takes it back, approved or not."""
        plea = self.pleas.get(act.exclusion)
        if plea is None:
            return "unknown_exclusion", act.exclusion
        if not (act.words and _same_words(self.asked[plea.id], self.first[plea.id])):
            return "other_proposal", plea.id
        withdrawn = act.what == "withdrawn"
        if (act.by == plea.by) != withdrawn:
            return "not_own_proposal" if withdrawn else "own_proposal", plea.id
        if plea.state != "proposed" and not (withdrawn and plea.state == "approved"):
            return "already_decided", plea.id
        closed = self._closed_in(self.asked[plea.id])
        return ("period_closed", closed) if closed else None

    def _declaring(self, act: Declared) -> tuple[str, str] | None:
        """What a line of the scorecard counts, in a month that has begun and is not closed."""
        lines = () if self.agreed.card is None else self.agreed.card.lines
        if act.item not in {line.id for line in lines if line.kind in ("declared", "missing_report")}:
            return "unknown_item", act.item
        month = month_named(act.month)
        if month is None:
            return "no_month", act.month
        if self.place.month(month)[0] > act.at:
            return "month_to_come", act.month
        if not 1 <= act.count <= 1000:
            return "count_out_of_range", "1000"
        if not act.text.strip():
            return "incomplete", "--text"
        return ("period_closed", act.month) if self._closed(act.month) else None

    def _taking_back(self, act: TakenBack) -> tuple[str, str] | None:
        said = self.said.get(act.declaration)
        if said is None:
            return "unknown_declaration", act.declaration
        if not (act.words and _same_words(said.act, self.first[said.act.id])):
            return "other_proposal", said.act.id
        if said.withdrawn is not None:
            return "already_withdrawn", said.act.id
        return ("period_closed", said.act.month) if self._closed(said.act.month) else None

    def _closing(self, act: Closed | Corrected) -> tuple[str, str] | None:
        if isinstance(act, Corrected):
            if not self._closed(act.month):
                return "period_not_closed", act.month
            following = self.corrections[act.month] + 1
            if act.number != following:
                return "wrong_number", str(following)
            return None if act.text.strip() else ("incomplete", "--text")
        month = month_named(act.month)
        if month is None:
            return "no_month", act.month
        if self.place.month(month)[1] > act.at:
            return "period_not_over", act.month
        return ("period_closed", act.month) if self._closed(act.month) else None

    def _working(self, act: Planned | Cancelled) -> tuple[str, str] | None:
        if isinstance(act, Planned):
            if act.end <= act.start:
                return "span_empty", self._local(act.end)
            return ("work_in_past", self._local(act.start)) if act.start < act.at else None
        hand = self.works.get(act.work)
        if hand is None:
            return "unknown_work", act.work
        over = isinstance(hand.act, Planned) and hand.act.end <= act.at
        return ("work_over", act.work) if over or hand.until is not None else None

    def _local(self, second: int) -> str:
        return f"{datetime.fromtimestamp(second, ZoneInfo(self.agreed.zone)):%Y-%m-%d %H:%M:%S}"

    def _closed(self, month: str) -> bool:
        return self.closings[month] > self.corrections[month]

    def _closed_in(self, asked: Proposed) -> str | None:
        """The first closed month it touches."""
        for name in sorted(self.closings):
            month = month_named(name)
            assert month is not None
            start, end = self.place.month(month)
            if self._closed(name) and asked.start < end and asked.end > start:
                return name
        return None

    def _admit(self, act: Act, number: int) -> None:
        match act:
            case Proposed():
                rule = self.agreed.causes.get(act.cause, Rule())
                step = ("proposed", act.id, act.at, act.by)
                self.pleas[act.id] = Plea(act.id, act.by, act.cause, act.reach, act.start, act.end, rule, [step])
                self.asked[act.id] = act
            case Decided():
                plea = self.pleas[act.exclusion]
                plea.state = act.what
                plea.steps.append((act.what, act.id, act.at, act.by))
            case Planned() | Repeated():
                self.works[act.id] = _Hand(act)
            case Cancelled():
                self.works[act.work].until = act.at
            case Confirmed():
                self.found.removals.append(act)
            case Declared():
                self.said[act.id] = Said(act)
            case TakenBack():
                self.said[act.declaration].withdrawn = act
            case Closed():
                self.closings[act.month] += 1
                self.found.closed[act.month] = number
            case Corrected():
                self.corrections[act.month] += 1
                del self.found.closed[act.month]


def _same_words(act: Act, other: Act) -> bool:
    """Whether one is the other, recorded once more."""
    return replace(act, at=0, made=act.made_at) == replace(other, at=0, made=other.made_at)


def month_named(text: str) -> tuple[int, int] | None:
    """The month of a text such as 2026-10, or None."""
    try:
        day = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return day.year, day.month


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
