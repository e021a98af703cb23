"""The series of open incidents and blind spots: sparse, and bounded however much goes down at once.

Only what cameras belong to has a series for each of them, and is written in steps.

An incident has its series once it is settled: before, it may turn out to be a part of a wider one, and whoever alerts
on it would send thirty messages and then take back twenty-nine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from monitor.alerting import IncidentFigures, Severity
from monitor.incidents import BlindSpot, Origin
from monitor.metrics.text import BLOCK, Family, labels
from monitor.metrics.view import PlaceFigures, TownView
from monitor.model import SECOND_US

MOST = 1000  # incidents with series of their own, the most urgent ones; and sites, the longest dark ones


@dataclass(frozen=True, slots=True)
class _Column(Family):
    value: Callable[[IncidentFigures], float | None]


CAMERAS = _Column(
    "sharpeyes_incident_cameras",
    "gauge",
    "How many cameras an open incident affects; the scope is its presumed origin.",
    lambda shown: len(shown.incident.camera_ids),
)
OTHERS = (
    _Column(
        "sharpeyes_incident_start_timestamp_seconds",
        "gauge",
        "The first failing second of an open incident.",
        lambda shown: shown.incident.since_at.timestamp(),
    ),
    _Column(
        "sharpeyes_incident_confidence_ratio",
        "gauge",
        "How much speaks for the presumed origin of an open incident, 0 to 1.",
        lambda shown: shown.incident.confidence,
    ),
    _Column(
        "sharpeyes_incident_falls",
        "gauge",
        "How often an open incident went down; more than 1 = flapping.",
        lambda shown: shown.incident.falls,
    ),
    _Column(
        "sharpeyes_incident_repair_near",
        "gauge",
        "1 while little is left to repair a camera that is not late yet, though others may be; else 0.",
        lambda shown: None if shown.clock is None else int(shown.clock.near),
    ),
    _Column(
        "sharpeyes_incident_repair_limit_seconds",
        "gauge",
        "The repair limit that comes first in an open incident; absent where no contract sets one.",
        lambda shown: None if shown.clock is None else shown.clock.limit_us / SECOND_US,
    ),
    _Column(
        "sharpeyes_incident_repair_clock_seconds",
        "gauge",
        "What the repair clock of that camera shows.",
        lambda shown: None if shown.clock is None else shown.clock.ran_us / SECOND_US,
    ),
)
LEFT_OUT = Family(
    "sharpeyes_incidents_left_out", "gauge", "Open incidents without series of their own: too many are open."
)
OPEN = Family("sharpeyes_incidents_open", "gauge", "Open incidents by presumed origin, young ones too.")
BLIND = Family("sharpeyes_blind_spots", "gauge", "Sites that no camera shows.")
BLIND_SINCE = Family(
    "sharpeyes_blind_spot_start_timestamp_seconds", "gauge", "Since when no camera has shown a site; the longest first."
)
PLACES = Family(
    "sharpeyes_place_up",
    "gauge",
    "1 = the probe address of a place answers, 0 = it is silent; absent while it cannot be asked.",
)
MEMBERS = Family(
    "sharpeyes_camera_incident",
    "gauge",
    "1 while an open incident affects the camera; the scope is its presumed origin.",
)


def incident_pieces(town: TownView) -> Iterator[bytes]:
    """All of it. An empty piece ends a step: others may have their turn."""
    yield _incidents(town)
    yield PLACES.head() + PLACES.samples(map(_place, town.places), [_answers(place) for place in town.places])
    yield MEMBERS.head()
    members = _members(town)
    while block := list(islice(members, BLOCK)):
        yield b""
        yield MEMBERS.samples(block, [1] * len(block))


def _incidents(town: TownView) -> bytes:
    every = sorted((shown for shown in town.incidents if shown.incident.settled), key=_urgency)
    settled = every[:MOST]
    full = [_full(shown) for shown in settled]
    alone = [labels(incident=shown.incident.id) for shown in settled]
    dark = town.blind_spots[:MOST]
    counts = dict.fromkeys(Origin, 0)
    for shown in town.incidents:
        counts[shown.incident.suspect.origin] += 1
    return b"".join(
        [
            CAMERAS.head() + CAMERAS.samples(full, map(CAMERAS.value, settled)),
            *(family.head() + family.samples(alone, map(family.value, settled)) for family in OTHERS),
            OPEN.head() + OPEN.samples((labels(scope=origin.value) for origin in counts), counts.values()),
            LEFT_OUT.single(len(every) - len(settled)),
            BLIND.single(len(town.blind_spots)),
            BLIND_SINCE.head() + BLIND_SINCE.samples(map(_site, dark), [spot.since_at.timestamp() for spot in dark]),
        ]
    )


def _members(town: TownView) -> Iterator[str]:
    for shown in town.incidents:
        if shown.incident.settled:
            scope = shown.incident.suspect.origin.value
            for camera_id in shown.incident.camera_ids:
                yield labels(camera_id=camera_id, incident=shown.incident.id, scope=scope)


def _place(place: PlaceFigures) -> str:
    return labels(scope=place.origin.value, name=place.name)


def _answers(place: PlaceFigures) -> int | None:
    return None if place.reachable is None else int(place.reachable)


def _site(spot: BlindSpot) -> str:
    site = spot.site
    return labels(site_id=site.id, county=site.county, town=site.town, village=site.village, site=site.name)


def _urgency(shown: IncidentFigures) -> tuple[bool, bool, int, str]:
    """The critical ones, then those late or nearly late, then those with the most cameras."""
    clock, cameras = shown.clock, len(shown.incident.camera_ids)
    in_time = clock is None or not (clock.late_cameras or clock.near)
    return shown.severity is not Severity.CRITICAL, in_time, -cameras, shown.incident.id


def _full(shown: IncidentFigures) -> str:
    return labels(
        incident=shown.incident.id,
        scope=shown.incident.suspect.origin.value,
        cause=shown.incident.cause.value,
        severity=shown.severity.value,
        county=shown.county,
        town=shown.town,
        village=shown.village,
        site=shown.site,
        name=shown.name,
    )
