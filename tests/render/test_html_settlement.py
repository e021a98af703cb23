"""The settlement in the HTML report: all that the text says, after the repairs, and safe against names."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from monitor.contract import Contract, ItemKind, ScoreItem, SettlementPeriod
from monitor.language import Language
from monitor.model import Maintenance, Scope
from monitor.render import to_html
from monitor.render.html.pen import MOST_ROWS
from monitor.render.layout import INDENT
from monitor.render.settlement import settlement_lines
from monitor.report import Report
from tests.render.samples import RECORD, at, report
from tests.render.test_html import HOSTILE, headings, named, read, words
from tests.render.test_settlement import CONTRACT, made, rate_ladder

ZH, EN = Language.ZH, Language.EN


def late_with_stops() -> Report:
    work = Maintenance("m9", "换杆", Scope(camera_ids=frozenset({"qh-003"})), at(15, 2), at(15, 12))
    return made(record=replace(RECORD, maintenance=(work,)))


SHOWN = {
    "settled": made(),
    "with a clock that stood still": late_with_stops(),
    "a quarter that runs": made(replace(CONTRACT, period=SettlementPeriod.QUARTER), now=at(20)),
    "undecided": made(record=replace(RECORD, recorded_until=at(15))),
    "by rate": made(rate_ladder()),
}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("shown", SHOWN.values(), ids=SHOWN)
def test_every_sentence_of_the_text_stands_in_it(shown: Report, language: Language) -> None:
    bullet = f"{INDENT}- "
    sentences = [line.removeprefix(bullet) for line in settlement_lines(shown, language) if line.startswith(bullet)]
    assert len(sentences) > 4
    said = words(shown, language)
    assert [sentence for sentence in sentences if " ".join(sentence.split()) not in said] == []


def test_it_stands_after_the_repairs_and_nowhere_where_nothing_is_agreed() -> None:
    order = headings(ZH, made())
    assert order[order.index("修复与重复故障") + 1] == "结算"
    assert "结算" not in headings(ZH, report())
    assert "Settlement" in headings(EN, made())


def test_late_repairs_and_the_scorecard_are_told_line_by_line() -> None:
    said = words(made(), EN)
    times = ("120 h 00 min", "24 h 00 min", "96 h 00 min", "06-15 00:00", "normal")
    assert " ".join(("qh-003 南塘 西营村 06-14 00:00 06-19 00:00", *times)) in said
    assert "在线率 94.59% is below 95.00%: 5 points 5" in said
    assert "fault time of a camera 2 cameras over 8 h 00 min × 1 points (at most 1, 1 forgiven) 1" in said
    assert "late repair 2 × 2.5 points 5.0" in said


def test_each_outage_says_what_became_of_its_repair_limit() -> None:
    def outages(shown: Report) -> str:
        return words(shown, EN).split("Outages (")[1].split("Repairs and repeat faults")[0]

    told = outages(made())
    assert "counted repair qh-003" in told
    assert re.search(
        r"qh-003 南塘 西营村 .*? 06-14 00:00 06-19 00:00 120 h 00 min 120 h 00 min 120 h 00 min late", told
    )
    assert re.search(r"qh-004 .*? 06-20 01:00 06-20 05:00 4 h 00 min 4 h 00 min 3 h 00 min 1 h 00 min kept", told)
    assert "repair" not in outages(report()), "without limits there is no such column"


def test_the_first_page_says_points_and_money() -> None:
    first = words(made(), ZH).split("三种口径")[0]
    assert "100 − 11.0 = 89.0 分; 合格线 92 分：不合格" in first
    assert "扣款 3,000.00 CNY，应付 27,000.00 CNY" in first
    assert "结算周期尚未结束，目前：扣款" in words(made(now=at(20)), ZH).split("三种口径")[0]


@pytest.mark.parametrize("language", Language)
def test_what_the_contract_and_the_inventory_name_never_becomes_markup(language: Language) -> None:
    def with_title(title: str) -> Contract:
        assert CONTRACT.scorecard is not None
        item = ScoreItem("rude", ItemKind.DECLARED, title, points=Decimal(3))
        return replace(CONTRACT, scorecard=replace(CONTRACT.scorecard, items=(item,)))

    hostile = to_html(made(with_title(HOSTILE), named(HOSTILE)), language)
    assert read(hostile).skeleton == read(to_html(made(with_title("x"), named("x")), language)).skeleton
    assert b"<script" not in hostile.lower()


def test_a_long_list_of_late_repairs_is_cut_and_says_so() -> None:
    shown = made()
    assert shown.settlement is not None
    assert shown.settlement.repairs is not None
    many = shown.settlement.repairs.late * MOST_ROWS
    repairs = replace(shown.settlement.repairs, late=many)
    document = to_html(replace(shown, settlement=replace(shown.settlement, repairs=repairs)), ZH).decode()
    own = document.split(". 结算</h2>")[1].split("</section>")[0]
    assert re.findall(r'class="left-out">(.*?)</p>', own) != []
    assert len(re.findall("<tr>", own.split("</table>")[0])) == MOST_ROWS + 1
