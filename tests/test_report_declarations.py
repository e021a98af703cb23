"""Declared lines of the scorecard in the report: counted in their settlement period, and told with who and why."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from monitor.acts import Act, Declaration, DeclarationWithdrawn, ItemDeclared, act_terms, standing, written_act
from monitor.contract import Contract, SettlementPeriod
from monitor.language import Language
from monitor.render import to_html, to_json, to_text
from monitor.report import Record, Report, agrees, figures_digest
from tests.acts.samples import LI, TERMS, recorded, stamp
from tests.render.samples import RECORD
from tests.render.test_html import HOSTILE, read, words
from tests.render.test_settlement import CONTRACT, made, section

TWO = ItemDeclared(stamp("d1", LI), "falsified", "2026-06", 2, "两份巡检记录不实")
MAY = replace(TWO, stamp=stamp("d2", LI), month="2026-05", count=1, text="五月一份")
TAKEN_BACK = DeclarationWithdrawn(stamp("w1", LI), "d1", written_act(TWO).digest, "已澄清")


def declared(*acts: Act) -> tuple[Declaration, ...]:
    named = replace(CONTRACT, id=TERMS.contract)
    so_far = standing(map(recorded, acts), act_terms(named))
    assert not so_far.void, so_far.void
    return tuple(so_far.declarations.values())


def after(*acts: Act, contract: Contract = CONTRACT) -> Report:
    record: Record = replace(RECORD, declarations=declared(*acts))
    return made(contract, record)


def lost(report: Report) -> tuple[int, Decimal]:
    """How often it was declared, and what that costs."""
    assert report.settlement is not None
    assert report.settlement.score is not None
    line = report.settlement.score.lines[-1]
    return line.count, line.points


def test_what_is_declared_costs_its_points_and_the_money_follows() -> None:
    """89 points are left without it; two at 3 points more leave 83."""
    assert lost(made()) == (0, Decimal(0))
    report = after(TWO)
    assert lost(report) == (2, Decimal(6))
    assert section(report, "Settlement")[1] == (
        "  - 100 - 17.0 = 83.0 points; 92 points would be good enough: not qualified"
    )


def test_it_is_told_with_who_when_and_why() -> None:
    assert section(after(TWO), "Scorecard")[6:8] == [
        (
            "  - declared d1: 2026-06, 弄虚作假, 2 times; 两份巡检记录不实. "
            "2026-10-20 12:00 declared: office 李主任 (unsigned)"
        ),
        "  - 100 - 17.0 = 83.0 points; 92 points would be good enough: not qualified",
    ]
    assert "申报 d1：2026-06 弄虚作假 2 次；两份巡检记录不实。2026-10-20 12:00 申报：综治办 李主任（未签名）" in words(
        after(TWO)
    )
    (shown,) = json.loads(to_json(after(TWO)))["report"]["settlement"]["declared"]
    assert (shown["item"], shown["month"], shown["count"]) == ("falsified", "2026-06", 2)
    assert [(step["kind"], step["text"]) for step in shown["steps"]] == [("item_declared", "两份巡检记录不实")]


def test_what_was_taken_back_costs_nothing_and_is_told_all_the_same() -> None:
    report = after(TWO, TAKEN_BACK)
    assert lost(report) == (0, Decimal(0))
    assert report.settlement is not None
    assert [each.counts for each in report.settlement.declared] == [False]
    for language, said in ((Language.EN, "declaration d1 does not count: "), (Language.ZH, "申报 d1 不计：")):
        assert said in to_text(report, language)
        assert said.strip() in words(report, language)
        assert "已澄清" in to_text(report, language)


def test_it_counts_in_the_settlement_period_of_its_month_and_in_no_other() -> None:
    assert lost(after(TWO, MAY)) == (2, Decimal(6))
    assert lost(after(MAY)) == (0, Decimal(0))
    quarterly = replace(CONTRACT, period=SettlementPeriod.QUARTER)
    assert lost(after(TWO, MAY, contract=quarterly)) == (3, Decimal(9))


def test_a_closed_month_notices_a_declaration() -> None:
    before = figures_digest(made())
    assert agrees(made(), before)
    assert not agrees(after(TWO), before)
    assert figures_digest(after(TWO, TAKEN_BACK)) == before


@pytest.mark.parametrize("language", Language)
def test_what_the_office_writes_never_becomes_markup(language: Language) -> None:
    tame, hostile = (to_html(after(replace(TWO, text=text)), language) for text in ("x", HOSTILE))
    assert read(hostile).skeleton == read(tame).skeleton
