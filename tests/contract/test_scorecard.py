"""Points: every line computed by hand, and what is undecided said so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from monitor.contract import (
    Happened,
    ItemKind,
    LineScore,
    Rated,
    RateStep,
    Repair,
    RepairState,
    Scorecard,
    ScoreItem,
    Why,
    fault_us,
    score,
)
from monitor.model import SECOND_US, BlindTime, Seconds
from monitor.sla import online_ratio, percent

HOUR = 3600 * SECOND_US
CARD = Scorecard(
    items=(
        ScoreItem(
            "online",
            ItemKind.ONLINE_RATE,
            steps=(RateStep(Fraction(95, 100), Decimal(5)), RateStep(Fraction(90, 100), Decimal(15))),
        ),
        ScoreItem("intact", ItemKind.INTACT_RATE, steps=(RateStep(Fraction(90, 100), Decimal(3)),)),
        ScoreItem("faults", ItemKind.CAMERA_FAULT, points=Decimal(1), over=timedelta(hours=8), cap=Decimal(2)),
        ScoreItem("late", ItemKind.LATE_REPAIR, points=Decimal("0.5")),
        ScoreItem("report", ItemKind.MISSING_REPORT, points=Decimal(3)),
        ScoreItem("falsified", ItemKind.DECLARED, points=Decimal(3)),
    ),
    qualified=Decimal(90),
)


def down(hours: float, **other: int) -> Seconds:
    return Seconds(up=700 * HOUR, down=int(hours * HOUR), **other)


def late(camera_id: str) -> Repair:
    return Repair(camera_id, 0, 25 * HOUR, False, 24 * HOUR, 25 * HOUR, 24 * HOUR, RepairState.LATE)


def rated(percentage: str, provable: bool = True) -> Rated:
    return Rated(Fraction(percentage) / 100, provable)


GOOD = Happened(rated("99"), rated("99"), {"c1": down(0)})


def line(happened: Happened, name: str, card: Scorecard = CARD, blind: BlindTime = BlindTime.EXCLUDED) -> LineScore:
    return next(line for line in score(card, happened, blind).lines if line.item.id == name)


def test_a_bad_month_line_by_line() -> None:
    """By hand: 15 + 0 + min(3 × 1, 2) + 2 × 0.5 + 1 × 3 + 0 = 21 of 100."""
    cameras = {"c1": down(9), "c2": down(20), "c3": down(8), "c4": down(8.5)}
    happened = Happened(rated("89.99"), rated("90"), cameras, [late("c2"), late("c2")], {"report": 1, "unknown": 7})
    found = score(CARD, happened, BlindTime.EXCLUDED)
    assert [(line.item.id, line.why, line.count, line.points, line.over_cap) for line in found.lines] == [
        ("online", Why.BELOW_STEP, 1, Decimal(15), Decimal(0)),
        ("intact", Why.ABOVE_STEPS, 0, Decimal(0), Decimal(0)),
        ("faults", Why.COUNTED, 3, Decimal(2), Decimal(1)),
        ("late", Why.COUNTED, 2, Decimal("1.0"), Decimal(0)),
        ("report", Why.COUNTED, 1, Decimal(3), Decimal(0)),
        ("falsified", Why.COUNTED, 0, Decimal(0), Decimal(0)),
    ]
    assert (found.lost, found.points, found.under_floor) == (Decimal(21), Decimal(79), Decimal(0))
    assert (found.decided, found.qualified) == (True, False)
    assert found.lines[0].step == RateStep(Fraction(9, 10), Decimal(15))
    assert found.lines[2].subjects == ("c1", "c2", "c4")
    assert found.lines[3].subjects == ("c2", "c2")


def test_a_good_month_costs_nothing() -> None:
    found = score(CARD, GOOD, BlindTime.EXCLUDED)
    assert (found.lost, found.points) == (Decimal(0), Decimal(100))
    assert found.qualified is True


@pytest.mark.parametrize(
    ("percentage", "points"),
    [("95", 0), ("94.999999", 5), ("94", 5), ("90", 5), ("89.999999", 15), ("0", 15), ("100", 0)],
)
def test_only_the_lowest_step_reached_counts_and_its_edge_is_above_it(percentage: str, points: int) -> None:
    assert line(replace(GOOD, online=rated(percentage)), "online").points == points


def test_exactly_eight_hours_of_fault_cost_nothing_and_a_microsecond_more_does() -> None:
    assert line(replace(GOOD, cameras={"c1": down(8)}), "faults").count == 0
    more = replace(down(8), down=8 * HOUR + 1)
    assert line(replace(GOOD, cameras={"c1": more}), "faults").subjects == ("c1",)


@pytest.mark.parametrize(("blind", "hours"), [(BlindTime.EXCLUDED, 5), (BlindTime.UP, 5), (BlindTime.DOWN, 9)])
def test_blind_time_is_fault_time_only_where_the_contract_says_so(blind: BlindTime, hours: int) -> None:
    assert fault_us(down(5, unobserved=4 * HOUR, excluded=3 * HOUR, degraded=2 * HOUR), blind) == hours * HOUR


@pytest.mark.parametrize(
    ("online", "why"),
    [(rated("80", provable=False), Why.NOT_PROVABLE), (Rated(None, True), Why.NO_RATE)],
)
def test_a_rate_that_cannot_be_proved_costs_no_points_and_decides_nothing(online: Rated, why: Why) -> None:
    found = score(CARD, replace(GOOD, online=online), BlindTime.EXCLUDED)
    assert (found.lines[0].why, found.lines[0].points) == (why, Decimal(0))
    assert (found.decided, found.qualified) == (False, None)


def test_the_floor_forgives_visibly() -> None:
    happened = replace(GOOD, declared={"falsified": 40})
    found = score(replace(CARD, floor=Decimal(10)), happened, BlindTime.EXCLUDED)
    assert (found.lost, found.points, found.under_floor) == (Decimal(120), Decimal(10), Decimal(30))


def test_a_steps_points_are_capped_too() -> None:
    card = replace(CARD, items=(replace(CARD.items[0], cap=Decimal(4)),))
    found = line(replace(GOOD, online=rated("94")), "online", card)
    assert (found.points, found.over_cap) == (Decimal(4), Decimal(1))


def test_without_a_line_nobody_qualifies_or_fails() -> None:
    assert score(replace(CARD, qualified=None), GOOD, BlindTime.EXCLUDED).qualified is None


def test_forty_hours_down_of_which_eight_are_approved() -> None:
    """The worked example: 680 ÷ 720, 688 ÷ 720 and 680 ÷ 712, and what a step at 95 % makes of each."""
    cases = {
        "94.44": Seconds(up=680 * HOUR, down=40 * HOUR),
        "95.55": Seconds(up=688 * HOUR, down=32 * HOUR),
        "95.50": Seconds(up=680 * HOUR, down=32 * HOUR, excluded=8 * HOUR),
    }
    for shown, seconds in cases.items():
        ratio = online_ratio(seconds, BlindTime.EXCLUDED)
        assert percent(ratio) == shown
        points = line(replace(GOOD, online=Rated(ratio, True)), "online").points
        assert points == (5 if shown == "94.44" else 0)
