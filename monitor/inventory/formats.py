"""The rows of one file, by its ending. Content is read whole and bounded; nothing in it is ever executed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from monitor.errors import WHOLE_FILE, Fault
from monitor.inventory.columns import Column, column_of
from monitor.inventory.spreadsheet import lines_of_xlsx
from monitor.inventory.table import MOST_LINES, BrokenTable, Line, Row, rows_of
from monitor.parsing.scalars import printable
from monitor.parsing.section import single_text
from monitor.parsing.yaml_tree import Mapping, Node, Scalar, Sequence, parse_yaml
from monitor.reading import MEGABYTE, Unreadable, read_at_most

LARGEST_FILE = 64 * MEGABYTE


def read_rows(path: Path, faults: list[Fault]) -> list[Row]:
    """Every row that can be told apart; what cannot is a fault."""
    file = str(path)
    rows: list[Row] = []
    try:
        content = read_at_most(path, LARGEST_FILE)
        rows.extend(rows_of_content(path.suffix.lower(), content, file, faults))
    except Unreadable as unreadable:
        faults.append(Fault(file, 0, WHOLE_FILE, str(unreadable)))
    except BrokenTable as broken:
        faults.append(Fault(file, broken.line, WHOLE_FILE, broken.what))
    return rows


def rows_of_content(ending: str, content: bytes, file: str, faults: list[Fault]) -> Iterator[Row]:
    """The rows of a file with that ending."""
    match ending:
        case ".csv":
            return rows_of(lines_of_csv(content), file, faults)
        case ".xlsx":
            return rows_of(lines_of_xlsx(content), file, faults)
        case ".yml" | ".yaml":
            return rows_of_yaml(content, file, faults)
        case _:
            raise BrokenTable(0, "is none of .csv, .xlsx, .yml, .yaml: save it as one of these")


def lines_of_csv(content: bytes) -> Iterator[Line]:
    """Comma-separated lines; a line counts from where it begins, even if a quoted cell has line breaks."""
    reader = csv.reader(io.StringIO(decoded(content), newline=""), strict=True)
    begun = 1
    try:
        for cells in reader:
            yield Line(begun, tuple(cells))
            begun = reader.line_num + 1
    except csv.Error:
        raise BrokenTable(
            begun, 'is not valid CSV in the row that begins here: look for a quote (") too many'
        ) from None


def decoded(content: bytes) -> str:
    """UTF-8, or else GB18030, in which Excel saves CSV on a Chinese system."""
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise BrokenTable(0, "is a spreadsheet, not CSV: name it .xlsx, or save it as CSV")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BrokenTable(0, "is UTF-16: save it as CSV UTF-8")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BrokenTable(0, "is neither UTF-8 nor GB18030: save it as CSV UTF-8")


def rows_of_yaml(content: bytes, file: str, faults: list[Fault]) -> Iterator[Row]:
    """A list with one mapping for each camera."""
    match parse_yaml(content, file, faults):
        case None:
            return
        case Sequence(items=items):
            if len(items) > MOST_LINES:
                raise BrokenTable(items[MOST_LINES].line, f"has more than {MOST_LINES:,} cameras: split the file")
            for item in items:
                yield from row_of_yaml(item, file, faults)
        case node:
            raise BrokenTable(node.line, "must be a list of cameras: begin each with a dash (-)")


def row_of_yaml(item: Node, file: str, faults: list[Fault]) -> Iterator[Row]:
    """The row of one mapping."""
    if not isinstance(item, Mapping):
        faults.append(Fault(file, item.line, "row", "must be a mapping of keys and values"))
        return
    cells: dict[Column, str] = {}
    absent: set[Column] = set()
    for entry in item.entries:
        column = None
        try:
            column = column_of(entry.key, cells)
            text = "" if isinstance(entry.value, Scalar) and entry.value.null else single_text(entry.value)
        except ValueError as error:
            faults.append(Fault(file, entry.line, printable(entry.key), str(error)))
            absent |= {column} if column else set()
            continue
        if column is not None and text.strip():
            cells[column] = text.strip()
    yield Row(file, item.line, cells, frozenset(absent))
