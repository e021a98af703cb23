"""Points and money from what happened, by the text of docs/decisions/0017. Part of the oracle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.months.story import Card, Ladder, Line

Plain = dict[str, Any]
Rated = tuple[Fraction | None, bool]  # the rate, and whether enough was watched


@dataclass(frozen=True)
class Happened:
    """What the settlement period brought."""

    online: Rated
    intact: Rated
    lost: Mapping[str, int]  # by camera, the seconds that count against it
    late: Sequence[str]  # the cameras of late repairs, ascending
    declared: Sequence[tuple[str, int]]  # the line that counts it, and how often it happened


def score(card: Card, happened: Happened) -> Plain:
    """Line by line; what cannot be proved costs nothing and leaves the whole undecided."""
    lines = [_line(line, happened) for line in card.lines]
    lost = sum((line["points"] for line in lines), Decimal(0))
    decided = all(line["why"] not in ("not_provable", "no_rate") for line in lines)
    left = card.start - lost
    points = max(card.floor, left)
    return {
        "lines": lines,
        "lost": lost,
        "points": points,
        "under_floor": points - left,
        "decided": decided,
        "qualified": points >= card.qualified if card.qualified is not None and decided else None,
    }


def _line(line: Line, happened: Happened) -> Plain:
    found: Plain = {"item": line.id, "ratio": None, "step": None, "subjects": []}
    count, each, why = 0, line.points, "counted"
    match line.kind:
        case "online_rate" | "intact_rate":
            ratio, provable = happened.online if line.kind == "online_rate" else happened.intact
            found["ratio"] = ratio
            each = Decimal(0)
            if not provable or ratio is None:
                why = "no_rate" if provable else "not_provable"
            else:
                why = "above_steps"
                for below, points in line.steps:  # downwards, each dearer than the one before
                    if ratio < below:
                        why, count, each = "below_step", 1, points
                        found["step"] = {"below": below, "points": points}
        case "camera_fault":
            found["subjects"] = sorted(camera for camera, lost in happened.lost.items() if lost > (line.over or 0))
        case "late_repair":
            found["subjects"] = list(happened.late)
        case _:
            count = sum(times for item, times in happened.declared if item == line.id)
    count = count or len(found["subjects"])
    cost = each * count
    points = cost if line.cap is None or cost < line.cap else line.cap
    return found | {"why": why, "count": count, "each": each, "points": points, "over_cap": cost - points}


def deduction(ladder: Ladder, online: Rated, points: Plain | None, card: Card | None) -> Plain | None:
    """In hundredths, cut in favour of the vendor; None where what decides is undecided."""
    fee = Fraction(ladder.fee)
    if ladder.by == "rate":
        if online[0] is None or not online[1]:
            return None
        measured, lost = online[0], Fraction(0)
    else:
        assert points is not None
        assert card is not None
        if not points["decided"]:
            return None
        measured, lost = Fraction(points["points"]), Fraction(card.start) - Fraction(points["points"])
    step, exact = None, Fraction(0)
    if ladder.per_point is not None:
        exact = fee * ladder.per_point * lost
    for below, share, amount in ladder.steps:  # downwards
        if measured < below:
            step = {"below": below, "share": share, "amount": amount}
            exact = fee * share if share is not None else Fraction(amount or 0)
    owed = min(exact, fee)
    cents = owed.numerator * 100 // owed.denominator
    return {
        "measured": measured,
        "lost": lost,
        "step": step,
        "exact": exact,
        "over_fee": exact - owed,
        "cut": owed - Fraction(cents, 100),
        "amount": Decimal(cents) / 100,
        "payable": ladder.fee - Decimal(cents) / 100,
    }
