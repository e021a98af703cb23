"""The tables beside that of cameras: a reader with a spreadsheet alone has outages, exclusions and the settlement."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from monitor import wording
from monitor.acts import Head, PeriodClosed, PeriodCorrected, Step
from monitor.contract import Cut
from monitor.language import Language
from monitor.model import micros
from monitor.render import csv_tables, to_csv
from monitor.report import Report, closing, corrections, figures_digest
from monitor.sla import percent
from tests.acts.samples import LI, NOON, recorded, stamp
from tests.render.samples import RECORD, at, report
from tests.render.test_csv import rows
from tests.render.test_html_acts import FORGED, POWER, decided, june, with_void
from tests.render.test_settlement import CONTRACT, made, rate_ladder
from tests.test_report_declarations import TAKEN_BACK, TWO, after

EN, ZH = Language.EN, Language.ZH


def tables(shown: Report, language: Language = EN) -> dict[str, bytes]:
    found = {}
    for name, put in csv_tables(shown, language):
        file = io.BytesIO()
        put(file)
        found[name] = file.getvalue()
    return found


def outages(shown: Report, language: Language = EN) -> list[dict[str, str]]:
    return rows(tables(shown, language)["-outages"])


def settlement(shown: Report, language: Language = EN) -> list[dict[str, str]]:
    return rows(tables(shown, language)["-settlement"])


def value(shown: Report, part: str, item: str) -> str:
    (found,) = [row["value"] for row in settlement(shown) if (row["part"], row["item"]) == (part, item)]
    return found


def test_the_first_table_is_that_of_cameras_and_only_what_is_agreed_has_a_settlement() -> None:
    assert list(tables(made())) == ["", "-bases", "-groups", "-outages", "-exclusions", "-sources", "-settlement"]
    assert list(tables(report())) == ["", "-bases", "-groups", "-outages", "-exclusions", "-sources"]
    assert tables(made())[""] == to_csv(made(), EN)


@pytest.mark.parametrize("language", Language)
def test_every_table_is_utf_8_for_excel_and_has_as_many_cells_as_headings(language: Language) -> None:
    for content in tables(after(TWO), language).values():
        assert content.startswith(b"\xef\xbb\xbf")
        assert content.endswith(b"\r\n")
        headings = next(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        assert len(set(headings)) == len(headings), "headings are all different"
        assert all(None not in row and None not in row.values() for row in rows(content))


def test_the_bases_stand_with_and_without_what_is_excluded() -> None:
    shown = june(*decided())
    fleet, cameras, looks = rows(tables(shown)["-bases"])
    assert (fleet["the contract's basis"], cameras["the contract's basis"]) == ("yes", "no")
    for row, figure, raw in zip((fleet, cameras, looks), shown.bases, shown.raw, strict=True):
        assert (row["rate"], row["nothing excluded: rate"]) == (percent(figure.ratio), percent(raw.ratio))
        assert (row["verdict"], row["nothing excluded: verdict"]) == (
            wording.VERDICTS[figure.verdict][EN],
            wording.VERDICTS[raw.verdict][EN],
        )
    assert Decimal(fleet["counted"]) * 1_000_000 == shown.bases[0].counted
    assert int(cameras["counted"]) == shown.bases[1].counted


def test_every_group_has_its_rates_its_seconds_and_its_repairs() -> None:
    shown = report()
    town, *groups = rows(tables(shown)["-groups"])
    assert len(groups) == sum(map(len, (shown.villages, shown.carriers, shown.categories, shown.recorders)))
    assert (town["by"], town["name"], town["online, %"]) == (
        "the whole town",
        "清河镇",
        percent(shown.total.rates.online),
    )
    assert Decimal(town["down, seconds"]) * 1_000_000 == shown.total.seconds.down
    villages = [row for row in groups if row["by"] == "village"]
    assert sum(int(row["faults"]) for row in villages) == int(town["faults"]) == shown.total.reliability.faults


@pytest.mark.parametrize("language", Language)
def test_what_the_report_was_made_from_stands_in_a_table_of_its_own(language: Language) -> None:
    before, after = june(), june(*decided())
    closed = PeriodClosed(stamp("k1", LI), "2026-06", (), figures_digest(before))
    reopened = PeriodCorrected(stamp("k2", LI), "2026-06", 1, "漏登停电")
    shown = replace(
        after,
        contract_sha256="ab" * 32,
        heads=(Head("local", 7, "cd" * 32),),
        closings=(closing(1, Step(recorded(closed, NOON), False), before),),
        corrections=corrections([Step(recorded(reopened, NOON), True)], [before, after], closed=False),
    )
    table = rows(tables(shown, language)["-sources"])
    values = [list(row.values())[4] for row in table]
    assert [row for row in table if shown.contract_id in row.values()]
    assert {"ab" * 32, "cd" * 32, shown.version, *(each.figures for each in shown.closings)} <= set(values)
    budget = [row for row in table if wording.HEAD_BUDGET[language] in row.values()]
    found = [Decimal(list(row.values())[4]) * 1_000_000 for row in budget]
    assert found == [shown.budget.allowed_us, shown.budget.used_us, abs(shown.budget.left_us)]
    said = " ".join(list(row.values())[6] for row in table)
    for correction in shown.corrections:
        assert correction.text in said
        assert all(moved.camera.id in said for moved in correction.moved)
    other = replace(shown, heads=(Head("local", 7, "ce" * 32),))
    assert tables(other, language)["-sources"] != tables(shown, language)["-sources"], "of two records"


def test_an_act_that_does_not_count_has_a_row_with_the_reason() -> None:
    shown = with_void(FORGED)
    (row,) = rows(tables(shown)["-void"])
    assert (row["id"], row["act"], row["role"]) == ("forged", "exclusion approved", "office")
    assert row["why not"] == shown.void[0].refusal.say(EN)
    assert "-void" not in tables(june(*decided()))


# ---------------------------------------------------------------- outages


def test_an_outage_says_when_why_how_long_what_counts_and_what_became_of_its_limit() -> None:
    found = {row["id"]: row for row in outages(made())}
    assert found["qh-003"] == {
        "month": "2026-06",
        "record": "SIMULATED RECORD",
        "id": "qh-003",
        "name": "南塘",
        "village": "西营村",
        "carrier": "中国移动",
        "from": "2026-06-14 00:00:00",
        "until": "2026-06-19 00:00:00",
        "cause": "connected, no reply → network unreachable",
        "duration, seconds": "432000",
        "scheduled, seconds": "432000",
        "excluded, seconds": "0",
        "counted, seconds": "432000",
        "repair limit": "late",
        "limit, seconds": "86400",
        "on the clock, seconds": "432000",
        "fault class": "normal",
    }
    assert (found["qh-001"]["repair limit"], found["qh-001"]["counted, seconds"]) == ("kept", "3900")
    assert (found["qh-005"]["until"], found["qh-005"]["repair limit"]) == ("still down", "late")
    assert found["qh-005"]["duration, seconds"] == str(3 * 86_400)
    assert [row["id"] for row in outages(made())] == [outage.camera.id for outage in made().outages]


def test_where_no_limit_is_agreed_the_cells_are_empty() -> None:
    assert {row["repair limit"] + row["fault class"] for row in outages(report())} == {""}


def test_the_outages_of_cameras_add_up_to_their_time_down() -> None:
    cameras = {row["id"]: row["down, seconds"] for row in rows(tables(made())[""])}
    for camera_id, down in cameras.items():
        counted = sum(Fraction(row["counted, seconds"]) for row in outages(made()) if row["id"] == camera_id)
        assert counted == Fraction(down)


def test_instants_and_lengths_keep_their_microseconds() -> None:
    shown = made()
    longer = shown.outages[0]._replace(start=shown.outages[0].start - 1)
    (row, *_) = outages(replace(shown, outages=(longer,)))
    assert (row["from"], row["duration, seconds"]) == ("2026-06-13 23:59:59.999999", "432000.000001")
    assert row["repair limit"] == "", "it began before the fault that has a limit"


def test_an_outage_after_unwatched_time_belongs_to_the_fault_that_began_before() -> None:
    shown = made()
    inside = shown.outages[0]._replace(start=micros(at(16)))
    (row,) = outages(replace(shown, outages=(inside,)))
    assert (row["repair limit"], row["on the clock, seconds"]) == ("late", "432000")


# ---------------------------------------------------------------- exclusions


def test_an_exclusion_says_what_counts_what_does_not_and_everything_done_about_it() -> None:
    power, works = rows(tables(june(*decided()))["-exclusions"])
    assert (power["id"], power["state"], power["cause"], power["about"]) == ("power-1", "approved", "power", "qh-003")
    assert (power["from"], power["until"]) == ("2026-06-14 00:00:00", "2026-06-14 08:00:00")
    assert (power["removed this month, seconds"], power["cut: over the contract's cap, seconds"]) == ("21600", "7200")
    assert (power["grounds"], power["evidence"]) == ("全村停电", "通知 17 号")
    assert "exclusion approved: office 李主任 (signed)" in power["history"]
    assert (works["about"], works["cut: rejected, seconds"], works["cameras"]) == ("西营村", "172800", "2")
    assert "查无此事" in works["history"]
    assert sum(heading.startswith("cut: ") for heading in power) == len(Cut)


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_no_cell_is_taken_for_a_formula(start: str) -> None:
    evil = f'{start}HYPERLINK("http://127.0.0.1")'
    shown = june(*decided(replace(POWER, text=evil, evidence=evil)))
    power = rows(tables(shown)["-exclusions"])[0]
    assert power["grounds"] == power["evidence"] == f"'{evil}"
    assert CONTRACT.deduction is not None
    currency = replace(CONTRACT.deduction, currency=evil)
    assert f"'{evil}" in {row["unit"] for row in settlement(made(replace(CONTRACT, deduction=currency)))}


# ---------------------------------------------------------------- the settlement


def test_the_settlement_can_be_added_up_again() -> None:
    """By hand in test_settlement: 5 + 1 + 5.0 points of 100, and a tenth of 30,000."""
    shown = made()
    lost = [Decimal(row["value"]) for row in settlement(shown) if row["part"] == "scorecard" and row["count"]]
    assert sum(lost) == Decimal(value(shown, "scorecard", "points lost")) == Decimal("11.0")
    assert value(shown, "scorecard", "points to begin with") == "100"
    assert value(shown, "scorecard", "points left") == "89.0"
    assert (value(shown, "scorecard", "points that are good enough"), value(shown, "scorecard", "qualified")) == (
        "92",
        "no",
    )
    assert value(shown, "deduction", "fee of the period") == "30000.00"
    assert value(shown, "deduction", "deducted") == "3000.00"
    assert value(shown, "deduction", "payable") == "27000.00"
    assert {row["unit"] for row in settlement(shown) if row["part"] == "deduction"} == {"CNY"}
    assert (value(shown, "repair limits", "kept"), value(shown, "repair limits", "late")) == ("2", "2")
    assert value(shown, "repair limits", "limit") == "86400"
    assert value(shown, "late repair", "qh-003 南塘") == str(96 * 3600)
    assert (value(shown, "period", "is over"), value(shown, "period", "until")) == ("yes", "2026-07-01 00:00:00")


def test_what_is_undecided_has_no_value() -> None:
    shown = made(record=replace(RECORD, recorded_until=at(15)))
    assert value(shown, "scorecard", "points left") == "—"
    assert value(shown, "scorecard", "qualified") == "—"
    assert value(shown, "deduction", "payable") == "—"
    assert [row["value"] for row in settlement(shown) if row["part"] == "deduction"] == ["30000.00", "—"]


def test_money_is_exact_before_it_is_cut() -> None:
    shown = made(rate_ladder(per_point=None, steps=()))
    assert value(shown, "deduction", "deduction, exact") == "0.00"
    assert value(shown, "deduction", "forgiven by the limit of the fee") == "0.00"


def test_declarations_stand_in_it_with_how_often_they_count() -> None:
    (row,) = [row for row in settlement(after(TWO)) if row["part"] == "declaration"]
    assert (row["item"], row["value"]) == ("d1 falsified", "2")
    assert row["why"].startswith("2026-06; ")
    (row,) = [row for row in settlement(after(TWO, TAKEN_BACK), ZH) if row["部分"] == "申报"]
    assert (row["数值"], "已澄清" in row["依据"]) == ("0", True)
