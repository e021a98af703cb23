"""The report and the forecast as JSON, for programs: everything in it, exact, and the same bytes for the same report.

Instants are integer microseconds since 1970-01-01 UTC, durations integer microseconds, ratios a pair of integers with
the percentage as it is displayed, points and money decimals as text. Field names are those of the values in
``monitor.report``. Addresses of devices are left out of the cameras: this file is handed around.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from hashlib import sha256
from typing import Final, TypeAlias

from monitor.model import MICROSECOND, micros
from monitor.report import MonthForecast, Report
from monitor.sla import percent

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"

FORMAT: Final = "sharp-eyes-report/1"
FORECAST_FORMAT: Final = "sharp-eyes-forecast/1"
KEPT_BACK: Final = frozenset({"url", "credentials"})


def to_json(report: Report) -> bytes:
    """The whole report as UTF-8 with sorted keys; ends in a line feed."""
    return _document({"format": FORMAT, "report": _plain(report)})


def forecast_to_json(forecast: MonthForecast) -> bytes:
    """The whole forecast in the same form."""
    return _document({"format": FORECAST_FORMAT, "forecast": _plain(forecast)})


def digest(value: object) -> str:
    """SHA-256 of a report's value as it stands in the JSON file: keys sorted, no spaces, UTF-8; 64 hex digits."""
    text = json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode("utf-8", "replace")).hexdigest()


def _document(document: dict[str, Json]) -> bytes:
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
    return text.encode("utf-8", "replace") + b"\n"


def _plain(value: object) -> Json:
    match value:
        case Enum():
            return _plain(value.value)
        case None | bool() | int() | str():
            return value
        case Fraction():
            return {"numerator": value.numerator, "denominator": value.denominator, "percent": percent(value)}
        case datetime():
            return micros(value)
        case tuple() if hasattr(value, "_asdict"):
            return {name: _plain(part) for name, part in value._asdict().items()}
        case tuple() | frozenset():
            parts = [_plain(part) for part in value]
            return sorted(parts, key=str) if isinstance(value, frozenset) else parts
        case _ if is_dataclass(value):
            names = (field.name for field in fields(value) if field.name not in KEPT_BACK)
            return {name: _plain(getattr(value, name)) for name in names}
        case _:
            return _simple(value)


def _simple(value: object) -> Json:
    match value:
        case date() | time():  # local: they have no instant
            return value.isoformat()
        case timedelta():
            return value // MICROSECOND
        case Decimal():
            return str(value)
        case _:
            raise TypeError(f"no JSON form for {type(value).__name__}")
