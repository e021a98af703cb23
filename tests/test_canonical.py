"""Canonical JSON: one way to write a value, and strict reading. Events' forms are pinned by the ledger's tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.canonical import Json, Unreadable, canonical, is_canonical, read, written

json_values: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Sample:
    day: date
    clock: time
    colours: frozenset[Colour]
    numbers: tuple[int, ...]
    colour: Colour | None = None


SAMPLE = Sample(date(2026, 10, 1), time(9, 30), frozenset({Colour.RED}), (3, 1))
TEXT = '{"clock":"09:30:00","colour":null,"colours":["red"],"day":"2026-10-01","numbers":[3,1]}'


def test_a_value_is_written_in_one_way_and_read_back() -> None:
    assert written(SAMPLE) == TEXT
    assert read(Sample, TEXT) == SAMPLE
    assert read(Sample, TEXT.replace('"colour":null,', "")) == SAMPLE


@given(json_values)
def test_whatever_is_written_canonically_is_canonical(raw: Json) -> None:
    assert is_canonical(canonical(raw))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        TEXT.replace('"day"', '"other"'),
        TEXT.replace("red", "blue"),
        TEXT.replace("[3,1]", "[3,true]"),
        TEXT.replace("[3,1]", '"31"'),
        TEXT.replace("2026-10-01", "2026-10-32"),
        TEXT.replace("null", "1"),
    ],
)
def test_what_does_not_fit_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        read(Sample, text)


def test_what_has_no_form_is_refused() -> None:
    with pytest.raises(TypeError, match="no form for float"):
        written(Sample(date(2026, 1, 1), time(0), frozenset(), (1.5,)))  # type: ignore[arg-type]
