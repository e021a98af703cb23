"""The sheet of the settlement: repair limits, scorecard and deduction, points and money reckoned again by formulas.

A settlement of more than the report's month rests on time that stands in no sheet: there the rates and the counts of
faulty cameras are as reported, and formulas start from them.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Final

from monitor import wording
from monitor.contract import Deduction, DeductionLadder, ItemKind, LadderBy, LineScore, Score
from monitor.language import Phrase
from monitor.model import MICROSECOND, Basis
from monitor.render import settlement_words as words
from monitor.render.settlement_sentences import Sentences
from monitor.render.xlsx import texts
from monitor.render.xlsx.book import LINE_HEIGHT, Book, Column, Sheet, lines_of
from monitor.render.xlsx.cells import Value, quoted
from monitor.render.xlsx.desk import Desk, counted_kinds, length, online_kinds
from monitor.render.xlsx.exact import Pair, below
from monitor.render.xlsx.looks import Alarm, Look
from monitor.report import LateRepair, RepairFigures, Settlement

WIDTHS: Final = (34, 20, 18, 20, 20, 16, 16, 44, 20, 9, 60)
SCORE_HEADINGS: Final = (
    words.LINE,
    texts.COUNT,
    texts.EACH,
    texts.CAP,
    words.POINTS,
    texts.REPORTED,
    texts.CHECK,
    words.REASON,
)
DIGITS: Final = 6  # decimals to which points and money are kept apart from what doubles add


def settlement(book: Book, desk: Desk) -> None:
    """The settlement; no sheet where the contract agrees neither limits, points nor money."""
    settled = desk.report.settlement
    if settled is not None:
        with book.sheet(desk.say(texts.SETTLEMENT), WIDTHS, frozen=(0, 1), heading=1) as sheet:
            desk.title(sheet)
            _Settlement(sheet, desk, settled).write()


def checks(desk: Desk) -> tuple[str, ...]:
    """The names of cells that say whether points and money agree."""
    settled = desk.report.settlement
    if settled is None:
        return ()
    names = ["checks_points"] if settled.score is not None else []
    return (*names, "checks_money") if settled.deduction is not None else tuple(names)


class _Settlement:
    """One settlement in one language; every method writes one part."""

    def __init__(self, sheet: Sheet, desk: Desk, settled: Settlement) -> None:
        self._sheet = sheet
        self._desk = desk
        self._settled = settled
        self._to = Sentences(settled, desk.zone, desk.language)
        # Whether the settlement is about the very time of the detail sheets.
        self._own_month = settled.elapsed == desk.report.elapsed

    def write(self) -> None:
        """All of it, in order."""
        settled = self._settled
        for line in (self._to.period(), *self._to.results()):
            self._sheet.write(line)
        if settled.repairs is not None:
            self._repairs(settled.repairs)
        if settled.score is not None:
            self._score(settled.score)
        if settled.ladder is not None:
            self._money(settled.ladder, settled.deduction)

    # ------------------------------------------------------------ repair limits

    def _repairs(self, figures: RepairFigures) -> None:
        self._part(texts.PART_REPAIRS)
        for line in self._to.repairs(figures):
            self._sheet.write(line)
        self._part(texts.PART_LATE)
        self._sheet.table(list(self._late(figures)), figures.late, len(figures.late), filtered=False)

    def _late(self, figures: RepairFigures) -> Iterator[Column[LateRepair]]:
        say, when = self._desk.say, self._desk.when
        yield Column("id", say(wording.CAMERA_ID), lambda late: late.camera.id, name="late_repairs")
        yield Column("name", say(wording.CAMERA), lambda late: late.camera.name, Look.WRAPPED)
        yield Column("village", say(wording.VILLAGE), lambda late: late.camera.site.village)
        yield Column("start", say(wording.START), lambda late: when(late.repair.start), Look.WHEN)
        yield Column("end", say(wording.END), lambda late: when(late.repair.end), Look.WHEN)
        yield Column("ran", say(texts.RAN_LENGTH), lambda late: length(late.repair.ran_us), Look.LENGTH)
        yield Column("limit", say(texts.LIMIT_LENGTH), lambda late: length(late.repair.limit_us), Look.LENGTH)
        yield Column("late", say(texts.LATE_LENGTH), lambda late: length(late.repair.late_us), Look.LENGTH)
        yield Column("from", say(words.LATE_FROM), lambda late: when(late.repair.late_from), Look.WHEN)
        yield Column("class", say(words.CLASS), lambda late: say(words.MAJOR if late.repair.major else words.NORMAL))
        yield Column("why", say(texts.REMARK), lambda late: "\n".join(self._to.why(late, figures.limits)), Look.WRAPPED)

    # ------------------------------------------------------------ points

    def _score(self, score: Score) -> None:
        say, card = self._desk.say, score.card
        self._part(texts.PART_SCORE)
        self._sheet.write(*map(say, SCORE_HEADINGS), looks=Look.HEADING, height=30)
        first = self._sheet.row + 1
        for line in score.lines:
            self._line(line)
        last = self._sheet.row
        self._sheet.define("lines_points", 4, first, max(first, last))
        for told in self._to.declarations(score):
            self._sheet.write(told, looks=Look.NOTE)
        lost = self._sum(texts.LOST_POINTS, f"ROUND(SUM(lines_points),{DIGITS})", score.lost)
        start = self._given(texts.START_POINTS, card.start, Look.POINTS)
        floor = self._given(texts.FLOOR_POINTS, card.floor, Look.POINTS)
        if score.decided:
            left = f"MAX(ROUND(E{start}-E{lost},{DIGITS}),E{floor})"
            row = self._sum(texts.POINTS_LEFT, left, score.points)
            self._sheet.define("points_left", 4, row)
            self._sheet.define("points_start", 4, start)
        self._sheet.write(self._to.points(score), looks=Look.STRONG)
        self._sheet.define("checks_points", 6, first, self._sheet.row)
        self._mark(first)

    def _line(self, line: LineScore) -> None:
        """``points = min(count × each, cap)``."""
        row = self._sheet.row + 1
        cell, formula = self._sheet.texts.cell, self._sheet.formula
        cap = line.item.cap
        if line.undecided:
            told: Value = self._desk.none
            points, check = cell(told, Look.POINTS), cell(told, Look.CHECK)
        else:
            product = f"ROUND(B{row}*C{row},{DIGITS})"
            points = formula(product if cap is None else f"MIN({product},D{row})", _number(line.points), Look.POINTS)
            told, check = _number(line.points), self._check(row)
        self._sheet.put(
            [
                cell(self._to.title(line), Look.WRAPPED),
                self._made(self._count(line), line.count, Look.COUNT),
                self._made(self._each(line), _number(line.each), Look.POINTS),
                cell(None if cap is None else _number(cap), Look.POINTS),
                points,
                cell(told, Look.POINTS),
                check,
                cell(self._to.reason(line), Look.WRAPPED),
            ],
            LINE_HEIGHT * max(lines_of(self._to.reason(line), WIDTHS[7]), lines_of(self._to.title(line), WIDTHS[0])),
        )

    def _count(self, line: LineScore) -> str:
        """How often, as an expression; "" where the sheets cannot say."""
        item = line.item
        if item.kind is ItemKind.LATE_REPAIR and self._settled.repairs is not None:
            return "COUNTA(late_repairs)"
        if item.kind is ItemKind.CAMERA_FAULT and self._own_month:
            blind = self._desk.report.terms.blind_time
            lost = [kind for kind in counted_kinds(blind) if kind not in online_kinds(blind)]
            fault = "+".join(f"camera_{kind.value}_s*1000000+camera_{kind.value}_us" for kind in lost)
            free = 0 if item.over is None else item.over // MICROSECOND
            return f"SUMPRODUCT(--(({fault})>{free}))"
        return ""

    def _each(self, line: LineScore) -> str:
        """Points each, as an expression; "" where they are a number of the contract or the sheets cannot say."""
        rate = self._rate(line.item.kind)
        if rate is None or line.undecided:
            return ""
        expression = "0"
        for step in line.item.steps:  # the lowest one reached is asked first
            expression = f"IF({below(*rate, step.below)},{step.points},{expression})"
        return expression

    def _rate(self, kind: ItemKind) -> tuple[Pair, Pair] | None:
        """The rate a line goes by, as formulas find it on the first sheet."""
        if not self._own_month:
            return None
        match kind:
            case ItemKind.ONLINE_RATE:
                return self._contractual()
            case ItemKind.INTACT_RATE:
                return Pair("intact_s", "intact_us"), Pair("counted_s", "counted_us")
            case _:
                return None

    def _contractual(self) -> tuple[Pair, Pair]:
        match self._desk.report.terms.basis:
            case Basis.FLEET_SECONDS:
                return Pair("online_s", "online_us"), Pair("counted_s", "counted_us")
            case Basis.CAMERA_PASS_SHARE:
                return Pair("cameras_passing", "0"), Pair("cameras_rated", "0")
            case Basis.SNAPSHOTS:
                return Pair("looks_online", "0"), Pair("looks_counted", "0")

    # ------------------------------------------------------------ money

    def _money(self, ladder: DeductionLadder, deduction: Deduction | None) -> None:
        self._part(texts.PART_MONEY)
        for line in self._to.money(ladder, deduction):
            self._sheet.write(line)
        if deduction is None:
            return
        fee = self._given(texts.FEE, ladder.fee, Look.MONEY, currency=ladder.currency)
        first = fee
        if ladder.per_point is not None:
            share = self._given(texts.PER_POINT, ladder.per_point, Look.POINTS)
            exact = f"E{fee}*(points_start-points_left)*E{share}"
        else:
            exact = self._by_steps(ladder, deduction, fee)
        reckoned = self._sum(texts.BEFORE_CUT, f"ROUND({exact},{DIGITS})", deduction.exact, Look.POINTS)
        cut = f"ROUNDDOWN(MIN(E{reckoned},E{fee}),2)"
        amount = self._sum(texts.AMOUNT, cut, deduction.amount, Look.MONEY)
        self._sum(texts.PAYABLE, f"ROUND(E{fee}-E{amount},2)", deduction.payable, Look.MONEY)
        self._sheet.define("checks_money", 6, first, self._sheet.row)
        self._mark(first)

    def _by_steps(self, ladder: DeductionLadder, deduction: Deduction, fee: int) -> str:
        """What the lowest step reached takes, as an expression."""
        expression = "0"
        for step in sorted(ladder.steps, key=lambda step: step.below, reverse=True):
            cost = str(step.amount) if step.share is None else f"E{fee}*{_written(step.share)}"
            expression = f"IF({self._reached(ladder.by, deduction, step.below)},{cost},{expression})"
        return expression

    def _reached(self, by: LadderBy, deduction: Deduction, limit: Fraction) -> str:
        match by:
            case LadderBy.POINTS:
                return f"points_left*{limit.denominator}<{limit.numerator}"
            case LadderBy.RATE if self._own_month:
                return below(*self._contractual(), limit)
            case LadderBy.RATE:  # of a longer time than the sheets hold
                return "TRUE" if deduction.measured < limit else "FALSE"

    # ------------------------------------------------------------ building blocks

    def _part(self, heading: Phrase) -> None:
        self._sheet.write()
        self._sheet.write(self._desk.say(heading), looks=Look.PART, height=20)

    def _given(self, label: Phrase, value: Decimal | Fraction, look: Look, **values: object) -> int:
        """A number of the contract, in column E."""
        return self._row(label, self._sheet.texts.cell(_number(value), look), None, **values)

    def _sum(self, label: Phrase, expression: str, value: Decimal | Fraction, look: Look = Look.POINTS) -> int:
        """A number that formulas reckon, in column E, and the same as reported."""
        told = _number(round(value, DIGITS) if isinstance(value, Fraction) else value)
        return self._row(label, self._sheet.formula(expression, told, look), (told, look))

    def _row(self, label: Phrase, made: str, told: tuple[Value, Look] | None, **values: object) -> int:
        cell, row = self._sheet.texts.cell, self._sheet.row + 1
        cells = [cell(self._desk.say(label, **values), Look.TEXT), *(cell(None, Look.TEXT) for _ in range(3)), made]
        if told is not None:
            cells += [cell(*told), self._check(row)]
        return self._sheet.put(cells)

    def _made(self, expression: str, value: Value, look: Look) -> str:
        return self._sheet.formula(expression, value, look) if expression else self._sheet.texts.cell(value, look)

    def _check(self, row: int) -> str:
        agrees, differs = (self._desk.say(word) for word in (texts.AGREES, texts.DIFFERS))
        return self._sheet.formula(f"IF(E{row}=F{row},{quoted(agrees)},{quoted(differs)})", agrees, Look.CHECK)

    def _mark(self, first: int) -> None:
        differs = quoted(self._desk.say(texts.DIFFERS))
        self._sheet.alarm(f"G{first}:G{self._sheet.row}", f"$G{first}={differs}", Alarm.BAD)


def _number(value: Decimal | Fraction) -> int | float:
    return int(value) if value == int(value) else float(value)


def _written(share: Fraction) -> str:
    """A share in a formula, as the division it is."""
    return f"{share.numerator}/{share.denominator}"
