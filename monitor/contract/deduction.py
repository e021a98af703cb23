"""From points or a rate to money: decides what is deducted from the fee, every step of it a value.

Money is cut to the hundredth, in favour of the vendor, and what was cut is part of the result.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from monitor.contract.scorecard import Rated, Score
from monitor.contract.values import DeductionLadder, DeductionStep, LadderBy

CENTS = 100


@dataclass(frozen=True, slots=True)
class Deduction:
    """What a settlement period costs: ``amount + cut = min(exact, fee)`` and ``payable = fee - amount``."""

    ladder: DeductionLadder
    measured: Fraction  # the points or the rate that decided
    lost: Fraction  # points lost; 0 where a rate decides
    step: DeductionStep | None  # the lowest one reached; None where none is, or each point costs
    exact: Fraction  # before the fee limits it and the hundredth cuts it
    over_fee: Fraction  # what the fee did not cover
    cut: Fraction  # less than a hundredth
    amount: Decimal  # two decimals
    payable: Decimal  # two decimals


def deduct(ladder: DeductionLadder, rated: Rated, score: Score | None) -> Deduction | None:
    """The deduction; None where what decides is undecided, so that no money can be derived from it.

    ``rated`` is the online rate on the contract's basis. A ladder by points needs the score.
    """
    match ladder.by:
        case LadderBy.POINTS:
            assert score is not None, "a ladder by points stands beside a scorecard"
            if not score.decided:
                return None
            return _deduction(ladder, Fraction(score.points), Fraction(score.card.start - score.points))
        case LadderBy.RATE:
            if rated.ratio is None or not rated.provable:
                return None
            return _deduction(ladder, rated.ratio, Fraction(0))


def _deduction(ladder: DeductionLadder, measured: Fraction, lost: Fraction) -> Deduction:
    fee = Fraction(ladder.fee)
    step = min((step for step in ladder.steps if measured < step.below), key=lambda step: step.below, default=None)
    exact = fee * lost * ladder.per_point if ladder.per_point is not None else _cost(step, fee)
    limited = min(exact, fee)
    cents = limited * CENTS // 1
    amount = Decimal(cents).scaleb(-2)
    return Deduction(
        ladder=ladder,
        measured=measured,
        lost=lost,
        step=step,
        exact=exact,
        over_fee=exact - limited,
        cut=limited - Fraction(cents, CENTS),
        amount=amount,
        payable=ladder.fee.quantize(amount) - amount,
    )


def _cost(step: DeductionStep | None, fee: Fraction) -> Fraction:
    """What a step takes from the fee."""
    if step is None:
        return Fraction(0)
    return fee * step.share if step.share is not None else Fraction(step.amount or 0)
