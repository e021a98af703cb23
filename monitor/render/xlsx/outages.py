"""The sheet of outages: every one of them, with what of it counts and what became of its repair limit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from monitor import wording
from monitor.render import settlement_words as words
from monitor.render.outage_repairs import repair_finder
from monitor.render.phrases import cause_words
from monitor.render.xlsx import texts
from monitor.render.xlsx.book import Book, Column
from monitor.render.xlsx.cells import ROWS
from monitor.render.xlsx.desk import DAY_SECONDS, Desk, exact, length
from monitor.render.xlsx.exact import Pair
from monitor.render.xlsx.looks import SECONDS_WIDTH, WHEN_WIDTH, Look
from monitor.report import OutageFigure, Report

ROWS_ABOVE: Final = 2
MOST: Final = ROWS - ROWS_ABOVE  # outages on one sheet


def outages(book: Book, desk: Desk) -> None:
    """Longest counted time first; what one sheet cannot hold stands on further ones."""
    for number, found in enumerate(_chunks(desk.report), 1):
        columns = list(_columns(desk, number))
        name = desk.say(texts.OUTAGES)
        if number > 1:
            name = desk.say(texts.CONTINUED, name=name, number=number)
        with book.sheet(name, columns, frozen=(2, 2), heading=2) as sheet:
            desk.title(sheet)
            sheet.table(columns, found, len(found))


def total(report: Report, what: str) -> Pair:
    """The sum over all outages of ``counted`` or ``excluded`` seconds."""
    names = [f"outage_{what}_{number}" for number, _ in enumerate(_chunks(report), 1)]
    return Pair(
        "+".join(f"SUMPRODUCT(INT({name}))" for name in names),
        "+".join(f"SUMPRODUCT(ROUND(({name}-INT({name}))*1000000,0))" for name in names),
    )


def _chunks(report: Report) -> list[Sequence[OutageFigure]]:
    return [report.outages[at : at + MOST] for at in range(0, max(len(report.outages), 1), MOST)]


def _columns(desk: Desk, number: int) -> Iterator[Column[OutageFigure]]:
    say, until, language = desk.say, desk.report.elapsed.end, desk.language
    yield Column("id", say(wording.CAMERA_ID), lambda outage: outage.camera.id, width=14)
    yield Column("name", say(wording.CAMERA), lambda outage: outage.camera.name, width=22)
    yield Column("village", say(wording.VILLAGE), lambda outage: outage.camera.site.village, width=11)
    yield Column("carrier", say(wording.CARRIER), lambda outage: outage.camera.carrier, width=10)
    yield Column("cause", say(wording.REASON), lambda outage: cause_words(outage.causes, language), Look.WRAPPED, 34)
    yield Column("start", say(wording.START), lambda outage: desk.when(outage.start), Look.WHEN, WHEN_WIDTH)
    yield Column("end", say(wording.END), lambda outage: desk.when(outage.end), Look.WHEN, WHEN_WIDTH)
    still_open = say(wording.STILL_OPEN)
    yield Column("state", say(texts.STATE), lambda outage: still_open if outage.end is None else "", width=8)
    yield Column(
        "whole",
        say(texts.WHOLE_LENGTH),
        lambda outage: length((until if outage.end is None else outage.end) - outage.start),
        Look.LENGTH,
        11,
    )
    yield Column(
        "scheduled",
        say(wording.CSV_SECONDS, kind=say(wording.SCHEDULED)),
        lambda outage: exact(outage.scheduled_us),
        Look.SECONDS,
        SECONDS_WIDTH,
    )
    yield Column(
        "excluded",
        say(wording.CSV_SECONDS, kind=say(wording.EXCLUDED_TIME)),
        lambda outage: exact(outage.excluded_us),
        Look.SECONDS,
        SECONDS_WIDTH,
        name=f"outage_excluded_{number}",
    )
    yield Column(
        "counted",
        say(wording.CSV_SECONDS, kind=say(wording.COUNTED_TIME)),
        lambda outage: exact(outage.counted_us),
        Look.SECONDS,
        SECONDS_WIDTH,
        formula="ROUND({scheduled}-{excluded},6)",
        name=f"outage_counted_{number}",
    )
    yield Column(
        "hours",
        say(texts.COUNTED_LENGTH),
        lambda outage: length(outage.counted_us),
        Look.LENGTH,
        11,
        formula=f"INT({{counted}})/{DAY_SECONDS}",
    )
    yield from _repairs(desk)


def _repairs(desk: Desk) -> Iterator[Column[OutageFigure]]:
    """What became of the limit of the fault an outage belongs to; none where no limits are agreed."""
    repair_of = repair_finder(desk.report)
    if repair_of is None:
        return
    states = {state: desk.say(phrase) for state, phrase in words.REPAIR_STATES.items()}
    classes = {True: desk.say(words.MAJOR), False: desk.say(words.NORMAL)}
    yield Column(
        "repair",
        desk.say(texts.REPAIR),
        lambda outage: states[repair.state] if (repair := repair_of(outage)) else None,
        width=13,
    )
    yield Column(
        "class",
        desk.say(words.CLASS),
        lambda outage: classes[repair.major] if (repair := repair_of(outage)) else None,
        width=7,
    )
