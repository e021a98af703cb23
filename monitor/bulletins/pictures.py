"""The vendor's list (画面与设备): cameras that answer and show a faulty picture, and devices that are not as they were.

Neither is an outage, so no incident tells of it. It is sent in working hours, and only where there is something to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.bulletins import words
from monitor.bulletins.situation import Known, heading
from monitor.language import Language
from monitor.model import Camera, FindingKind, FindingSpan, Transition
from monitor.render.layout import clean
from monitor.render.phrases import local
from monitor.wording import CAUSES, FINDINGS, finding_numbers

MOST = 15  # cameras and devices named each: a text is read on a telephone


@dataclass(frozen=True, slots=True)
class ToSeeTo:
    """What is odd about cameras that are up, by the record."""

    known: Known
    pictures: Sequence[tuple[Camera, Transition]]  # with what made it DEGRADED; longest first
    devices: Sequence[tuple[Camera, FindingSpan]]  # what lasts of it; latest first


def text(found: ToSeeTo, language: Language) -> str:
    """Also where there is nothing; then nobody need be sent it."""
    return "\n".join(_lines(found, language))


def _lines(found: ToSeeTo, language: Language) -> Iterator[str]:
    known = found.known
    day = known.at.astimezone(known.zone).date()
    yield words.PICTURES_TITLE[language].format(town=clean(known.town), day=day.isoformat())
    yield from heading(known, language)
    if found.pictures:
        yield words.PICTURES[language].format(count=len(found.pictures))
        for camera, move in found.pictures[:MOST]:
            yield _line(known, camera, CAUSES[move.cause][language], move, language)
        yield from _rest(len(found.pictures), language)
    if found.devices:
        yield words.DEVICES[language].format(count=len(found.devices))
        for camera, span in found.devices[:MOST]:
            yield _line(known, camera, _finding(span, language), span, language)
        yield from _rest(len(found.devices), language)
    if known.watched and not found.pictures and not found.devices:
        yield words.PICTURES_NONE[language]


def _line(known: Known, camera: Camera, what: str, since: Transition | FindingSpan, language: Language) -> str:
    began = since.at if isinstance(since, Transition) else since.since_at
    return words.ODD[language].format(
        village=clean(camera.site.village) or "—",
        name=clean(camera.name),
        id=clean(camera.id),
        what=what,
        since=local(began, known.zone, known.at.astimezone(known.zone).year),
    )


def _finding(span: FindingSpan, language: Language) -> str:
    """With its numbers; but no address of a stream goes into a message."""
    named = FINDINGS[span.finding.kind][language]
    numbers = "" if span.finding.kind is FindingKind.STREAM_CHANGED else finding_numbers(span.finding, language)
    return f"{named} {clean(numbers)}".strip()


def _rest(count: int, language: Language) -> Iterator[str]:
    if count > MOST:
        yield words.MORE_FINDINGS[language].format(count=count - MOST)
