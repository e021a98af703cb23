"""Acts in the record that do not count: which of them a month's report has to name. Pure.

Whoever wrote past the program into the record, or signed with another key, finds his act here with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping

from monitor.acts import (
    DeclarationWithdrawn,
    ExclusionApproved,
    ExclusionProposed,
    ExclusionRejected,
    ExclusionWithdrawn,
    ItemDeclared,
    PeriodClosed,
    PeriodCorrected,
    Void,
)
from monitor.model import Exclusion, Span, micros
from monitor.report.values import Record, VoidFigure


def void_figures(record: Record, month: tuple[int, int], period: Span) -> tuple[VoidFigure, ...]:
    """Those about the month, oldest first; what is about no time belongs to the month it was recorded in."""
    name = f"{month[0]}-{month[1]:02}"
    asked = {history.exclusion.id: history.exclusion for history in record.exclusions} | {
        act.stamp.id: act for void in record.void if isinstance(act := void.act.act, ExclusionProposed)
    }
    months = {each.act.stamp.id: each.act.month for each in record.declarations}

    return tuple(
        VoidFigure(void.act.stamp.id, void.act.kind, void.act.recorded_at, void.act.stamp.by, void.refusal)
        for void in record.void
        if _concerns(void, name, period, asked, months)
    )


def _concerns(
    void: Void,
    name: str,
    period: Span,
    asked: Mapping[str, Exclusion | ExclusionProposed],
    months: Mapping[str, str],
) -> bool:
    """``asked`` are exclusions, and ``months`` those of declarations, by the id an act may speak of."""
    match void.act.act:
        case ExclusionProposed() as proposal:
            return _touches(proposal, period)
        case ExclusionApproved(_, about) | ExclusionRejected(_, about) | ExclusionWithdrawn(_, about) if about in asked:
            return _touches(asked[about], period)
        case PeriodClosed(month=its) | PeriodCorrected(month=its) | ItemDeclared(month=its):
            return its == name
        case DeclarationWithdrawn(_, about) if about in months:
            return months[about] == name
        case _:
            return period.start <= micros(void.act.recorded_at) < period.end


def _touches(asked: Exclusion | ExclusionProposed, period: Span) -> bool:
    return micros(asked.start_at) < period.end and micros(asked.end_at) > period.start
