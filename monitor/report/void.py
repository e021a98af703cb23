"""Acts in the record that do not count: which of them a month's report has to name. Pure.

Whoever wrote past the program into the record, or signed with another key, finds his act here with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from monitor.acts import (
    Act,
    DeclarationWithdrawn,
    ExclusionApproved,
    ExclusionProposed,
    ExclusionRejected,
    ExclusionWithdrawn,
    ItemDeclared,
    MaintenancePlanned,
    PeriodClosed,
    PeriodCorrected,
    Void,
)
from monitor.calendar import parse_month
from monitor.model import Span, micros
from monitor.report.exclusions import span_of
from monitor.report.values import Record, VoidFigure


def void_figures(record: Record, month: tuple[int, int], period: Span) -> tuple[VoidFigure, ...]:
    """Those about the month, oldest first.

    What is about no time, or about a span without length or a month there is none, belongs to the month it was
    recorded in: otherwise no report would name it.
    """
    subjects = _subjects(record)
    return tuple(
        VoidFigure(void.act.stamp.id, void.act.kind, void.act.recorded_at, void.act.stamp.by, void.refusal)
        for void in record.void
        if _concerns(_about(void.act.act, subjects), void, month, period)
    )


@dataclass(frozen=True, slots=True)
class _Subjects:
    """What acts may speak of, by id; where a void act has the id of one that counts, the one that counts."""

    asked: Mapping[str, Span]
    months: Mapping[str, str]  # of declarations


def _subjects(record: Record) -> _Subjects:
    void = [each.act.act for each in record.void]
    asked = {act.stamp.id: span_of(act) for act in void if isinstance(act, ExclusionProposed)}
    months = {act.stamp.id: act.month for act in void if isinstance(act, ItemDeclared)}
    return _Subjects(
        asked | {history.exclusion.id: span_of(history.exclusion) for history in record.exclusions},
        months | {each.act.stamp.id: each.act.month for each in record.declarations},
    )


def _about(act: Act, subjects: _Subjects) -> Span | str | None:
    """The time or the month an act is about; None: neither."""
    match act:
        case ExclusionProposed():
            return span_of(act)
        case MaintenancePlanned(work):
            return span_of(work)
        case ExclusionApproved(_, about) | ExclusionRejected(_, about) | ExclusionWithdrawn(_, about):
            return subjects.asked.get(about)
        case PeriodClosed(month=month) | PeriodCorrected(month=month) | ItemDeclared(month=month):
            return month
        case DeclarationWithdrawn(_, about):
            return subjects.months.get(about)
        case _:
            return None


def _concerns(about: Span | str | None, void: Void, month: tuple[int, int], period: Span) -> bool:
    if isinstance(about, str):
        with suppress(ValueError):
            return parse_month(about) == month
    elif about is not None and about.start < about.end:
        return about.start < period.end and about.end > period.start
    return period.start <= micros(void.act.recorded_at) < period.end
