"""What the video platform says is online: its exported list (CSV or XLSX) as ids and a yes or no each.

It decides what such a list is. Columns it does not need are passed over, whatever they are called; a state it does not
understand is a fault, because a guess would accuse somebody. A line that names no camera, such as one of sums, is
passed over and told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from monitor.errors import Fault, SettingsError
from monitor.inventory.cameras import host_text
from monitor.inventory.columns import Column, simplified
from monitor.inventory.export import FOREIGN_SPELLINGS, names_nobody, unwrapped
from monitor.inventory.foreign import Table, cell, read_table
from monitor.inventory.matching import Names, national_id
from monitor.parsing.scalars import shown

ID_HEADINGS = frozenset(spelling for spelling, column in FOREIGN_SPELLINGS.items() if column is Column.CAMERA_ID)
HOST_HEADINGS = frozenset(spelling for spelling, column in FOREIGN_SPELLINGS.items() if column is Column.HOST)
STATE_HEADINGS = frozenset(
    simplified(word)
    for word in ["在线状态", "状态", "设备状态", "通道状态", "是否在线", "online", "status", "online_status", "state"]
)
ONLINE = frozenset(["在线", "online", "on", "up", "true", "yes", "是", "1", "正常"])
OFFLINE = frozenset(["离线", "不在线", "offline", "off", "down", "false", "no", "否", "0", "异常"])

LACKING = (
    "has no heading row with an id (国标编码, camera_id) or an address (IP地址, host) and a state (在线状态, status)"
)


@dataclass(frozen=True, slots=True)
class PlatformState:
    """One line of such a list."""

    names: Names
    online: bool

    @property
    def label(self) -> str:
        """What it is called there."""
        return self.names.ids[0] if self.names.ids else self.names.host


@dataclass(frozen=True, slots=True)
class PlatformList:
    """What such a list says."""

    states: tuple[PlatformState, ...]  # in its order
    passed_over: tuple[int, ...]  # lines that name no camera: neither id nor address


def read_platform_list(path: Path) -> PlatformList:
    """Who of the list is online there; ``SettingsError`` with every fault, line by line."""
    faults: list[Fault] = []
    table = read_table(
        path, lambda names: bool(names & (ID_HEADINGS | HOST_HEADINGS) and names & STATE_HEADINGS), LACKING
    )
    naming = table.places(ID_HEADINGS | HOST_HEADINGS)
    passed_over = tuple(line.number for line in table.rows if names_nobody(line, naming))
    cameras = replace(table, rows=tuple(line for line in table.rows if line.number not in passed_over))
    found = _states(cameras, faults)
    if faults:
        raise SettingsError(tuple(faults))
    return PlatformList(tuple(found), passed_over)


def _states(table: Table, faults: list[Fault]) -> list[PlatformState]:
    ids_at, hosts_at = table.places(ID_HEADINGS), table.places(HOST_HEADINGS)
    state_at = table.places(STATE_HEADINGS)[0]
    found: list[PlatformState] = []
    taken: set[str] = set()
    for line in table.rows:
        refused = [line.refused[at] for at in (*ids_at, state_at) if at in line.refused]
        written = [unwrapped(cell(line, at)) for at in ids_at]
        ids = tuple(dict.fromkeys(national_id(text) or text for text in written if text))
        host = next(filter(None, (_host(unwrapped(cell(line, at))) for at in hosts_at)), "")
        state = cell(line, state_at)
        word = state.lower()
        twice = [one for one in ids if one in taken]
        if refused:
            faults.append(Fault(table.file, line.number, "row", refused[0]))
        elif not (ids or host):
            faults.append(Fault(table.file, line.number, "row", "has neither an id nor an address"))
        elif twice:
            faults.append(Fault(table.file, line.number, "row", f"{shown(twice[0])} stands in the list twice"))
        elif word not in ONLINE | OFFLINE:
            faults.append(Fault(table.file, line.number, "row", f"{shown(state)} is no state: write 在线 or 离线"))
        else:
            taken.update(ids)
            found.append(PlatformState(Names(ids, frozenset(map(national_id, ids)), host), word in ONLINE))
    return found


def _host(text: str) -> str:
    """The address; "" for what is none, by which nobody can be found."""
    try:
        return host_text(text).lower()
    except ValueError:
        return ""
