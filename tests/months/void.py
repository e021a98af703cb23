"""Which acts that do not count a month names, by the text of docs/ledger.md. Part of the oracle."""

from __future__ import annotations

from typing import Any

from tests.months.acts import Judged, month_named
from tests.months.counts import US
from tests.months.story import (
    Act,
    Cancelled,
    Closed,
    Confirmed,
    Corrected,
    Decided,
    Declared,
    Planned,
    Proposed,
    Repeated,
    TakenBack,
)
from tests.months.world import Span

KINDS = {
    Planned: "maintenance_planned",
    Repeated: "maintenance_repeated",
    Cancelled: "maintenance_cancelled",
    Proposed: "exclusion_proposed",
    Confirmed: "removal_confirmed",
    Declared: "item_declared",
    TakenBack: "declaration_withdrawn",
    Closed: "period_closed",
    Corrected: "period_corrected",
}


def void(acts: Judged, month: tuple[int, int], span: Span) -> list[Any]:
    """Those about the month, oldest first: id, kind, when, by whom, why, and what that is about."""
    spans = {act.id: (act.start, act.end) for act, *_ in acts.void if isinstance(act, Proposed)}
    months = {act.id: act.month for act, *_ in acts.void if isinstance(act, Declared)}
    spans |= {plea.id: (plea.start, plea.end) for plea in acts.pleas}
    months |= {said.act.id: said.act.month for said in acts.said}
    return [
        [act.id, kind_of(act), act.at * US, act.by, why, about]
        for act, why, about in acts.void
        if _is_about(act, month, span, spans, months)
    ]


def kind_of(act: Act) -> str:
    """As the ledger calls it."""
    return f"exclusion_{act.what}" if isinstance(act, Decided) else KINDS[type(act)]


def _is_about(act: Act, month: tuple[int, int], span: Span, spans: dict[str, Span], months: dict[str, str]) -> bool:
    """A time with some length, or a month there is; where it is about neither, the month it was recorded in."""
    asked: Span | None = None
    named: str | None = None
    match act:
        case Proposed() | Planned():
            asked = (act.start, act.end)
        case Decided():
            asked = spans.get(act.exclusion)
        case Declared() | Closed() | Corrected():
            named = act.month
        case TakenBack():
            named = months.get(act.declaration)
        case _:
            pass
    if asked is not None and asked[0] < asked[1]:
        return asked[0] < span[1] and asked[1] > span[0]
    if named is not None and month_named(named) is not None:
        return month_named(named) == month
    return span[0] <= act.at < span[1]
