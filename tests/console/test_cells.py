"""Local times and names with ids."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.console.cells import local, named, zone_note
from monitor.language import Language

LATE = datetime(2026, 3, 28, 16, 30, 5, 999_999, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Asia/Shanghai", "2026-03-29 00:30:05"),
        ("Asia/Urumqi", "2026-03-28 22:30:05"),
        ("Europe/Berlin", "2026-03-28 17:30:05"),
    ],
)
def test_an_instant_is_shown_as_the_clock_on_the_wall_there_showed_it(zone: str, shown: str) -> None:
    assert local(LATE, ZoneInfo(zone)) == shown


def test_whose_time_it_is_stands_below() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    assert zone_note(zone, Language.ZH) == "时间均为当地时间（Asia/Shanghai）"
    assert zone_note(zone, Language.EN) == "all times are local (Asia/Shanghai)"


@pytest.mark.parametrize(
    ("name", "thing_id", "shown"),
    [
        ("村口 1 号", "c1", "村口 1 号 <small>c1</small>"),
        ("", "c1", "c1"),
        ("c1", "c1", "c1"),
        ("<b>", '"&', "&lt;b&gt; <small>&quot;&amp;</small>"),
    ],
)
def test_a_thing_has_its_name_and_its_id_in_small(name: str, thing_id: str, shown: str) -> None:
    assert named(name, thing_id) == shown
