"""What Prometheus' rules and Alertmanager's inhibition do, where there is neither: waiting, storms, quiet.

How long a camera alone, a refused account and a camera that left the inventory are waited for are the numbers of
config/prometheus.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.alerting import (
    MANY_DOWN,
    VILLAGE_DOWN,
    Alert,
    Area,
    Areas,
    Facts,
    Place,
    Steady,
    Storm,
    Village,
    dark_villages,
    storms_in,
    subject_of,
)
from monitor.incidents import Origin

WAITS = {
    Origin.CAMERA: timedelta(seconds=510),  # its first failure was ten minutes ago then
    Origin.CREDENTIALS: timedelta(minutes=3),
    Origin.INVENTORY: timedelta(minutes=10),
}
WIDE = frozenset({Origin.RECORDER, Origin.POWER_CABINET, Origin.UPLINK, Origin.CARRIER_LINE})


@dataclass(frozen=True, slots=True)
class Look:
    """What follows from one look."""

    alerts: tuple[Alert, ...]  # that hold and are quieted by none
    storms: Mapping[Area, Storm]
    firing: frozenset[str]  # subjects of storms and villages, also of those that held a while ago
    waiting: frozenset[str]  # incidents that nobody is told of yet: they are young, or something bigger explains them


class Embedded:
    """One for a process: it remembers since when."""

    def __init__(self) -> None:
        self._areas = Areas()
        self._steady = Steady()

    def look(
        self,
        facts: Mapping[str, Facts],
        storms: Mapping[Area, Storm],
        villages: Mapping[Place, Village],
        told: frozenset[str],
        now: datetime,
    ) -> Look:
        """``told``: the subjects of storms and villages of which people know, and which are not over."""
        every = (*storms_in(storms, villages, now), *dark_villages(villages, _explained(facts.values()), now))
        firing = frozenset(self._areas.look({alert.subject: alert for alert in every}, told, now))
        alerts = tuple(alert for alert in every if alert.subject in firing and not _quiet(alert, firing))
        waits = {key: WAITS[_origin(each)] for key, each in facts.items() if _origin(each) in WAITS and _tells(each)}
        ripe = self._steady.ripe(waits, now)
        waiting = {key for key in waits if key not in ripe or _explains(firing, facts[key])}
        return Look(alerts, storms, firing, frozenset(waiting))


def _origin(facts: Facts) -> Origin:
    return facts.figures.incident.suspect.origin


def _tells(facts: Facts) -> bool:
    return facts.figures.incident.settled and not facts.planned


def _explained(facts: Iterable[Facts]) -> set[Place]:
    """The villages in which a line, cabinet or recorder is presumed to have failed."""
    return {
        (camera.site.county, camera.site.town, camera.site.village)
        for each in facts
        if _origin(each) in WIDE and _tells(each)
        for camera in each.cameras
    }


def _quiet(alert: Alert, firing: frozenset[str]) -> bool:
    """Whether the alert is a village's, and its whole town is told of."""
    return alert.name == VILLAGE_DOWN and subject_of(MANY_DOWN, *alert.place[:2]) in firing


def _explains(firing: frozenset[str], facts: Facts) -> bool:
    """Whether a camera alone is a part of a storm or a dark village."""
    if _origin(facts) is not Origin.CAMERA:
        return False
    sites = [camera.site for camera in facts.cameras]
    return any(
        subject_of(MANY_DOWN, site.county, site.town) in firing
        or subject_of(VILLAGE_DOWN, site.county, site.town, site.village) in firing
        for site in sites
    )
