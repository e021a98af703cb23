"""What a month's report says, as values. Decides nothing; every text is the renderers' business."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from monitor.model import (
    Basis,
    Camera,
    CameraRecord,
    Cause,
    ContractTerms,
    InventoryChange,
    Maintenance,
    Seconds,
    Span,
    Step,
    Transition,
)
from monitor.report.reliability import Reliability
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


@dataclass(frozen=True, slots=True)
class Past:
    """What the ledger holds about the months before a report's; may be walked once."""

    months: tuple[tuple[int, int], ...]  # (year, month), ascending
    cameras: tuple[tuple[CameraRecord, ...], ...]  # of each month, as written down when it ended
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
class Rates:
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
class CameraFigure:
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
class Timeline:
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


@dataclass(frozen=True, slots=True)
class OutageFigure:
    """One camera's time offline without a break, as far as it touches the month's scheduled time."""

    camera: Camera
    start_at: datetime  # may lie before the month
    end_at: datetime | None  # None: still open where the report ends
    causes: tuple[Cause, ...]  # in the order they were seen
    scheduled_us: int  # of it, in the month's scheduled time
    excluded_us: int  # of that, in planned work the contract excludes

    @property
    def during_maintenance(self) -> bool:
        """Whether planned work overlaps it."""
        return self.excluded_us > 0

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
class Report:
    """One calendar month of the contract's zone. Groups and cameras come worst first."""

    town: str
    year: int
    month: int
    period: Span  # the whole month
    elapsed: Span  # what of it had passed
    terms: ContractTerms
    version: str
    simulated: bool
    head_seq: int
    head_hash: str

    verdict: SlaVerdict  # on the contract's basis
    intact_verdict: SlaVerdict | None  # None: the contract has no such target
    bases: tuple[BasisFigure, ...]
    total: GroupFigure
    villages: tuple[GroupFigure, ...]
    carriers: tuple[GroupFigure, ...]
    categories: tuple[GroupFigure, ...]
    sites: tuple[GroupFigure, ...]
    cameras: tuple[CameraFigure, ...]  # in the contract and in service this month
    outside_contract: tuple[Camera, ...]  # watched, in no figure
    outages: tuple[OutageFigure, ...]  # longest counted time first
    maintenance: tuple[MaintenanceFigure, ...]
    changes: tuple[ChangeFigure, ...]
    forecast: Forecast | None  # None: the month is over
    budget: Budget
    recorders: tuple[GroupFigure, ...]  # cameras without one are in none
    timelines: tuple[Timeline, ...]  # of the first ``DETAILED`` cameras, in their order
    trend: tuple[TrendMonth, ...] = ()  # up to twelve months, this one last

    @property
    def complete(self) -> bool:
        """Whether the month is over."""
        return self.elapsed.end >= self.period.end

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
