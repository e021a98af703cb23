"""What the video platform says is online: its exported list (CSV or XLSX) as ids and a yes or no each.

It decides what such a list is. Columns it does not need are passed over, whatever they are called; a state it does not
understand is a fault, because a guess would accuse somebody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from monitor.errors import Fault, SettingsError
from monitor.inventory.columns import SPELLINGS, Column, simplified
from monitor.inventory.formats import LARGEST_FILE, lines_of_csv
from monitor.inventory.spreadsheet import lines_of_xlsx
from monitor.inventory.table import HEADING_WITHIN, BrokenTable, Line, counted
from monitor.parsing.scalars import shown
from monitor.parsing.yaml_tree import WHOLE_FILE
from monitor.reading import Unreadable, read_at_most

STATE_HEADINGS = frozenset(
    simplified(word)
    for word in ["在线状态", "状态", "设备状态", "通道状态", "是否在线", "online", "status", "online_status", "state"]
)
ONLINE = frozenset(["在线", "online", "on", "up", "true", "yes", "是", "1", "正常"])
OFFLINE = frozenset(["离线", "不在线", "offline", "off", "down", "false", "no", "否", "0", "异常"])


def read_platform_list(path: Path) -> dict[str, bool]:
    """Whether each camera of the list is online there; ``SettingsError`` with every fault, line by line."""
    faults: list[Fault] = []
    file = str(path)
    found: dict[str, bool] = {}
    try:
        found = _states(list(counted(_lines(path))), file, faults)
    except Unreadable as unreadable:
        faults.append(Fault(file, 0, WHOLE_FILE, str(unreadable)))
    except BrokenTable as broken:
        faults.append(Fault(file, broken.line, WHOLE_FILE, broken.what))
    if faults:
        raise SettingsError(tuple(faults))
    return found


def _lines(path: Path) -> Iterable[Line]:
    content = read_at_most(path, LARGEST_FILE)
    match path.suffix.lower():
        case ".csv":
            return lines_of_csv(content)
        case ".xlsx":
            return lines_of_xlsx(content)
        case _:
            raise BrokenTable(0, "is neither .csv nor .xlsx: save it as one of these")


def _states(lines: Sequence[Line], file: str, faults: list[Fault]) -> dict[str, bool]:
    heading, id_at, state_at = _heading([line for line in lines if not line.blank][:HEADING_WITHIN])
    found: dict[str, bool] = {}
    for line in lines:
        if line.number <= heading.number or line.blank:
            continue
        refused = [line.refused[at] for at in (id_at, state_at) if at in line.refused]
        camera_id, state = (line.cells[at].strip() if at < len(line.cells) else "" for at in (id_at, state_at))
        word = state.lower()
        if refused:
            faults.append(Fault(file, line.number, "row", refused[0]))
        elif not camera_id:
            faults.append(Fault(file, line.number, "row", "has no id"))
        elif camera_id in found:
            faults.append(Fault(file, line.number, "row", f"{shown(camera_id)} stands in the list twice"))
        elif word not in ONLINE | OFFLINE:
            faults.append(Fault(file, line.number, "row", f"{shown(state)} is no state: write 在线 or 离线"))
        else:
            found[camera_id] = word in ONLINE
    return found


def _heading(top: Sequence[Line]) -> tuple[Line, int, int]:
    """The line with both headings, and where they stand."""
    for line in top:
        names = [simplified(cell) for cell in line.cells]
        ids = [at for at, name in enumerate(names) if SPELLINGS.get(name) is Column.CAMERA_ID]
        states = [at for at, name in enumerate(names) if name in STATE_HEADINGS]
        if ids and states:
            return line, ids[0], states[0]
    raise BrokenTable(
        top[0].number if top else 0,
        "has no heading row with an id (国标编码, camera_id) and a state (在线状态, status)",
    )
