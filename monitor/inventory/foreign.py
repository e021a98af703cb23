"""Tables that other systems wrote (CSV or XLSX): their heading found, every other column left as it is.

It knows no column by itself: whoever reads says which headings there must be.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from monitor.errors import WHOLE_FILE, Fault, SettingsError
from monitor.inventory.columns import simplified
from monitor.inventory.formats import LARGEST_FILE, lines_of_csv
from monitor.inventory.spreadsheet import lines_of_xlsx
from monitor.inventory.table import HEADING_WITHIN, BrokenTable, Line, counted, refuse_other_separators
from monitor.reading import Unreadable, read_at_most


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its heading found."""

    file: str
    above: tuple[Line, ...]  # titles
    heading: Line
    rows: tuple[Line, ...]  # below the heading, blank ones left out

    @property
    def names(self) -> tuple[str, ...]:
        """The headings without case, spaces and punctuation."""
        return tuple(simplified(cell) for cell in self.heading.cells)

    def places(self, wanted: Collection[str]) -> list[int]:
        """Where the columns with these simplified headings stand, counted from 0."""
        return [at for at, name in enumerate(self.names) if name in wanted]


def cell(line: Line, at: int) -> str:
    """The text of a cell; "" where the line is shorter."""
    return line.cells[at].strip() if at < len(line.cells) else ""


def read_table(path: Path, fits: Callable[[frozenset[str]], bool], lacking: str) -> Table:
    """The table below the first line whose simplified headings fit; ``lacking`` is said when none does.

    Raises ``SettingsError`` with file and line.
    """
    file = str(path)
    try:
        lines = list(counted(_lines(path)))
        at = _heading_at(lines, fits, lacking)
    except Unreadable as unreadable:
        raise SettingsError((Fault(file, 0, WHOLE_FILE, str(unreadable)),)) from None
    except BrokenTable as broken:
        raise SettingsError((Fault(file, broken.line, WHOLE_FILE, broken.what),)) from None
    return Table(file, tuple(lines[:at]), lines[at], tuple(line for line in lines[at + 1 :] if not line.blank))


def _lines(path: Path) -> Iterable[Line]:
    content = read_at_most(path, LARGEST_FILE)
    match path.suffix.lower():
        case ".csv":
            return lines_of_csv(content)
        case ".xlsx":
            return lines_of_xlsx(content)
        case _:
            raise BrokenTable(0, "is neither .csv nor .xlsx: save it as one of these")


def _heading_at(lines: list[Line], fits: Callable[[frozenset[str]], bool], lacking: str) -> int:
    top = list(_top(lines))
    for at in top:
        if fits(frozenset(simplified(cell) for cell in lines[at].cells)):
            return at
    refuse_other_separators((lines[at] for at in top), lambda cells: fits(frozenset(map(simplified, cells))))
    raise BrokenTable(lines[top[0]].number if top else 0, lacking)


def _top(lines: list[Line]) -> Iterator[int]:
    """The first few lines that say anything."""
    written = (at for at, line in enumerate(lines) if not line.blank)
    return (at for at, _ in zip(written, range(HEADING_WITHIN), strict=False))
