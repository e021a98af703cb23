"""What lasts at one moment, and how a line of it reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.bulletins import words
from monitor.incidents import BlindSpot, Origin, UnseenSite
from monitor.language import Count, Language
from monitor.metrics import IncidentFigures
from monitor.model import micros
from monitor.render.layout import clean
from monitor.render.phrases import duration, local
from monitor.wording import CAUSES, ORIGINS

MOST = 10  # incidents or blind spots named in a text that is read on a telephone


@dataclass(frozen=True, slots=True)
class Known:
    """Of which town and moment a text speaks, and what its record is worth."""

    town: str
    at: datetime
    zone: ZoneInfo
    recorded_until: datetime | None
    simulated: bool
    watched: bool  # whether the record is being written: else nobody knows what lasts


@dataclass(frozen=True, slots=True)
class Situation(Known):
    """What lasts now under a contract."""

    incidents: Sequence[IncidentFigures]  # the open ones, by when they became known
    blind_spots: Sequence[BlindSpot]  # longest first
    unseen: Sequence[UnseenSite]  # sites of which nobody knows whether they have a picture
    unknown: int  # cameras of which nobody knows how they are; some stand at sites that another one shows
    degraded: int  # cameras that are up and show a faulty picture


def heading(known: Known, language: Language) -> Iterator[str]:
    """What must be known before anything else is believed."""
    if known.simulated:
        yield words.SIMULATED[language]
    if not known.watched:
        until = known.recorded_until
        said = words.NOTHING[language] if until is None else local(until, known.zone)
        yield words.NOT_WATCHED[language].format(until=said)


def incident_lines(situation: Situation, language: Language) -> Iterator[str]:
    """The open incidents, most cameras first; at most ``MOST``."""
    shown = sorted(situation.incidents, key=lambda each: (-len(each.incident.camera_ids), each.incident.since_at))
    for number, each in enumerate(shown[:MOST], 1):
        yield f"{number}. {_incident(each, situation, language)}"
    if len(shown) > MOST:
        yield words.MORE[language].format(count=len(shown) - MOST)


def blind_lines(situation: Situation, language: Language) -> Iterator[str]:
    """The blind spots by village, so that a patrol goes to each village once; all of them."""
    for spot in sorted(situation.blind_spots, key=lambda spot: (spot.site.village, spot.site.name)):
        yield words.BLIND[language].format(
            village=clean(spot.site.village) or "—",
            site=clean(spot.site.name),
            since=local(spot.since_at, situation.zone, situation.at.astimezone(situation.zone).year),
            cameras="、".join(clean(camera_id) for camera_id in spot.camera_ids),
        )


def unseen_lines(situation: Situation, language: Language) -> Iterator[str]:
    """The sites of which nobody knows, by village; at most ``MOST``: a blind monitor sees none of thousands."""
    sites = sorted(situation.unseen, key=lambda unseen: (unseen.site.village, unseen.site.name))
    for unseen in sites[:MOST]:
        yield words.UNSEEN[language].format(
            village=clean(unseen.site.village) or "—",
            site=clean(unseen.site.name),
            cameras="、".join(clean(camera_id) for camera_id in unseen.camera_ids),
        )
    if len(sites) > MOST:
        yield words.MORE_UNSEEN[language].format(count=Count(len(sites) - MOST))


def _incident(shown: IncidentFigures, situation: Situation, language: Language) -> str:
    incident = shown.incident
    phrase = words.INCIDENT_CAMERA if incident.suspect.origin is Origin.CAMERA else words.INCIDENT
    line = phrase[language].format(
        origin=ORIGINS[incident.suspect.origin][language],
        name=clean(shown.name),
        village=clean(shown.village or shown.town),
        count=Count(len(incident.camera_ids)),
        cause=CAUSES[incident.cause][language],
        since=local(incident.since_at, situation.zone, situation.at.astimezone(situation.zone).year),
        lasted=duration(micros(situation.at) - micros(incident.since_at), language),
    )
    return line + (words.REPEAT[language] if incident.repeat else "") + _clock(shown, language)


def _clock(shown: IncidentFigures, language: Language) -> str:
    clock = shown.clock
    if clock is None:
        return ""
    if clock.late_cameras:
        return words.LATE[language].format(count=Count(clock.late_cameras))
    return words.LEFT[language].format(left=duration(clock.limit_us - clock.ran_us, language))
