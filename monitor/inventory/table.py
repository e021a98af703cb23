"""Rows with known columns, out of lines of cells: where the heading stands, what it says, and what each row leaves out.

The formats (CSV, XLSX) only make lines of cells; YAML makes rows by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from monitor.errors import Fault
from monitor.inventory.columns import IGNORED_SPELLINGS, SPELLINGS, Column, column_of, simplified

MOST_LINES = 100_000
NEEDED = frozenset({Column.CAMERA_ID, Column.NAME, Column.VILLAGE, Column.URL})  # or host in place of url
OTHER_SEPARATORS = ("\t", ";", "；", "，")
HEADING_WITHIN = 10  # title and sub-title rows may come first


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table as it stands."""

    number: int  # 1-based, as an editor or a spreadsheet counts
    cells: tuple[str, ...]
    refused: Mapping[int, str] = field(default_factory=dict)  # why a cell, counted from 0, cannot be taken as a text

    @property
    def blank(self) -> bool:
        """Whether no cell says anything."""
        return not self.refused and not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Row:
    """What one camera's row says, empty cells left out."""

    file: str
    line: int
    cells: Mapping[Column, str]
    absent: frozenset[Column] = frozenset()  # needed, but already a fault elsewhere: nothing more to say about it


class BrokenTable(Exception):
    """The file ends here for us; line and reason."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line
        self.what = what


def rows_of(lines: Iterable[Line], file: str, faults: list[Fault]) -> Iterator[Row]:
    """The rows below the heading; raises ``BrokenTable`` when there is no heading or no end."""
    written = (line for line in counted(lines) if not line.blank)
    top = list(islice(written, HEADING_WITHIN))
    heading = heading_of(top)
    columns = columns_of(heading, file, faults)
    absent = absent_of(columns)
    for column in sorted(absent):
        also = " (nor is there a column host)" if column is Column.URL else ""
        faults.append(Fault(file, heading.number, column, f"no column has this heading{also}"))
    for line in chain(top[top.index(heading) + 1 :], written):
        if (row := row_of(line, columns, file, faults)) is not None:
            yield replace(row, absent=absent)


def counted(lines: Iterable[Line]) -> Iterator[Line]:
    """The same lines, but not without end."""
    for line in lines:
        if line.number > MOST_LINES:
            raise BrokenTable(line.number, f"has more than {MOST_LINES:,} lines: split the file")
        yield line


def heading_of(top: list[Line]) -> Line:
    """The first line with two known headings; else the first with two cells, whose headings are then the faults."""
    known = SPELLINGS.keys() | IGNORED_SPELLINGS
    for line in top:
        if sum(simplified(cell) in known for cell in line.cells) >= 2:
            return line
    refuse_other_separators(top, lambda cells: sum(simplified(cell) in known for cell in cells) >= 2)
    for line in top:
        if sum(bool(cell.strip()) for cell in line.cells) >= 2:
            return line
    raise BrokenTable(top[0].number if top else 0, "has no heading row such as camera_id,name,village,url")


def refuse_other_separators(top: Iterable[Line], fits: Callable[[Sequence[str]], bool]) -> None:
    """Raises ``BrokenTable`` where a line would fit as the heading if its cells stood between other marks."""
    for line in top:
        if any(fits(",".join(line.cells).split(mark)) for mark in OTHER_SEPARATORS):
            raise BrokenTable(
                line.number, "has tabs, semicolons or wide commas between its cells: save it as CSV with commas"
            )


def columns_of(heading: Line, file: str, faults: list[Fault]) -> tuple[Column | None, ...]:
    """The column of each cell; ``None`` where a column says nothing to us."""
    columns: list[Column | None] = []
    width = max(number for number, cell in enumerate(heading.cells, start=1) if cell.strip())
    for number, cell in enumerate(heading.cells[:width], start=1):
        try:
            columns.append(column_of(cell.strip(), dict.fromkeys(column for column in columns if column)))
        except ValueError as error:
            faults.append(Fault(file, heading.number, f"column {number}", str(error)))
            columns.append(None)
    return tuple(columns)


def absent_of(columns: Iterable[Column | None]) -> frozenset[Column]:
    """The columns no row can do without and no heading names."""
    given = frozenset(columns)
    absent = NEEDED - given
    return absent - {Column.URL} if Column.HOST in given else absent


def row_of(line: Line, columns: tuple[Column | None, ...], file: str, faults: list[Fault]) -> Row | None:
    """The row of a line, or ``None`` after a fault when its cells do not stand below the headings."""
    extra = any(cell.strip() for cell in line.cells[len(columns) :])
    if extra or len(line.cells) < len(columns):
        what = f"has {len(line.cells)} cells, the heading has {len(columns)}: is a comma missing or too many?"
        faults.append(Fault(file, line.number, "row", what))
        return None
    cells: dict[Column, str] = {}
    for place, (column, cell) in enumerate(zip(columns, line.cells, strict=False)):
        if column is None:
            continue
        if place in line.refused:
            faults.append(Fault(file, line.number, column, line.refused[place]))
            return None
        if cell.strip():
            cells[column] = cell.strip()
    return Row(file, line.number, cells)
