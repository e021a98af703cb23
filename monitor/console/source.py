"""Whom the console asks. Declarations only, so that the console knows no engine."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from monitor.metrics import Ended, Metrics, TownView
from monitor.model import Secret, Transition
from monitor.notify import Listed, Waiting


class Source(Protocol):
    """What stands behind the console; every call but ``reload`` answers at once from memory."""

    @property
    def metrics(self) -> Metrics:
        """The monitor's own counters."""
        ...

    def town_view(self, kinds: Sequence[str]) -> Generator[None, None, TownView]:
        """The town as it is now with these kinds of groups, in steps: whoever asks lets others have their turn."""
        ...

    def ended_incidents(self, since_at: datetime, most: int) -> Generator[None, None, Ended]:
        """What has ended after an instant, the latest first and at most so many; in steps."""
        ...

    def healthy(self) -> str | None:
        """None while the monitor does its duty, else what is wrong (a restart may help)."""
        ...

    def ready(self) -> str | None:
        """None once the figures shown are meant, else what is still missing."""
        ...

    async def reload(self) -> tuple[bool, str]:
        """Read settings and inventory again, one request at a time: were they taken, and what to tell who asked."""
        ...

    def recent_transitions(self, after: int, limit: int) -> list[tuple[int, Transition]]:
        """At most ``limit`` published transitions numbered above ``after``, oldest first."""
        ...


class Alerts(Protocol):
    """The relay, as far as the console knows it."""

    @property
    def token(self) -> Secret | None:
        """With which Alertmanager calls; None: it is not to call."""
        ...

    @property
    def zone(self) -> ZoneInfo:
        """In which people are shown times."""
        ...

    @property
    def ready(self) -> bool:
        """Whether the incidents are known by now."""
        ...

    async def call(self, body: bytes) -> None:
        """Take in a call of Alertmanager; ValueError and UnknownReceiver: wrong.

        OutboxUnavailable, AlertmanagerUnavailable and CallAgain: it should try again.
        """
        ...

    async def listed(self) -> tuple[Waiting, list[Listed]]:
        """What waits, and the latest messages; OutboxUnavailable."""
        ...
