"""What a settlement period costs so far, as values. Decides nothing; every text is the renderers' business."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from monitor.contract import (
    Crowd,
    Deduction,
    DeductionLadder,
    Rated,
    Repair,
    RepairLimits,
    RepairState,
    Score,
    SettlementPeriod,
)
from monitor.model import Camera, Span
from monitor.report.steps import StepFigure


class StopKind(StrEnum):
    """What people laid over a fault, so that its clock stood still."""

    MAINTENANCE = "maintenance"
    EXCLUSION = "exclusion"


@dataclass(frozen=True, slots=True)
class Stop:
    """One planned work or exclusion; of two at the same time each is named with its own time."""

    kind: StopKind
    id: str
    us: int  # of the fault's time, whether down or not watched


@dataclass(frozen=True, slots=True)
class LateRepair:
    """A fault whose limit was passed within the settlement period: the one that may cost points."""

    camera: Camera
    repair: Repair
    crowd: Crowd | None  # what made it major
    stops: tuple[Stop, ...]  # by kind, then by id


@dataclass(frozen=True, slots=True)
class RepairFigures:
    """Every fault whose clock ran and that touches the settlement period so far."""

    limits: RepairLimits
    repairs: tuple[Repair, ...]  # by start and camera
    crowds: tuple[Crowd, ...]  # by start and group; what made faults major
    late: tuple[LateRepair, ...]  # passed in this period, longest over the limit first

    def count(self, state: RepairState) -> int:
        """How many are in that state where the report ends; a late one may have passed its limit before the period."""
        return sum(repair.state is state for repair in self.repairs)

    @property
    def major(self) -> int:
        """How many are major."""
        return sum(repair.major for repair in self.repairs)

    @property
    def late_before(self) -> int:
        """How many passed their limit before the settlement period: they cost nothing in this one."""
        return self.count(RepairState.LATE) - len(self.late)


@dataclass(frozen=True, slots=True)
class DeclaredFigure:
    """Something the office declared for a month of the settlement period."""

    id: str
    item: str  # the id of a line of the scorecard
    month: str  # 2026-10
    count: int
    steps: tuple[StepFigure, ...]  # declared, and withdrawn if it was

    @property
    def counts(self) -> bool:
        """Whether it was not taken back."""
        return len(self.steps) == 1


@dataclass(frozen=True, slots=True)
class Settlement:
    """Points and money of a settlement period, or of what of it had passed at the end of the report's month."""

    unit: SettlementPeriod
    period: Span  # the whole
    elapsed: Span  # what of it had passed
    online: Rated  # on the contract's basis
    intact: Rated
    repairs: RepairFigures | None  # None: no limits are agreed
    score: Score | None  # None: no scorecard is agreed
    ladder: DeductionLadder | None  # None: no deduction is agreed
    deduction: Deduction | None  # None: none is agreed, or what decides about it is undecided
    declared: tuple[DeclaredFigure, ...] = ()  # oldest first

    @property
    def final(self) -> bool:
        """Whether the settlement period is over."""
        return self.elapsed.end >= self.period.end

    @property
    def undecided(self) -> bool:
        """Whether too little is known for points or money: something is agreed and cannot be derived."""
        return (self.score is not None and not self.score.decided) or (
            self.ladder is not None and self.deduction is None
        )

    @property
    def declarable(self) -> bool:
        """Whether a line of the scorecard counts what people declare."""
        return self.score is not None and any(line.item.kind.by_declaration for line in self.score.lines)
