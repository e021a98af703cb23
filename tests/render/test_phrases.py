"""Durations and percentages are cut, never rounded up; local times are the zone's."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from monitor.language import Language
from monitor.model import SECOND_US, micros
from monitor.render.phrases import duration, exact_seconds, local, percent_sign


@pytest.mark.parametrize(
    ("us", "zh", "en"),
    [
        (0, "0秒", "0 s"),
        (SECOND_US - 1, "0秒", "0 s"),
        (59 * SECOND_US, "59秒", "59 s"),
        (61 * SECOND_US, "1分01秒", "1 min 01 s"),
        (3_600 * SECOND_US - 1, "59分59秒", "59 min 59 s"),
        (3_660 * SECOND_US, "1小时01分", "1 h 01 min"),
        (77_760 * 3_600 * SECOND_US, "77,760小时00分", "77,760 h 00 min"),
    ],
)
def test_a_duration_is_cut_to_what_matters(us: int, zh: str, en: str) -> None:
    assert duration(us, Language.ZH) == zh
    assert duration(us, Language.EN) == en


@pytest.mark.parametrize(
    ("us", "text"), [(0, "0"), (SECOND_US, "1"), (1, "0.000001"), (90 * SECOND_US + 500_000, "90.500000")]
)
def test_exact_seconds_lose_nothing(us: int, text: str) -> None:
    assert exact_seconds(us) == text


def test_a_percentage_is_never_rounded_up() -> None:
    assert percent_sign(Fraction(94_999_999, 100_000_000)) == "94.99%"
    assert percent_sign(None) == "—"


def test_a_local_time_drops_the_year_only_where_it_is_clear() -> None:
    at, zone = datetime(2026, 5, 31, 16, 30, tzinfo=UTC), ZoneInfo("Asia/Shanghai")
    assert local(at, zone) == local(micros(at), zone) == "2026-06-01 00:30"
    assert local(at, zone, 2026) == "06-01 00:30"
    assert local(at, zone, 2027) == "2026-06-01 00:30"
