"""A forecast on the screen, in both languages: what it says, and that nothing in a name can disturb it."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from monitor.language import Language
from monitor.model import Basis, ContractTerms, State
from monitor.render import forecast_to_json, forecast_to_text
from monitor.render.layout import width
from monitor.report import MonthForecast
from tests.test_report_forecast import Told, down, forecast

FLEET = [Told(number) for number in range(4, 40)]
AT_RISK = [*FLEET, down(0, 1, uplink="u1"), down(1, 2, uplink="u1"), down(2, 3)]


def text(found: MonthForecast, language: Language = Language.EN, top: int = 10) -> str:
    return forecast_to_text(found, language, top)


def test_it_says_where_the_month_ends_and_where_to_drive_first() -> None:
    said = text(forecast(AT_RISK, 48))
    for line in (
        "清河镇: forecast for the month's end  2026-06",
        "As of 2026-06-03 00:00, 672 h 00 min before the month ends; recorded until 06-03 00:00",
        "Outlook: at risk",
        "  - online rate so far 92.62%, target 95.00%",
        "  - landing forecast 92.32%: what is down stays down, the others go on at the last day's online rate, 100.00%",
        "  - best case 99.50%: everything up from now on",
        "  - cameras that reach the target by themselves: 36 so far, 36 as it looks, 36 at most, of 39",
        "  - repairs up to trip 1 of the list lift it to the target",
        "Repair list (trips: 2, cameras down: 3, to gain: 2,016 h 00 min)",
        "1. 东村: 2 down, 1,344 h 00 min to gain, then the month ends at 97.11%  <- reaches the target",
        "  all behind one uplink, u1: look there first, it may mend them all",
        "2. 西村: 1 down, 672 h 00 min to gain, then the month ends at 99.50%",
        "Cameras below the target by themselves (3, 3 of them unrecoverable)",
    ):
        assert line in said, line


def test_it_says_the_same_in_chinese() -> None:
    said = text(forecast(AT_RISK, 48), Language.ZH)
    for words in (
        "清河镇月末预测  2026年6月",
        "预计：有风险",
        "月末预测 92.32%：离线的一直离线，其余按最近一天的在线率 100.00% 计",
        "最好情况 99.50%：即日起全部在线",
        "修复清单（2 趟，3 台离线，共可挽回 2,016小时00分）",
        "1. 东村：2 台，可挽回 1,344小时00分",
        "← 到此达标",
        "同一上联：u1，先查此处，可能一修全好",
        "已无法达标",
    ):
        assert words in said, words


@pytest.mark.parametrize("language", Language)
def test_where_nothing_is_down_it_says_so(language: Language) -> None:
    said = text(forecast([Told(0), Told(1)], 48), language)
    assert {Language.EN: "nothing is down", Language.ZH: "没有离线的摄像机"}[language] in said
    assert {Language.EN: "without any repair", Language.ZH: "不再修复也可达标"}[language] in said
    assert {Language.EN: "Repair list", Language.ZH: "修复清单"}[language] not in said


def test_what_is_lost_is_called_lost_and_no_trip_promises_anything() -> None:
    said = text(forecast([down(0, 0), Told(1)], 300))
    assert "Outlook: unrecoverable" in said
    assert "overdrawn by" in said
    assert "lift it" not in said
    assert "reaches the target" not in said


def test_when_all_repairs_together_are_not_enough_it_says_that() -> None:
    # Yesterday was bad for those that stand, too: what is repaired is expected to be no better.
    bad_hours = ((80, State.DOWN), (84, State.UP))
    shaky = [Told(number, bad_hours) for number in range(3)]
    said = text(forecast([*shaky, down(3, 90)], 100))
    assert "Outlook: at risk" in said
    assert "repairing everything that is down does not lift it to the target" in said


def test_only_the_first_trips_are_shown_and_how_to_see_the_others() -> None:
    said = text(forecast(AT_RISK, 48), top=1)
    assert "2. 西村" not in said
    assert "... and more trips: 1; --top 2 shows them all" in said
    assert "Repair list (trips: 2" in said


def test_a_town_without_cameras_says_that_nothing_counts() -> None:
    said = text(forecast([], 48))
    assert "no camera time counts this month" in said
    assert "%" not in said


@pytest.mark.parametrize(
    ("basis", "words"),
    [
        (Basis.FLEET_SECONDS, None),
        (Basis.CAMERA_PASS_SHARE, "settled by the share of such cameras: 92.30% as it looks, 92.30% at most"),
        (Basis.SNAPSHOTS, "settled by inspections"),
    ],
)
def test_another_basis_is_told_beside_the_time(basis: Basis, words: str | None) -> None:
    said = text(forecast(AT_RISK, 48, ContractTerms(zone="UTC", basis=basis)))
    assert (words is None and "settled by" not in said) or (words is not None and words in said)


def test_a_name_cannot_move_the_cursor() -> None:
    found = forecast(AT_RISK, 48)
    evil = replace(found.trips[0], village="东\x1b[2J村", uplink="u\n1")
    said = text(replace(found, trips=(evil,), town="清\x1b河", contract_title="a\tb", contract_id="x"))
    assert "\x1b" not in said
    assert "\t" not in said


def test_tables_fit_a_wide_terminal() -> None:
    for language in Language:
        assert max(map(width, text(forecast(AT_RISK, 48), language).splitlines())) <= 140


def test_json_has_everything_exact_and_no_address() -> None:
    found = forecast(AT_RISK, 48)
    document = json.loads(forecast_to_json(found))
    assert document["format"] == "sharp-eyes-forecast/1"
    told = document["forecast"]
    landing = told["total"]["forecast"]["landing"]
    assert Fraction(landing["numerator"], landing["denominator"]) == found.total.forecast.landing
    assert landing["percent"] == "92.32"
    assert [trip["gain_us"] for trip in told["trips"]] == [trip.gain_us for trip in found.trips]
    assert told["total"]["outlook"] == "at_risk"
    assert len(told["villages"]) == len(found.villages)
    assert "rtsp://" not in json.dumps(document)
