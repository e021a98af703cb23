"""When a channel may be used again. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from monitor.alerting.channels import Window

FIRST = timedelta(seconds=5)
LONGEST = timedelta(minutes=5)


def free_at(attempts: Sequence[datetime], windows: Iterable[Window], now: datetime) -> datetime:
    """The first instant, now or later, at which one more attempt keeps to every window; ``attempts`` ascend.

    A window that slides is stricter than a bucket that fills: no span of its length ever has more, wherever it begins.
    """
    free = now
    for most, length in windows:
        if len(attempts) >= most:
            free = max(free, attempts[-most] + length)
    return free


def back_off(tries: int, longest: timedelta = LONGEST) -> timedelta:
    """How long to wait after that many failures in a row: 5 s, twice as long each time, at most ``longest``."""
    return min(longest, FIRST * (1 << min(tries - 1, 10)))
