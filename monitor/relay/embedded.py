"""What Prometheus' rules and Alertmanager's inhibition do, where there is neither: waiting, storms, dark places, quiet.

How long a camera alone, a refused account, cameras nobody watches and those that left the inventory are waited for are
the numbers of config/prometheus.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from monitor.alerting import (
    BLIND_SPOT,
    Alert,
    Areas,
    Facts,
    Record,
    Steady,
    Where,
    blind_counties,
    dark_sites,
    dark_villages,
    explains,
    lasts,
    storms_in,
)
from monitor.incidents import BlindSpot, Origin
from monitor.model import Camera

WAITS = {
    Origin.CAMERA: timedelta(seconds=510),  # its first failure was ten minutes ago then
    Origin.CREDENTIALS: timedelta(minutes=3),
    Origin.MONITOR: timedelta(minutes=5),
    Origin.INVENTORY: timedelta(minutes=10),
}
WIDE = frozenset({Origin.RECORDER, Origin.POWER_CABINET, Origin.UPLINK, Origin.CARRIER_LINE})

BLOCK = 100  # alerts made before others have their turn


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known at one look."""

    facts: Mapping[str, Facts]
    record: Record
    dark: Sequence[BlindSpot]


@dataclass(frozen=True, slots=True)
class Look:
    """What follows from one look."""

    alerts: tuple[Alert, ...]  # that hold and are quieted by none
    record: Record
    firing: frozenset[str]  # their subjects, also of those that are quieted or held a while ago
    waiting: frozenset[str]  # incidents that nobody is told of yet: they are young, or something bigger explains them


class Embedded:
    """One for a process: it remembers since when."""

    def __init__(self) -> None:
        self._areas = Areas()
        self._steady = Steady()

    def look(self, seen: Seen, told: Mapping[str, Where], now: datetime) -> Generator[None, None, Look]:
        """In steps, for thousands may be dark. ``told``: subjects of ``Look.alerts`` that people know to be open."""
        facts, record = seen.facts, seen.record
        wide = {camera.id: camera for camera in _behind_wide(facts.values())}
        found = chain(
            storms_in(record.storms, record.villages, now),
            dark_villages(record.villages, (camera.site.place for camera in wide.values()), now),
            blind_counties(record.unwatched, now),
            dark_sites((spot for spot in seen.dark if not wide.keys() >= {*spot.camera_ids}), now),
        )
        holding = yield from _in_steps((alert.subject, alert) for alert in found)
        lasting = [subject for subject, where in told.items() if lasts(subject, where, record)]
        firing = frozenset(self._areas.look(holding, told, lasting, now))
        loud = (pair for pair in holding.items() if pair[0] in firing and not _explained(firing, pair[1]))
        alerts = yield from _in_steps(loud)
        # Of a monitor that is blind the alerts by county tell.
        blindness = {key for key, each in facts.items() if record.blind and _origin(each) is Origin.MONITOR}
        young = {key: each for key, each in facts.items() if _origin(each) in WAITS and _tells(each)}
        ripe = self._steady.ripe(
            {key: WAITS[_origin(each)] for key, each in young.items() if key not in blindness}, now
        )
        waiting = {key for key, each in young.items() if key not in ripe or _explains(firing, each)}
        return Look(tuple(alerts.values()), record, firing, frozenset(waiting | blindness))


def _in_steps(pairs: Iterable[tuple[str, Alert]]) -> Generator[None, None, dict[str, Alert]]:
    found: dict[str, Alert] = {}
    for nth, (subject, alert) in enumerate(pairs, 1):
        found[subject] = alert
        if nth % BLOCK == 0:
            yield
    return found


def _explained(firing: frozenset[str], alert: Alert) -> bool:
    return explains(firing, alert.name, *alert.place)


def _origin(facts: Facts) -> Origin:
    return facts.figures.incident.suspect.origin


def _tells(facts: Facts) -> bool:
    return facts.figures.incident.settled and not facts.planned


def _behind_wide(facts: Iterable[Facts]) -> Iterator[Camera]:
    """The cameras whose line, cabinet or recorder is presumed to have failed."""
    return (camera for each in facts if _origin(each) in WIDE and _tells(each) for camera in each.cameras)


def _explains(firing: frozenset[str], facts: Facts) -> bool:
    """Whether a camera alone is a part of something wider, as the site it stands at would be."""
    alone = _origin(facts) is Origin.CAMERA
    return alone and any(explains(firing, BLIND_SPOT, *camera.site.place) for camera in facts.cameras)
