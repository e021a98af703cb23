"""Cells of a canvas counted, and what the counts say. Part of the oracle: it imports nothing of the program."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from tests.months.story import Agreement

US = 1_000_000
NOTHING, UP, DEGRADED, DOWN, UNOBSERVED, EXCLUDED = range(6)
KINDS = {UP: "up", DEGRADED: "degraded", DOWN: "down", EXCLUDED: "excluded", UNOBSERVED: "unobserved"}

Plain = dict[str, Any]
Film = npt.NDArray[np.int8]


def worst(rates: Plain) -> tuple[bool, Fraction, Fraction]:
    """Lowest online rate first, then lowest coverage; those without a rate last."""
    return rates["online"] is None, rates["online"] or Fraction(0), rates["coverage"] or Fraction(0)


@dataclass(frozen=True)
class Counts:
    """How many cells of each kind."""

    up: int = 0
    degraded: int = 0
    down: int = 0
    excluded: int = 0
    unobserved: int = 0

    @classmethod
    def of(cls, film: Film) -> Counts:
        return cls(*(int(np.count_nonzero(film == kind)) for kind in (UP, DEGRADED, DOWN, EXCLUDED, UNOBSERVED)))

    def plus(self, other: Counts) -> Counts:
        return Counts(
            self.up + other.up,
            self.degraded + other.degraded,
            self.down + other.down,
            self.excluded + other.excluded,
            self.unobserved + other.unobserved,
        )

    @property
    def scheduled(self) -> int:
        return self.up + self.degraded + self.down + self.excluded + self.unobserved

    def counted(self, agreed: Agreement) -> int:
        watched = self.up + self.degraded + self.down
        return watched if agreed.blind == "excluded" else watched + self.unobserved

    def good(self, agreed: Agreement) -> int:
        return self.up + self.degraded + (self.unobserved if agreed.blind == "up" else 0)

    def online(self, agreed: Agreement) -> Fraction | None:
        whole = self.counted(agreed)
        return Fraction(self.good(agreed), whole) if whole else None

    def intact(self, agreed: Agreement) -> Fraction | None:
        whole = self.counted(agreed)
        return Fraction(self.up + (self.unobserved if agreed.blind == "up" else 0), whole) if whole else None

    @property
    def coverage(self) -> Fraction | None:
        return Fraction(self.scheduled - self.unobserved, self.scheduled) if self.scheduled else None

    def rates(self, agreed: Agreement) -> Plain:
        return {"online": self.online(agreed), "intact": self.intact(agreed), "coverage": self.coverage}

    def verdict(self, agreed: Agreement, target: Fraction) -> str:
        if self.coverage is not None and self.coverage < agreed.min_coverage:
            return "not_provable"
        rate = self.online(agreed)
        if rate is None:
            return "undefined"
        return "met" if rate >= target else "missed"

    def plain(self, unit: int) -> Plain:
        names = ("up", "degraded", "down", "excluded", "unobserved")
        return {name: getattr(self, name) * unit for name in names} | {"scheduled": self.scheduled * unit}


def total(counts: Iterable[Counts]) -> Counts:
    found = Counts()
    for each in counts:
        found = found.plus(each)
    return found


@dataclass(frozen=True)
class Repairs:
    """How often it broke, and how long repairs took."""

    faults: int = 0
    repeats: int = 0
    repaired: int = 0
    seconds: int = 0
    unrepaired: int = 0
    online: int = 0

    def plus(self, other: Repairs) -> Repairs:
        return Repairs(
            self.faults + other.faults,
            self.repeats + other.repeats,
            self.repaired + other.repaired,
            self.seconds + other.seconds,
            self.unrepaired + other.unrepaired,
            self.online + other.online,
        )

    def plain(self) -> Plain:
        return {
            "faults": self.faults,
            "repeats": self.repeats,
            "repaired": self.repaired,
            "repair_us": self.seconds * US,
            "unrepaired": self.unrepaired,
            "online_us": self.online * US,
            "mttr_us": self.seconds * US // self.repaired if self.repaired else None,
            "mtbf_us": self.online * US // self.faults if self.faults else None,
        }


def on_basis(basis: str, fleet: Counts, looks: Counts, cameras: dict[str, Counts], agreed: Agreement) -> Plain:
    """The period on one basis."""
    if basis == "camera_pass_share":
        rated = [rate for each in cameras.values() if (rate := each.online(agreed)) is not None]
        good, whole = sum(rate >= agreed.target for rate in rated), len(rated)
        ratio = Fraction(good, whole) if whole else None
        verdict = fleet.verdict(agreed, agreed.target)
        if ratio is not None and verdict in ("met", "missed"):
            verdict = "met" if ratio >= agreed.target else "missed"
    else:
        sums, unit = (fleet, US) if basis == "fleet_seconds" else (looks, 1)
        good, whole, ratio = sums.good(agreed) * unit, sums.counted(agreed) * unit, sums.online(agreed)
        verdict = sums.verdict(agreed, agreed.target)
    return {
        "basis": basis,
        "ratio": ratio,
        "good": good,
        "counted": whole,
        "verdict": verdict,
        "contractual": basis == agreed.basis,
    }
