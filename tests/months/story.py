"""What happened in a month, as plain values: what the ledger is written from, and what the oracle looks at.

Instants are whole seconds since 1970-01-01 UTC, local times minutes of the day, names the stable texts of ledger and
contract. Nothing here knows the program.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Reach:
    """Which cameras something is about: every given field must match; none given = the whole town."""

    cameras: frozenset[str] = frozenset()
    villages: frozenset[str] = frozenset()
    carriers: frozenset[str] = frozenset()
    recorders: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Wording:
    """What the inventory says about a camera."""

    village: str
    carrier: str
    category: str
    site: str
    recorder: str = ""
    uplink: str = ""
    in_contract: bool = True
    first_day: date | None = None
    last_day: date | None = None  # the last one in service


@dataclass(frozen=True, slots=True)
class Listed:
    """The inventory says something new about a camera; no wording = it vanished from it."""

    at: int
    camera: str
    wording: Wording | None


@dataclass(frozen=True, slots=True)
class Move:
    """A transition."""

    camera: str
    at: int
    recorded_at: int
    state: str
    cause: str


@dataclass(frozen=True, slots=True)
class Deed:
    """What every act of a person has."""

    id: str
    at: int  # when it was recorded
    by: str  # vendor, office or operator
    made: int | None = field(default=None, kw_only=True)  # when it was made, if that is another instant
    name: str = field(default="某人", kw_only=True)
    under: str = field(default="town", kw_only=True)  # the contract's id

    @property
    def made_at(self) -> int:
        """When whoever did it says that it was done."""
        return self.at if self.made is None else self.made


@dataclass(frozen=True, slots=True)
class Planned(Deed):
    """Work from one instant to another; from the settings where nobody did it (``by`` is empty)."""

    reach: Reach
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Repeated(Deed):
    """Work that comes back by the calendar."""

    reach: Reach
    every: str  # day, week, month
    weekdays: frozenset[int]
    month_days: frozenset[int]
    start: int  # minute of the day
    end: int  # not after the start: on the next day


@dataclass(frozen=True, slots=True)
class Cancelled(Deed):
    """Planned work is called off."""

    work: str


@dataclass(frozen=True, slots=True)
class Proposed(Deed):
    """An exclusion is asked for; it has the deed's id."""

    cause: str
    reach: Reach
    start: int
    end: int
    text: str = "停电"


@dataclass(frozen=True, slots=True)
class Decided(Deed):
    """An exclusion is approved, rejected or withdrawn."""

    what: str
    exclusion: str
    words: bool = True  # it names the words of the first act of that id; else others


@dataclass(frozen=True, slots=True)
class Confirmed(Deed):
    """A camera that vanished was allowed to."""

    camera: str
    removed_at: int


@dataclass(frozen=True, slots=True)
class Declared(Deed):
    """The office says that what a line of the scorecard counts has happened."""

    item: str
    month: str  # 2026-10
    count: int
    text: str = "不实"


@dataclass(frozen=True, slots=True)
class TakenBack(Deed):
    """A declaration is withdrawn."""

    declaration: str
    words: bool = True  # as with a decision


@dataclass(frozen=True, slots=True)
class Closed(Deed):
    """A month's figures are final."""

    month: str


@dataclass(frozen=True, slots=True)
class Corrected(Deed):
    """A closed month is opened again."""

    month: str
    number: int
    text: str = "漏报"


Act = Planned | Repeated | Cancelled | Proposed | Decided | Confirmed | Declared | TakenBack | Closed | Corrected


@dataclass(frozen=True, slots=True)
class Rule:
    """What is agreed about a cause of exclusions; the cap in seconds."""

    accepted: bool = True
    approval: bool = True
    cap: int | None = None
    cap_share: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Repair limits, in seconds."""

    normal: int
    major: int | None = None
    major_cameras: int | None = None
    within: str = "contract"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the scorecard."""

    id: str
    kind: str
    points: Decimal = Decimal(0)
    steps: tuple[tuple[Fraction, Decimal], ...] = ()
    over: int | None = None  # seconds
    cap: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """The scorecard."""

    lines: tuple[Line, ...]
    start: Decimal
    floor: Decimal
    qualified: Decimal | None


@dataclass(frozen=True, slots=True)
class Ladder:
    """What is deducted: steps are (below, share of the fee, amount)."""

    fee: Decimal
    by: str
    steps: tuple[tuple[Fraction, Fraction | None, Decimal | None], ...] = ()
    per_point: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """The contract."""

    zone: str
    target: Fraction
    intact_target: Fraction | None
    min_coverage: Fraction
    basis: str
    blind: str
    hours: tuple[tuple[int, int], ...]
    looks: tuple[int, ...]
    work_excludes: bool
    first_day: date | None
    last_day: date | None
    quarter: bool
    reach: Reach
    causes: Mapping[str, Rule] = field(default_factory=dict)
    repair: Limits | None = None
    card: Card | None = None
    ladder: Ladder | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """A month, and what went before and after it."""

    seed: int
    month: tuple[int, int]
    now: int
    agreement: Agreement
    inventory: tuple[Listed, ...]  # by instant
    moves: tuple[Move, ...]  # by the instant they were recorded
    plans: tuple[Planned | Cancelled, ...]  # from the settings, by instant
    acts: tuple[Act, ...]  # by instant
    last_entry: int  # when the monitor wrote its last entry
