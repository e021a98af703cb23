"""A mapping read key by key."""

from __future__ import annotations

import pytest

from monitor.errors import Fault
from monitor.parsing.scalars import whole_number
from monitor.parsing.section import Section, whole_file


def section(text: str, faults: list[Fault]) -> Section:
    found = whole_file(text.encode(), "x.yml", faults)
    assert found is not None
    return found


def test_a_key_nobody_asks_for_is_a_fault_and_its_order_is_that_of_the_file() -> None:
    faults: list[Fault] = []
    with section("z: 1\nb: 2\na: 3\n", faults) as top:
        assert top.read("b", whole_number, 0) == 2
    assert [str(fault) for fault in faults] == [
        "x.yml:1: z: is not a known key; known: b",
        "x.yml:3: a: is not a known key; known: b",
    ]


def test_a_wrong_value_is_a_fault_and_the_default_goes_on() -> None:
    faults: list[Fault] = []
    with section("a: x\nlist: [1, x, 3]\n", faults) as top:
        assert top.read("a", whole_number, 7) == 7
        assert top.read_all("list", whole_number, ()) == (1, 3)
    assert [fault.where for fault in faults] == ["a", "list[2]"]


def test_a_single_value_is_a_list_of_one() -> None:
    assert section("a: 1", []).read_all("a", whole_number, ()) == (1,)


def test_absence_is_no_fault_where_there_is_a_default() -> None:
    faults: list[Fault] = []
    top = section("{}", faults)
    assert top.read("a", whole_number, 1) == 1
    assert top.read_all("b", whole_number, (2,)) == (2,)
    assert top.maybe("c", whole_number) is None
    with top.section("d") as inner:
        assert inner.read("e", whole_number, 3) == 3
    assert list(top.sections("f")) == []
    assert not faults


def test_a_needed_key_is_missed_on_the_line_of_its_section() -> None:
    faults: list[Fault] = []
    with section("a: 1\nb:\n  c: 1\n", faults).section("b") as inner:
        inner.read("c", whole_number, 0)
        assert inner.need("d", whole_number) is None
    assert [str(fault) for fault in faults] == ["x.yml:3: b.d: is missing"]


def test_no_second_fault_hides_the_error_that_leaves_a_section() -> None:
    faults: list[Fault] = []
    with pytest.raises(KeyError), section("a: 1", faults):
        raise KeyError("x")
    assert not faults


@pytest.mark.parametrize(("value", "given"), [("", False), ("null", False), ("[]", False), ("{}", True), ("0", True)])
def test_a_key_is_given_when_something_stands_under_it(value: str, given: bool) -> None:
    section = whole_file(f"key: {value}".encode(), "file.yml", [])
    assert section is not None
    assert section.given("key") is given
    assert not section.given("other")
