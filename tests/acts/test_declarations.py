"""What the office declares for the scorecard: who may, about what, until when, and that it can be taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from monitor.acts import (
    Act,
    DeclarationWithdrawn,
    Head,
    ItemDeclared,
    PeriodClosed,
    PeriodCorrected,
    act_terms,
    public_text,
    refusal,
    signed,
    written_act,
)
from monitor.acts.judgement import MOST_DECLARED
from monitor.contract import Contract, ItemKind, Party, Scorecard, ScoreItem
from monitor.model import Actor
from tests.acts.samples import LI, NOON, OFFICE_KEY, TERMS, VENDOR_KEY, WANG, ZHAO, done, refused, stamp

CARD = Scorecard(
    (
        ScoreItem("falsified", ItemKind.DECLARED, points=Decimal(3)),
        ScoreItem("report", ItemKind.MISSING_REPORT, points=Decimal(1)),
        ScoreItem("late", ItemKind.LATE_REPAIR, points=Decimal(1)),
    )
)
AGREED = act_terms(Contract(id=TERMS.contract, scorecard=CARD))
DECLARED = ItemDeclared(stamp("d1", LI), "falsified", "2026-10", 2, "两份巡检记录不实")
WITHDRAWN = DeclarationWithdrawn(stamp("w1", LI), "d1", written_act(DECLARED).digest, "已澄清")
NOVEMBER = datetime(2026, 11, 3, tzinfo=UTC)
CLOSED = PeriodClosed(stamp("k1", LI, NOVEMBER), "2026-10", (Head("local", 9, "ab" * 32),), "cd" * 32)


def against(act: Act, *before: Act, now: datetime = NOON) -> str | None:
    return refused(act, *before, terms=AGREED, now=now)


def test_the_office_declares_and_takes_back() -> None:
    (standing,) = done(DECLARED, terms=AGREED).declarations.values()
    assert (standing.act, standing.withdrawn) == (DECLARED, None)
    (gone,) = done(DECLARED, WITHDRAWN, terms=AGREED).declarations.values()
    assert gone.withdrawn is not None
    assert gone.withdrawn.act.act == WITHDRAWN


@pytest.mark.parametrize("by", [WANG, ZHAO], ids=lambda by: by.role)
def test_nobody_else_declares_or_takes_back(by: Actor) -> None:
    other = replace(DECLARED.stamp, id="x", by=by)
    assert against(replace(DECLARED, stamp=other)) == f"role_may_not {other.by.role}"
    assert against(replace(WITHDRAWN, stamp=other), DECLARED) == f"role_may_not {other.by.role}"


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        (replace(DECLARED, item="report"), None),
        (replace(DECLARED, item="late"), "unknown_item late"),
        (replace(DECLARED, item="nothing"), "unknown_item nothing"),
        (replace(DECLARED, month="2026-13"), "no_month 2026-13"),
        (replace(DECLARED, month="2026-11"), "month_to_come 2026-11"),
        (replace(DECLARED, month="2026-09"), None),
        (replace(DECLARED, count=0), f"count_out_of_range {MOST_DECLARED}"),
        (replace(DECLARED, count=MOST_DECLARED), None),
        (replace(DECLARED, count=MOST_DECLARED + 1), f"count_out_of_range {MOST_DECLARED}"),
        (replace(DECLARED, text=" "), "incomplete --text"),
    ],
)
def test_a_declaration_is_about_a_line_of_the_contract_and_a_month_that_has_begun(
    declared: ItemDeclared, reason: str | None
) -> None:
    assert against(declared) == reason


def test_a_contract_without_a_scorecard_counts_no_declarations() -> None:
    assert refused(DECLARED) == "unknown_item falsified"


def test_only_what_was_declared_is_taken_back_and_only_once() -> None:
    assert against(WITHDRAWN) == "unknown_declaration d1"
    assert against(replace(WITHDRAWN, declaration="ab" * 32), DECLARED) == "other_proposal d1"
    again = replace(WITHDRAWN, stamp=stamp("w2", LI))
    assert against(again, DECLARED, WITHDRAWN) == "already_withdrawn d1"


def test_a_closed_month_takes_no_declarations_until_it_is_corrected() -> None:
    so_far = done(DECLARED, CLOSED, terms=AGREED, at=NOVEMBER)
    for act in (replace(DECLARED, stamp=stamp("d2", LI)), WITHDRAWN):
        why = refusal(written_act(act), so_far, NOVEMBER)
        assert why is not None
        assert (why.reason, why.about) == ("period_closed", "2026-10")
    reopened = PeriodCorrected(stamp("n1", LI, NOVEMBER), "2026-10", 1, "漏报")
    so_far = done(DECLARED, CLOSED, reopened, terms=AGREED, at=NOVEMBER)
    assert refusal(written_act(WITHDRAWN), so_far, NOVEMBER) is None


def test_where_the_contract_names_the_office_s_key_a_declaration_has_to_bear_its_signature() -> None:
    keyed = act_terms(
        Contract(id=TERMS.contract, scorecard=CARD, office=Party(key=public_text(OFFICE_KEY.public_key())))
    )
    assert refused(DECLARED, terms=keyed) == "not_signed office"
    assert refused(signed(DECLARED, VENDOR_KEY), terms=keyed) == "forged office"
    assert refused(signed(DECLARED, OFFICE_KEY), terms=keyed) is None
