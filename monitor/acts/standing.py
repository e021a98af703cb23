"""What the acts of people add up to under a contract: exclusions and their history, planned work, closed months.

The fold judges every act again, by the same rules as when it was made: whoever writes past the program into the record
gains nothing by it, because what the contract refuses does not count and is listed as void, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from monitor.acts.events import (
    Acknowledged,
    Decision,
    DeclarationWithdrawn,
    ExclusionApproved,
    ExclusionProposed,
    ExclusionRejected,
    ExclusionWithdrawn,
    ItemDeclared,
    MaintenanceCancelled,
    MaintenancePlanned,
    MaintenanceRepeated,
    Note,
    PeriodClosed,
    PeriodCorrected,
    RemovalConfirmed,
    ViewApproved,
    WorkOrdered,
)
from monitor.acts.refusals import Refusal
from monitor.acts.signing import Recorded
from monitor.acts.terms import ActTerms
from monitor.calendar import FOREVER, month_span, occurrences, parse_month
from monitor.model import (
    EPOCH,
    MICROSECOND,
    Exclusion,
    ExclusionState,
    Maintenance,
    MaintenanceRule,
    Span,
    instant,
    micros,
)

LONGEST_US = (
    timedelta(days=2) // MICROSECOND
)  # recurring work lasts a day at most: so far before a period its windows may begin
DECIDED = MappingProxyType(
    {
        ExclusionApproved: ExclusionState.APPROVED,
        ExclusionRejected: ExclusionState.REJECTED,
        ExclusionWithdrawn: ExclusionState.WITHDRAWN,
    }
)


@dataclass(frozen=True, slots=True)
class Step:
    """One act in a history, and whether it bears the signature of the key the contract names for its party."""

    act: Recorded
    signed: bool


@dataclass(frozen=True, slots=True)
class History:
    """An exclusion and everything that was done about it, the proposal first."""

    exclusion: Exclusion
    proposal: str  # the digest of what was proposed
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Declaration:
    """What the office declared, and that it took it back."""

    act: ItemDeclared
    declared: Step
    withdrawn: Step | None = None  # None: it counts

    @property
    def digest(self) -> str:
        """64 hex digits that stand for what was declared."""
        return self.declared.act.digest


@dataclass(frozen=True, slots=True)
class Work:
    """Planned work somebody entered by hand. Work is planned, not claimed: it counts within ``[from_at, until_at)``."""

    rule: MaintenanceRule
    planned: Recorded
    from_at: datetime
    until_at: datetime | None = None  # when it was cancelled

    def windows(self, period: Span, zone: ZoneInfo) -> Iterator[Maintenance]:
        """When it takes place, as far as that touches the period."""
        until = FOREVER if self.until_at is None else micros(self.until_at)
        in_force = Span(micros(self.from_at), until)
        first = max(period.start, in_force.start)
        reach = Span(first - LONGEST_US, max(first, period.end) + LONGEST_US)
        for span in occurrences(self.rule, self._whole(reach), zone):
            kept = Span(max(span.start, in_force.start), min(span.end, in_force.end))
            if kept.start < kept.end and kept.start < period.end and kept.end > period.start:
                name = self.rule.id if self.rule.every is None else f"{self.rule.id}/{instant(span.start):%Y%m%dT%H%MZ}"
                yield Maintenance(name, self.rule.title, self.rule.scope, instant(kept.start), instant(kept.end))

    def _whole(self, reach: Span) -> Span:
        """The time to look for windows in: one that happens once is not cut by the period."""
        if self.rule.start_at is None or self.rule.end_at is None:
            return reach
        return Span(min(reach.start, micros(self.rule.start_at)), max(reach.end, micros(self.rule.end_at)))


@dataclass(frozen=True, slots=True)
class Void:
    """An act in the record that does not count."""

    act: Recorded
    refusal: Refusal


class Standing:
    """What has been done so far; ``admit`` takes in one more act that nothing speaks against."""

    def __init__(self, terms: ActTerms) -> None:
        self.terms = terms
        self.zone = ZoneInfo(terms.zone)
        self.ids: set[str] = set()
        self.exclusions: dict[str, History] = {}
        self.works: dict[str, Work] = {}
        self.closings: dict[str, list[Recorded]] = {}  # by month, oldest first
        self.corrections: dict[str, list[Recorded]] = {}
        self.declarations: dict[str, Declaration] = {}  # oldest first
        self.removals: list[RemovalConfirmed] = []
        self.remarks: list[Recorded] = []  # notes, acknowledgements, work orders
        self.void: list[Void] = []

    def closed(self, month: str) -> bool:
        """Whether the month is closed, and not opened again by a correction."""
        return len(self.closings.get(month, ())) > len(self.corrections.get(month, ()))

    def closing(self, month: str) -> PeriodClosed | None:
        """How the month was closed last; None: it is not closed, or opened again by a correction."""
        if not self.closed(month):
            return None
        act = self.closings[month][-1].act
        assert isinstance(act, PeriodClosed)
        return act

    def closed_month_in(self, start_at: datetime, end_at: datetime) -> str | None:
        """The first closed month the span touches."""
        for month in sorted(self.closings):
            span = month_span(*parse_month(month), self.zone)
            if self.closed(month) and micros(start_at) < span.end and micros(end_at) > span.start:
                return month
        return None

    def counting(self) -> tuple[Exclusion, ...]:
        """The exclusions that count: approved ones, and those whose cause needs no approval."""
        return tuple(
            exclusion
            for history in self.exclusions.values()
            if (exclusion := history.exclusion).state is ExclusionState.APPROVED
            or (exclusion.state is ExclusionState.PROPOSED and exclusion.cause not in self.terms.approval)
        )

    def windows(self, period: Span) -> tuple[Maintenance, ...]:
        """Planned work entered by hand that touches the period, by start."""
        found = (window for work in self.works.values() for window in work.windows(period, self.zone))
        return tuple(sorted(found, key=lambda window: (window.start_at, window.id)))

    def signed(self, act: Recorded) -> bool:
        """Whether the act bears the signature of the key the contract names for its party."""
        signature = act.stamp.signature
        return signature is not None and signature.key == self.terms.keys.get(act.stamp.by.role)

    def views(self) -> dict[str, datetime]:
        """By camera: when what it shows was approved last.

        Of one camera no two have the same instant, as they do in a record whose clock was set back: by it a memory
        knows which of them it followed.
        """
        views: dict[str, datetime] = {}
        for recorded in self.remarks:
            if isinstance(act := recorded.act, ViewApproved):
                before = views.get(act.camera_id, EPOCH)
                views[act.camera_id] = max(recorded.recorded_at, before + MICROSECOND)
        return views

    def admit(self, recorded: Recorded) -> None:
        """Take in an act that is lawful."""
        self.ids.add(recorded.stamp.id)
        act = recorded.act
        match act:
            case ExclusionProposed():
                self.exclusions[act.stamp.id] = _proposed(act, Step(recorded, self.signed(recorded)))
            case ExclusionApproved() | ExclusionRejected() | ExclusionWithdrawn():
                self._decide(act, recorded)
            case PeriodClosed(month=month):
                self.closings.setdefault(month, []).append(recorded)
            case PeriodCorrected(month=month):
                self.corrections.setdefault(month, []).append(recorded)
            case ItemDeclared():
                self.declarations[act.stamp.id] = Declaration(act, Step(recorded, self.signed(recorded)))
            case DeclarationWithdrawn(_, name):
                taken_back = Step(recorded, self.signed(recorded))
                self.declarations[name] = replace(self.declarations[name], withdrawn=taken_back)
            case RemovalConfirmed():
                self.removals.append(act)
            case MaintenancePlanned(work):
                rule = MaintenanceRule(work.id, work.title, work.scope, start_at=work.start_at, end_at=work.end_at)
                self.works[work.id] = Work(rule, recorded, work.start_at)
            case MaintenanceRepeated(_, rule):
                self.works[rule.id] = Work(rule, recorded, recorded.recorded_at)
            case MaintenanceCancelled(work_id):
                self.works[work_id] = replace(self.works[work_id], until_at=recorded.recorded_at)
            case Note() | Acknowledged() | WorkOrdered() | ViewApproved():
                self.remarks.append(recorded)

    def _decide(self, act: Decision, recorded: Recorded) -> None:
        history = self.exclusions[act.exclusion_id]
        exclusion = replace(history.exclusion, state=DECIDED[type(act)], decided_by=act.stamp.by)
        self.exclusions[act.exclusion_id] = replace(
            history, exclusion=exclusion, steps=(*history.steps, Step(recorded, self.signed(recorded)))
        )


def _proposed(act: ExclusionProposed, step: Step) -> History:
    exclusion = Exclusion(
        act.stamp.id,
        act.cause,
        act.scope,
        act.start_at,
        act.end_at,
        act.text,
        act.evidence,
        ExclusionState.PROPOSED,
        act.stamp.by,
    )
    return History(exclusion, step.act.digest, (step,))
