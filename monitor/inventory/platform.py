"""What the video platform says is online: its exported list (CSV or XLSX) as ids and a yes or no each.

It decides what such a list is. Columns it does not need are passed over, whatever they are called; a state it does not
understand is a fault, because a guess would accuse somebody.
"""

from __future__ import annotations

from pathlib import Path

from monitor.errors import Fault, SettingsError
from monitor.inventory.columns import SPELLINGS, Column, simplified
from monitor.inventory.foreign import Table, cell, read_table
from monitor.parsing.scalars import shown

ID_HEADINGS = frozenset(spelling for spelling, column in SPELLINGS.items() if column is Column.CAMERA_ID)
STATE_HEADINGS = frozenset(
    simplified(word)
    for word in ["在线状态", "状态", "设备状态", "通道状态", "是否在线", "online", "status", "online_status", "state"]
)
ONLINE = frozenset(["在线", "online", "on", "up", "true", "yes", "是", "1", "正常"])
OFFLINE = frozenset(["离线", "不在线", "offline", "off", "down", "false", "no", "否", "0", "异常"])


LACKING = "has no heading row with an id (国标编码, camera_id) and a state (在线状态, status)"


def read_platform_list(path: Path) -> dict[str, bool]:
    """Whether each camera of the list is online there; ``SettingsError`` with every fault, line by line."""
    faults: list[Fault] = []
    found = _states(
        read_table(path, lambda names: bool(names & ID_HEADINGS and names & STATE_HEADINGS), LACKING), faults
    )
    if faults:
        raise SettingsError(tuple(faults))
    return found


def _states(table: Table, faults: list[Fault]) -> dict[str, bool]:
    id_at, state_at = table.places(ID_HEADINGS)[0], table.places(STATE_HEADINGS)[0]
    found: dict[str, bool] = {}
    for line in table.rows:
        refused = [line.refused[at] for at in (id_at, state_at) if at in line.refused]
        camera_id, state = cell(line, id_at), cell(line, state_at)
        word = state.lower()
        if refused:
            faults.append(Fault(table.file, line.number, "row", refused[0]))
        elif not camera_id:
            faults.append(Fault(table.file, line.number, "row", "has no id"))
        elif camera_id in found:
            faults.append(Fault(table.file, line.number, "row", f"{shown(camera_id)} stands in the list twice"))
        elif word not in ONLINE | OFFLINE:
            faults.append(Fault(table.file, line.number, "row", f"{shown(state)} is no state: write 在线 or 离线"))
        else:
            found[camera_id] = word in ONLINE
    return found
