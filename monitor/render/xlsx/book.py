"""A workbook as a ZIP of XML parts, written sheet after sheet and never held. Knows no report.

The same calls give the same bytes on the same zlib: no clock, no random id, no place of this machine is in it.
Office Open XML as in ECMA-376 part 1, "SpreadsheetML"; elements of a sheet stand in the order its schema wants.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from html import escape
from itertools import chain, islice, repeat
from math import ceil
from typing import IO, BinaryIO, Final, Generic, TypeVar
from zipfile import ZIP_DEFLATED, ZipFile

from monitor.errors import SharpEyesError
from monitor.render.layout import width
from monitor.render.xlsx import parts
from monitor.render.xlsx.cells import ROWS, Texts, Value, formula_cell, formula_cells, formula_tag, letter
from monitor.render.xlsx.looks import Alarm, Look, stylesheet

Row = TypeVar("Row")

# A quarter of the CPU of zlib's own choice of 6, for a file a third larger.
COMPRESSION: Final = 1
ROWS_AT_ONCE: Final = 512
LINE_HEIGHT: Final = 15.0  # points
HEADING_HEIGHT: Final = 3 * LINE_HEIGHT
MOST_PRINTED: Final = 200  # characters of a line at the head or foot of a page


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column of a table. ``formula`` names cells of its own row by their columns' keys: ``{up}+{down}``."""

    key: str
    heading: str
    value: Callable[[Row], Value]  # of a formula: what it comes to
    look: Look = Look.TEXT
    width: float = 10  # in characters of the font
    formula: str | Callable[[Row], str] = ""  # one for all rows, or each row's own
    folded: bool = False  # not shown until its outline is opened
    name: str = ""  # under which formulas of other sheets find its cells


@dataclass(frozen=True, slots=True)
class About:
    """What a workbook says of itself."""

    title: str
    made_at: datetime
    program: str
    foot: str
    page: str  # with ``{page}`` and ``{pages}``
    seconds: str  # the number format of seconds


@dataclass(slots=True)
class Sheet:
    """One open sheet; rows are written in their order. Rows and columns count as Excel shows them."""

    name: str
    texts: Texts
    names: dict[str, str]
    out: IO[bytes]
    row: int = 0  # the last one written
    filtered: str = ""
    merged: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    shared: int = 0

    def write(self, *values: Value, looks: Sequence[Look] | Look = Look.PLAIN, height: float | None = None) -> int:
        """Write values from column A on and return the row's number."""
        each = [looks] * len(values) if isinstance(looks, Look) else looks
        return self.put([self.texts.cell(value, look) for value, look in zip(values, each, strict=True)], height)

    def put(self, cells: Sequence[str], height: float | None = None) -> int:
        """The same from cells as ``texts.cell`` and ``formula`` return them."""
        self._next(1)
        tall = "" if height is None else f' ht="{height}" customHeight="1"'
        body = "".join(f'<c r="{letter(number)}{self.row}"{cell}' for number, cell in enumerate(cells))
        self.out.write(f'<row r="{self.row}"{tall}>{body}</row>'.encode())
        return self.row

    def formula(self, expression: str, value: Value, look: Look) -> str:
        """A cell with a formula of its own."""
        return formula_cell(expression, value, look)

    def define(self, name: str, column: int, row: int, last: int | None = None) -> None:
        """Let formulas call cells of a column by a name; 0 is A."""
        place = f"${letter(column)}${row}"
        until = "" if last is None or last == row else f":${letter(column)}${last}"
        self.names[name] = f"{quoted_sheet(self.name)}!{place}{until}"

    def table(self, columns: Sequence[Column[Row]], rows: Iterable[Row], size: int, *, filtered: bool = True) -> int:
        """A row of headings and ``size`` rows under it; returns the first row. Without rows one stays empty."""
        self.write(*(column.heading for column in columns), looks=Look.HEADING, height=HEADING_HEIGHT)
        heading, first = self.row, self.row + 1
        last = heading + max(size, 1)
        for number, column in enumerate(columns):
            if column.name:
                self.define(column.name, number, first, last)
        if filtered:
            self.filtered = f"$A${heading}:${letter(len(columns) - 1)}${last}"
        self._next(max(size, 1))
        self._rows(columns, iter(rows), first, last)
        return first

    def alarm(self, cells: str, expression: str, alarm: Alarm) -> None:
        """Mark cells (``F3:F9``) for which an expression, written for the first of them, holds."""
        number = len(self.alarms) + 1
        self.alarms.append(
            f'<conditionalFormatting sqref="{cells}"><cfRule type="expression" dxfId="{alarm:d}" priority="{number}">'
            f"<formula>{escape(expression, quote=False)}</formula></cfRule></conditionalFormatting>"
        )

    def merge(self, row: int, columns: int) -> None:
        """Make one cell of a row's first so many."""
        self.merged.append(f'<mergeCell ref="A{row}:{letter(columns - 1)}{row}"/>')

    def _next(self, count: int) -> None:
        if self.row + count > ROWS:
            raise SharpEyesError(
                f"the sheet {self.name!r} would have {self.row + count:,} rows, and a workbook takes {ROWS:,}: take "
                "--format csv or json, or a contract of fewer cameras"
            )
        self.row += count

    def _rows(self, columns: Sequence[Column[Row]], rows: Iterator[Row], first: int, last: int) -> None:
        letters = {column.key: letter(number) for number, column in enumerate(columns)}
        made = [
            (f'<c r="{letter(number)}', self._cells(column, letters, number, first, last))
            for number, column in enumerate(columns)
        ]
        number = first
        while chunk := list(islice(rows, ROWS_AT_ONCE)):  # column by column: a town's month has millions of cells
            numbers = range(number, number + len(chunk))
            heads = [f'<row r="{at}"{tall}>' for at, tall in zip(numbers, _heights(columns, chunk), strict=True)]
            cells = [
                [f'{start}{at}"{cell}' for at, cell in zip(numbers, its(chunk, number), strict=True)]
                for start, its in made
            ]
            self.out.write(
                "".join([*map("".join, zip(heads, *cells, repeat("</row>", len(chunk)), strict=True))]).encode()
            )
            number += len(chunk)

    def _cells(
        self, column: Column[Row], places: Mapping[str, str], number: int, first: int, last: int
    ) -> Callable[[Sequence[Row], int], Iterator[str]]:
        """What makes a column's cells of the next rows; ``places`` are all columns' letters by their keys."""
        formula, value, look = column.formula, column.value, column.look
        if not formula:
            return lambda rows, _: self.texts.cells(map(value, rows), look)
        if isinstance(formula, str):
            tags = self._shared(formula.format_map(_RowOf(places, first)), f"{letter(number)}{first}", last - first)
            return lambda rows, _: formula_cells(tags, map(value, rows), look)
        return lambda rows, at: formula_cells(
            (formula_tag(formula(row).format_map(_RowOf(places, at + nth))) for nth, row in enumerate(rows)),
            map(value, rows),
            look,
        )

    def _shared(self, expression: str, first: str, more: int) -> Iterator[str]:
        """A formula that stands in the first of its cells and holds for so many more below it."""
        if not more:
            return iter([formula_tag(expression)])
        index, self.shared = self.shared, self.shared + 1
        column = first.rstrip("0123456789")
        area = f"{first}:{column}{int(first[len(column) :]) + more}"
        head = f'<f t="shared" ref="{area}" si="{index}">{escape(expression, quote=False)}</f>'
        return chain([head], repeat(f'<f t="shared" si="{index}"/>'))


class _RowOf(Mapping[str, str]):
    """The cells of one row by their columns' keys."""

    def __init__(self, letters: Mapping[str, str], row: int) -> None:
        self._letters = letters
        self._row = row

    def __getitem__(self, key: str) -> str:
        return f"{self._letters[key]}{self._row}"

    def __iter__(self) -> Iterator[str]:
        return iter(self._letters)

    def __len__(self) -> int:
        return len(self._letters)


def _heights(columns: Sequence[Column[Row]], rows: Sequence[Row]) -> list[str]:
    """Of each row what says how high it is, where it takes more than one line."""
    wrapped = [column for column in columns if column.look is Look.WRAPPED]
    if not wrapped:
        return [""] * len(rows)
    of_each = zip(*([lines_of(column.value(row), column.width) for row in rows] for column in wrapped), strict=True)
    return ["" if (lines := max(each)) == 1 else f' ht="{lines * LINE_HEIGHT}"' for each in of_each]


def letter_of(columns: Sequence[Column[Row]], key: str) -> str:
    """The letters of the column of that key."""
    return next(letter(number) for number, column in enumerate(columns) if column.key == key)


@lru_cache(4_096)
def lines_of(text: Value, cells: float) -> int:
    """How many lines a text takes in a column of that width; not every reader finds it out by itself."""
    if not isinstance(text, str):
        return 1
    return sum(max(1, ceil(width(line) / cells)) for line in text.split("\n"))


def quoted_sheet(name: str) -> str:
    """A sheet's name inside a formula."""
    return "'" + name.replace("'", "''") + "'"


class Book:
    """A workbook that is being written into an open file, which may be a pipe."""

    def __init__(self, file: BinaryIO, about: About) -> None:
        self._zip = ZipFile(file, "w", ZIP_DEFLATED, compresslevel=COMPRESSION)
        self._about = about
        self._sheets: list[parts.Listed] = []
        self._names: dict[str, str] = {}
        self._texts = Texts()

    @contextmanager
    def sheet(
        self,
        name: str,
        columns: Sequence[Column[Row]] | Sequence[float],
        *,
        frozen: tuple[int, int] = (0, 0),
        heading: int = 0,
        tall: int = 0,
    ) -> Iterator[Sheet]:
        """A new sheet; ``frozen`` are the columns and rows that stay, ``heading`` the row printed on every page.

        It prints as wide as one page and, unless ``tall`` says in how many it must fit, on as many as it takes.
        """
        number = len(self._sheets) + 1
        with self._part(f"xl/worksheets/sheet{number}.xml") as out:
            sheet = Sheet(name, self._texts, self._names, out)
            widths = [
                (column.width, column.folded) if isinstance(column, Column) else (float(column), False)
                for column in columns
            ]
            out.write(parts.sheet_head(widths, frozen, selected=number == 1).encode())
            yield sheet
            foot = escape(self._about.foot.replace("&", "&&"))[:MOST_PRINTED]
            page = escape(self._about.page.format(page="&P", pages="&N"))
            out.write(
                parts.sheet_tail(
                    sheet.filtered, sheet.merged, sheet.alarms, tall, f"&amp;L&amp;8{foot}&amp;R&amp;8{page}"
                ).encode()
            )
        self._sheets.append(parts.Listed(name, heading, sheet.filtered))

    def close(self) -> None:
        """Write what speaks of all sheets."""
        for name, text in (
            ("xl/sharedStrings.xml", self._texts.part()),
            ("xl/styles.xml", stylesheet(self._about.seconds)),
            ("xl/workbook.xml", parts.workbook(self._sheets, self._names)),
            ("xl/_rels/workbook.xml.rels", parts.workbook_relations(len(self._sheets))),
            ("_rels/.rels", parts.RELATIONS),
            ("docProps/core.xml", parts.core(self._about.title, self._about.made_at)),
            ("docProps/app.xml", parts.app(self._about.program)),
            ("[Content_Types].xml", parts.content_types(len(self._sheets))),
        ):
            with self._part(name) as out:
                out.write(text.encode())
        self._zip.close()

    @contextmanager
    def _part(self, name: str) -> Iterator[IO[bytes]]:
        with self._zip.open(name, "w") as out:  # by name alone: a part has no date but the oldest a ZIP can name
            out.write(b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n')
            yield out
