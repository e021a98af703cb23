"""What the video platform's asset list says: an export (CSV or XLSX) with the headings of 一机一档 or English ones.

Columns nobody here knows are passed over, and so are ports and paths: a platform keeps those of its own protocols
there. Others are kept for a row of the inventory and not compared, as a platform means its own accounts and remarks. A
row that cannot be understood is a fault, because a guess would accuse somebody of a difference; one that names no
camera, such as a line of totals, is passed over and told.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from monitor.errors import Fault, SettingsError
from monitor.inventory.cameras import certificate_policy, host_text, onvif_place, rtsp_url, yes_or_no
from monitor.inventory.columns import SPELLINGS, Column, category_of, simplified
from monitor.inventory.entries import EXTRA_SPELLINGS, Extra
from monitor.inventory.foreign import Table, cell, read_table
from monitor.inventory.matching import Names, national_id
from monitor.inventory.table import Line
from monitor.parsing.scalars import calendar_date, identifier, plain_text, shown
from monitor.rtsp.urls import parse_target

LACKING: Final = (
    "has no heading row with an id or an address (国标编码, 设备编码, IP地址, camera_id) and one more known column"
)
NATIONAL: Final = frozenset(
    simplified(word) for word in ["国标编码", "国标编号", "国标ID", "GB编码", "国标设备编码", "national_id", "gb_id"]
)
FOREIGN_SPELLINGS: Final[Mapping[str, Column]] = {
    **SPELLINGS,
    **dict.fromkeys(NATIONAL, Column.CAMERA_ID),
    **{simplified(word): Column.NAME for word in ("名称", "通道名称", "摄像头名称", "监控点")},
    **{simplified(word): Column.CAMERA_ID for word in ("通道编码", "通道编号", "编码", "编号", "id")},
}
_PASSED_OVER: Final = frozenset({Column.PORT, Column.PATH})
_KEPT: Final[Mapping[str, Column | Extra]] = {
    **{spelling: extra for spelling, extra in EXTRA_SPELLINGS.items() if spelling not in NATIONAL},
    **{
        spelling: column
        for spelling, column in SPELLINGS.items()
        if column in {Column.CREDENTIALS, Column.IN_CONTRACT, Column.ONVIF, Column.CERTIFICATE}
    },
}
_NOTHING: Final = frozenset({"-", "--", "—", "/", "无", "null", "none", "n/a"})  # as exports write an empty cell
# As a line of sums begins, alone or before a number: no letter follows.
_TOTAL: Final = re.compile(r"(?:合计|总计|小计|共计|总数|(?:grand |sub)?totals?)(?![^\W\d_])", re.IGNORECASE)
_HOW_MANY: Final = re.compile(r"\d{1,7} ?[台个路条]?")
_NAMING: Final = frozenset({Column.CAMERA_ID, Column.HOST, Column.URL})
_FORMULA_STARTS: Final = ("=", "+", "-", "@")
_WRAPPED: Final = re.compile(r'="([^"]*)"|\'(.*)')  # how exports keep Excel from making numbers of ids


@dataclass(frozen=True, slots=True)
class Listed:
    """One camera as the platform has it."""

    file: str
    line: int
    ids: tuple[str, ...]  # every id it has there, its national one last
    national: str  # its 20-digit code of GB/T 28181; "" = none
    cells: Mapping[Column, str] = field(hash=False)  # what else is said, empty cells left out; never an id
    # Not compared, but good for a row of the inventory.
    kept: Mapping[Column | Extra, str] = field(hash=False, default_factory=dict)
    dropped: tuple[str, ...] = ()  # headings of what is said and can stand in no such row

    @property
    def place(self) -> str:
        """``export.xlsx:9``."""
        return f"{self.file}:{self.line}"

    @property
    def host(self) -> str:
        """Its address; "" when it is not said."""
        return self.cells.get(Column.HOST, "")

    @property
    def names(self) -> Names:
        """What it is known by there."""
        return Names(self.ids, frozenset({self.national}), self.host)


@dataclass(frozen=True, slots=True)
class Export:
    """What a list says."""

    cameras: tuple[Listed, ...]  # in its order
    passed_over: tuple[int, ...]  # lines that name no camera: neither id nor address


def read_export(path: Path) -> Export:
    """The cameras of an export; ``SettingsError`` with every fault, line by line."""
    table = read_table(path, _is_heading, LACKING)
    faults: list[Fault] = []
    listed: list[Listed] = []
    passed_over: list[int] = []
    first: dict[str, int] = {}
    naming = [at for at, name in enumerate(table.names) if FOREIGN_SPELLINGS.get(name) in _NAMING]
    for line in table.rows:
        if names_nobody(line, naming):
            passed_over.append(line.number)
            continue
        read = _listed(line, table, faults)
        if read is None:
            continue
        for name in read.ids:
            if first.setdefault(name, line.number) != line.number:
                what = f"{shown(name)} is already the camera of line {first[name]}"
                faults.append(Fault(table.file, line.number, "camera_id", what))
        listed.append(read)
    if faults:
        raise SettingsError(tuple(faults))
    return Export(tuple(listed), tuple(passed_over))


def names_nobody(line: Line, naming: Collection[int]) -> bool:
    """Whether all cells for an id or an address (``naming``) are empty, or say that the line is a sum of others."""
    return _sums_up(line, naming) or all(at not in line.refused and not unwrapped(cell(line, at)) for at in naming)


def _sums_up(line: Line, naming: Collection[int]) -> bool:
    """Whether the line says that it is a sum of others: before all else, or in place of an id and with no address."""
    first = next((at for at in range(len(line.cells)) if cell(line, at)), 0)
    if first not in naming and _TOTAL.match(unwrapped(cell(line, first))):
        return True
    names = [text for at in naming if (text := unwrapped(cell(line, at))) and not _HOW_MANY.fullmatch(text)]
    return bool(names) and all(map(_TOTAL.match, names))


def _is_heading(names: frozenset[str]) -> bool:
    known = {FOREIGN_SPELLINGS[name] for name in names if name in FOREIGN_SPELLINGS}
    return bool(known & {Column.CAMERA_ID, Column.HOST}) and len(known) >= 2


def _listed(line: Line, table: Table, faults: list[Fault]) -> Listed | None:
    """The camera of a line; None after a fault."""
    before = len(faults)
    ids: dict[str, None] = {}
    national = ""
    cells: dict[Column, str] = {}
    kept: dict[Column | Extra, str] = {}
    dropped: list[str] = []
    for at, name in enumerate(table.names):
        column = FOREIGN_SPELLINGS.get(name)
        text = unwrapped(cell(line, at))
        if not (text or at in line.refused):
            continue
        beside = _KEPT.get(name)
        if column is None or column in _PASSED_OVER or beside is not None:
            if beside is not None and at not in line.refused and _writable(beside, text):
                kept.setdefault(beside, text)
            else:
                dropped.append(cell(table.heading, at))
            continue
        if at in line.refused:
            faults.append(Fault(table.file, line.number, column, line.refused[at]))
            continue
        try:
            value = _value(column, text)
        except ValueError as error:
            faults.append(Fault(table.file, line.number, column, str(error)))
            continue
        if column is Column.CAMERA_ID:
            ids[value] = None
            national = national or national_id(value)
        else:
            cells.setdefault(column, value)
    if len(faults) > before:
        return None
    if Column.URL in cells:
        cells.setdefault(Column.HOST, parse_target(cells[Column.URL]).host)
    ordered = sorted(ids, key=lambda one: one == national)
    return Listed(table.file, line.number, tuple(ordered), national, cells, kept, tuple(dropped))


def _writable(column: Column | Extra, text: str) -> bool:
    """Whether the cell can stand in an inventory as it is."""
    try:
        match column:
            case Column.ONVIF:
                onvif_place(text)
            case Column.IN_CONTRACT:
                yes_or_no(text)
            case Column.CERTIFICATE:
                certificate_policy(text)
            case _:
                plain_text(text)
    except ValueError:
        return False
    return not text.startswith(_FORMULA_STARTS)


def unwrapped(text: str) -> str:
    wrapped = _WRAPPED.fullmatch(text)
    bare = (wrapped[1] or wrapped[2] or "").strip() if wrapped else text
    return "" if bare.lower() in _NOTHING else bare


def _value(column: Column, text: str) -> str:
    """The cell in the spelling of an inventory; raises ``ValueError``."""
    match column:
        case Column.CAMERA_ID:
            return national_id(text) or identifier(text)
        case Column.HOST:
            return host_text(text)
        case Column.URL:
            return rtsp_url(text)
        case Column.CATEGORY:
            return category_of(text).value
        case Column.IN_SERVICE_FROM | Column.IN_SERVICE_TO:
            return calendar_date(text).isoformat()
        case _:
            if text.startswith(_FORMULA_STARTS):
                raise ValueError(f"{shown(text)} would be a formula in a spreadsheet: write it otherwise")
            return plain_text(text)
