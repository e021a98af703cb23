"""Which month names an act that does not count: each act once, in the month it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.acts import (
    Act,
    DeclarationWithdrawn,
    ExclusionApproved,
    ExclusionProposed,
    ItemDeclared,
    MaintenancePlanned,
    PeriodClosed,
    PeriodCorrected,
    standing,
    written_act,
)
from monitor.calendar import month_span
from monitor.model import ExclusionCause, Maintenance, Scope
from monitor.report.void import void_figures
from tests.acts.samples import LI, NOON, TERMS, WANG, recorded, stamp
from tests.render.samples import RECORD

ZONE = ZoneInfo("Asia/Shanghai")
JUNE = datetime(2026, 6, 1, tzinfo=ZONE)
JULY = datetime(2026, 7, 1, tzinfo=ZONE)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def asked(name: str, start_at: datetime, end_at: datetime, text: str = "停电") -> ExclusionProposed:
    return ExclusionProposed(stamp(name, WANG), ExclusionCause.POWER, Scope(), start_at, end_at, text)


def named(*acts: Act) -> dict[str, list[int]]:
    """By the id of a void act recorded in October, the months of 2026 whose reports name it."""
    so_far = standing([recorded(act, NOON) for act in acts], TERMS)
    record = replace(RECORD, exclusions=tuple(so_far.exclusions.values()), void=tuple(so_far.void))
    found: dict[str, list[int]] = {void.act.stamp.id: [] for void in so_far.void}
    for month in range(1, 13):
        for figure in void_figures(record, (2026, month), month_span(2026, month, ZONE)):
            found[figure.id].append(month)
    return found


@pytest.mark.parametrize("end_at", [JUNE + 3 * DAY, JUNE, JUNE - 3 * DAY])
def test_a_span_without_length_stands_in_the_month_it_was_recorded_in(end_at: datetime) -> None:
    """Also one from month to month, and one on the border of two: no month touches those."""
    proposal = asked("x", max(JUNE, end_at), end_at)
    about = ExclusionApproved(stamp("a", LI), "x", written_act(proposal).digest)
    assert named(proposal, about) == {"x": [10], "a": [10]}


def test_a_span_over_the_end_of_a_month_stands_in_both() -> None:
    assert named(asked("x", JULY - HOUR, JULY + HOUR, " ")) == {"x": [6, 7]}


def test_an_act_about_an_exclusion_that_counts_is_about_its_time_though_another_came_under_the_same_id() -> None:
    first, second = asked("x", JUNE, JUNE + HOUR), asked("x", JULY, JULY + HOUR)
    own = ExclusionApproved(stamp("a", WANG), "x", written_act(first).digest)
    assert named(first, second, own) == {"x": [7], "a": [6]}


def test_work_planned_into_the_past_stands_in_the_month_it_was_to_excuse() -> None:
    work = MaintenancePlanned(Maintenance("m", "检修", Scope(), JUNE, JUNE + HOUR), stamp("m", WANG))
    assert named(work) == {"m": [6]}


def test_a_withdrawal_stands_where_the_void_declaration_does() -> None:
    declared = ItemDeclared(stamp("d", LI), "falsified", "2026-06", 1, "不实")
    back = DeclarationWithdrawn(stamp("w", LI), "d", written_act(declared).digest)
    assert named(declared, back) == {"d": [6], "w": [6]}


def test_what_names_a_month_there_is_none_stands_in_the_month_it_was_recorded_in() -> None:
    acts = (
        PeriodClosed(stamp("k", LI), "2026-13", (), "0" * 64),
        PeriodCorrected(stamp("c", LI), "六月", 1, "漏报"),
        ItemDeclared(stamp("d", LI), "falsified", "2026-6", 1, "不实"),
    )
    assert named(*acts) == {"k": [10], "c": [10], "d": [10]}
