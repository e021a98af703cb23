"""What a contract says about exclusions, repair limits, points and money."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from types import MappingProxyType

from monitor.contract import (
    DeductionLadder,
    DeductionStep,
    ExclusionRule,
    ItemKind,
    LadderBy,
    RateStep,
    RepairLimits,
    Scorecard,
    ScoreItem,
    Together,
)
from monitor.model import ExclusionCause
from monitor.parsing.scalars import (
    duration,
    hundredths,
    identifier,
    one_of,
    plain_text,
    share,
    shown,
    truth,
    whole_number,
    within,
)
from monitor.parsing.section import Section

LIMIT = within(duration, "1m", "366d")
FAULT_TIME = within(duration, "0s", "366d")
CAMERAS = within(whole_number, "2", "100000")
POINTS = within(hundredths, "0", "10000")
COST = within(hundredths, "0.01", "10000")
FEE = within(hundredths, "0.01", "999999999999")
ZERO = Decimal(0)


def read_exclusions(contract: Section) -> Mapping[ExclusionCause, ExclusionRule]:
    """The causes about which something is written."""
    found = {}
    with contract.section("exclusions") as exclusions:
        for cause in ExclusionCause:
            with exclusions.section(cause) as rule:
                agreed = ExclusionRule(
                    accepted=rule.read("accepted", truth, True),
                    approval=rule.read("approval", truth, True),
                    cap=rule.maybe("cap", LIMIT),
                    cap_share=rule.maybe("cap_share", share),
                )
                if not agreed.accepted:
                    for key in ("approval", "cap", "cap_share"):
                        if rule.wrote(key):
                            rule.fault(key, "says nothing about a cause that is not accepted: delete it")
            if exclusions.wrote(cause):
                found[cause] = agreed
    return MappingProxyType(found)


def read_repair(contract: Section) -> RepairLimits | None:
    """The repair limits; None if nothing is agreed."""
    usual = RepairLimits()
    with contract.section("repair") as repair:
        limits = RepairLimits(
            normal=repair.read("normal", LIMIT, usual.normal),
            major=repair.maybe("major", LIMIT),
            major_cameras=repair.maybe("major_cameras", CAMERAS),
            major_within=repair.read("major_within", one_of(Together), usual.major_within),
        )
        for key, other in (("major", "major_cameras"), ("major_cameras", "major")):
            if repair.given(other) and not repair.given(key):
                repair.fault(key, f"is missing beside {other}: a major fault is so many cameras at once, with a limit")
        if limits.major is not None and limits.major < limits.normal:
            repair.fault("major", "must not be shorter than repair.normal")
    return limits if contract.wrote("repair") else None


def read_scorecard(contract: Section, repair: RepairLimits | None) -> Scorecard | None:
    """The scorecard; None if nothing is agreed."""
    usual = Scorecard(())
    with contract.section("scorecard") as card:
        items: list[ScoreItem] = []
        lines: dict[str, int] = {}
        for entry in card.sections("items"):
            with entry as line:
                item = read_item(line, repair)
            if item is None:
                continue
            if item.id in lines:
                line.fault("id", f"{shown(item.id)} is already the item on line {lines[item.id]}")
            lines.setdefault(item.id, line.lines["id"])
            items.append(item)
        read = Scorecard(
            items=tuple(items),
            start=card.read("start", POINTS, usual.start),
            floor=card.read("floor", POINTS, usual.floor),
            qualified=card.maybe("qualified", POINTS),
        )
        if contract.wrote("scorecard") and not card.given("items"):
            card.fault("items", "is missing: list what costs points")
        if read.floor > read.start:
            card.fault("floor", "must not be more than scorecard.start")
        if read.qualified is not None and not read.floor <= read.qualified <= read.start:
            card.fault("qualified", "must be from scorecard.floor to scorecard.start")
    return read if contract.wrote("scorecard") else None


def read_item(line: Section, repair: RepairLimits | None) -> ScoreItem | None:
    """One line of the scorecard; ``None`` after a fault that leaves none."""
    name = line.need("id", identifier)
    kind = line.need("kind", one_of(ItemKind))
    title = line.read("title", plain_text, "")
    points = line.read("points", COST, ZERO)
    over = line.maybe("over", FAULT_TIME)
    cap = line.maybe("cap", POINTS)
    steps = tuple(step for entry in line.sections("steps") if (step := read_rate_step(entry)) is not None)
    if name is None or kind is None:
        return None
    wanted = {"steps"} if kind.by_rate else {"points", "over"} if kind is ItemKind.CAMERA_FAULT else {"points"}
    for key in ("points", "steps", "over"):
        if key in wanted and not line.given(key):
            line.fault(key, f"is missing: an item of the kind {kind} needs it")
        if key not in wanted and line.given(key):
            line.fault(key, f"does not belong to an item of the kind {kind}: it takes {' and '.join(sorted(wanted))}")
    if kind is ItemKind.LATE_REPAIR and repair is None:
        line.fault("kind", "late_repair needs repair limits: write the section repair")
    check_ladder(line, "points", [(step.below, step.points) for step in steps])
    return ScoreItem(name, kind, title, points, steps, over, cap)


def read_rate_step(entry: Section) -> RateStep | None:
    """One step of a rate; ``None`` after a fault."""
    with entry as step:
        below, points = step.need("below", share), step.need("points", COST)
    return None if below is None or points is None else RateStep(below, points)


def check_ladder(section: Section, rising: str, steps: list[tuple[Fraction, Decimal | Fraction]]) -> None:
    """Steps go down, and what they cost goes up, so that the lowest one reached is the dearest."""
    for number, (upper, lower) in enumerate(pairwise(steps), start=2):
        if lower[0] >= upper[0]:
            section.fault("steps", f"step {number} must lie below the one before it: begin with the highest")
        elif lower[1] <= upper[1]:
            section.fault("steps", f"step {number} must cost more {rising} than the one before it")


def read_deduction(contract: Section, scorecard: Scorecard | None) -> DeductionLadder | None:
    """What a bad period costs; None if nothing is agreed."""
    with contract.section("deduction") as deduction:
        if not contract.wrote("deduction"):
            return None
        fee = deduction.need("fee", FEE)
        by = deduction.read("by", one_of(LadderBy), LadderBy.POINTS)
        currency = deduction.read("currency", identifier, "CNY")
        per_point = deduction.maybe("per_point", share)
        steps = tuple(
            step for entry in deduction.sections("steps") if (step := read_deduction_step(entry, by)) is not None
        )
        if by is LadderBy.POINTS and scorecard is None:
            deduction.fault("by", "points needs a scorecard: write the section scorecard, or by: rate")
        if by is LadderBy.RATE and deduction.given("per_point"):
            deduction.fault("per_point", "belongs to by: points")
        if deduction.given("per_point") == deduction.given("steps"):
            both = deduction.given("steps")
            deduction.fault(
                "steps",
                "cannot stand beside per_point: keep one of the two" if both else "is missing, and so is per_point",
            )
        if fee is None:
            return None
        check_costs(deduction, steps, fee)
    return DeductionLadder(fee, by, currency, steps, per_point)


def read_deduction_step(entry: Section, by: LadderBy) -> DeductionStep | None:
    """One step of the ladder; ``None`` after a fault."""
    with entry as step:
        below = step.need("below", share if by is LadderBy.RATE else points_left)
        part, amount = step.maybe("share", share), step.maybe("amount", hundredths)
        if step.given("share") == step.given("amount"):
            both = step.given("amount")
            step.fault(
                "amount" if both else "share",
                "cannot stand beside share: keep one of the two" if both else "is missing, and so is amount",
            )
            return None
    if below is None or (part is None and amount is None):
        return None
    return DeductionStep(below, part, amount)


def points_left(text: str) -> Fraction:
    """Points on the scorecard."""
    return Fraction(POINTS(text))


def check_costs(deduction: Section, steps: tuple[DeductionStep, ...], fee: Decimal) -> None:
    """The steps as amounts: rising, and none more than there is to deduct from."""
    whole = Fraction(fee)
    costs = [whole * step.share if step.share is not None else Fraction(step.amount or 0) for step in steps]
    check_ladder(deduction, "money", [(step.below, cost) for step, cost in zip(steps, costs, strict=True)])
    if any(cost > whole for cost in costs):
        deduction.fault("steps", "a step costs more than deduction.fee")
