"""What two parties agreed on, as values: one contract, with every default in its one place.

Shares and limits are exact fractions, points and money exact decimals; nothing here is ever a float.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from zoneinfo import ZoneInfo

from monitor.calendar import month_span, quarter_span
from monitor.model import Camera, ContractTerms, ExclusionCause, Scope, Span


class SettlementPeriod(StrEnum):
    """How much time is settled at once."""

    MONTH = "month"
    QUARTER = "quarter"


@dataclass(frozen=True, slots=True)
class Party:
    """One side of the contract."""

    name: str = ""
    key: str = ""  # its Ed25519 public key: base64 of 32 bytes; "" = its acts are not signed


@dataclass(frozen=True, slots=True)
class ExclusionRule:
    """What the contract says about one cause of exclusions. Of two caps the lower one holds."""

    accepted: bool = True
    approval: bool = True  # counts only after the other party's approval
    cap: timedelta | None = None  # per camera and settlement period; None = no cap
    cap_share: Fraction | None = None  # the same, as a share of what the camera owes in the whole period


class Together(StrEnum):
    """Among which cameras a major fault is looked for."""

    CONTRACT = "contract"
    VILLAGE = "village"
    UPLINK = "uplink"
    RECORDER = "recorder"


@dataclass(frozen=True, slots=True)
class RepairLimits:
    """How long a fault may last; the clock runs round the clock, service hours or not."""

    normal: timedelta = timedelta(hours=24)
    major: timedelta | None = None  # None = no fault is major
    major_cameras: int | None = None  # so many cameras down at once make their faults major
    major_within: Together = Together.CONTRACT

    def group_of(self, camera: Camera) -> str | None:
        """The group in which its fault may be major; None for a camera whose line or recorder is unknown."""
        match self.major_within:
            case Together.CONTRACT:
                return ""
            case Together.VILLAGE:
                return camera.site.village
            case Together.UPLINK:
                return camera.uplink or None
            case Together.RECORDER:
                return camera.recorder or None


class ItemKind(StrEnum):
    """What costs points."""

    ONLINE_RATE = "online_rate"  # on the contract's basis
    INTACT_RATE = "intact_rate"  # in camera-seconds
    CAMERA_FAULT = "camera_fault"  # each camera with more than so much fault time
    LATE_REPAIR = "late_repair"  # each fault repaired after its limit
    MISSING_REPORT = "missing_report"  # each one that people declare
    DECLARED = "declared"  # anything else that people declare, such as a falsified report

    @property
    def by_rate(self) -> bool:
        """Whether it costs points by steps of a rate; the others cost so many each."""
        return self in (ItemKind.ONLINE_RATE, ItemKind.INTACT_RATE)

    @property
    def by_declaration(self) -> bool:
        """Whether people say how often it happened; the record knows nothing of it."""
        return self in (ItemKind.MISSING_REPORT, ItemKind.DECLARED)


@dataclass(frozen=True, slots=True)
class RateStep:
    """A rate below this costs these points; of several steps only the lowest one reached counts."""

    below: Fraction
    points: Decimal


@dataclass(frozen=True, slots=True)
class ScoreItem:
    """One line of the scorecard."""

    id: str
    kind: ItemKind
    title: str = ""
    points: Decimal = Decimal(0)  # each; 0 where steps say it
    steps: tuple[RateStep, ...] = ()  # from the highest rate to the lowest, points rising; only by_rate
    over: timedelta | None = None  # only CAMERA_FAULT: fault time that costs nothing yet
    cap: Decimal | None = None  # the most it may cost in a period


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Points that are left of those one starts with."""

    items: tuple[ScoreItem, ...]
    start: Decimal = Decimal(100)
    floor: Decimal = Decimal(0)  # never fewer
    qualified: Decimal | None = None  # these and more are good enough; None = no such line


class LadderBy(StrEnum):
    """What decides about the deduction."""

    POINTS = "points"  # those left on the scorecard
    RATE = "rate"  # the online rate on the contract's basis


@dataclass(frozen=True, slots=True)
class DeductionStep:
    """Below this, so much is deducted: a share of the fee or an amount, one of the two."""

    below: Fraction  # points, or a rate from 0 to 1
    share: Fraction | None = None
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class DeductionLadder:
    """What a bad period costs: by steps, of which only the lowest one reached counts, or for each point lost."""

    fee: Decimal  # of one settlement period, in the currency's unit, two decimals
    by: LadderBy = LadderBy.POINTS
    currency: str = "CNY"
    steps: tuple[DeductionStep, ...] = ()
    per_point: Fraction | None = None  # share of the fee; only by POINTS, instead of steps


@dataclass(frozen=True, slots=True)
class Contract:
    """One contract. Without a scorecard or a ladder the period ends with its verdict alone."""

    id: str = "default"
    title: str = ""
    vendor: Party = Party()
    office: Party = Party()
    terms: ContractTerms = field(default_factory=ContractTerms)
    period: SettlementPeriod = SettlementPeriod.MONTH
    scope: Scope = field(default_factory=Scope)
    may_overlap: frozenset[str] = frozenset()  # ids of contracts that may be about the same cameras at the same time
    exclusions: Mapping[ExclusionCause, ExclusionRule] = field(default_factory=lambda: MappingProxyType({}))
    repair: RepairLimits | None = None
    scorecard: Scorecard | None = None
    deduction: DeductionLadder | None = None
    file: str = field(default="", compare=False)  # where it was read, for messages; "" = in the settings
    file_sha256: str = field(default="", compare=False)  # hex, of that file's bytes

    def about(self, camera: Camera) -> bool:
        """Whether the contract is about the camera."""
        return camera.in_contract and self.scope.covers(camera)

    def settlement(self, year: int, month: int) -> Span:
        """The settlement period in which the month lies."""
        zone = ZoneInfo(self.terms.zone)
        match self.period:
            case SettlementPeriod.MONTH:
                return month_span(year, month, zone)
            case SettlementPeriod.QUARTER:
                return quarter_span(year, month, zone)

    def rule(self, cause: ExclusionCause) -> ExclusionRule:
        """What is agreed about a cause; where nothing is written, it counts once the other party approves."""
        return self.exclusions.get(cause, ExclusionRule())
