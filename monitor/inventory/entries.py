"""The cameras of an inventory with the rows they stand in, and what those rows say beside the columns that are read.

By such further columns a device is known again elsewhere: its MAC address, its serial number, its national id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from monitor.inventory.columns import CHINESE, IGNORED_SPELLINGS, SPELLINGS, Column, simplified
from monitor.inventory.foreign import Table, cell, read_table
from monitor.inventory.formats import read_rows
from monitor.inventory.table import Row
from monitor.language import Language
from monitor.model import Camera
from monitor.onvif.addresses import parse_address
from monitor.rtsp.urls import parse_target

TABLES: Final = frozenset({".csv", ".xlsx"})


class Extra(StrEnum):
    """A column that is passed over when cameras are read; the value is the English heading."""

    NATIONAL_ID = "national_id"  # of GB/T 28181, where the camera's own id is another
    MAC = "mac_address"
    SERIAL = "serial"
    REMARK = "remark"


_CHINESE: Final = {
    Extra.NATIONAL_ID: "国标ID",
    Extra.MAC: "MAC地址",
    Extra.SERIAL: "序列号",
    Extra.REMARK: "备注",
}
EXTRA_SPELLINGS: Final = {
    **{simplified(extra): extra for extra in Extra},
    **{simplified(word): extra for extra, word in _CHINESE.items()},
    **{simplified(word): Extra.SERIAL for word in ("设备序列号", "serial_number")},
}


def heading(column: Column | Extra, language: Language) -> str:
    """What stands above the column in a table in that language."""
    match language, column:
        case Language.ZH, Column():
            return CHINESE[column].split()[0]
        case Language.ZH, Extra():
            return _CHINESE[column]
        case _:
            return column.value


def column_named(name: str) -> Column | Extra | None:
    """The column of a simplified heading; None for one that says nothing to us."""
    return SPELLINGS.get(name) or EXTRA_SPELLINGS.get(name)


def language_of(table: Table) -> Language:
    """Which language a table's headings are in: a column more is headed in the same."""
    return Language.EN if table.heading.cells[0].isascii() else Language.ZH


@dataclass(frozen=True, slots=True)
class Entry:
    """One camera, and where it is written."""

    camera: Camera
    row: Row
    extras: Mapping[Extra, str]

    @property
    def place(self) -> str:
        """``cameras.csv:5``."""
        return f"{self.row.file}:{self.row.line}"

    @property
    def hosts(self) -> tuple[str, ...]:
        """Where its stream and its ONVIF service are, each once."""
        stream = parse_target(self.camera.url).host.lower()
        service = parse_address(self.camera.onvif).host if self.camera.onvif else stream
        return tuple(dict.fromkeys((stream, service)))


def entries_of(paths: Sequence[Path], cameras: Sequence[Camera]) -> tuple[Entry, ...]:
    """The rows of the cameras that ``load_inventory`` read from these files. Raises ``SettingsError``."""
    rows = [row for path in paths for row in read_rows(path, [])]
    extras = {place: said for path in paths for place, said in _extras_of(path).items()}
    return tuple(
        Entry(camera, row, extras.get((row.file, row.line), {})) for camera, row in zip(cameras, rows, strict=True)
    )


def table_of(path: Path) -> Table:
    """An inventory in CSV or XLSX as a table. Raises ``SettingsError``."""
    known = SPELLINGS.keys() | IGNORED_SPELLINGS
    return read_table(path, lambda names: len(names & known) >= 2, "has no heading row")


def _extras_of(path: Path) -> dict[tuple[str, int], dict[Extra, str]]:
    """By file and line; of a list in YAML nothing is kept."""
    if path.suffix.lower() not in TABLES:
        return {}
    table = table_of(path)
    places = {at: EXTRA_SPELLINGS[name] for at, name in enumerate(table.names) if name in EXTRA_SPELLINGS}
    return {
        (table.file, line.number): {extra: text for at, extra in places.items() if (text := cell(line, at))}
        for line in table.rows
    }
