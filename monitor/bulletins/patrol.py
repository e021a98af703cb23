"""The evening's list: sites that no camera shows, for those who walk the patrol tonight."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.bulletins import words
from monitor.bulletins.situation import Situation, blind_lines, heading
from monitor.language import Count, Language
from monitor.render.layout import clean


def text(situation: Situation, language: Language) -> str:
    """Told also when no site is blind."""
    return "\n".join(_lines(situation, language))


def _lines(situation: Situation, language: Language) -> Iterator[str]:
    tonight = situation.at.astimezone(situation.zone).date()
    yield words.PATROL_TITLE[language].format(town=clean(situation.town), day=tonight.isoformat())
    yield from heading(situation, language)
    if situation.blind_spots:
        yield words.PATROL_SITES[language].format(count=Count(len(situation.blind_spots)))
        yield from blind_lines(situation, language)
    elif situation.watched:
        yield words.PATROL_NONE[language]
