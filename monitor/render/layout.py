"""Plain text in columns: measures text in terminal cells, where a Chinese character takes two. Knows no report."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

Row = TypeVar("Row")

GAP = "  "
INDENT = "  "
WIDEST_CELL = 20


class Align(Enum):
    """To which side a column's cells are pushed."""

    LEFT = "left"
    RIGHT = "right"


def width(text: str) -> int:
    """How many terminal cells the text takes."""
    return sum(_cells(character) for character in text)


def clean(text: str) -> str:
    """The text without anything that could move a terminal's cursor or break a line."""
    return "".join(character if character.isprintable() else "�" for character in text)


def clip(text: str, cells: int) -> str:
    """The text in at most so many cells."""
    if width(text) <= cells:
        return text
    kept = ""
    for character in text:
        if width(kept) + _cells(character) > cells - 1:
            break
        kept += character
    return kept + "…"


def pad(text: str, cells: int, align: Align) -> str:
    """The text filled with spaces to so many cells."""
    fill = " " * (cells - width(text))
    match align:
        case Align.LEFT:
            return text + fill
        case Align.RIGHT:
            return fill + text


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column of a table: its heading, and what it shows of a row."""

    heading: str
    cell: Callable[[Row], str]
    align: Align = Align.LEFT
    widest: int = WIDEST_CELL  # in terminal cells; what is longer ends in an ellipsis


def table(rows: Sequence[Row], columns: Sequence[Column[Row]]) -> list[str]:
    """Lines of a table under its headings, indented; cells are cleaned and clipped."""
    texts = [
        [clip(clean(text), column.widest) for text in (column.heading, *map(column.cell, rows))] for column in columns
    ]
    widths = [max(map(width, column)) for column in texts]
    padded = [
        [pad(text, cells, column.align) for text in column_texts]
        for column, column_texts, cells in zip(columns, texts, widths, strict=True)
    ]
    heading, *lines = (GAP.join(cells) for cells in zip(*padded, strict=True))
    rule = GAP.join("-" * cells for cells in widths)
    return [(INDENT + line).rstrip() for line in (heading, rule, *lines)]


def _cells(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
