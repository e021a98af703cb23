"""The HTML report: read in the order in which people sign, safe against names, the same bytes everywhere."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.language import Language
from monitor.model import Basis, BlindTime, CameraRecord, InventoryChange, State
from monitor.render import to_html, to_json
from monitor.render.html.markup import VOID
from monitor.render.html.pen import MOST_ROWS
from monitor.report import Record, Report, TrendMonth
from tests import test_report
from tests.render.samples import ADDED, CAMERAS, RECORD, TERMS, at, report

ZH, EN = Language.ZH, Language.EN
HOSTILE = "<script>alert('x')</script>\"&'\u202e]]>--></style></title>"


class Reader(HTMLParser):
    """The tags with their attributes' names, in order; the text; and that every element ends where it should."""

    def __init__(self) -> None:
        super().__init__()
        self.skeleton: list[str] = []
        self.texts: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.skeleton.append(f"{tag} {' '.join(key for key, _ in attrs)}")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.texts.append(data)


def read(document: bytes) -> Reader:
    reader = Reader()
    reader.feed(document.decode())
    reader.close()
    assert reader.open == []
    return reader


def words(shown: Report, language: Language = ZH) -> str:
    """Everything a reader sees, with single spaces."""
    return " ".join("".join(f" {text}" for text in read(to_html(shown, language)).texts).split())


def headings(language: Language, shown: Report) -> list[str]:
    return re.findall(r"<h2>\d+\. (.*?)</h2>", to_html(shown, language).decode())


def named(text: str) -> Record:
    """The sample, with that text wherever a person may write one."""
    site = replace(CAMERAS[2].site, name=text, village=text, town=text)
    camera = replace(CAMERAS[2], name=text, site=site, carrier=text, recorder=text, vendor=text)
    cameras = tuple(camera if each.id == camera.id else each for each in CAMERAS)
    work = replace(RECORD.maintenance[0], title=text)
    return replace(
        RECORD,
        cameras=tuple(CameraRecord(each, ADDED, ADDED, None) for each in cameras),
        maintenance=(work,),
        changes=(InventoryChange(at(5), camera.id, CAMERAS[2], camera),),
    )


# ---------------------------------------------------------------- order and content


def test_sections_stand_in_the_order_of_reading() -> None:
    assert headings(ZH, report()) == [
        "结论",
        "三种口径",
        "在线、完好与监测覆盖",
        "可离线额度",
        "分项在线率",
        "未达标摄像机（2 台）",
        "逐日情况（由差到好）",
        "离线记录（4 次，计入时长由长到短）",
        "修复与重复故障",
        "计划维护（1 项）",
        "免责（0 项）",
        "清单变动（2 项）",
        "不纳入考核的摄像机（1 台）",
        "近十二个月",
        "各数字如何得出",
        "签字盖章",
        "依据与校验",
    ]
    assert len(headings(EN, report())) == 17


def test_the_first_page_says_it_all() -> None:
    text = words(report(), EN)
    assert text.index("Verdict: target missed") < text.index("Three bases")
    assert "online rate 94.59%, target 95.00% (by all camera time)" in text
    assert "target 98.00%: target missed" in text
    assert "the contract's basis" in text
    assert "all three bases give the same verdict" in text


def test_a_basis_that_would_flip_the_verdict_is_marked_and_said() -> None:
    text = words(report(now=at(16, 12), terms=replace(TERMS, basis=Basis.CAMERA_PASS_SHARE)))
    assert text.count("此口径结论相反") == 2
    assert "换一种口径，结论相反——全部时长 96.71%，达标" in text


def test_a_month_nobody_watched_is_not_provable_and_says_how_much_is_missing() -> None:
    shown = report(record=replace(RECORD, recorded_until=at(16)))
    text = words(shown, EN)
    assert "not provable: too little was watched" in text
    assert "too little, not provable" in text
    assert re.search(r"1,792 h 00 min were not watched, 49\.77% of the scheduled time", text)


def test_a_month_to_come_says_that_it_has_not_begun() -> None:
    coming = words(report(now=at(1) - timedelta(hours=1)), EN)
    assert "The month has not begun; it does at 2026-06-01 00:00: there are no figures yet." in coming
    assert "The month is not over" not in coming


def test_an_unfinished_month_says_so_and_a_lost_one_too() -> None:
    text = words(report(now=at(29), terms=replace(TERMS, target=Fraction(99, 100))), EN)
    assert "The month is not over: all figures are as of 2026-06-29 00:00." in text
    assert "even with everything up from now on, the target is lost" in text
    assert "forecast" not in words(report(), EN)


def test_the_budget_says_what_is_allowed_used_and_overdrawn() -> None:
    shown = report()
    counted = shown.contractual.counted
    assert (shown.budget.allowed_us, shown.budget.used_us) == (counted // 20, counted - shown.contractual.good)
    assert re.search(r"allowed 179 h 36 min used 194 h 05 min overdrawn 14 h 29 min", words(shown, EN))


def test_an_outage_is_told_with_cause_times_and_what_of_it_counts() -> None:
    assert re.search(
        r"qh-004 十字路口\(省道与村道交叉处北侧监控立杆\) 西营村 no video arrives 06-20 01:00 06-20 05:00"
        r" 4 h 00 min 4 h 00 min 3 h 00 min 1 h 00 min",
        words(report(), EN),
    )


def test_planned_work_tells_the_time_it_took_out() -> None:
    assert "更换交换机 06-20 00:00 06-20 04:00 2 8小时00分" in words(report())


def test_changes_of_the_same_kind_at_the_same_time_share_a_row() -> None:
    came = tuple(InventoryChange(at(5, 10), each.id, None, each) for each in CAMERAS)
    document = to_html(report(record=replace(RECORD, changes=came)), ZH).decode()
    section = document.split("清单变动（6 项）")[1].split("</section>")[0]
    assert section.count("<tr>") == 2
    assert all(each.id in section for each in CAMERAS)


def test_the_trend_shows_each_month() -> None:
    shown = report()
    month = TrendMonth(2026, 5, 4, 3, 4, shown.total.seconds, shown.total.rates)
    assert "2026-05 4 94.59% 93.69% 100.00% 3 / 4" in words(replace(shown, trend=(month,)))


def test_the_glossary_divides_this_month_s_numbers() -> None:
    shown = report(terms=replace(TERMS, blind_time=BlindTime.UP))
    seconds = shown.total.seconds
    part = f"{(seconds.up + seconds.degraded) // 1_000_000:,}"
    whole = f"{(seconds.up + seconds.degraded + seconds.down) // 1_000_000:,}"
    assert f"+ unobserved) ÷ counted = {part} s ÷ {whole} s = 94.59%" in words(shown, EN)


def test_recorders_are_a_group_where_there_are_any() -> None:
    assert "Recorders" not in words(report(), EN)
    behind = replace(CAMERAS[0], recorder="nvr-7")
    record = replace(RECORD, cameras=(CameraRecord(behind, ADDED, ADDED, None), *RECORD.cameras[1:]))
    shown = report(record=record)
    assert [(group.id, group.cameras) for group in shown.recorders] == [("nvr-7", 1)]
    assert re.search(r"Recorders, worst first .*nvr-7 1 99\.84%", words(shown, EN))


# ---------------------------------------------------------------- what it rests on


def test_the_contract_s_hash_is_that_of_the_terms_in_the_json_file() -> None:
    terms = json.loads(to_json(report()))["report"]["terms"]
    canonical = json.dumps(terms, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert sha256(canonical).hexdigest() in words(report())
    assert RECORD.head_hash in words(report())


def test_other_terms_have_another_hash() -> None:
    (first,), (second,) = (
        re.findall(r"SHA-256 ([0-9a-f]{64})", words(report(terms=terms)))
        for terms in (TERMS, replace(TERMS, min_coverage=Fraction(90, 100)))
    )
    assert first != second


SCRIPT = """
import sys
from datetime import UTC, datetime
from monitor.language import Language
from monitor.render import to_html
from tests.render.samples import report
for language in Language:
    sys.stdout.buffer.write(to_html(report(), language))
    sys.stdout.buffer.write(to_html(report(now=datetime(2026, 6, 16, 4, tzinfo=UTC)), language))
"""


def test_another_process_of_another_place_and_language_writes_the_same_bytes() -> None:
    def written(**environment: str) -> bytes:
        return subprocess.run(
            [sys.executable, "-c", SCRIPT], check=True, capture_output=True, env={**os.environ, **environment}
        ).stdout

    here = written(PYTHONHASHSEED="1", TZ="Asia/Shanghai", LANG="zh_CN.UTF-8", LC_ALL="zh_CN.UTF-8")
    there = written(PYTHONHASHSEED="2", TZ="America/St_Johns", LANG="C", LC_ALL="C")
    assert here == there != b""


# ---------------------------------------------------------------- safety


@pytest.mark.parametrize("language", Language)
def test_names_never_become_markup(language: Language) -> None:
    shown = replace(report(record=named(HOSTILE)), town=HOSTILE)
    plain = replace(report(record=named("x")), town="x")
    document = to_html(shown, language)
    assert read(document).skeleton == read(to_html(plain, language)).skeleton
    assert b"<script" not in document.lower()
    assert "\u202e" not in document.decode()
    assert "<script>alert('x')</script>\"&'�]]>--></style></title>" in "".join(read(document).texts)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(min_size=1))
def test_any_text_leaves_the_page_s_structure_alone(text: str) -> None:
    shown = replace(report(record=named(text)), town=text)
    plain = replace(report(record=named("x")), town="x")
    assert read(to_html(shown, EN)).skeleton == read(to_html(plain, EN)).skeleton


@pytest.mark.parametrize("language", Language)
def test_nothing_is_fetched_and_nothing_is_run(language: Language) -> None:
    document = to_html(report(), language).decode()
    assert "default-src 'none'" in document or "default-src &#x27;none&#x27;" in document
    for forbidden in ("://", "src=", "href=", "url(", "@import", "<script", "<link", "onload", "javascript:"):
        assert forbidden not in document
    assert "127.0.0.1" not in document, "the report is handed around: no address of a device is in it"


def test_every_drawing_has_a_text_or_decorates_one() -> None:
    drawings = re.findall(r"<svg ([^>]*)>", to_html(report(), ZH).decode())
    assert len(drawings) > 10
    assert all('role="img" aria-label="' in each or 'aria-hidden="true"' in each for each in drawings)
    assert 'aria-label="14日离线 24小时00分, 15日离线 24小时00分' in to_html(report(), ZH).decode()


def test_coordinates_are_whole_numbers() -> None:
    drawn = re.findall(r' (?:d|viewBox|x|y|width|height)="([^"]*)"', to_html(report(), ZH).decode())
    assert drawn
    assert not [each for each in drawn if not re.fullmatch(r"[-Mhvz\d ]*", each)]


# ---------------------------------------------------------------- languages


def test_an_english_report_of_an_english_town_has_no_chinese_in_it() -> None:
    site = replace(test_report.camera().site, name="Gate", village="East", town="Mill", county="Vale")
    camera = replace(test_report.camera(), name="Gate", site=site, carrier="Telecom")
    record = test_report.record(camera, moves=[*test_report.off(1, 10, 99), *test_report.off(1, 200, 1)])
    built = test_report.build(record)
    shown = replace(built, town="Mill", total=replace(built.total, name="Mill"))
    assert not re.findall(r"[\u3000-\u9fff\uff00-\uffef]", "".join(read(to_html(shown, EN)).texts))
    assert re.findall(r"[\u4e00-\u9fff]", "".join(read(to_html(shown, ZH)).texts))


def test_the_page_names_its_language() -> None:
    assert b'<html lang="zh-CN">' in to_html(report(), ZH)
    assert b'<html lang="en">' in to_html(report(), EN)


def test_a_real_record_bears_no_warning() -> None:
    assert "SIMULATED" in words(report())
    assert "SIMULATED" not in words(report(record=replace(RECORD, simulated=False)))


# ---------------------------------------------------------------- size


def test_a_long_list_is_cut_and_says_so_with_the_place_of_the_whole() -> None:
    moves = [test_report.move(1, test_report.hour(-10), State.UP)]
    moves += [each for number in range(MOST_ROWS + 30) for each in test_report.off(1, 2 * number, 1)]
    text = words(test_report.build(test_report.record(test_report.camera(), moves=moves)), EN)
    assert f"Outages ({MOST_ROWS + 30}," in text
    where = "the workbook, the CSV and the JSON file"
    assert f"Only the first {MOST_ROWS} of {MOST_ROWS + 30} are listed here; all of them are in {where}" in text


def test_a_fleet_shows_its_worst_cameras_and_names_the_file_with_all() -> None:
    fleet = [test_report.camera(number) for number in range(MOST_ROWS + 1)]
    moves = [each for number in range(MOST_ROWS + 1) for each in test_report.off(number, 10, 50)]
    document = to_html(test_report.build(test_report.record(*fleet, moves=moves)), EN).decode()
    assert document.count("in the workbook, the CSV and the JSON file of this month") == 3
    assert document.count('class="timeline"') == MOST_ROWS
    assert document.count('class="days"') == MOST_ROWS


@pytest.mark.slow
def test_the_file_of_two_thousand_cameras_is_little_larger_than_that_of_two_hundred() -> None:
    def size(cameras: int) -> int:
        fleet = [replace(test_report.camera(n, f"村{n % 40}"), recorder=f"nvr{n % 60}") for n in range(cameras)]
        moves = [
            each for n in range(cameras) for times in range(10) for each in test_report.off(n, 60 * times + n % 50, 6)
        ]
        return len(to_html(test_report.build(test_report.record(*fleet, moves=moves)), ZH))

    small, large = size(200), size(2000)
    assert small < large < 1.2 * small
    assert large < 1_500_000
