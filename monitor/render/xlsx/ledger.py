"""Lines reckoned twice: a formula over the sheets, beside it what the program reported, and whether the two agree.

Columns of such a sheet: what it is; the formula's seconds, count or rate; its microseconds; the same two as reported;
the check; a note.
"""

from __future__ import annotations

from typing import Final

from monitor.language import Phrase
from monitor.render.xlsx import texts
from monitor.render.xlsx.book import HEADING_HEIGHT, Sheet
from monitor.render.xlsx.cells import Value, quoted
from monitor.render.xlsx.desk import Desk
from monitor.render.xlsx.exact import Pair, pair_of
from monitor.render.xlsx.looks import Alarm, Look

WIDTHS: Final = (40, 20, 11, 20, 11, 10, 62)
CHECKS: Final = "F"
_MADE, _MADE_US, _TOLD, _TOLD_US = range(1, 5)


class Ledger:
    """One sheet's checked lines in one language."""

    def __init__(self, sheet: Sheet, desk: Desk) -> None:
        self.sheet = sheet
        self._desk = desk

    def part(self, heading: Phrase) -> None:
        """A heading, and what the columns under it are."""
        say = self._desk.say
        self.sheet.write()
        self.sheet.write(say(heading), looks=Look.PART, height=20)
        made, told = (say(texts.OR_COUNT, what=say(what)) for what in (texts.RECOMPUTED, texts.REPORTED))
        also = say(texts.AND_MICROSECONDS)
        self.sheet.write(
            say(heading),
            made,
            also,
            told,
            also,
            say(texts.CHECK),
            say(texts.REMARK),
            looks=Look.HEADING,
            height=HEADING_HEIGHT,
        )

    def time(self, name: str, label: str, sum_of: Pair, us: int, note: str = "") -> Pair:
        """A duration; formulas call its cells ``name_s`` and ``name_us``."""
        row = self.sheet.row + 1
        made = Pair(sum_of.whole, sum_of.rest)
        seconds, rest = pair_of(us)
        self._line(label, (made.s, seconds), (made.us, rest), Look.COUNT, note)
        self.sheet.define(f"{name}_s", _MADE, row)
        self.sheet.define(f"{name}_us", _MADE_US, row)
        return Pair(f"{name}_s", f"{name}_us")

    def value(self, name: str, label: str, expression: str, value: Value, look: Look, note: str = "") -> int:
        """A count, a rate, points, money or a word; formulas call its cell ``name``. Returns the row."""
        row = self.sheet.row + 1
        self._line(label, (expression, value), None, look, note)
        self.sheet.define(name, _MADE, row)
        return row

    def told(self, label: str, us: int, note: str) -> None:
        """A duration that no sheet holds the detail of."""
        self._told(label, pair_of(us), Look.COUNT, note)

    def told_value(self, label: str, value: Value, look: Look, note: str) -> None:
        """A rate or a word that no sheet holds the detail of."""
        self._told(label, (value, None), look, note)

    def _told(self, label: str, values: tuple[Value, Value], look: Look, note: str) -> None:
        cell = self.sheet.texts.cell
        self.sheet.put(
            [
                cell(label, Look.WRAPPED),
                cell(None, look),
                cell(None, look),
                *(cell(value, look) for value in values),
                cell(self._desk.none, Look.CHECK),
                cell(note, Look.WRAPPED),
            ]
        )

    def _line(self, label: str, made: tuple[str, Value], rest: tuple[str, Value] | None, look: Look, note: str) -> None:
        cell, formula, row = self.sheet.texts.cell, self.sheet.formula, self.sheet.row + 1
        same = f"B{row}=D{row}" if rest is None else f"AND(B{row}=D{row},C{row}=E{row})"
        agrees, differs = (self._desk.say(word) for word in (texts.AGREES, texts.DIFFERS))
        self.sheet.put(
            [
                cell(label, Look.WRAPPED),
                formula(*made, look),
                cell(None, look) if rest is None else formula(*rest, look),
                cell(made[1], look),
                cell(None if rest is None else rest[1], look),
                formula(f"IF({same},{quoted(agrees)},{quoted(differs)})", agrees, Look.CHECK),
                cell(note, Look.WRAPPED),
            ]
        )

    def alarms(self, first: int) -> None:
        """Mark every line from a row on that does not agree."""
        cells = f"{CHECKS}{first}:{CHECKS}{self.sheet.row}"
        self.sheet.alarm(cells, f"${CHECKS}{first}={quoted(self._desk.say(texts.DIFFERS))}", Alarm.BAD)
