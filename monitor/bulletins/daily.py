"""The morning's report (日报): yesterday, what is broken now, and where the month stands."""

from __future__ import annotations

from collections.abc import Iterator

from monitor import sla
from monitor.bulletins import words
from monitor.bulletins.situation import Situation, blind_lines, heading, incident_lines, unseen_lines
from monitor.language import Count, Language
from monitor.render.forecast_words import NOTHING_SEEN, OUTLOOKS
from monitor.render.layout import clean
from monitor.render.phrases import duration, percent_sign
from monitor.report import DayFigures, MonthForecast


def text(day: DayFigures, ahead: MonthForecast, situation: Situation, language: Language) -> str:
    """Told also when nothing is wrong: the zero report."""
    return "\n".join(_lines(day, ahead, situation, language))


def _lines(day: DayFigures, ahead: MonthForecast, situation: Situation, language: Language) -> Iterator[str]:
    yield words.DAILY_TITLE[language].format(town=clean(day.total.name), day=day.day.isoformat())
    yield from heading(situation, language)
    yield from _yesterday(day, ahead, language)
    total = ahead.total
    yield words.NOW[language].format(down=total.down, unknown=situation.unknown, cameras=Count(total.cameras))
    if situation.degraded:
        yield words.DEGRADED[language].format(count=Count(situation.degraded))
    if total.known:
        yield words.MONTH_LINE[language].format(
            rate=percent_sign(total.rate),
            landing=percent_sign(total.forecast.landing),
            outlook=OUTLOOKS[total.outlook][language],
        )
    else:
        yield NOTHING_SEEN[language]
    if situation.incidents:
        yield words.OPEN[language].format(count=len(situation.incidents))
        yield from incident_lines(situation, language)
    if situation.blind_spots:
        yield words.BLIND_COUNT[language].format(count=len(situation.blind_spots))
        yield from blind_lines(situation, language)
    if situation.unseen:
        yield words.UNSEEN_COUNT[language].format(count=len(situation.unseen))
        yield from unseen_lines(situation, language)
    if situation.watched and not (
        situation.incidents or situation.blind_spots or situation.unknown or situation.degraded
    ):
        yield words.ALL_WELL[language]


def _yesterday(day: DayFigures, ahead: MonthForecast, language: Language) -> Iterator[str]:
    total = day.total
    yield words.DAILY_RATE[language].format(
        rate=percent_sign(total.rates.online),
        target=percent_sign(ahead.terms.target),
        coverage=percent_sign(sla.coverage(total.seconds)),
        cameras=Count(total.cameras),
    )
    if day.outages:
        yield words.DAILY_OUTAGES[language].format(
            fell=Count(day.fell), returned=day.returned, down=duration(total.seconds.down, language)
        )
    else:
        yield (words.DAILY_NONE if total.seconds.observed else words.DAILY_UNSEEN)[language]
