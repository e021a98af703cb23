"""Where the month will end, and which trips gain most: the forecast in a few lines."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.bulletins import words
from monitor.bulletins.situation import Situation, heading
from monitor.language import Count, Language
from monitor.render.forecast_words import NOTHING_SEEN, OUTLOOKS
from monitor.render.layout import clean
from monitor.render.phrases import duration, percent_sign
from monitor.report import MonthForecast

TRIPS = 5


def text(ahead: MonthForecast, situation: Situation, language: Language) -> str:
    """The conclusion, then what to repair first."""
    return "\n".join(_lines(ahead, situation, language))


def _lines(ahead: MonthForecast, situation: Situation, language: Language) -> Iterator[str]:
    total = ahead.total
    yield words.MONTH_TITLE[language].format(town=clean(ahead.town), month=f"{ahead.year}-{ahead.month:02}")
    yield from heading(situation, language)
    outlook = OUTLOOKS[total.outlook] if total.known else NOTHING_SEEN
    yield words.MONTH_TARGET[language].format(target=percent_sign(ahead.terms.target), outlook=outlook[language])
    if total.known:
        yield words.MONTH_RATES[language].format(
            rate=percent_sign(total.rate),
            landing=percent_sign(total.forecast.landing),
            best=percent_sign(total.forecast.best),
        )
    if not ahead.trips and situation.watched and not situation.unknown:
        yield words.NOTHING_DOWN[language]
    if ahead.trips:
        yield from _trips(ahead, language)
    if situation.unknown:
        yield words.STILL_UNKNOWN[language].format(count=Count(situation.unknown))


def _trips(ahead: MonthForecast, language: Language) -> Iterator[str]:
    yield words.TRIPS[language].format(shown=min(TRIPS, len(ahead.trips)), count=Count(len(ahead.trips)))
    for number, trip in enumerate(ahead.trips[:TRIPS], 1):
        yield words.TRIP[language].format(
            number=number,
            village=clean(trip.village) or "—",
            cameras=Count(len(trip.repairs)),
            gain=duration(trip.gain_us, language),
            landing=percent_sign(trip.landing),
        )
