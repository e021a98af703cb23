"""Columns stand under each other on a terminal where a Chinese character takes two cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.render.layout import Align, Column, clean, clip, pad, table, width


@pytest.mark.parametrize(
    ("text", "cells"), [("", 0), ("abc", 3), ("村口", 4), ("A村", 3), ("，", 2), ("é", 1), ("e\u0301", 1)]
)
def test_width_is_in_terminal_cells(text: str, cells: int) -> None:
    assert width(text) == cells


@given(st.text(alphabet="ab村口，—e\u0301", max_size=30), st.integers(1, 20))
def test_a_clipped_text_fits_and_says_that_it_was_clipped(text: str, cells: int) -> None:
    clipped = clip(text, cells)
    assert width(clipped) <= cells
    assert (clipped == text) == (width(text) <= cells)
    assert clipped == text or clipped.endswith("…")


@given(st.text(alphabet="ab村口", max_size=8), st.sampled_from(Align))
def test_a_padded_text_fills_its_cells(text: str, align: Align) -> None:
    assert width(pad(text, 20, align)) == 20
    assert pad(text, 20, align).strip() == text


def test_columns_are_aligned_over_both_scripts() -> None:
    rows = [("东营村", 5), ("Old mill", 1200)]
    lines = table(rows, [Column("村", lambda row: row[0]), Column("台数", lambda row: str(row[1]), Align.RIGHT)])
    assert lines == [
        "  村        台数",
        "  --------  ----",
        "  东营村       5",
        "  Old mill  1200",
    ]


def test_nothing_in_a_cell_moves_the_cursor_or_breaks_the_line() -> None:
    assert clean("a\x1b[2J\nb\u202ec\r") == "a�[2J�b�c�"
    assert len(table(["x\ny"], [Column("h", lambda row: row)])) == 3
