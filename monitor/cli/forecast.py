"""``sharp-eyes forecast``: where the running month will end, and which repairs gain most."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.calendar import month_of, month_span, parse_month
from monitor.cli import texts
from monitor.cli.choosing import one_contract
from monitor.cli.exits import Exit
from monitor.clock import SystemClock
from monitor.language import Language
from monitor.model import micros
from monitor.render import forecast_to_json, forecast_to_text
from monitor.reporting import month_forecast
from monitor.settings import load_settings

TRIPS = 10  # of the repair list, as text; JSON has them all


class Form(StrEnum):
    """What a forecast can be written as."""

    TEXT = "text"
    JSON = "json"


def forecast(
    month: str | None, config: Path, form: str, language: Language, *, contract: str | None, top: int | None
) -> int:
    """Print the forecast of the month that runs, whatever it says; any other month is refused."""
    if form not in set(Form):
        print(texts.BAD_FORECAST_FORMAT[language].format(format=form), file=sys.stderr)
        return Exit.USAGE
    settings, now = load_settings(config, None), SystemClock().now()
    about = one_contract(settings.contracts, contract, language)
    if about is None:
        return Exit.USAGE
    zone = ZoneInfo(about.terms.zone)
    when = month_of(now, zone)
    if month is not None:
        try:
            when = parse_month(month)
        except ValueError:
            print(texts.BAD_MONTH[language].format(month=month), file=sys.stderr)
            return Exit.USAGE
        if wrong := _not_running(when, now, zone, language):
            print(wrong, file=sys.stderr)
            return Exit.USAGE
    found = month_forecast(settings, about, when, now)
    if form == Form.JSON:
        shown = found if top is None else replace(found, trips=found.trips[:top])
        sys.stdout.buffer.write(forecast_to_json(shown))
    else:
        text = forecast_to_text(found, language, TRIPS if top is None else top)
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    return Exit.OK


def _not_running(month: tuple[int, int], now: datetime, zone: ZoneInfo, language: Language) -> str | None:
    """Why there is nothing to forecast for the month; None if it runs."""
    span, name = month_span(*month, zone), f"{month[0]}-{month[1]:02}"
    if micros(now) >= span.end:
        return texts.MONTH_IS_OVER[language].format(month=name)
    if micros(now) < span.start:
        return texts.MONTH_NOT_BEGUN[language].format(month=name)
    return None
