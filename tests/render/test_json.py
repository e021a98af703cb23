"""The report as a program reads it: everything, exact, and the same bytes each time."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

from monitor.model import InventoryChange, micros
from monitor.render import to_json
from monitor.report import Report
from tests.render.samples import CAMERAS, JULY, JUNE, RECORD, report


def parsed() -> Any:
    return json.loads(to_json(report()))


def test_everything_in_the_report_is_there() -> None:
    document = parsed()
    assert document["format"] == "sharp-eyes-report/1"
    assert set(document["report"]) == {field.name for field in fields(Report)}
    assert len(document["report"]["cameras"]) == 5
    assert document["report"]["simulated"] is True


def test_numbers_are_exact_integers() -> None:
    found = parsed()["report"]
    assert found["period"] == {"start": micros(JUNE), "end": micros(JULY)}
    seconds = found["total"]["seconds"]
    assert sum(seconds.values()) == 5 * 30 * 86_400 * 1_000_000
    online = found["total"]["rates"]["online"]
    assert Fraction(online["numerator"], online["denominator"]) == report().total.rates.online
    assert online["percent"] == "94.59"

    def floats(value: Any) -> bool:
        match value:
            case dict():
                return any(map(floats, value.values()))
            case list():
                return any(map(floats, value))
            case _:
                return isinstance(value, float)

    assert not floats(found)


def test_keys_are_sorted_and_the_bytes_are_the_same_each_time() -> None:
    data = to_json(report())
    assert data == to_json(report(now=JULY + timedelta(days=30)))
    assert data == json.dumps(json.loads(data), ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def test_addresses_of_devices_are_not_handed_around() -> None:
    moved = InventoryChange(JUNE, "qh-001", CAMERAS[0], replace(CAMERAS[0], url="rtsp://127.0.0.1/new"))
    data = to_json(report(record=replace(RECORD, changes=(moved,))))
    assert b"rtsp://" not in data
    assert {"field": "url", "before": "***", "after": "***"} in json.loads(data)["report"]["changes"][0]["fields"]
