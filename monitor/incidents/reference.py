"""To which incident each outage belongs, from what was told: how a report and a person's act refer to incidents."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.incidents.fold import Incidents
from monitor.incidents.values import Incident, News, Origin, Part, Rules
from monitor.model import Travelling


@dataclass(frozen=True, slots=True)
class Reference(Travelling):
    """An incident as others refer to it."""

    id: str
    origin: Origin  # presumed
    name: str  # of the recorder, cabinet, uplink, carrier or account; the camera's id


class References:
    """The incident of every outage that was told."""

    def __init__(self, found: Mapping[str, list[tuple[datetime, Reference]]]) -> None:
        """By camera, the starts of its faults ascending, each with its incident."""
        self._found = found

    def of(self, camera_id: str, start_at: datetime) -> Reference | None:
        """Of an outage by its first instant; None: nothing was told of it.

        What nobody watched may lie within a fault: the outage after it belongs to the incident of the one before.
        """
        starts = self._found.get(camera_id, [])
        number = bisect_right(starts, start_at, key=lambda fault: fault[0])
        return starts[number - 1][1] if number else None


def references(told: Iterable[tuple[datetime, News]], rules: Rules) -> References:
    """Fold what became known when, in that order, and keep of every outage where it belongs."""
    found: dict[str, list[tuple[datetime, Reference]]] = {}

    def keep(incident: Incident, parts: Iterable[Part]) -> None:
        about = Reference(incident.id, incident.suspect.origin, incident.suspect.name)
        for part in parts:
            if part.down:
                found.setdefault(part.camera_id, []).append((part.start_at, about))

    incidents = Incidents(rules, keep)
    for known_at, news in told:
        incidents.note(known_at, news)
    for incident, parts in incidents.finish():
        keep(incident, parts)
    for faults in found.values():
        faults.sort(key=lambda fault: fault[0])
    return References(found)


def rules_for(max_gap: timedelta) -> Rules:
    """The usual rules; outages are taken to start together within the time in which every camera has been asked."""
    usual = Rules()
    return Rules(together=max(usual.together, max_gap))
