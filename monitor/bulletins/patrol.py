"""The evening's list: sites that no camera shows, for those who walk the patrol tonight."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.bulletins import words
from monitor.bulletins.situation import Situation, blind_lines, heading, unseen_lines
from monitor.language import Count, Language
from monitor.render.layout import clean
from monitor.settings import PATROL_LEAVES


def text(situation: Situation, language: Language) -> str:
    """Told also when no site is blind; that none is only where every site is known to be shown."""
    return "\n".join(_lines(situation, language))


def _lines(situation: Situation, language: Language) -> Iterator[str]:
    local = situation.at.astimezone(situation.zone)
    yield words.PATROL_TITLE[language].format(town=clean(situation.town), day=local.date().isoformat())
    yield from heading(situation, language)
    if situation.blind_spots:
        phrase = words.PATROL_SITES if local.time() < PATROL_LEAVES else words.PATROL_SITES_LATE
        yield phrase[language].format(count=Count(len(situation.blind_spots)), leaves=f"{PATROL_LEAVES:%H:%M}")
        yield from blind_lines(situation, language)
    if situation.unseen:
        yield words.PATROL_UNSEEN[language].format(count=Count(len(situation.unseen)))
        yield from unseen_lines(situation, language)
    if situation.watched and not situation.blind_spots and not situation.unseen:
        yield words.PATROL_NONE[language]
