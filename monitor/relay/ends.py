"""Since when alerts that were told are not held by Alertmanager any more: one that stays away so long has ended."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

# A Prometheus that starts anew takes up to ten minutes until an alert fires again that fired before
# (rules.alert.for-grace-period), and a few more until it has scraped and handed it over.
AWAY = timedelta(minutes=14)


class Ends:
    """In memory: after a restart an end is told a little later."""

    def __init__(self) -> None:
        self._away: dict[str, datetime] = {}

    def over(self, open_: Iterable[str], held: Collection[str], now: datetime) -> dict[str, datetime]:
        """Of the open subjects those that have ended, each with when it was missed first."""
        self._away = {
            subject: self._away.get(subject, now) for subject in open_ if subject.rpartition("/")[2] not in held
        }
        return {subject: since for subject, since in self._away.items() if now - since >= AWAY}
