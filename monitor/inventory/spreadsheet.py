"""The lines of the first sheet of an XLSX file. A spreadsheet is a zip of XML: its unpacked size is bounded first."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from monitor.inventory.table import MOST_LINES, BrokenTable, Line
from monitor.reading import MEGABYTE, size_text

LARGEST_UNPACKED = 256 * MEGABYTE
WIDEST = 64  # columns; what stands further right is not even looked for
LARGEST_EXACT = 10**15  # a spreadsheet number keeps 15 digits

# What openpyxl, zipfile and the XML parser raise on a damaged file. They document no closed list; this one comes from
# feeding damaged files in (tests/inventory/test_spreadsheet.py).
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    SyntaxError,  # of either XML parser that openpyxl may take
    OSError,
    EOFError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
    AssertionError,
)


def lines_of_xlsx(content: bytes) -> Iterator[Line]:
    """The rows of the first sheet as texts; raises ``BrokenTable`` when the file cannot be trusted or understood."""
    try:
        refuse_bomb(content)
        rows = first_sheet(content)
    except DAMAGED:
        raise BrokenTable(0, "is not a readable spreadsheet: save it again as .xlsx, without a password") from None
    for number, row in enumerate(rows, start=1):
        if len(row) > WIDEST and row[WIDEST].text:
            raise BrokenTable(number, f"has more than {WIDEST} columns")
        refused = {place: cell.refused for place, cell in enumerate(row) if cell.refused}
        yield Line(number, tuple(cell.text for cell in row[:WIDEST]), refused)


def refuse_bomb(content: bytes) -> None:
    """A zip unpacks to no more than its directory says, so its directory is asked first."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(member.file_size for member in archive.infolist()) > LARGEST_UNPACKED:
            raise BrokenTable(0, f"unpacks to more than {size_text(LARGEST_UNPACKED)}")


@dataclass(frozen=True, slots=True)
class CellText:
    """A cell as a person sees it, or why it cannot be taken so."""

    text: str = ""
    refused: str = ""


def first_sheet(content: bytes) -> list[tuple[CellText, ...]]:
    """The cells of each row, every row equally wide, one row more than may be."""
    from openpyxl import load_workbook

    with warnings.catch_warnings():  # openpyxl warns of styles and extensions it passes over
        warnings.simplefilter("ignore")
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet = workbook.worksheets[0]
        sheet.reset_dimensions()  # the size it states may be a lie
        rows = islice(sheet.iter_rows(max_col=WIDEST + 1), MOST_LINES + 1)
        return [tuple(cell_text(cell.value, getattr(cell, "data_type", "n")) for cell in row) for row in rows]


def cell_text(value: object, kind: str) -> CellText:
    """The text of a cell of that kind (``f`` formula, ``e`` error value); numbers that lost digits are refused."""
    if kind == "f":
        return CellText(refused="is a formula: copy the column and paste it as values")
    if kind == "e":
        return CellText(refused="is an error value of the spreadsheet")
    match value:
        case None:
            return EMPTY
        case bool():
            return CellText("true" if value else "false")
        case int() | float() if abs(value) >= LARGEST_EXACT:
            return CellText(refused="is a number that has lost digits: format the column as text and write it again")
        case float() if value.is_integer():
            return CellText(str(int(value)))
        case _:
            return CellText(str(value))


EMPTY = CellText()
