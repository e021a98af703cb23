"""The table of cameras as Excel reads it."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from fractions import Fraction

import pytest

from monitor.language import Language
from monitor.model import Seconds
from monitor.render import to_csv
from monitor.render.csv import write_table
from tests.render.samples import CAMERAS, RECORD, report


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_excel_recognises_utf_8_by_the_byte_order_mark() -> None:
    data = to_csv(report(), Language.ZH)
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.endswith(b"\r\n")


def test_there_is_one_row_for_each_camera_of_the_contract_worst_first() -> None:
    found = rows(to_csv(report(), Language.ZH))
    assert [row["编号"] for row in found] == ["qh-003", "qh-005", "qh-001", "qh-004", "qh-002"]
    assert {row["数据性质"] for row in found} == {"模拟数据"}
    assert {row["月份"] for row in found} == {"2026-06"}


def test_a_row_says_everything_about_its_camera() -> None:
    assert rows(to_csv(report(), Language.EN))[3] == {
        "month": "2026-06",
        "record": "SIMULATED RECORD",
        "id": "qh-004",
        "name": "十字路口(省道与村道交叉处北侧监控立杆)",
        "site id": "site-qh-004",
        "site": "西营村十字路口(省道与村道交叉处北侧监控立杆)",
        "site category": "junction",
        "village": "西营村",
        "town": "清河镇",
        "county": "清河县",
        "carrier": "中国电信",
        "uplink": "",
        "removed at": "",
        "online, %": "99.86",
        "intact, %": "99.86",
        "coverage, %": "100.00",
        "reaches target": "yes",
        "scheduled, seconds": "2592000",
        "up, picture good, seconds": "2574000",
        "up, picture faulty, seconds": "0",
        "down, seconds": "3600",
        "excluded, seconds": "14400",
        "unobserved, seconds": "0",
        "counted, seconds": "2577600",
        "outages": "1",
        "inspections online": "90",
        "inspections": "90",
    }


def test_the_rates_follow_from_the_seconds_beside_them() -> None:
    for row in rows(to_csv(report(), Language.EN)):
        good = Fraction(row["up, picture good, seconds"]) + Fraction(row["up, picture faulty, seconds"])
        rate = good / Fraction(row["counted, seconds"]) * 100
        assert Fraction(row["online, %"]) <= rate < Fraction(row["online, %"]) + Fraction(1, 100)


def test_a_camera_nobody_watched_has_no_rate() -> None:
    (row,) = rows(to_csv(report(record=replace(RECORD, cameras=RECORD.cameras[:1], transitions=())), Language.EN))
    assert (row["online, %"], row["reaches target"], row["coverage, %"]) == ("—", "—", "0.00")


def test_a_removed_camera_says_when_it_went() -> None:
    assert rows(to_csv(report(), Language.EN))[1]["removed at"] == "2026-06-28 00:00"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_taken_for_a_formula(start: str) -> None:
    name = f'{start}HYPERLINK("http://127.0.0.1";"x")'
    evil = replace(CAMERAS[0], name=name, carrier=name)
    record = replace(RECORD, cameras=(replace(RECORD.cameras[0], camera=evil),))
    (row,) = rows(to_csv(report(record=record), Language.EN))
    assert row["name"] == row["carrier"] == f"'{name}"


@pytest.mark.parametrize("text", ["", "村口", "1-2", "a=b", "—"])
def test_a_harmless_cell_stays_as_it_is(text: str) -> None:
    file = io.BytesIO()
    write_table(["name"], [[text]], file)
    (row,) = rows(file.getvalue())
    assert row["name"] == text


def test_no_number_starts_like_a_formula() -> None:
    assert report().total.seconds != Seconds()
    cells = [cell for row in rows(to_csv(report(), Language.EN)) for cell in row.values()]
    assert not any(cell.startswith("'") for cell in cells)
