"""Two reports compared: no value may change without a difference, and each is told in words."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.language import Language
from monitor.render import to_json
from monitor.render.comparing import ORDER, Difference, differences, sentence
from tests.render.samples import at, report
from tests.render.test_html_acts import decided, june
from tests.render.test_settlement import made

SHANGHAI = ZoneInfo("Asia/Shanghai")
PLAIN, SETTLED = (json.loads(to_json(shown))["report"] for shown in (june(*decided()), made(now=at(20))))


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where every value stands that holds no others."""
    match value:
        case dict() if value:
            for key, part in value.items():
                yield from leaves(part, (*path, key))
        case list() if value:
            for number, part in enumerate(value):
                yield from leaves(part, (*path, number))
        case _:
            yield path


LEAVES = {name: list(leaves(whole)) for name, whole in (("plain", PLAIN), ("settled", SETTLED))}


def changed(whole: Any, path: tuple[str | int, ...], to: Any) -> Any:
    other = copy.deepcopy(whole)
    inner = other
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = to
    return other


def other_than(value: Any) -> Any:
    """Something else that is as like it as can be."""
    match value:
        case bool():
            return int(value)
        case int():
            return value + 1
        case str():
            return value + " "
        case None:
            return 0
        case _:
            return None


def told(theirs: Any, ours: Any, language: Language = Language.EN) -> list[str]:
    return [sentence(each, SHANGHAI, language) for each in differences(theirs, ours)]


def test_a_report_does_not_differ_from_itself() -> None:
    for whole in (PLAIN, SETTLED):
        assert list(differences(whole, copy.deepcopy(whole))) == []


@given(st.data())
def test_no_value_changes_without_a_difference(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(LEAVES)))
    whole, path = {"plain": PLAIN, "settled": SETTLED}[name], data.draw(st.sampled_from(LEAVES[name]))
    inner = whole
    for step in path:
        inner = inner[step]
    other = changed(whole, path, other_than(inner))
    assert told(other, whole)
    assert told(whole, other, Language.ZH)


def test_a_changed_figure_is_told_by_camera_and_kind_of_time() -> None:
    (number,) = (n for n, each in enumerate(PLAIN["cameras"]) if each["camera"]["id"] == "qh-001")
    other = changed(PLAIN, ("cameras", number, "seconds", "down"), 1_500_000)
    assert told(other, PLAIN) == ["camera · qh-001 · time · down: the file says 1.500000 s, this record gives 3900 s"]
    assert told(other, PLAIN, Language.ZH) == ["摄像机 · qh-001 · 时长 · 离线：文件 1.500000 s，本台账 3900 s"]


def test_a_changed_rate_is_told_with_its_fraction() -> None:
    other = changed(PLAIN, ("total", "rates", "online", "numerator"), 1)
    (line,) = told(other, PLAIN)
    assert line.startswith("total · rate · online: the file says ")
    assert "% (1/" in line


def test_a_missing_camera_is_one_difference_and_not_one_for_each_behind_it() -> None:
    other = copy.deepcopy(PLAIN)
    gone = other["cameras"].pop(0)["camera"]["id"]
    assert told(other, PLAIN)[0].startswith(f"camera · {gone}: the file says (not there), this record gives ")
    assert len(told(other, PLAIN)) == 1
    assert told(PLAIN, other)[0].endswith("this record gives (not there)")


def test_a_list_in_another_order_says_so_and_no_more() -> None:
    other = {**PLAIN, "cameras": PLAIN["cameras"][::-1]}
    (found,) = differences(other, PLAIN)
    assert found.where == ("cameras", ORDER)


def test_instants_are_local_times_and_inspections_are_counts() -> None:
    start = PLAIN["outages"][0]["start"]
    other = changed(PLAIN, ("outages", 0, "end"), start + 1)
    assert "the file says 2026-06-14 00:00:00.000001, this record gives 2026-06-19 00:00:00" in told(other, PLAIN)[0]
    other = changed(PLAIN, ("cameras", 0, "looks", "up"), 7)
    assert "inspections · up, picture good: the file says 7, " in told(other, PLAIN)[0]


@pytest.mark.parametrize("value", [10**40, -(10**40), "\x1b[2J", {"a": {}}, [[]], 1 << 62])
def test_whatever_the_file_holds_is_safe_to_print(value: Any) -> None:
    for path in (("total", "seconds", "down"), ("period", "end"), ("town",), ("verdict",)):
        for line in told(changed(PLAIN, path, value), PLAIN):
            assert line.isprintable()
    hostile = changed(PLAIN, ("cameras", 0, "camera", "id"), "\x1b[2J\u202e")
    assert all(line.isprintable() for line in told(hostile, PLAIN))


def test_true_is_not_one_and_a_missing_value_is_not_none() -> None:
    assert list(differences({"a": True}, {"a": 1})) == [Difference(("a",), True, 1)]
    assert len(list(differences({"a": None}, {}))) == 1
    assert len(list(differences([{"id": "x"}, {"id": "x"}], [{"id": "x"}]))) == 1
    assert report().town == PLAIN["town"]
