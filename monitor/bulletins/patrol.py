"""The evening's list: sites that no camera shows, for those who walk the patrol tonight."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.bulletins import words
from monitor.bulletins.situation import Situation, blind_lines, heading
from monitor.language import Count, Language
from monitor.render.layout import clean
from monitor.settings import PATROL_LEAVES


def text(situation: Situation, language: Language) -> str:
    """Told also when no site is blind."""
    return "\n".join(_lines(situation, language))


def _lines(situation: Situation, language: Language) -> Iterator[str]:
    local = situation.at.astimezone(situation.zone)
    yield words.PATROL_TITLE[language].format(town=clean(situation.town), day=local.date().isoformat())
    yield from heading(situation, language)
    if situation.blind_spots:
        phrase = words.PATROL_SITES if local.time() < PATROL_LEAVES else words.PATROL_SITES_LATE
        yield phrase[language].format(count=Count(len(situation.blind_spots)), leaves=f"{PATROL_LEAVES:%H:%M}")
        yield from blind_lines(situation, language)
    elif situation.watched:
        yield words.PATROL_NONE[language]
