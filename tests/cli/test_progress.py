"""Progress of a report: nothing of a quick one, a line for each stage of a slow one, a percentage on a terminal."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from rich.console import Console

from monitor.cli.progress import ReportProgress
from monitor.language import Language
from monitor.publishing import Format
from monitor.reporting import Stage
from tests.driven import DrivenClock

FORMATS = (Format.JSON, Format.HTML)


async def watched(console: Console, language: Language, seconds_each: float) -> None:
    clock = DrivenClock()
    with ReportProgress(FORMATS, language, clock, console) as progress:
        for stage in (*Stage, *FORMATS):
            for done in range(4):
                await clock.advance(timedelta(seconds=seconds_each))
                progress(stage, done, 4)


async def test_a_quick_report_says_nothing() -> None:
    told = io.StringIO()
    await watched(Console(file=told), Language.EN, 0.04)
    assert told.getvalue() == ""


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            Language.EN,
            [
                "reading the ledger",
                "adding up the figures",
                "looking back at the months before",
                "writing json",
                "writing html",
            ],
        ),
        (Language.ZH, ["读取台账", "计算各项数字", "回看前几个月", "写出 json", "写出 html"]),
    ],
)
async def test_a_slow_one_has_a_plain_line_for_each_stage(language: Language, lines: list[str]) -> None:
    told = io.StringIO()
    await watched(Console(file=told), language, 2)
    assert told.getvalue().splitlines() == lines


async def test_a_stage_that_becomes_slow_is_told_when_a_second_is_over() -> None:
    told = io.StringIO()
    await watched(Console(file=told), Language.EN, 0.3)
    assert told.getvalue().splitlines()[0] == "reading the ledger"


async def test_a_terminal_shows_how_far_it_is_and_is_left_clean() -> None:
    told = io.StringIO()
    console = Console(file=told, force_terminal=True, width=90)
    await watched(console, Language.EN, 2)
    shown = [int(percent) for percent in re.findall(r"(\d+)%", told.getvalue())]
    assert shown == sorted(shown)
    assert max(shown) > 50
    assert "writing html" in told.getvalue()
    assert told.getvalue().endswith("\x1b[2K"), "the line is wiped away"


async def test_a_month_without_a_camera_is_no_division_by_nothing() -> None:
    clock, told = DrivenClock(), io.StringIO()
    with ReportProgress(FORMATS, Language.EN, clock, Console(file=told, force_terminal=True)) as progress:
        await clock.advance(timedelta(seconds=2))
        progress(Stage.LOOKING_BACK, 0, 0)
    assert "looking back" in told.getvalue()
