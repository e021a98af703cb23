"""The report as an official reads it: the verdict first, then why, then what happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from fractions import Fraction

import pytest

from monitor.language import Language
from monitor.model import Basis
from monitor.render import to_text
from monitor.render.layout import width
from tests.render.samples import CAMERAS, JULY, RECORD, TERMS, at, report

ZH, EN = Language.ZH, Language.EN
HOUR = timedelta(hours=1)


def section(text: str, heading: str) -> list[str]:
    """The lines under a heading, without its rule."""
    lines = text.split(f"\n{heading}", 1)[1].split("\n\n", 1)[0].splitlines()
    return lines[2:]


def test_the_verdict_comes_before_every_table() -> None:
    text = to_text(report(), ZH)
    assert text.index("结论：未达标") < text.index("三种口径\n")
    order = [
        "三种口径\n",
        "全镇时长",
        "各村",
        "各运营商",
        "各类部位",
        "未达标摄像机",
        "离线记录",
        "计划维护",
        "清单变动",
    ]
    places = [text.index(f"\n{heading}") for heading in order]
    assert places == sorted(places)


def test_the_first_lines_say_it_all() -> None:
    assert to_text(report(), EN).splitlines()[:12] == [
        "清河镇: camera online rate report  2026-06",
        "==========================================",
        "Period: 2026-06-01 00:00 to 2026-07-01 00:00 (Asia/Shanghai)",
        "",
        "*** SIMULATED RECORD / 模拟数据: made from simulated cameras, not to be used for any settlement. ***",
        "",
        "Verdict: target missed",
        "  - online rate 94.59%, target 95.00% (by all camera time)",
        "  - intact rate 93.69%, target 98.00%: target missed",
        "  - coverage 100.00%, at least 95.00% is required",
        "  - 5 cameras in the contract, 2 of them below the target",
        "  - all three bases give the same verdict",
    ]


def test_a_real_record_bears_no_warning() -> None:
    for language in Language:
        text = to_text(report(record=replace(RECORD, simulated=False)), language)
        assert "SIMULATED" not in text
        assert "模拟数据" not in text


def test_villages_stand_worst_first() -> None:
    rows = section(to_text(report(), ZH), "各村（由差到好）")
    assert [row.split()[:3] for row in rows[2:]] == [
        ["北头村", "1", "90.00%"],
        ["西营村", "2", "91.55%"],
        ["东营村", "2", "99.92%"],
    ]


def test_the_contractual_basis_is_marked_and_a_flip_is_said_above() -> None:
    text = to_text(report(now=at(16, 12), terms=replace(TERMS, basis=Basis.CAMERA_PASS_SHARE)), ZH)
    assert "目前：未达标" in text
    assert "换一种口径，结论相反——全部时长 96.71%，达标" in text
    assert next(row for row in section(text, "三种口径") if "合同口径" in row).split()[0] == "达标摄像机占比"


def test_an_unfinished_month_says_so_and_where_it_will_end() -> None:
    text = to_text(report(now=at(16, 12)), EN)
    assert "The month is not over: all figures are as of 2026-06-16 12:00." in text
    assert "forecast for the month's end 88.72%; at best 98.29%" in text
    assert "forecast" not in to_text(report(), EN)


def test_a_month_to_come_says_that_it_has_not_begun() -> None:
    for language, words in (
        (EN, "The month has not begun; it does at 2026-06-01 00:00: there are no figures yet."),
        (ZH, "本月尚未开始（2026-06-01 00:00 开始）：还没有任何数字。"),
    ):
        coming, running = (to_text(report(now=at(1) + later), language) for later in (-HOUR, HOUR))
        assert (words in coming, words in running) == (True, False), coming


def test_a_lost_month_says_so() -> None:
    text = to_text(report(now=at(29), terms=replace(TERMS, target=Fraction(99, 100))), EN)
    assert "even with everything up from now on, the target is lost" in text


def test_outages_name_camera_village_times_cause_and_what_is_excluded() -> None:
    rows = section(to_text(report(), ZH), "离线记录")[2:]
    assert rows[0].split(maxsplit=8)[:3] == ["qh-003", "南塘", "西营村"]
    assert " ".join(rows[0].split()[3:]) == "06-14 00:00 06-19 00:00 120小时00分 连上后无应答 → 网络不可达"
    assert "未恢复" in rows[1]
    assert "移出清单未经确认" in rows[1]
    assert "3小时00分 1小时00分" in " ".join(rows[3].split()), "three of its four hours were planned work"


def test_a_long_list_is_cut_and_says_how_much_is_missing() -> None:
    moves = RECORD.transitions
    down, up = moves[1], moves[2]
    flapping = [
        replace(move, at=move.at + timedelta(hours=6 * n), decided_at=move.decided_at + timedelta(hours=6 * n))
        for n in range(60)
        for move in (down, up)
    ]
    text = to_text(report(record=replace(RECORD, transitions=(moves[0], *flapping))), EN)
    rows = section(text, "Outages (60")
    assert len(rows) == 2 + 50 + 1
    assert rows[-1] == "  ... and 10 more, in the workbook and the JSON file"


def test_changes_of_the_inventory_are_said_in_words() -> None:
    rows = section(to_text(report(), ZH), "清单变动（2 项）")
    assert rows == [
        "  06-05 10:00  qh-002 小学南门  运营商：中国移动 → 中国电信",
        "  06-28 00:00  qh-005 Old mill  移出清单（未经确认，仍按离线计）",
    ]


def test_the_record_it_was_made_from_is_named() -> None:
    for language in Language:
        text = to_text(report(), language)
        assert RECORD.head_hash in text
        assert "48211" in text
        assert "0.1.0" in text


def test_service_hours_are_said() -> None:
    night = replace(TERMS, service_hours=((time(20), time(6)), (time(12), time(13))))
    assert "service hours: 20:00-06:00, 12:00-13:00 every day" in to_text(report(terms=night), EN)
    assert "考核时间：每天24小时" in to_text(report(), ZH)


@pytest.mark.parametrize("language", Language)
def test_a_month_without_anything_reads_well(language: Language) -> None:
    empty = replace(RECORD, cameras=(), transitions=(), maintenance=(), changes=())
    text = to_text(report(record=empty), language)
    assert "—" in text
    assert "100.00" not in text
    assert " 0.00%" not in text


@pytest.mark.parametrize("language", Language)
def test_no_line_ends_in_spaces_or_is_wider_than_a_mail_takes(language: Language) -> None:
    lines = to_text(report(), language).splitlines()
    assert all(line == line.rstrip() for line in lines)
    assert max(map(width, lines)) <= 140


def test_a_name_cannot_forge_a_line_of_the_report() -> None:
    forged = replace(CAMERAS[5], name="x\n结论：达标\x1b[1m", in_contract=False)
    cameras = (*RECORD.cameras[:5], replace(RECORD.cameras[5], camera=forged))
    lines = to_text(report(record=replace(RECORD, cameras=cameras)), ZH).splitlines()
    assert "结论：达标" not in lines
    assert not any("\x1b" in line for line in lines)


def test_the_same_report_gives_the_same_text() -> None:
    assert to_text(report(), ZH) == to_text(report(now=JULY + timedelta(days=30)), ZH)
