"""Whom the relay asks. Declarations only, so that it knows no engine."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Generator, Mapping
from typing import Protocol

from monitor.alerting import Facts, Left, Place, Spot, Village, Where
from monitor.incidents import BlindSpot, Incident, Rules


class Known(Protocol):
    """What stands behind the relay; every call answers at once from memory."""

    @property
    def running(self) -> asyncio.Event:
        """Set once the record is restored: before that, an incident may be open and not be known."""
        ...

    @property
    def rules(self) -> Rules:
        """How incidents are told apart."""
        ...

    @property
    def blind(self) -> bool:
        """Whether the self-check fails: what cameras do not answer proves nothing."""
        ...

    def facts(self) -> Generator[None, None, tuple[Facts, ...]]:
        """The open incidents, in steps."""
        ...

    def villages(self) -> Generator[None, None, Mapping[Place, Village]]:
        """How the cameras of each village stand, also of one that has none any more, in steps."""
        ...

    def sites(self) -> Generator[None, None, Mapping[Where, Spot]]:
        """How the cameras of each site stand, also of one that has none any more, in steps."""
        ...

    def dark_sites(self) -> Generator[None, None, tuple[BlindSpot, ...]]:
        """The blind spots with their cameras that are in a contract and not at planned work, in steps."""
        ...

    def ended(self) -> Mapping[str, Incident]:
        """The incidents that have ended, by id, unless that is long ago; what became a part of another is in none."""
        ...

    def left(self, camera_ids: Collection[str]) -> Left:
        """How many of these cameras are not well now.

        One that left the inventory is down until somebody confirms that it may; from then on it is in neither count.
        """
        ...

    def incident_of(self, camera_id: str) -> str | None:
        """The open incident that affects the camera."""
        ...

    def trouble(self) -> str | None:
        """What keeps the monitor from doing its duty now, or None."""
        ...
