"""What a month's report says, as values. Decides nothing; every text is the renderers' business."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from monitor.acts import Declaration, Head, History, Refusal, Void
from monitor.contract import Cut, LineScore, Repair, ScoreItem
from monitor.model import (
    Actor,
    Basis,
    Camera,
    CameraRecord,
    Cause,
    ContractTerms,
    DeviceFinding,
    Exclusion,
    FindingSpan,
    InventoryChange,
    Maintenance,
    Seconds,
    Span,
    Step,
    Transition,
    Travelling,
    instant,
)
from monitor.report.reliability import Reliability
from monitor.report.settled import Settlement
from monitor.report.steps import StepFigure
from monitor.sla import Budget, Forecast, SlaVerdict


@dataclass(frozen=True, slots=True)
class Record:
    """What the ledger holds about a period."""

    cameras: tuple[CameraRecord, ...]
    transitions: tuple[
        Transition, ...
    ]  # each camera's in their order, with the last before the period or all since it was last online
    maintenance: tuple[Maintenance, ...]
    changes: tuple[InventoryChange, ...]  # recorded within the period
    recorded_until: datetime | None  # nothing is known after this instant; None = nothing at all
    head_seq: int
    head_hash: str
    simulated: bool
    exclusions: tuple[History, ...] = ()  # in whatever state, as they were proposed
    declarations: tuple[Declaration, ...] = ()  # also those taken back
    void: tuple[Void, ...] = ()  # acts under the contract that do not count
    absences: tuple[tuple[str, Span], ...] = ()  # cameras that were allowed to be gone, and when
    heads: tuple[Head, ...] = ()  # the end of every chain this was read from
    findings: tuple[FindingSpan, ...] = ()  # of devices, all there ever were, by when they appeared
    # By camera id: the transitions as steps, and instead of them; also of cameras of which none is recorded.
    courses: Mapping[str, Sequence[Step]] | None = None
    down_from: int | None = None  # no camera was down before, as far back as was read; None: look at the transitions


@dataclass(frozen=True, slots=True)
class Past:
    """What the ledger holds about the months before a report's; may be walked once."""

    months: tuple[tuple[int, int], ...]  # (year, month), ascending
    records: tuple[Record, ...]  # of each month, without transitions; of a closed one as it was closed
    courses: Iterator[tuple[str, Sequence[Step]]]  # by camera id: its steps in order, with the last one before


class TimeKind(StrEnum):
    """The five disjoint kinds of scheduled time; named as the fields of ``Seconds``."""

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"
    EXCLUDED = "excluded"
    UNOBSERVED = "unobserved"


class GroupKind(StrEnum):
    """By what cameras are put together."""

    TOWN = "town"
    VILLAGE = "village"
    CARRIER = "carrier"
    CATEGORY = "category"
    SITE = "site"
    RECORDER = "recorder"


@dataclass(frozen=True, slots=True)
class Rates(Travelling):
    """The three rates, exact, 0 to 1; None = no value."""

    online: Fraction | None
    intact: Fraction | None
    coverage: Fraction | None


@dataclass(frozen=True, slots=True)
class GroupFigure:
    """The figures of cameras put together; ``id`` is a SiteCategory's value or a site's id, else the name itself."""

    kind: GroupKind
    id: str
    name: str
    cameras: int
    seconds: Seconds
    rates: Rates
    reliability: Reliability


@dataclass(frozen=True, slots=True)
class CameraFigure(Travelling):
    """The figures of one camera."""

    camera: Camera
    removed_at: datetime | None
    seconds: Seconds
    rates: Rates
    looks: Seconds  # inspections at the contract's times, as counts
    outages: int
    below_target: bool  # its own online rate; False if it has none
    reliability: Reliability


@dataclass(frozen=True, slots=True)
class Timeline(Travelling):
    """One camera's month in detail: every scheduled microsecond once, ascending, neighbours differing or apart."""

    camera_id: str
    spans: tuple[tuple[Span, TimeKind], ...]
    days: tuple[Seconds, ...]  # each local day of the month, also those still to come


@dataclass(frozen=True, slots=True)
class BasisFigure:
    """The month on one basis."""

    basis: Basis
    ratio: Fraction | None
    good: int  # online microseconds, cameras that reach the target, or inspections that found a camera online
    counted: int  # of so many
    verdict: SlaVerdict
    contractual: bool


class OutageFigure(NamedTuple):
    """One camera's time offline without a break, as far as it touches the month's scheduled time; a town has 100,000.

    Instants are microseconds since 1970-01-01 UTC.
    """

    camera: Camera
    start: int  # may lie before the month
    end: int | None  # None: still open where the report ends
    causes: tuple[Cause, ...]  # in the order they were seen
    scheduled_us: int  # of it, in the month's scheduled time
    excluded_us: int  # of that, in planned work the contract excludes and exclusions that count

    @property
    def start_at(self) -> datetime:
        """When it began."""
        return instant(self.start)

    @property
    def end_at(self) -> datetime | None:
        """When it ended."""
        return None if self.end is None else instant(self.end)

    @property
    def counted_us(self) -> int:
        """What it costs."""
        return self.scheduled_us - self.excluded_us


@dataclass(frozen=True, slots=True)
class MaintenanceFigure:
    """Planned work that touches the month."""

    maintenance: Maintenance
    cameras: int  # in the contract, that it covers
    excluded_us: int  # camera time it takes out of the figures by itself; overlapping work is not subtracted


@dataclass(frozen=True, slots=True)
class ExclusionFigure:
    """An exclusion that touches the month, with everything done about it."""

    exclusion: Exclusion
    steps: tuple[StepFigure, ...]  # the proposal first
    cameras: int  # in the contract, whose scheduled time it touches in the settlement period
    excluded_us: int  # camera time of the month that leaves the figures because of it and nothing else
    cuts: tuple[tuple[Cut, int], ...]  # camera time of the settlement period that does not count, and why


@dataclass(frozen=True, slots=True)
class VoidFigure:
    """An act in the record that does not count, and why."""

    id: str
    kind: str  # of the ledger
    at: datetime  # when it was recorded
    by: Actor  # in whose name
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class ClosingFigure:
    """The month was closed: its figures are final."""

    number: int  # 1 for the first time; one more after each correction
    at: datetime
    by: Actor
    signed: bool
    figures: str  # 64 hex digits: the digest of the figures it was closed with
    agrees: bool  # whether the record still gives these figures


@dataclass(frozen=True, slots=True)
class MovedFigure:
    """A camera whose time or inspections a correction changed."""

    camera: Camera
    before: Seconds
    after: Seconds
    looks_before: Seconds  # as counts
    looks_after: Seconds


@dataclass(frozen=True, slots=True)
class MovedBasis:
    """A basis that a correction changed."""

    basis: Basis
    before: BasisFigure
    after: BasisFigure


@dataclass(frozen=True, slots=True)
class MovedRepair:
    """A late repair that a correction changed; None: it was not late."""

    camera: Camera
    start: int  # of the fault
    before: Repair | None
    after: Repair | None


@dataclass(frozen=True, slots=True)
class MovedLine:
    """A line of the scorecard that a correction changed."""

    item: ScoreItem
    before: LineScore | None
    after: LineScore | None


class SettledSum(StrEnum):
    """What a settlement period comes to."""

    POINTS = "points"
    AMOUNT = "amount"  # deducted
    PAYABLE = "payable"


@dataclass(frozen=True, slots=True)
class MovedSum:
    """Points or money that a correction changed; None: not agreed, or undecided."""

    what: SettledSum
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True, slots=True)
class CorrectionFigure:
    """A closed month was opened again, and what has moved since."""

    number: int
    at: datetime
    by: Actor
    signed: bool
    text: str  # why
    done: bool  # False: the month was not closed again, more may move
    before: Rates
    after: Rates
    moved: tuple[MovedFigure, ...]  # by camera
    bases: tuple[MovedBasis, ...]
    repairs: tuple[MovedRepair, ...]  # by start and camera
    lines: tuple[MovedLine, ...]
    sums: tuple[MovedSum, ...]

    @property
    def nothing(self) -> bool:
        """Whether every figure the month is settled by is what it was."""
        return not (self.moved or self.bases or self.repairs or self.lines or self.sums)


@dataclass(frozen=True, slots=True)
class TrendMonth:
    """The town in one month, by the terms of the contract as they are now."""

    year: int
    month: int
    cameras: int
    passing: int  # of them, with a rate of their own that reaches the target
    rated: int  # of them, with a rate
    seconds: Seconds
    rates: Rates


class ChangeKind(StrEnum):
    """What happened to a camera in the inventory."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a camera, ``site.`` in front for its site, before and after; ``***`` where that is not shown."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangeFigure:
    """A camera that came, went or was changed during the month."""

    at: datetime
    camera_id: str
    name: str
    kind: ChangeKind
    fields: tuple[FieldChange, ...]  # only when changed


@dataclass(frozen=True, slots=True)
class FindingFigure:
    """What was found about a camera's device, as far as it touches the month. No figure depends on it."""

    camera: Camera
    finding: DeviceFinding  # ``***`` where it would tell how one reaches the device
    since_at: datetime  # may lie before the month
    until_at: datetime | None  # None: it lasted where the report ends


@dataclass(frozen=True, slots=True)
class Report:
    """One calendar month of the contract's zone. Groups and cameras come worst first."""

    town: str
    contract_id: str
    contract_title: str  # "" = it has none
    contract_sha256: str  # of its file, in hex; "" = it stands in the settings
    vendor: str  # the parties' names; "" = not given
    office: str
    year: int
    month: int
    period: Span  # the whole month
    elapsed: Span  # what of it had passed
    terms: ContractTerms
    version: str
    simulated: bool
    head_seq: int
    head_hash: str
    heads: tuple[Head, ...]  # of every chain in the record

    verdict: SlaVerdict  # on the contract's basis
    intact_verdict: SlaVerdict | None  # None: the contract has no such target
    bases: tuple[BasisFigure, ...]
    raw: tuple[BasisFigure, ...]  # the same with nothing excluded, neither planned work nor exclusions
    total: GroupFigure
    villages: tuple[GroupFigure, ...]
    carriers: tuple[GroupFigure, ...]
    categories: tuple[GroupFigure, ...]
    sites: tuple[GroupFigure, ...]
    cameras: tuple[CameraFigure, ...]  # in the contract and in service this month
    outside_contract: tuple[Camera, ...]  # watched, in no figure
    outages: Sequence[OutageFigure]  # longest counted time first
    maintenance: tuple[MaintenanceFigure, ...]
    exclusions: tuple[ExclusionFigure, ...]  # by start, then as they were proposed
    changes: tuple[ChangeFigure, ...]
    forecast: Forecast | None  # None: the month is over
    budget: Budget
    recorders: tuple[GroupFigure, ...]  # cameras without one are in none
    timelines: tuple[Timeline, ...]  # of the first ``DETAILED`` cameras, in their order
    settlement: Settlement | None = None  # None: the contract agrees neither limits, points nor money
    closings: tuple[ClosingFigure, ...] = ()  # oldest first
    corrections: tuple[CorrectionFigure, ...] = ()  # oldest first
    trend: tuple[TrendMonth, ...] = ()  # up to twelve months, this one last
    void: tuple[VoidFigure, ...] = ()  # acts about the month that do not count, oldest first
    findings: tuple[FindingFigure, ...] = ()  # by camera, then oldest first

    @property
    def complete(self) -> bool:
        """Whether the month is over."""
        return self.elapsed.end >= self.period.end

    @property
    def begun(self) -> bool:
        """Whether anything of the month has passed."""
        return self.elapsed.end > self.elapsed.start

    @property
    def below_target(self) -> tuple[CameraFigure, ...]:
        """Cameras whose own rate misses the target, worst first."""
        return tuple(figure for figure in self.cameras if figure.below_target)

    @property
    def contractual(self) -> BasisFigure:
        """The figure on which the contract is settled."""
        return next(figure for figure in self.bases if figure.contractual)

    @property
    def flips(self) -> tuple[BasisFigure, ...]:
        """Other bases on which the verdict would be the opposite one."""
        opposite = {SlaVerdict.MET: SlaVerdict.MISSED, SlaVerdict.MISSED: SlaVerdict.MET}.get(self.verdict)
        return tuple(figure for figure in self.bases if figure.verdict is opposite)
