"""An inventory's table with what the platform's list says put in: every other line, column and remark stays as it is.

What the platform says goes before what was written, camera by camera; what it leaves out stays, and nobody is removed.
A camera that only the platform has becomes a row at the end. Must never touch a file: it makes lines of cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

from monitor.errors import Fault, SettingsError
from monitor.inventory.columns import Column
from monitor.inventory.comparing import Differences, Pair
from monitor.inventory.entries import Extra, column_named, heading, language_of
from monitor.inventory.export import Listed
from monitor.inventory.foreign import Table

Cells = dict[Column | Extra, str]
_ADDRESSES: Final = (Column.URL, Column.HOST, Column.ONVIF)  # where the address of a camera stands


def merged(table: Table, differences: Differences) -> list[list[str]]:
    """All lines of the new table, titles first. ``table`` is the inventory's only file.

    Raises ``SettingsError`` for cells that would be lost: formulas, numbers without their last digits.
    """
    lost = [
        Fault(table.file, line.number, f"column {at + 1}", what)
        for line in table.rows
        for at, what in line.refused.items()
    ]
    if lost:
        raise SettingsError(tuple(lost))
    width = max(at for at, text in enumerate(table.heading.cells, start=1) if text.strip())
    headings = list(table.heading.cells[:width])
    columns = [column_named(name) for name in table.names[:width]]
    changed = {pair.entry.row.line: _changes(pair) for pair in differences.pairs}
    added = [_new(listed) for listed in differences.only_theirs]
    language = language_of(table)
    for column in dict.fromkeys(column for cells in [*changed.values(), *added] for column in cells):
        if column not in columns:
            columns.append(column)
            headings.append(heading(column, language))
    return [
        *(list(line.cells) for line in table.above),
        headings,
        *(_filled(line.cells[:width], columns, changed.get(line.number, {})) for line in table.rows),
        *(_filled((), columns, cells) for cells in added),
    ]


def _changes(pair: Pair) -> Cells:
    cells: Cells = {}
    for difference in pair.differences:
        if difference.column is Column.HOST:
            cells |= _moved(pair.entry.row.cells, difference.ours, difference.theirs)
        else:
            cells[difference.column] = difference.theirs
    return cells


def _moved(written: Mapping[Column, str], old: str, new: str) -> Cells:
    """The cells that name the old address, with the new one in its place; ports and paths stay."""
    cells: Cells = {}
    for column in _ADDRESSES:
        text = written.get(column)
        if text is None:
            continue
        parts = urlsplit(text if "://" in text else f"//{text}")
        if (parts.hostname or "").lower() != old:
            continue
        port = f":{parts.port}" if parts.port else ""
        moved = parts._replace(netloc=f"{new}{port}").geturl()
        cells[column] = moved if "://" in text else moved.removeprefix("//")
    return cells


def _new(listed: Listed) -> Cells:
    """A row for a camera that only the platform has; its stream's path is for a person to add."""
    named: Cells = {Column.CAMERA_ID: listed.national or listed.ids[0]} if listed.ids else {}
    instead = Column.HOST if Column.URL in listed.cells else None
    told: Cells = {column: text for column, text in listed.cells.items() if column is not instead}
    return named | told | dict(listed.kept)


def _filled(written: Sequence[str], columns: Sequence[Column | Extra | None], cells: Cells) -> list[str]:
    """A row with these cells in their columns, and what was written in the others."""
    padded = [*written, *[""] * (len(columns) - len(written))]
    return [cells.get(column, text) if column else text for column, text in zip(columns, padded, strict=True)]
