"""YAML as its writer sees it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import Fault
from monitor.parsing.yaml_tree import Entry, Mapping, Scalar, Sequence, parse_yaml

FILE = "x.yml"


def refusal(text: str) -> str:
    faults: list[Fault] = []
    assert parse_yaml(text.encode(), FILE, faults) is None
    return "\n".join(map(str, faults))


def test_every_node_knows_its_line() -> None:
    faults: list[Fault] = []
    tree = parse_yaml(b"\xef\xbb\xbfa: 1\nb:\n  - x\n  - {c: y}\n", FILE, faults)
    inner = Mapping(4, (Entry(4, "c", Scalar(4, "y", null=False)),))
    items = Sequence(3, (Scalar(3, "x", null=False), inner))
    assert tree == Mapping(1, (Entry(1, "a", Scalar(1, "1", null=False)), Entry(2, "b", items)))
    assert not faults


@pytest.mark.parametrize("text", ["15:00", "007", "no", "1e3", "2026-01-31", "0x10", "1_000"])
def test_a_value_stays_the_text_it_is(text: str) -> None:
    assert parse_yaml(text.encode(), FILE, []) == Scalar(1, text, null=False)


@pytest.mark.parametrize(("text", "null"), [("null", True), ("~", True), ("'null'", False), ("''", False)])
def test_nothing_is_only_what_stands_without_quotes(text: str, null: bool) -> None:
    node = parse_yaml(text.encode(), FILE, [])
    assert isinstance(node, Scalar)
    assert node.null is null


def test_of_two_equal_keys_the_first_holds_and_the_second_is_a_fault() -> None:
    faults: list[Fault] = []
    tree = parse_yaml(b"a:\n  - {b: 1,\n     b: 2}\n", FILE, faults)
    assert [str(fault) for fault in faults] == ["x.yml:3: a[1].b: is already on line 2"]
    assert "'2'" not in repr(tree)


def test_lines_count_as_an_editor_counts_them() -> None:
    assert refusal("a: 1\r\nb: 2\rc: 3\nd: \x85\n") == "x.yml:4: has the control character U+0085: delete it"


def test_a_bomb_is_refused_at_its_first_anchor() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(20)
    )
    assert refusal(bomb).startswith("x.yml:1: uses an anchor or alias")


def test_nesting_without_end_is_refused() -> None:
    assert refusal("[" * 100_000) == "x.yml:1: is nested more than 12 levels deep"
    assert refusal("\n".join(" " * n + "a:" for n in range(50))) == "x.yml:13: is nested more than 12 levels deep"


@given(st.binary(max_size=200) | st.text("ab:-[]{}&*!|>'\"#,? \n\t%@`\\", max_size=60).map(str.encode))
def test_any_bytes_give_a_tree_or_a_located_fault(content: bytes) -> None:
    faults: list[Fault] = []
    tree = parse_yaml(content, FILE, faults)
    assert tree is not None or faults
    for fault in faults:
        assert 0 <= fault.line <= content.count(b"\n") + content.count(b"\r") + 1
        assert str(fault).isprintable()
