"""Money: every example computed by hand, to the hundredth and beyond."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.contract import (
    DeductionLadder,
    DeductionStep,
    Happened,
    ItemKind,
    LadderBy,
    Rated,
    RateStep,
    Score,
    Scorecard,
    ScoreItem,
    deduct,
    score,
)
from monitor.model import SECOND_US, BlindTime, Seconds
from monitor.sla import SlaVerdict, online_ratio, total, verdict

GOOD = Rated(Fraction(1), True)
BY_POINTS = DeductionLadder(
    fee=Decimal("30000.00"),
    steps=(
        DeductionStep(Fraction(90), share=Fraction(1, 10)),
        DeductionStep(Fraction(80), share=Fraction(3, 10)),
        DeductionStep(Fraction(60), amount=Decimal(30000)),
    ),
)
BY_RATE = DeductionLadder(
    fee=Decimal("30000.00"),
    by=LadderBy.RATE,
    steps=(
        DeductionStep(Fraction(95, 100), amount=Decimal(1500)),
        DeductionStep(Fraction(90, 100), share=Fraction(1, 3)),
    ),
)


def points(lost: str) -> Score:
    """A card on which so many points were lost."""
    card = Scorecard((ScoreItem("it", ItemKind.DECLARED, points=Decimal(lost)),), floor=Decimal(0))
    return score(card, Happened(GOOD, GOOD, {}, declared={"it": 1}), BlindTime.EXCLUDED)


@pytest.mark.parametrize(
    ("lost", "amount"),
    [("0", "0"), ("10", "0"), ("10.01", "3000"), ("20", "3000"), ("20.5", "9000"), ("40", "9000"), ("41", "30000")],
)
def test_a_ladder_by_points(lost: str, amount: str) -> None:
    found = deduct(BY_POINTS, GOOD, points(lost))
    assert found is not None
    assert (found.amount, found.payable) == (Decimal(amount), Decimal(30000) - Decimal(amount))
    assert found.measured == 100 - Fraction(lost)
    assert found.cut == found.over_fee == 0


@pytest.mark.parametrize(
    ("rate", "amount"),
    [("1", "0"), ("0.95", "0"), ("0.949999999", "1500"), ("0.9", "1500"), ("0.899999999", "10000"), ("0", "10000")],
)
def test_a_ladder_by_rate(rate: str, amount: str) -> None:
    found = deduct(BY_RATE, Rated(Fraction(rate), True), None)
    assert found is not None
    assert found.amount == Decimal(amount)
    assert found.measured == Fraction(rate)


def test_each_point_may_cost_a_share_of_the_fee() -> None:
    """By hand: 3.5 points at 1 % of 12,345.67 are 432.09845; 432.09 is deducted and 0.00845 is cut."""
    ladder = DeductionLadder(fee=Decimal("12345.67"), per_point=Fraction(1, 100))
    found = deduct(ladder, GOOD, points("3.5"))
    assert found is not None
    assert found.exact == Fraction("432.09845")
    assert (found.amount, found.cut, found.payable) == (Decimal("432.09"), Fraction("0.00845"), Decimal("11913.58"))
    assert found.step is None


def test_more_than_the_fee_is_never_deducted() -> None:
    ladder = DeductionLadder(fee=Decimal("1000.00"), per_point=Fraction(1, 20))
    found = deduct(ladder, GOOD, points("30"))
    assert found is not None
    assert (found.amount, found.over_fee, found.payable) == (Decimal(1000), Fraction(500), Decimal(0))


@pytest.mark.parametrize("rated", [Rated(Fraction(1, 2), False), Rated(None, True)])
def test_no_money_is_derived_from_what_is_undecided(rated: Rated) -> None:
    assert deduct(BY_RATE, rated, None) is None
    card = Scorecard((ScoreItem("online", ItemKind.ONLINE_RATE, steps=(RateStep(Fraction(95, 100), Decimal(5)),)),))
    undecided = score(card, Happened(rated, GOOD, {}), BlindTime.EXCLUDED)
    assert deduct(BY_POINTS, rated, undecided) is None


@given(
    st.decimals(Decimal("0.01"), Decimal(999999999999), places=2),
    st.decimals(0, 100, places=2),
    st.fractions(Fraction(1, 1000), 1, max_denominator=1000),
)
def test_what_is_deducted_cut_and_paid_adds_up_exactly(fee: Decimal, lost: Decimal, part: Fraction) -> None:
    found = deduct(DeductionLadder(fee, per_point=part), GOOD, points(str(lost)))
    assert found is not None
    assert Fraction(found.amount) + found.cut + found.over_fee == found.exact == Fraction(fee) * Fraction(lost) * part
    assert 0 <= found.cut < Fraction(1, 100)
    assert Fraction(found.amount) + Fraction(found.payable) == Fraction(fee)
    assert found.amount.as_tuple().exponent == found.payable.as_tuple().exponent == -2


def test_a_fleet_at_exactly_95_percent_pays_nothing_and_one_second_less_costs_the_step() -> None:
    """By hand: 20 cameras for 30 days owe 51,840,000 s; 95 % of them are 49,248,000 s."""
    month, target = 30 * 86_400 * SECOND_US, Fraction(95, 100)
    fleet = [Seconds(up=month)] * 19 + [Seconds(down=month)]
    less = [Seconds(up=month - SECOND_US, down=SECOND_US), *fleet[1:]]
    for cameras, expected, amount in ((fleet, SlaVerdict.MET, 0), (less, SlaVerdict.MISSED, 1500)):
        seconds = total(cameras)
        assert verdict(seconds, target, target, BlindTime.EXCLUDED) is expected
        found = deduct(BY_RATE, Rated(online_ratio(seconds, BlindTime.EXCLUDED), True), None)
        assert found is not None
        assert found.amount == amount
    assert total(less).up == 49_247_999 * SECOND_US


def test_the_lowest_step_decides_in_whatever_order_they_stand() -> None:
    backwards = replace(BY_POINTS, steps=BY_POINTS.steps[::-1])
    found, expected = (deduct(ladder, GOOD, points("25")) for ladder in (backwards, BY_POINTS))
    assert found is not None
    assert expected is not None
    assert found.step == expected.step == BY_POINTS.steps[1]
