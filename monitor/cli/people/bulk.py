"""A storm in one file: a CSV with an exclusion on each line, in Chinese or English headings. All lines or none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from monitor.acts import ExclusionProposed
from monitor.cli.people import texts
from monitor.cli.people.desk import Desk, Made, new_id
from monitor.errors import Fault, SettingsError
from monitor.inventory.formats import lines_of_csv
from monitor.inventory.table import BrokenTable, Line
from monitor.language import Language
from monitor.model import ExclusionCause, Scope
from monitor.parsing import local_instant
from monitor.parsing.scalars import one_of, plain_text
from monitor.reading import MEGABYTE, Unreadable, read_at_most

LARGEST: Final = 16 * MEGABYTE
WHOLE: Final = "file"
ROW: Final = "row"
HEADINGS: Final = {
    "camera": ("camera", "camera_id", "摄像机", "摄像机编号", "点位", "点位编号"),
    "site": ("site", "site_id", "部位", "部位编号", "重点部位"),
    "village": ("village", "村", "行政村", "所属村"),
    "town": ("town", "镇", "乡镇", "街道", "所属乡镇"),
    "carrier": ("carrier", "运营商", "所属运营商"),
    "uplink": ("uplink", "上联", "上联线路", "线路"),
    "recorder": ("recorder", "nvr", "录像机", "所属录像机"),
    "from": ("from", "start", "开始", "开始时间"),
    "to": ("to", "end", "结束", "结束时间"),
    "cause": ("cause", "原因"),
    "text": ("text", "说明"),
    "evidence": ("evidence", "依据"),
}
SCOPES: Final = ("camera", "site", "village", "town", "carrier", "uplink", "recorder")  # a line names at least one
NEEDED: Final = ("from", "to")
CAUSES: Final = {phrase.zh: cause.value for cause, phrase in texts.CAUSES.items()}


class PartlyRead(SettingsError):
    """Some lines of a storm cannot be read; ``made`` is what the others say."""

    def __init__(self, faults: tuple[Fault, ...], made: list[Made]) -> None:
        super().__init__(faults)
        self.made = made


def read_storm(path: Path, desk: Desk, *, cause: str | None, text: str, evidence: str) -> list[Made]:
    """Every line as one exclusion of the batch; what a line leaves out is taken from the command.

    PartlyRead names every line that cannot be read with its number.
    """
    faults: list[Fault] = []
    usual = {"cause": cause or "", "text": text, "evidence": evidence}
    made: list[Made] = []
    batch = new_id()
    names: dict[str, str] = {}
    for line, cells in _rows(path, names, faults, desk.language):
        act_id = f"{batch}-{len(made) + 1}"
        try:
            proposal = _proposal(usual | cells, act_id, names, desk)
        except ValueError as error:
            about = " ".join(cells[name] for name in SCOPES if name in cells) or ROW
            faults.append(Fault(str(path), line, about, str(error)))
        else:
            made.append(Made(f"{path}:{line}", proposal))
    if not made and not faults:
        faults.append(Fault(str(path), 0, WHOLE, "has no line below its heading"))
    if faults:
        raise PartlyRead(tuple(faults), made)
    return made


def _proposal(cells: Mapping[str, str], act_id: str, names: Mapping[str, str], desk: Desk) -> ExclusionProposed:
    """ValueError says what is wrong with the line; ``names``: the file's heading of each column it has."""
    lacking: list[tuple[str, ...]] = [(name,) for name in (*NEEDED, "cause", "text") if not cells.get(name)]
    if not any(name in cells for name in SCOPES):
        lacking.insert(0, tuple(name for name in SCOPES if name in names))
    if lacking:
        what = (" / ".join(names.get(name) or _heading(name, desk.language) for name in each) for each in lacking)
        raise ValueError(texts.MISSING[desk.language].format(what=", ".join(what)))
    named = {name: frozenset({cells[name]} if name in cells else ()) for name in SCOPES}
    cause = one_of(ExclusionCause)(CAUSES.get(cells["cause"], cells["cause"]))
    return ExclusionProposed(
        desk.stamp(act_id),
        cause,
        Scope(
            camera_ids=named["camera"],
            sites=named["site"],
            villages=named["village"],
            carriers=named["carrier"],
            uplinks=named["uplink"],
            towns=named["town"],
            recorders=named["recorder"],
        ),
        local_instant(cells["from"], desk.zone),
        local_instant(cells["to"], desk.zone),
        plain_text(cells["text"]),
        cells["evidence"],
    )


def _rows(
    path: Path, names: dict[str, str], faults: list[Fault], language: Language
) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and cells by column, empty cells left out; ``names`` gets the file's heading of each column."""
    try:
        lines = [line for line in lines_of_csv(read_at_most(path, LARGEST)) if not line.blank]
    except Unreadable as error:
        faults.append(Fault(str(path), 0, WHOLE, str(error)))
        return
    except BrokenTable as error:
        faults.append(Fault(str(path), error.line, WHOLE, error.what))
        return
    columns = _columns(lines[0]) if lines else {}
    wrong = _wrong(lines[0] if lines else None, columns, language)
    if wrong:
        faults.append(Fault(str(path), lines[0].number if lines else 0, WHOLE, wrong))
        return
    names.update((name, lines[0].cells[place].strip()) for place, name in columns.items())
    for line in lines[1:]:
        cells = {columns[place]: cell.strip() for place, cell in enumerate(line.cells) if place in columns}
        yield line.number, {name: cell for name, cell in cells.items() if cell}


def _wrong(heading: Line | None, columns: dict[int, str], language: Language) -> str:
    """What is wrong with the heading; "" if nothing is. A column nobody knows might have narrowed something."""
    missing = [_heading(name, language) for name in NEEDED if name not in columns.values()]
    if not set(SCOPES) & set(columns.values()):
        missing.insert(0, " / ".join(_heading(name, language) for name in SCOPES))
    if missing:
        return texts.BAD_TABLE[language].format(columns=", ".join(missing))
    cells = () if heading is None else heading.cells
    strange = [cell.strip() for place, cell in enumerate(cells) if cell.strip() and place not in columns]
    return texts.STRANGE_COLUMNS[language].format(columns=", ".join(strange)) if strange else ""


def _heading(name: str, language: Language) -> str:
    """What to call a column that the file does not have."""
    match language:
        case Language.EN:
            return name
        case Language.ZH:
            return next(spelling for spelling in HEADINGS[name] if not spelling.isascii())


def _columns(heading: Line) -> dict[int, str]:
    names = {spelling: name for name, spellings in HEADINGS.items() for spelling in spellings}
    written = ((place, cell.strip().lower()) for place, cell in enumerate(heading.cells))
    return {place: names[cell] for place, cell in written if cell in names}
