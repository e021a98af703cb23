"""The preview draws what a file and Prometheus say, and says what it cannot draw."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.model import Colour
from dashboards.preview.asking import Series
from dashboards.preview.drawing import Frame, inside
from dashboards.preview.page import on_step
from dashboards.preview.reading import Shown, filled, read
from dashboards.preview.tables import table
from dashboards.preview.values import answers, hue, ink, ticks, written
from monitor.errors import SharpEyesError
from tests.dashboards.boards import CHINESE, FILES

FRAME = Frame(width=600, height=200, start=0.0, end=3600.0, step=60.0, zone="Asia/Shanghai")


def panel(board: str, title: str) -> Shown:
    (wall,) = [read(path) for path in CHINESE if path.stem == board]
    (found,) = [each for each in wall.panels if each.title == title]
    return found


def test_a_number_is_written_with_its_unit() -> None:
    assert written(0.94996, "percentunit", 2) == "95.00%"
    assert written(90061.0, "dtdhms", None) == "1 d 01:01:01"
    assert written(0.03, "s", 2) == "30.00 ms"
    assert written(3.0, "suffix: 台", 0) == "3 台"
    assert written(2 * 1024.0**2, "bytes", 1) == "2.0 MiB"


def test_choices_are_filled_in_as_a_regular_expression_only_where_there_are_several() -> None:
    assert filled('x{v=~"$v"}', {"v": ["a.b", "c"]}, 60, 60) == r'x{v=~"a\\.b|c"}'
    assert filled('x{v="$v"}', {"v": ["a.b"]}, 60, 60) == 'x{v="a.b"}'
    assert filled("rate(x[$__rate_interval])", {}, 60, 300) == "rate(x[330s])"
    assert filled("increase(x[$__range])", {}, 3600, 60) == "increase(x[3600s])"


def test_a_choice_that_nobody_made_is_not_filled_with_nothing() -> None:
    with pytest.raises(KeyError):
        filled('x{v="$other"}', {"v": ["a"]}, 60, 60)


def test_a_figure_carries_its_words_and_its_colour_and_an_evil_name_does_no_harm() -> None:
    worst = panel("sharpeyes-overview", "当前最差的十个村")
    below = Series({"village": "<b>柳溪村"}, ((3600.0, 0.5),))
    drawn = inside(worst, answers(worst, [(worst.targets[0], [below])]), FRAME)
    assert "&lt;b&gt;柳溪村 低于目标" in drawn
    assert "50.0%" in drawn
    assert "background:#e02f44" in drawn


def test_where_there_is_no_answer_the_panel_says_so() -> None:
    assert "当前没有" in table(panel("sharpeyes-area", "离线的摄像机"), [])


def test_a_gap_in_the_answers_is_a_gap_in_the_line() -> None:
    towns = panel("sharpeyes-overview", "各乡镇在线率")
    gap = Series({"town": "青溪镇"}, ((0.0, 1.0), (60.0, 1.0), (1200.0, 1.0)))
    drawn = inside(towns, answers(towns, [(towns.targets[0], [gap])]), FRAME)
    _, path = drawn.split("<path ")
    assert path.count("M") == 2
    assert path.count("L") == 1


def test_rates_of_days_are_points_and_not_bars_that_begin_far_above_nothing() -> None:
    days = panel("sharpeyes-sla", "每天在线率（30 天）")
    rates = Series({}, ((600.0, 0.97), (1200.0, 0.98)))
    drawn = inside(days, answers(days, [(days.targets[0], [rates])]), FRAME)
    assert drawn.count("<circle") == 2
    assert "<rect" not in drawn
    for path in FILES:
        for each in read(path).panels:
            bars = each.defaults.get("custom", {}).get("drawStyle") == "bars"
            assert not bars or each.defaults.get("min") == 0, each.title


def test_the_last_time_below_a_chart_is_drawn_whole() -> None:
    towns = panel("sharpeyes-overview", "各乡镇在线率")
    line = Series({"town": "青溪镇"}, ((0.0, 1.0), (60.0, 1.0)))
    drawn = inside(towns, answers(towns, [(towns.targets[0], [line])]), FRAME)
    times = re.findall(r'<text x="(\d+)" y="\d+" text-anchor="(\w+)">(\d\d:\d\d)<', drawn)
    assert times[-1] == ("600", "end", "09:00")
    assert times[0] == ("84", "middle", "08:00")


def test_names_below_a_chart_take_as_many_rows_as_they_need_and_leave_the_chart_its_place() -> None:
    towns = panel("sharpeyes-overview", "各乡镇在线率")
    several = [Series({"town": f"{nth}镇很长的名字"}, ((0.0, 1.0), (60.0, 0.5))) for nth in range(12)]
    for count in (2, 12):
        drawn = inside(towns, answers(towns, [(towns.targets[0], several[:count])]), FRAME)
        rows = re.findall(r'<div class="legend">(.*?)</div>', drawn)
        assert "".join(rows).count("<span>") == count
        assert all(row.count("<span>") * 119 <= FRAME.width for row in rows)
        lowest = max(float(each) for each in re.findall(r'y1="([\d.]+)"', drawn))
        assert lowest <= FRAME.height - 20 * len(rows)


def test_a_table_has_one_row_for_the_answers_of_several_queries_and_the_largest_first() -> None:
    repairs = panel("sharpeyes-sla", "先修哪里")
    gains = [Series({"village": "甲村"}, ((0.0, 1.0),)), Series({"village": "乙村"}, ((0.0, 9.5),))]
    down = [Series({"village": "甲村"}, ((0.0, 2.0),))]
    drawn = table(repairs, [(repairs.targets[0], gains), (repairs.targets[1], down)])
    assert drawn.count("<tr>") == 3
    assert drawn.index("乙村") < drawn.index("9.5 台·小时") < drawn.index("甲村") < drawn.index("2 台")


def test_every_type_of_panel_on_our_boards_can_be_drawn_and_others_are_refused() -> None:
    some = Series({"village": "甲村", "town": "甲", "hour": "07"}, ((60.0, 1.0), (120.0, 0.0)))
    for shown in (each for path in FILES for each in read(path).panels if each.type != "table"):
        assert inside(shown, answers(shown, [(shown.targets[0], [some])]), FRAME)
    odd = replace(shown, type="geomap")
    with pytest.raises(SharpEyesError, match="is a geomap, which the preview cannot draw"):
        inside(odd, answers(odd, [(odd.targets[0], [some])]), FRAME)


@pytest.mark.parametrize(
    ("low", "top", "unit", "decimals", "marks"),
    [
        (0.8687, 1.0, "percentunit", 2, [0.9, 0.95, 1.0]),
        (0.0, 1.0, "none", 0, [0.0, 1.0]),
        (0.0, 3.0, "suffix: 次", 0, [0.0, 1.0, 2.0, 3.0]),
        (0.0, 253_818.0, "dtdhms", None, [0.0, 86_400.0, 172_800.0]),
        (0.0, 78.2 * 2**20, "bytes", 1, [0.0, 20 * 2.0**20, 40 * 2.0**20, 60 * 2.0**20]),
    ],
)
def test_an_axis_has_round_marks(low: float, top: float, unit: str, decimals: int | None, marks: list[float]) -> None:
    assert ticks(low, top, unit, decimals) == pytest.approx(marks)


@given(
    st.floats(0, 1e9),
    st.floats(1e-6, 1e9),
    st.sampled_from([("none", 0), ("percentunit", 2), ("suffix: ×", 2), ("suffix: 核", 3)]),
)
def test_no_two_marks_of_an_axis_look_alike(low: float, span: float, how: tuple[str, int]) -> None:
    unit, decimals = how
    texts = [written(mark, unit, decimals) for mark in ticks(low, low + span, unit, decimals)]
    assert len(set(texts)) == len(texts) <= 5


@pytest.mark.parametrize("colour", Colour)
def test_a_large_figure_can_be_read_on_its_ground(colour: Colour) -> None:
    """As on the web: large text needs a contrast of 3."""
    ground = hue(colour.value)
    if colour is not Colour.TARGET:  # a line, never a ground
        assert contrast(ground, ink(ground)) > 3


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_marks_of_time_are_round_in_the_boards_zone() -> None:
    towns = panel("sharpeyes-overview", "各乡镇在线率")
    start = 1_764_000_000.0 + 420  # 2025-11-25 00:07 in Shanghai
    series = Series({"town": "甲"}, ((start + 60, 0.9), (start + 6 * 3600, 1.0)))
    frame = replace(FRAME, start=start, end=start + 6 * 3600)
    drawn = inside(towns, answers(towns, [(towns.targets[0], [series])]), frame)
    assert re.findall(r'text-anchor="\w+">(\d\d:\d\d)<', drawn) == [
        "01:00",
        "02:00",
        "03:00",
        "04:00",
        "05:00",
        "06:00",
    ]


def test_steps_of_a_day_begin_at_midnight_of_the_boards_zone() -> None:
    night = datetime(2026, 11, 26, 17, 55, tzinfo=UTC).timestamp()  # 01:55 of the 27th there
    shanghai = ZoneInfo("Asia/Shanghai")
    assert on_step(night, 86_400, shanghai) == datetime(2026, 11, 26, 16, tzinfo=UTC).timestamp()
    assert on_step(night, 300, shanghai) == night
    assert on_step(night, 86_400, ZoneInfo("UTC")) == datetime(2026, 11, 26, tzinfo=UTC).timestamp()
