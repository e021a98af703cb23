"""One camera's month in detail: its scheduled time as spans of the five kinds, and each local day's sums. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from monitor import sla
from monitor.calendar import day_span
from monitor.model import Span, State
from monitor.report.values import TimeKind, Timeline

# How many cameras, worst first, are kept in detail: a town of some hundred has all of them.
DETAILED = 200

KIND_OF = {
    State.UP: TimeKind.UP,
    State.DEGRADED: TimeKind.DEGRADED,
    State.DOWN: TimeKind.DOWN,
    State.UNKNOWN: TimeKind.UNOBSERVED,
}


def local_days(year: int, month: int, zone: ZoneInfo) -> list[Span]:
    """The calendar days of the month; 23 or 25 hours where clocks change."""
    first = date(year, month, 1)
    following = date(year + month // 12, month % 12 + 1, 1)
    return [day_span(first + timedelta(days=n), zone) for n in range((following - first).days)]


def timeline(
    camera_id: str,
    states: Sequence[tuple[Span, State]],
    scheduled: Sequence[Span],
    excluded: Sequence[Span],
    days: Sequence[Span],
) -> Timeline:
    """``scheduled`` and ``excluded`` as merged; ``states`` ascending, what they leave open is unobserved."""
    starts, ends = [span.start for span, _ in states], [span.end for span, _ in states]
    sums = [
        sla.account(
            states[bisect_right(ends, day.start) : bisect_left(starts, day.end)],
            sla.intersect(scheduled, [day]),
            excluded,
        )
        for day in days
    ]
    return Timeline(camera_id, tuple(_kinds(states, scheduled, excluded)), tuple(sums))


def _kinds(
    states: Sequence[tuple[Span, State]], scheduled: Sequence[Span], excluded: Sequence[Span]
) -> list[tuple[Span, TimeKind]]:
    counting = sla.subtract(scheduled, excluded)
    by_kind: dict[TimeKind, list[Span]] = {kind: [] for kind in TimeKind}
    for span, state in states:
        by_kind[KIND_OF[state]] += sla.intersect([span], counting)
    by_kind[TimeKind.UNOBSERVED] += sla.subtract(counting, [span for span, _ in states])
    by_kind[TimeKind.EXCLUDED] = sla.intersect(scheduled, excluded)
    return sorted((span, kind) for kind, spans in by_kind.items() for span in sla.merge(spans))
