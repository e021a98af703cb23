"""A settlement as both parties read it: every step in words, nothing undecided shown as nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.contract import (
    Contract,
    DeductionLadder,
    DeductionStep,
    ItemKind,
    LadderBy,
    RateStep,
    RepairLimits,
    RepairState,
    Scorecard,
    ScoreItem,
    SettlementPeriod,
    Together,
)
from monitor.language import Language, Phrase
from monitor.model import Cause, Maintenance, Scope, State
from monitor.render import settlement_words as words
from monitor.render import to_json, to_text
from monitor.render.settlement import settlement_lines
from monitor.render.settlement_sentences import fraction
from monitor.report import Record, Report, StopKind, build_report
from tests.render.samples import JULY, RECORD, TERMS, at, move, report

ZH, EN = Language.ZH, Language.EN
CONTRACT = Contract(
    terms=TERMS,
    repair=RepairLimits(timedelta(hours=24), timedelta(hours=48), 2, Together.CONTRACT),
    scorecard=Scorecard(
        items=(
            ScoreItem("online", ItemKind.ONLINE_RATE, "在线率", steps=(RateStep(Fraction(95, 100), Decimal(5)),)),
            ScoreItem("faults", ItemKind.CAMERA_FAULT, points=Decimal(1), over=timedelta(hours=8), cap=Decimal(1)),
            ScoreItem("late", ItemKind.LATE_REPAIR, points=Decimal("2.5")),
            ScoreItem("falsified", ItemKind.DECLARED, "弄虚作假", points=Decimal(3)),
        ),
        qualified=Decimal(92),
    ),
    deduction=DeductionLadder(
        Decimal("30000.00"),
        steps=(DeductionStep(Fraction(92), share=Fraction(1, 10)), DeductionStep(Fraction(50), amount=Decimal(20000))),
    ),
)


def made(contract: Contract = CONTRACT, record: Record = RECORD, now: datetime = JULY) -> Report:
    return build_report(record, contract, town="清河镇", month=(2026, 6), now=now, version="0.1.0")


def section(report_: Report, heading: str, language: Language = EN) -> list[str]:
    """The lines under a heading, without its rule."""
    text = "\n".join(settlement_lines(report_, language)) + "\n\n"
    return text.split(f"\n{heading}", 1)[1].split("\n\n", 1)[0].splitlines()[2:]


def rate_ladder(**terms: Any) -> Contract:
    ladder = DeductionLadder(Decimal("1000.00"), LadderBy.RATE, **terms)
    return replace(CONTRACT, scorecard=None, deduction=ladder)


def test_a_whole_settlement_reads_like_this() -> None:
    """By hand: qh-003 was down 120 h with a limit of 24 h, qh-005 72 h and still is; nobody else was down with them.

    94.59 % costs 5 points, two cameras over 8 h at most 1, two late repairs 5.0: 89.0 are left of 100.
    """
    assert section(made(), "Settlement") == [
        "  - the settlement period (month) from 2026-06-01 00:00 to 2026-07-01 00:00 is over: this is its settlement",
        "  - 100 - 11.0 = 89.0 points; 92 points would be good enough: not qualified",
        "  - deducted 3,000.00 CNY, payable 27,000.00 CNY",
    ]
    assert section(made(), "Repair limits (4 faults)") == [
        (
            "  - limit 24 h 00 min from the first failing second, by night too; "
            "excluded and unwatched time stops the clock"
        ),
        "  - major faults 48 h 00 min: at least 2 cameras down at once in the contract",
        "  - 2 kept, 0 still running, 2 passed their limit in this period; 0 of all are major",
    ]
    rows = [[cell.strip() for cell in re.split(" {2,}", row)[1:]] for row in section(made(), "Late repairs (2")[2:]]
    dates = [f"2026-06-{day} 00:00" for day in (14, 19, 15, 28, 29)]
    hours = ("72 h 00 min", "24 h 00 min", "48 h 00 min")
    assert rows == [
        ["qh-003", "南塘", "西营村", *dates[:2], "120 h 00 min", "24 h 00 min", "96 h 00 min", dates[2], "normal"],
        ["qh-005", "Old mill", "北头村", dates[3], "still down", *hours, dates[4], "normal"],
    ]
    assert [" ".join(row.split()) for row in section(made(), "Scorecard")[2:]] == [
        "在线率 94.59% is below 95.00%: 5 points 5",
        "fault time of a cam… 2 cameras over 8 h 00 min × 1 points (at most 1, 1 forgiven) 1",
        "late repair 2 × 2.5 points 5.0",
        "弄虚作假 0 × 3 points 0",
        "- nothing was declared in this period",
        "- 100 - 11.0 = 89.0 points; 92 points would be good enough: not qualified",
    ]
    assert section(made(), "Deduction") == [
        "  - fee of the period 30,000.00 CNY, deducted by points",
        "  - 89 points is below 92 points: 10.00% of the fee = 3000.00",
        "  - deducted 3,000.00 CNY, payable 27,000.00 CNY",
    ]


def test_the_first_screen_says_points_and_money() -> None:
    first_screen = to_text(made(), ZH).split("\n三种口径\n")[0]
    assert "  - 100 − 11.0 = 89.0 分; 合格线 92 分：不合格" in first_screen
    assert "  - 扣款 3,000.00 CNY，应付 27,000.00 CNY" in first_screen
    running = to_text(made(now=at(20)), ZH).split("\n三种口径\n")[0]
    assert "  - 结算周期尚未结束，目前：扣款" in running


@pytest.mark.parametrize("language", Language)
def test_nothing_is_shown_where_nothing_is_agreed(language: Language) -> None:
    assert list(settlement_lines(report(), language)) == []
    assert words.HEAD_SETTLEMENT[language] + "\n" not in to_text(report(), language)


def test_a_quarter_that_runs_says_that_it_is_no_settlement() -> None:
    april = replace(CONTRACT, period=SettlementPeriod.QUARTER)
    quarterly = build_report(RECORD, april, town="清河镇", month=(2026, 5), now=JULY, version="0.1.0")
    assert section(quarterly, "结算", ZH)[0] == (
        "  - 结算周期（季度）2026-04-01 00:00 至 2026-07-01 00:00 尚未结束："
        "以下为截至 2026-06-01 00:00 的情况，不是最终结算"
    )
    assert "is over" in section(made(april), "Settlement")[0]


def test_what_cannot_be_proved_is_undecided_and_costs_no_money() -> None:
    told = made(record=replace(RECORD, recorded_until=at(15)))
    assert section(told, "Settlement")[1:] == [
        "  - points undecided: a line cannot be decided; the others cost 1.0 points",
        "  - deduction undecided: what decides about it cannot be proved, so no money follows from it",
    ]
    rate, *_ = section(told, "Scorecard")[2:]
    assert "too little was watched: undecided" in rate
    assert rate.endswith("—")


def test_a_major_fault_names_the_cameras_and_a_stopped_clock_what_stopped_it() -> None:
    """qh-001 joins qh-003 on the 14th: two at once. Planned work of 10 h on the 15th is on no clock."""
    joined = [
        move("qh-001", at(14, 12), State.DOWN, Cause.NO_REPLY),
        move("qh-001", at(14, 20), State.UP, Cause.OK, State.DOWN),
    ]
    own = [each for each in RECORD.transitions if each.camera_id == "qh-001"]
    rest = [each for each in RECORD.transitions if each.camera_id != "qh-001"]
    work = Maintenance("m9", "换杆", Scope(camera_ids=frozenset({"qh-003"})), at(15, 2), at(15, 12))
    told = made(record=replace(RECORD, transitions=(*own, *joined, *rest), maintenance=(work,)))
    lines = section(told, "Late repairs (2")
    assert (
        "  - qh-003: major, from 2026-06-14 12:00 to 2026-06-14 20:00 at least 2 cameras were down at once, at first "
        "qh-001, qh-003"
    ) in lines
    assert "  - qh-003: the clock stood still: planned work m9 10 h 00 min" in lines
    row = next(line for line in lines if line.startswith("  qh-003"))
    assert "110 h 00 min  48 h 00 min  62 h 00 min  2026-06-16 10:00  major" in row


def test_every_step_to_money_is_said() -> None:
    share = made(rate_ladder(steps=(DeductionStep(Fraction(95, 100), share=Fraction(1, 30)),)))
    assert section(share, "Deduction") == [
        "  - fee of the period 1,000.00 CNY, deducted by online rate",
        "  - 94.59% is below 95.00%: 3.33% of the fee = 33.333333333333…",
        "  - cut to the hundredth: 0.003333333333… dropped",
        "  - deducted 33.33 CNY, payable 966.67 CNY",
    ]
    amount = made(rate_ladder(steps=(DeductionStep(Fraction(95, 100), amount=Decimal(1500)),)))
    assert section(amount, "Deduction")[1:] == [
        "  - 94.59% is below 95.00%: 1500.00",
        "  - the fee limits it: 500.00 forgiven",
        "  - deducted 1,000.00 CNY, payable 0.00 CNY",
    ]
    none = made(rate_ladder(steps=(DeductionStep(Fraction(90, 100), amount=Decimal(1)),)))
    assert section(none, "Deduction")[1] == "  - 94.59% is below no step: nothing is deducted"
    each = replace(CONTRACT, deduction=DeductionLadder(Decimal("1000.00"), per_point=Fraction(1, 100)))
    assert section(made(each), "Deduction")[1] == "  - 11 points lost at 1.00% of the fee each = 110.00"


def test_json_holds_every_step() -> None:
    found = json.loads(to_json(made()))["report"]["settlement"]
    assert found["unit"] == "month"
    assert [(line["item"]["id"], line["points"]) for line in found["score"]["lines"]] == [
        ("online", "5"),
        ("faults", "1"),
        ("late", "5.0"),
        ("falsified", "0"),
    ]
    assert found["deduction"]["amount"] == "3000.00"
    assert found["repairs"]["limits"]["normal"] == 24 * 3600 * 1_000_000
    assert [late["camera"]["id"] for late in found["repairs"]["late"]] == ["qh-003", "qh-005"]
    assert len(found["repairs"]["repairs"]) == 4
    assert b"rtsp://" not in to_json(made())


@given(st.fractions(min_value=0, max_value=10**6, max_denominator=10**4), st.integers(0, 2))
def test_a_decimal_is_exact_or_cut_and_says_so(value: Fraction, least: int) -> None:
    text = fraction(value, least)
    shown = Fraction(text.removesuffix("…"))
    assert (shown == value) is (not text.endswith("…"))
    assert 0 <= value - shown < Fraction(1, 10**12)
    assert len(text.removesuffix("…").partition(".")[2]) >= least


# ---------------------------------------------------------------- words

LISTS: list[tuple[Mapping[Any, Phrase], type[Enum]]] = [
    (words.UNITS, SettlementPeriod),
    (words.REPAIR_STATES, RepairState),
    (words.TOGETHER, Together),
    (words.STOPS, StopKind),
    (words.ITEMS, ItemKind),
    (words.LADDERS, LadderBy),
]


@pytest.mark.parametrize(("phrases", "members"), LISTS, ids=lambda value: getattr(value, "__name__", ""))
def test_every_member_has_its_own_words(phrases: Mapping[Enum, Phrase], members: type[Enum]) -> None:
    assert set(phrases) == set(members)
    assert len({phrase.zh for phrase in phrases.values()}) == len({phrase.en for phrase in phrases.values()})
    assert len({phrase.en for phrase in phrases.values()}) == len(members)


def test_both_languages_fill_in_the_same_values() -> None:
    phrases = [phrase for phrase in vars(words).values() if isinstance(phrase, Phrase)]
    assert len(phrases) > 30
    for phrase in phrases:
        in_zh, in_en = ({name for _, name, _, _ in Formatter().parse(text) if name} for text in (phrase.zh, phrase.en))
        assert in_zh == in_en, phrase
