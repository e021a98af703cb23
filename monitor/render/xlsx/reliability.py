"""The sheet of repairs: faults, MTTR, MTBF and repeats of the town, of its groups, and of cameras that fail again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from monitor import wording
from monitor.render.html import texts as shared
from monitor.render.xlsx import texts
from monitor.render.xlsx.book import Book, Column
from monitor.render.xlsx.cells import quoted
from monitor.render.xlsx.desk import DAY_SECONDS, Desk, exact, length
from monitor.render.xlsx.groups import PHRASES, listed
from monitor.render.xlsx.looks import SECONDS_WIDTH, Look
from monitor.report import Reliability

LENGTH_WIDTH: Final = 15


class _Row(NamedTuple):
    kind: str
    name: str
    sums: Reliability


def reliability(book: Book, desk: Desk) -> None:
    """The two mean times are formulas over the sums beside them."""
    columns, rows = list(_columns(desk)), list(_rows(desk))
    with book.sheet(desk.say(texts.RELIABILITY), columns, frozen=(2, 2), heading=2) as sheet:
        desk.title(sheet)
        sheet.table(columns, rows, len(rows))
        sheet.write()
        sheet.write(desk.say(shared.RELIABILITY_NOTE), looks=Look.NOTE)


def _rows(desk: Desk) -> Iterator[_Row]:
    report, say = desk.report, desk.say
    yield _Row(say(wording.WHOLE_TOWN), report.town, report.total.reliability)
    for group in listed(report):
        yield _Row(say(PHRASES[group.kind]), desk.group(group), group.reliability)
    repeating = [figure for figure in report.cameras if figure.reliability.repeats]
    repeating.sort(key=lambda figure: (-figure.reliability.repeats, figure.camera.id))
    for figure in repeating:
        yield _Row(say(wording.CAMERA), f"{figure.camera.id} {figure.camera.name}", figure.reliability)


def _columns(desk: Desk) -> Iterator[Column[_Row]]:
    say, count = desk.say, Look.COUNT
    yield Column("kind", say(texts.GROUPED_BY), lambda row: row.kind, width=12)
    yield Column("name", say(texts.NAME), lambda row: row.name, width=30)
    yield Column("faults", say(wording.FAULTS), lambda row: row.sums.faults, count, 9)
    yield Column("repeats", say(wording.REPEATS), lambda row: row.sums.repeats, count, 9)
    yield Column("repaired", say(wording.REPAIRED), lambda row: row.sums.repaired, count, 9)
    yield Column("unrepaired", say(wording.UNREPAIRED), lambda row: row.sums.unrepaired, count, 12)
    yield _mean(desk, "mttr", "repair", "repaired")
    yield _mean(desk, "mtbf", "online", "faults")
    yield Column(
        "repair", say(texts.REPAIR_SECONDS), lambda row: exact(row.sums.repair_us), Look.SECONDS, SECONDS_WIDTH
    )
    yield Column(
        "online", say(texts.ONLINE_SECONDS), lambda row: exact(row.sums.online_us), Look.SECONDS, SECONDS_WIDTH
    )


def _mean(desk: Desk, key: str, time: str, times: str) -> Column[_Row]:
    """A mean time, cut to the second; no value where there is nothing to divide by."""
    heading = texts.MTTR_LENGTH if key == "mttr" else texts.MTBF_LENGTH

    def value(row: _Row) -> float | str:
        us = row.sums.mttr_us if key == "mttr" else row.sums.mtbf_us
        return desk.none if us is None else length(us)

    formula = f"IF({{{times}}}=0,{quoted(desk.none)},INT(ROUND({{{time}}}/{{{times}}},6))/{DAY_SECONDS})"
    return Column(key, desk.say(heading), value, Look.LENGTH, LENGTH_WIDTH, formula)
