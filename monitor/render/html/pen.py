"""One report in one language: how its sections say things. Builds no section."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from monitor import wording
from monitor.language import Language, Phrase
from monitor.render.html import texts
from monitor.render.html.markup import Child, Markup, element, filled, joined, lines
from monitor.render.phrases import duration, local, parted_seconds, percent_sign
from monitor.report import DETAILED, Report

# Of every list, worst first: some six printed pages. What is left out is said under the list, with where it stands.
MOST_ROWS = DETAILED
SHORT = 12  # rows of a table that is not parted by a page

Row = TypeVar("Row")


class Look(StrEnum):
    """How a column's cells are set; also their class in the stylesheet."""

    TEXT = "t"
    NUMBER = "n"
    KEPT = "k"  # text that is not broken: instants, ids
    PICTURE = "p"


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column of a table."""

    heading: Phrase
    cell: Callable[[Row], Child]
    look: Look = Look.TEXT


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the report under its heading; sections are numbered where they are put together."""

    heading: str
    body: tuple[Markup, ...]


class Pen:
    """Says the report's phrases, instants, lengths and tables."""

    def __init__(self, report: Report, language: Language) -> None:
        self.report = report
        self.language = language
        self.zone = ZoneInfo(report.terms.zone)

    def say(self, phrase: Phrase, **values: object) -> str:
        """A phrase with values that are ours: numbers and other phrases."""
        return phrase[self.language].format(**values) if values else phrase[self.language]

    def sentence(self, phrase: Phrase, **values: Child) -> Markup:
        """A phrase with values that may be markup or other people's names."""
        return filled(phrase[self.language], **values)

    def rate(self, ratio: Fraction | None) -> str:
        """A floored percentage; ``—`` for no value."""
        return percent_sign(ratio)

    def length(self, us: int | None) -> str:
        """A duration, a minus before a negative one; ``—`` for no value."""
        if us is None:
            return self.say(wording.CSV_NO_VALUE)
        return ("−" if us < 0 else "") + duration(abs(us), self.language)

    def exact(self, us: int) -> str:
        """Seconds without loss, thousands apart."""
        return parted_seconds(us)

    def local(self, at: datetime | int) -> str:
        """Local date and time, without the year in the report's own."""
        return local(at, self.zone, self.report.year)

    def until(self, at: datetime | int | None) -> str:
        """The end of something that may still go on."""
        return self.say(wording.STILL_OPEN) if at is None else self.local(at)

    def table(self, rows: Sequence[Row], *columns: Column[Row]) -> Markup:
        """All rows under headings that print repeats on every page; the word for none where there are none."""
        if not rows:
            return element("p", self.say(wording.NONE), class_="none")
        body = lines(
            element("tr", *(element("td", column.cell(row), class_=column.look) for column in columns)) for row in rows
        )
        kind = "short" if len(rows) <= SHORT else "long"
        return element("table", self.headings(columns), element("tbody", Markup("\n"), body), class_=kind)

    def headings(self, columns: Sequence[Column[Row]]) -> Markup:
        """The head of a table."""
        cells = (element("th", self.say(column.heading), scope="col", class_=column.look) for column in columns)
        return element("thead", element("tr", *cells))

    def listed(self, rows: Sequence[Row], where: Phrase, *columns: Column[Row]) -> Markup:
        """The first ``MOST_ROWS`` rows, and under them how many there are and where the others stand."""
        return joined(self.table(rows[:MOST_ROWS], *columns), self.left_out(len(rows), where))

    def left_out(self, count: int, where: Phrase) -> Markup | None:
        """That a list is not all there is."""
        if count <= MOST_ROWS:
            return None
        note = self.say(texts.LEFT_OUT, shown=MOST_ROWS, count=f"{count:,}", where=self.say(where))
        return element("p", note, class_="left-out")
