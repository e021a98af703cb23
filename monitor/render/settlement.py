"""The settlement as plain text: what comes out, repair limits, points line by line and money step by step."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from monitor import wording
from monitor.contract import (
    Deduction,
    DeductionLadder,
    ItemKind,
    LadderBy,
    LineScore,
    RepairLimits,
    RepairState,
    Score,
    Why,
)
from monitor.language import Language, Phrase
from monitor.model import MICROSECOND
from monitor.render import settlement_words as words
from monitor.render.layout import INDENT, Align, Column, clean, table, width
from monitor.render.phrases import duration, local, percent_sign
from monitor.report import LateRepair, RepairFigures, Report, Settlement

WIDEST_WHY = 60  # in terminal cells
MOST_DECIMALS = 12


def settlement_lines(report: Report, language: Language) -> Iterator[str]:
    """The sections of the report's settlement; none where the contract agrees nothing of the kind."""
    if report.settlement is not None:
        yield from _Lines(report.settlement, ZoneInfo(report.terms.zone), language).lines()


def settlement_results(report: Report, language: Language) -> Iterator[str]:
    """What comes out, in a sentence each for points and money; each says so where the period is not over."""
    settlement = report.settlement
    if settlement is not None:
        lines = _Lines(settlement, ZoneInfo(report.terms.zone), language)
        so_far = "" if settlement.final else words.SO_FAR[language]
        yield from (so_far + line for line in lines.results())


def fraction(value: Fraction, least: int = 2) -> str:
    """An exact decimal of at least so many places; one without end is cut and ends in an ellipsis."""
    places = next((n for n in range(least, MOST_DECIMALS) if 10**n % value.denominator == 0), MOST_DECIMALS)
    text = str(Decimal(value * 10**places // 1).scaleb(-places))
    return text if 10**places % value.denominator == 0 else text + "…"


class _Lines:
    """One settlement in one language; every method writes one part."""

    def __init__(self, settlement: Settlement, zone: ZoneInfo, language: Language) -> None:
        self._settlement = settlement
        self._zone = zone
        self._language = language

    def lines(self) -> Iterator[str]:
        settlement = self._settlement
        yield from self._heading(words.HEAD_SETTLEMENT)
        yield from self._period()
        yield from (f"{INDENT}- {line}" for line in self.results())
        if settlement.repairs is not None:
            yield from self._heading(words.HEAD_REPAIRS, count=len(settlement.repairs.repairs))
            yield from self._repairs(settlement.repairs)
        if settlement.score is not None:
            yield from self._heading(words.HEAD_SCORE)
            yield from self._score(settlement.score)
        if settlement.ladder is not None:
            yield from self._heading(words.HEAD_DEDUCTION)
            yield from self._money(settlement.ladder, settlement.deduction)

    def results(self) -> Iterator[str]:
        """Points and money in a sentence each, as far as they are agreed."""
        settlement = self._settlement
        if settlement.score is not None:
            yield self._points(settlement.score)
        if settlement.ladder is not None:
            yield self._payable(settlement.ladder, settlement.deduction)

    def _period(self) -> Iterator[str]:
        settlement = self._settlement
        yield self._bullet(
            words.FINAL_PERIOD if settlement.final else words.RUNNING_PERIOD,
            unit=self._say(words.UNITS[settlement.unit]),
            start=self._local(settlement.period.start),
            end=self._local(settlement.period.end),
            until=self._local(settlement.elapsed.end),
        )

    # ------------------------------------------------------------ repair limits

    def _repairs(self, figures: RepairFigures) -> Iterator[str]:
        yield from self._limits(figures.limits)
        yield self._bullet(
            words.REPAIR_COUNTS,
            kept=figures.count(RepairState.KEPT),
            running=figures.count(RepairState.RUNNING),
            late=len(figures.late),
            major=figures.major,
        )
        if figures.late_before:
            yield self._bullet(words.LATE_BEFORE, count=figures.late_before)
        if figures.late:
            yield from self._heading(words.HEAD_LATE, count=len(figures.late))
            yield from self._late(figures)

    def _limits(self, limits: RepairLimits) -> Iterator[str]:
        yield self._bullet(words.LIMIT, normal=self._duration(limits.normal // MICROSECOND))
        if limits.major is not None and limits.major_cameras is not None:
            yield self._bullet(
                words.MAJOR_LIMIT,
                major=self._duration(limits.major // MICROSECOND),
                within=self._say(words.TOGETHER[limits.major_within]),
                count=limits.major_cameras,
            )

    def _late(self, figures: RepairFigures) -> Iterator[str]:
        yield from table(
            figures.late,
            (
                Column(self._say(wording.CAMERA_ID), lambda late: late.camera.id),
                Column(self._say(wording.CAMERA), lambda late: late.camera.name),
                Column(self._say(wording.VILLAGE), lambda late: late.camera.site.village),
                Column(self._say(wording.START), lambda late: self._local(late.repair.start)),
                Column(self._say(wording.END), lambda late: self._until(late.repair.end)),
                Column(self._say(words.RAN), lambda late: self._duration(late.repair.ran_us), Align.RIGHT),
                Column(self._say(words.REPAIR_LIMIT), lambda late: self._duration(late.repair.limit_us), Align.RIGHT),
                Column(self._say(words.LATE_BY), lambda late: self._duration(late.repair.late_us), Align.RIGHT),
                Column(self._say(words.LATE_FROM), lambda late: self._until(late.repair.late_from)),
                Column(
                    self._say(words.CLASS), lambda late: self._say(words.MAJOR if late.repair.major else words.NORMAL)
                ),
            ),
        )
        for late in figures.late:
            yield from self._why(late, figures.limits)

    def _why(self, late: LateRepair, limits: RepairLimits) -> Iterator[str]:
        """What made it major, and what stopped its clock."""
        if late.crowd is not None:
            yield self._bullet(
                words.CROWD,
                id=clean(late.camera.id),
                start=self._local(late.crowd.span.start),
                end=self._local(late.crowd.span.end),
                count=limits.major_cameras,
                cameras=clean(", ".join(late.crowd.camera_ids)),
            )
        stops = [
            self._say(
                words.STOP, kind=self._say(words.STOPS[stop.kind]), name=clean(stop.id), length=self._duration(stop.us)
            )
            for stop in late.stops
        ]
        if late.repair.unobserved_us:
            stops.append(self._say(words.UNWATCHED, length=self._duration(late.repair.unobserved_us)))
        if stops:
            yield self._bullet(words.STOPPED_BY, id=clean(late.camera.id), stops="; ".join(stops))

    # ------------------------------------------------------------ points

    def _score(self, score: Score) -> Iterator[str]:
        yield from table(
            score.lines,
            (
                Column(self._say(words.LINE), self._title),
                Column(self._say(words.REASON), self._reason, widest=WIDEST_WHY),
                Column(self._say(words.POINTS), lambda line: "—" if line.undecided else f"{line.points}", Align.RIGHT),
            ),
        )
        if self._settlement.declarable:
            yield self._bullet(words.NOT_DECLARABLE)
        yield f"{INDENT}- {self._points(score)}"

    def _points(self, score: Score) -> str:
        card = score.card
        if not score.decided:
            return self._say(words.SCORE_UNDECIDED, lost=score.lost)
        parts = [self._say(words.SUM, start=card.start, lost=score.lost, left=score.points)]
        if score.under_floor:
            parts.append(self._say(words.FLOOR, floor=card.floor))
        if score.qualified is not None:
            parts.append(self._say(words.QUALIFIED if score.qualified else words.NOT_QUALIFIED, line=card.qualified))
        return "; ".join(parts)

    def _title(self, line: LineScore) -> str:
        return line.item.title or self._say(words.ITEMS[line.item.kind])

    def _reason(self, line: LineScore) -> str:
        capped = ""
        if line.over_cap:
            capped = self._say(words.CAPPED, cap=line.item.cap, over=line.over_cap)
        return self._cost(line) + capped

    def _cost(self, line: LineScore) -> str:
        match line.why:
            case Why.NOT_PROVABLE:
                return self._say(words.NOT_PROVABLE)
            case Why.NO_RATE:
                return self._say(words.NO_RATE)
            case Why.ABOVE_STEPS:
                return self._say(words.ABOVE_STEPS, rate=percent_sign(line.ratio))
            case Why.BELOW_STEP:
                below = None if line.step is None else line.step.below
                rate = percent_sign(line.ratio)
                return self._say(words.BELOW_STEP, rate=rate, below=percent_sign(below), each=line.each)
            case Why.COUNTED if line.item.kind is ItemKind.CAMERA_FAULT and line.item.over is not None:
                over = self._duration(line.item.over // MICROSECOND)
                return self._say(words.OVER, count=line.count, over=over, each=line.each)
            case Why.COUNTED:
                return self._say(words.COUNTED, count=line.count, each=line.each)

    # ------------------------------------------------------------ money

    def _money(self, ladder: DeductionLadder, deduction: Deduction | None) -> Iterator[str]:
        by = self._say(words.LADDERS[ladder.by])
        yield self._bullet(words.FEE, fee=f"{ladder.fee:,}", currency=clean(ladder.currency), by=by)
        if deduction is not None:
            yield f"{INDENT}- {self._decided(deduction)}"
            if deduction.over_fee:
                yield self._bullet(words.OVER_FEE, amount=fraction(deduction.over_fee))
            if deduction.cut:
                yield self._bullet(words.CUT, amount=fraction(deduction.cut))
        yield f"{INDENT}- {self._payable(ladder, deduction)}"

    def _payable(self, ladder: DeductionLadder, deduction: Deduction | None) -> str:
        if deduction is None:
            return self._say(words.MONEY_UNDECIDED)
        return self._say(
            words.AMOUNT,
            amount=f"{deduction.amount:,}",
            payable=f"{deduction.payable:,}",
            currency=clean(ladder.currency),
        )

    def _decided(self, deduction: Deduction) -> str:
        ladder, step = deduction.ladder, deduction.step
        exact = fraction(deduction.exact)
        if ladder.per_point is not None:
            lost, share = fraction(deduction.lost, 0), percent_sign(ladder.per_point)
            return self._say(words.EACH_POINT, lost=lost, share=share, exact=exact)
        measured = self._measured(deduction.measured, ladder.by)
        if step is None:
            return self._say(words.NO_STEP, measured=measured)
        below = self._measured(step.below, ladder.by)
        if step.share is None:
            return self._say(words.STEP_AMOUNT, measured=measured, below=below, exact=exact)
        share = percent_sign(step.share)
        return self._say(words.STEP_SHARE, measured=measured, below=below, share=share, exact=exact)

    def _measured(self, value: Fraction, by: LadderBy) -> str:
        match by:
            case LadderBy.POINTS:
                return self._say(words.POINTS_UNIT, points=fraction(value, 0))
            case LadderBy.RATE:
                return percent_sign(value)

    # ------------------------------------------------------------ building blocks

    def _say(self, phrase: Phrase, **values: object) -> str:
        return phrase[self._language].format(**values) if values else phrase[self._language]

    def _bullet(self, phrase: Phrase, **values: object) -> str:
        return f"{INDENT}- {self._say(phrase, **values)}"

    def _heading(self, phrase: Phrase, **values: object) -> Iterator[str]:
        heading = self._say(phrase, **values)
        yield ""
        yield heading
        yield "-" * width(heading)

    def _local(self, us: int) -> str:
        return local(us, self._zone)

    def _until(self, us: int | None) -> str:
        return self._say(wording.STILL_OPEN) if us is None else self._local(us)

    def _duration(self, us: int) -> str:
        return duration(us, self._language)
