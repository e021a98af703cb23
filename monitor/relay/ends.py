"""Since when alerts that were told are not held by Alertmanager any more: one that stays away so long has ended.

The one rule for the ends of alerts without an incident. A "resolved" is no end: Alertmanager also says it when
Prometheus has gone, and Prometheus when the monitor was away. What does not fire may be waiting for its ``for``, which
begins anew then; so an end is believed once the alert has been away, without a break in looking, for longer than that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from math import inf
from types import MappingProxyType

from monitor.notify import Held

# After a break an alert fires again once its ``for`` has passed: ten minutes at most, but for these. (Clocks are also
# looked at once an hour only.)
USUAL = timedelta(minutes=10)
SLOW: Mapping[str, timedelta] = MappingProxyType(
    {
        "SharpEyesBudgetShrinking": timedelta(minutes=15),
        "SharpEyesManyUnknown": timedelta(minutes=15),
        "SharpEyesNotificationsFailing": timedelta(minutes=15),
        "SharpEyesCoverageLow": timedelta(minutes=30),
        "SharpEyesDayCoverageLow": timedelta(minutes=30),
        "SharpEyesMessagesWaiting": timedelta(minutes=30),
        "SharpEyesClockDrift": timedelta(minutes=70),
        "SharpEyesForecastBelowTarget": timedelta(hours=2),
    }
)
HANDED_OVER = timedelta(minutes=4)  # and it has been scraped, judged and handed over
BREAK = timedelta(minutes=7)  # the watchdog calls every five or six: nobody knows what was between looks farther apart


class Ends:
    """In memory: after a restart an end is told a little later."""

    def __init__(self) -> None:
        self._away: dict[str, tuple[float, datetime]] = {}
        self._looked = -inf
        self._watched_since = ""

    def fire(self, subjects: Iterable[str]) -> None:
        """These were called for just now."""
        for subject in subjects:
            self._away.pop(subject, None)

    def over(self, open_: Iterable[str], held: Held, monotonic: float, now: datetime) -> dict[str, datetime]:
        """Of the open subjects those that have ended, each with when it was missed first; both clocks say now.

        A subject that is left out, because nothing can be known of it or the record sees it last, is waited for anew.
        """
        unbroken = monotonic - self._looked <= BREAK.total_seconds() and held.watched_since == self._watched_since
        if not unbroken:
            self._away = {}
        self._looked, self._watched_since = monotonic, held.watched_since
        away = [one for one in open_ if one.rpartition("/")[2] not in held.fingerprints]
        self._away = {subject: self._away.get(subject, (monotonic, now)) for subject in away}
        return {
            subject: missed_at
            for subject, (since, missed_at) in self._away.items()
            if monotonic - since >= patience(subject).total_seconds()
        }


def patience(subject: str) -> timedelta:
    """How long an alert has to be away until it is over."""
    return SLOW.get(subject.partition("/")[0], USUAL) + HANDED_OVER
