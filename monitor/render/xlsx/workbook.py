"""The whole workbook: its sheets in the order in which they are read."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO, Final

from monitor.language import Language
from monitor.model import instant
from monitor.render.html import texts as shared
from monitor.render.xlsx import cameras, closing, decisions, groups, outages, reliability, settlement, summary, texts
from monitor.render.xlsx.book import About, Book
from monitor.render.xlsx.desk import Desk
from monitor.report import Report

SHEETS: Final[tuple[Callable[[Book, Desk], None], ...]] = (
    summary.summary,
    cameras.cameras,
    groups.groups,
    outages.outages,
    reliability.reliability,
    settlement.settlement,
    decisions.exclusions,
    decisions.planned_work,
    decisions.inventory,
    decisions.findings,
    decisions.outside,
    decisions.closings,
    decisions.void,
    closing.trend,
    closing.notes,
)
HEAD_SHOWN: Final = 16  # characters of the ledger's head at the foot of a page


def write_xlsx(report: Report, language: Language, file: BinaryIO) -> None:
    """Write the workbook into an open file, sheet after sheet; the same report gives the same bytes.

    SharpEyesError when a sheet would have more rows than a workbook takes.
    """
    desk = Desk(report, language)
    month = desk.month()
    head = report.head_hash[:HEAD_SHOWN]
    about = About(
        title=desk.say(shared.TAB_TITLE, town=report.town, month=month),
        made_at=instant(report.elapsed.end),
        program=f"Sharp Eyes {report.version}",
        foot=desk.say(shared.RUNNING, town=report.town, month=month, head=head),
        page=desk.say(texts.PAGE),
        seconds=desk.seconds_format(),
    )
    book = Book(file, about)
    for sheet in SHEETS:
        sheet(book, desk)
    book.close()
