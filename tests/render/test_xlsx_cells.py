"""Single cells: what may stand in one, and how one is called."""

from __future__ import annotations

import io
from xml.sax.saxutils import unescape

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from monitor.render.xlsx.book import About, Book, lines_of
from monitor.render.xlsx.cells import LONGEST_TEXT, letter, markup, quoted
from monitor.render.xlsx.looks import Look
from tests.render.samples import JULY


def read_back(*values: str | int | float | None) -> list[object]:
    """What openpyxl reads of a row."""
    out = io.BytesIO()
    book = Book(out, About("", JULY, "", "", "", "#,##0"))
    with book.sheet("s", (10,)) as sheet:
        sheet.write(*values, looks=Look.TEXT)
    book.close()
    return [cell.value for cell in openpyxl.load_workbook(io.BytesIO(out.getvalue()))["s"][1]]


@given(st.integers(0, 16_383))
def test_columns_are_called_as_spreadsheets_call_them(number: int) -> None:
    assert letter(number) == get_column_letter(number + 1)


@pytest.mark.parametrize("text", ["=1+1", "村口 <b>&\"'", "_x000D_", "a\nb", " kept ", "－", "1", "TRUE", "#REF!"])
def test_a_text_comes_back_as_it_was(text: str) -> None:
    assert read_back(text) == [text]


@pytest.mark.parametrize(
    ("text", "shown"), [("a\x00b", "a�b"), ("\x1b[2J", "�[2J"), ("\u202egnp", "�gnp"), ("\ud800", "�")]
)
def test_what_may_not_stand_in_a_cell_is_replaced(text: str, shown: str) -> None:
    assert read_back(text) == [shown]


@pytest.mark.parametrize("character", ["x", "村", "😀"])
def test_a_text_too_long_for_a_cell_ends_in_an_ellipsis(character: str) -> None:
    (shown,) = read_back(character * (LONGEST_TEXT + 1))
    assert isinstance(shown, str)
    assert shown.endswith("…")
    units = len(shown.encode("utf-16-le")) // 2
    assert LONGEST_TEXT - 1 <= units <= LONGEST_TEXT


def test_a_text_that_just_fits_is_whole() -> None:
    assert read_back("x" * LONGEST_TEXT) == ["x" * LONGEST_TEXT]


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), max_size=40))
def test_markup_loses_nothing_that_can_be_printed(text: str) -> None:
    shown = unescape(markup(text), {"&quot;": '"', "&#x27;": "'"}).replace("_x005F_", "_")
    assert shown == text


@given(st.one_of(st.integers(0, 2**53), st.floats(0, 1e12)))
def test_a_number_comes_back_to_the_last_bit(number: float) -> None:
    assert read_back(number) == [number]


def test_nothing_is_an_empty_cell() -> None:
    assert read_back("a", None, "", "b") == ["a", None, None, "b"]


def test_a_text_inside_a_formula_keeps_its_quotes() -> None:
    assert quoted('a"b') == '"a""b"'


@pytest.mark.parametrize(
    ("text", "cells", "lines"), [("", 10, 1), ("x" * 10, 10, 1), ("x" * 11, 10, 2), ("村" * 6, 10, 2), ("a\nb", 10, 2)]
)
def test_a_row_is_as_tall_as_its_text_needs(text: str, cells: float, lines: int) -> None:
    assert lines_of(text, cells) == lines
