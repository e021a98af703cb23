"""The workbook in a real spreadsheet: every formula comes to the report's figure, and moves when the detail does."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from monitor.contract import LadderBy
from monitor.language import Language
from monitor.model import Basis, BlindTime
from monitor.report import Report
from monitor.sla import counted, percent
from tests.programs import program
from tests.real.libreoffice import converted
from tests.render.samples import RECORD, TERMS, at, report
from tests.render.test_settlement import CONTRACT, made
from tests.render.test_xlsx import uneven
from tests.render.workbooks import altered, formulas, named, opened, sheet, written

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

NEARLY = 1e-12  # of a sum of decimals that is only shown; what is checked is integers


def unwatched() -> Report:
    """A month of which too little was watched, half over, whose blind time counts as online."""
    terms = replace(TERMS, blind_time=BlindTime.UP, basis=Basis.SNAPSHOTS, target=Fraction(9_999, 10_000))
    contract = replace(CONTRACT, terms=terms)
    return made(
        contract, replace(RECORD, recorded_until=at(9, 5)), datetime.fromisoformat("2026-06-12T00:00:00.000007Z")
    )


def by_rate() -> Report:
    """Money straight from the share of cameras that pass, seconds that fall on no second."""
    assert CONTRACT.deduction is not None
    steps = tuple(replace(step, below=step.below / 100) for step in CONTRACT.deduction.steps)
    ladder = replace(CONTRACT.deduction, by=LadderBy.RATE, steps=steps)
    terms = replace(TERMS, basis=Basis.CAMERA_PASS_SHARE, blind_time=BlindTime.DOWN)
    moves = tuple(replace(each, at=each.at + timedelta(microseconds=999_999)) for each in RECORD.transitions)
    return made(replace(CONTRACT, terms=terms, deduction=ladder), replace(RECORD, transitions=moves))


REPORTS: Mapping[str, Callable[[], Report]] = {
    "report": report,
    "uneven": uneven,
    "unwatched": unwatched,
    "by_rate": by_rate,
}


def column(data: bytes, title: str) -> str:
    """The letter of the column of cameras with that title."""
    (letter,) = (cell.column_letter for cell in sheet(opened(data), "Cameras")[2] if cell.value == title)
    return letter


def a_microsecond_less_down() -> bytes:
    """In the first row of cameras of ``uneven``, and nothing else."""
    shown = uneven()
    data = written(shown)
    less = (shown.cameras[0].seconds.down - 1) / 1_000_000
    return altered(data, 2, f"{column(data, 'down, seconds')}3", less)


def healed() -> bytes:
    """The month of which its worst camera was never down."""
    data = written(made())
    up = column(data, "up, picture good, seconds")
    return altered(altered(data, 2, f"{column(data, 'down, seconds')}3", 0), 2, f"{up}3", 2_577_600)


@pytest.fixture(scope="module")
def originals() -> dict[str, bytes]:
    """Each report in each language, as we write it."""
    return {f"{name}-{each}": written(make(), each) for name, make in REPORTS.items() for each in Language}


@pytest.fixture(scope="module")
def computed(originals: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """These, two that were altered and a running month, after every formula was computed anew."""
    more = {
        "a-microsecond-less": a_microsecond_less_down(),
        "healed": healed(),
        "running": written(made(now=at(15, 12))),
    }
    return converted({**originals, **more}, "xlsx", tmp_path_factory.mktemp("computed"))


@pytest.fixture(scope="module")
def printed(originals: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One of them as PDF, by language."""
    books = {str(each): originals[f"uneven-{each}"] for each in Language}
    return converted(books, "pdf", tmp_path_factory.mktemp("printed"))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", REPORTS)
def test_every_formula_comes_to_the_value_beside_it(
    name: str, language: Language, originals: dict[str, bytes], computed: dict[str, Path]
) -> None:
    shown, data = REPORTS[name](), originals[f"{name}-{language}"]
    before, after = opened(data, values=True), opened(computed[f"{name}-{language}"], values=True)
    places = list(formulas(opened(data)))
    assert len(places) > 200
    for title, place in places:
        kept, found = sheet(before, title)[place].value, sheet(after, title)[place].value
        if isinstance(kept, float) and isinstance(found, int | float):
            assert found == pytest.approx(kept, rel=NEARLY, abs=0), (title, place)
        else:
            assert found == kept, (title, place)
    seconds = named(after, "counted_s") * 1_000_000 + named(after, "counted_us")
    assert seconds == counted(shown.total.seconds, shown.terms.blind_time)


def test_an_altered_cell_moves_the_totals_and_the_check_says_so(computed: dict[str, Path]) -> None:
    """``qh-003`` one microsecond less down: exactly that is missing from every sum it is in."""
    shown = uneven()
    assert shown.cameras[0].camera.id == "qh-003"
    after = opened(computed["a-microsecond-less"], values=True)

    def total(name: str) -> int:
        return int(named(after, f"{name}_s")) * 1_000_000 + int(named(after, f"{name}_us"))

    assert total("total_down") == shown.total.seconds.down - 1
    assert total("counted") == counted(shown.total.seconds, shown.terms.blind_time) - 1
    assert total("outages_down") == shown.total.seconds.down
    assert f"{named(after, 'rate_online') * 100:.2f}" == percent(shown.total.rates.online)
    assert named(after, "all_checks") == "something differs: see the columns named check"
    lines = {row[0].value: row[5].value for row in sheet(after, "Summary").iter_rows() if row[5].value is not None}
    assert lines["down"] == lines["counted"] == lines["scheduled"] == "differs"
    assert lines["excluded"] == lines["down, by the outages"] == "agrees"
    groups = {row[1].value: row[18].value for row in sheet(after, "Groups").iter_rows(min_row=3)}
    assert (groups["西营村"], groups["东营村"]) == ("differs", "agrees")


def test_an_altered_month_changes_the_verdict_the_points_and_the_money(computed: dict[str, Path]) -> None:
    after = opened(computed["healed"], values=True)
    assert named(after, "verdict_fleet_seconds") == "target met"
    money = {row[0].value: row[4].value for row in sheet(after, "Settlement").iter_rows()}
    assert (money["points lost"], money["points left"], money["payable"]) == (6, 94, 30_000)


@pytest.mark.parametrize(("language", "words"), [(Language.ZH, "在线率"), (Language.EN, "scheduled")])
def test_it_prints_on_a4_with_chinese_characters(language: Language, words: str, printed: dict[str, Path]) -> None:
    pdf = printed[language]
    told = subprocess.run([program("pdfinfo"), "-l", "-1", str(pdf)], check=True, capture_output=True, text=True).stdout
    sizes = re.findall(r"^Page +\d+ size: +([\d.]+) x ([\d.]+)", told, re.MULTILINE)
    assert {(round(float(width)), round(float(height))) for width, height in sizes} == {(842, 595)}
    text = subprocess.run([program("pdftotext"), str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    assert words in text
    assert "东营村" in text
    assert "###" not in text, "a column too narrow for its numbers"
    fonts = subprocess.run([program("pdffonts"), str(pdf)], check=True, capture_output=True, text=True).stdout
    assert "CJK" in fonts, "Chinese characters come from a font that has them"


def test_a_running_month_agrees_as_well(computed: dict[str, Path]) -> None:
    after = opened(computed["running"], values=True)
    assert named(after, "all_checks") == "everything agrees"
