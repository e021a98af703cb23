"""Workbooks as tests read them: with openpyxl, which knows nothing of ours."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from monitor.language import Language
from monitor.render import write_xlsx
from monitor.report import Report


def written(report: Report, language: Language = Language.EN) -> bytes:
    """The file."""
    out = io.BytesIO()
    write_xlsx(report, language, out)
    return out.getvalue()


def opened(data: bytes | Path, *, values: bool = False) -> Workbook:
    """What openpyxl finds in it: formulas, or the values kept beside them."""
    return openpyxl.load_workbook(io.BytesIO(data) if isinstance(data, bytes) else data, data_only=values)


def sheet(book: Workbook, name: str) -> Worksheet:
    """A sheet with cells."""
    found = book[name]
    assert isinstance(found, Worksheet)
    return found


def rows(table: Worksheet, heading: int = 2) -> list[dict[str, Any]]:
    """The rows under a row of headings, until one is empty."""
    names = [cell.value for cell in table[heading]]
    found = []
    for row in table.iter_rows(min_row=heading + 1):
        if row[0].value is None:
            break
        found.append({str(name): cell.value for name, cell in zip(names, row, strict=True)})
    return found


def formulas(book: Workbook) -> Iterator[tuple[str, str]]:
    """Sheet and address of every formula."""
    for table in book.worksheets:
        for row in table.iter_rows():
            yield from (
                (table.title, cell.coordinate) for cell in row if isinstance(cell, Cell) and cell.data_type == "f"
            )


def named(book: Workbook, name: str) -> Any:
    """The value of the cell of that name."""
    ((title, place),) = book.defined_names[name].destinations
    return sheet(book, title)[place.replace("$", "")].value


def parts(data: bytes) -> dict[str, str]:
    """All parts of the file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode("utf-8") for name in archive.namelist()}


def altered(data: bytes, number: int, cell: str, value: float) -> bytes:
    """The file with another number in one cell of a sheet, and nothing else changed: what was kept beside is kept."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name).decode("utf-8")
            if name == f"xl/worksheets/sheet{number}.xml":
                text, changed = re.subn(rf'(<c r="{cell}" s="\d+"><v>)[^<]*', rf"\g<1>{value!r}", text)
                assert changed == 1
            new.writestr(name, text)
    return out.getvalue()
