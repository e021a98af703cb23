"""What is said of a settlement, a sentence at a time, for every form the report is written in."""

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
from monitor.render.layout import clean
from monitor.render.phrases import duration, local, percent_sign
from monitor.report import LateRepair, RepairFigures, Settlement, StepFigure

MOST_DECIMALS = 12


def fraction(value: Fraction, least: int = 2) -> str:
    """An exact decimal of at least so many places; one without end is cut and ends in an ellipsis."""
    places = next((n for n in range(least, MOST_DECIMALS) if 10**n % value.denominator == 0), MOST_DECIMALS)
    text = str(Decimal(value * 10**places // 1).scaleb(-places))
    return text if 10**places % value.denominator == 0 else text + "…"


def lost(line: LineScore) -> str:
    """The points a line costs; ``—`` while they are undecided."""
    return "—" if line.undecided else f"{line.points}"


class Sentences:
    """One settlement in one language. Names in it are free of control characters, and nothing more."""

    def __init__(self, settlement: Settlement, zone: ZoneInfo, language: Language) -> None:
        self._settlement = settlement
        self._zone = zone
        self._language = language

    def period(self) -> str:
        """Which settlement period it is, and whether it is over."""
        settlement = self._settlement
        return self.say(
            words.FINAL_PERIOD if settlement.final else words.RUNNING_PERIOD,
            unit=self.say(words.UNITS[settlement.unit]),
            start=self.local(settlement.period.start),
            end=self.local(settlement.period.end),
            until=self.local(settlement.elapsed.end),
        )

    def results(self) -> Iterator[str]:
        """Points and money in a sentence each, as far as they are agreed."""
        settlement = self._settlement
        if settlement.score is not None:
            yield self.points(settlement.score)
        if settlement.ladder is not None:
            yield self.payable(settlement.ladder, settlement.deduction)

    # ------------------------------------------------------------ repair limits

    def repairs(self, figures: RepairFigures) -> Iterator[str]:
        """The limits, and how many faults kept them."""
        yield from self._limits(figures.limits)
        yield self.say(
            words.REPAIR_COUNTS,
            kept=figures.count(RepairState.KEPT),
            running=figures.count(RepairState.RUNNING),
            late=len(figures.late),
            major=figures.major,
        )
        if figures.late_before:
            yield self.say(words.LATE_BEFORE, count=figures.late_before)

    def _limits(self, limits: RepairLimits) -> Iterator[str]:
        yield self.say(words.LIMIT, normal=self.duration(limits.normal // MICROSECOND))
        if limits.major is not None and limits.major_cameras is not None:
            yield self.say(
                words.MAJOR_LIMIT,
                major=self.duration(limits.major // MICROSECOND),
                within=self.say(words.TOGETHER[limits.major_within]),
                count=limits.major_cameras,
            )

    def why(self, late: LateRepair, limits: RepairLimits) -> Iterator[str]:
        """What made it major, and what stopped its clock."""
        if late.crowd is not None:
            yield self.say(
                words.CROWD,
                id=clean(late.camera.id),
                start=self.local(late.crowd.span.start),
                end=self.local(late.crowd.span.end),
                count=limits.major_cameras,
                cameras=clean(", ".join(late.crowd.camera_ids)),
            )
        stops = [
            self.say(
                words.STOP, kind=self.say(words.STOPS[stop.kind]), name=clean(stop.id), length=self.duration(stop.us)
            )
            for stop in late.stops
        ]
        if late.repair.unobserved_us:
            stops.append(self.say(words.UNWATCHED, length=self.duration(late.repair.unobserved_us)))
        if stops:
            yield self.say(words.STOPPED_BY, id=clean(late.camera.id), stops="; ".join(stops))

    # ------------------------------------------------------------ points

    def points(self, score: Score) -> str:
        """What is left of the points, and whether that is enough."""
        card = score.card
        if not score.decided:
            return self.say(words.SCORE_UNDECIDED, lost=score.lost)
        parts = [self.say(words.SUM, start=card.start, lost=score.lost, left=score.points)]
        if score.under_floor:
            parts.append(self.say(words.FLOOR, floor=card.floor))
        if score.qualified is not None:
            parts.append(self.say(words.QUALIFIED if score.qualified else words.NOT_QUALIFIED, line=card.qualified))
        return "; ".join(parts)

    def title(self, line: LineScore) -> str:
        """The contract's own words for a line of the scorecard, or ours."""
        return line.item.title or self.say(words.ITEMS[line.item.kind])

    def reason(self, line: LineScore) -> str:
        """Why a line costs what it costs."""
        capped = ""
        if line.over_cap:
            capped = self.say(words.CAPPED, cap=line.item.cap, over=line.over_cap)
        return self._cost(line) + capped

    def _cost(self, line: LineScore) -> str:
        match line.why:
            case Why.NOT_PROVABLE:
                return self.say(words.NOT_PROVABLE)
            case Why.NO_RATE:
                return self.say(words.NO_RATE)
            case Why.ABOVE_STEPS:
                return self.say(words.ABOVE_STEPS, rate=percent_sign(line.ratio))
            case Why.BELOW_STEP:
                below = None if line.step is None else line.step.below
                rate = percent_sign(line.ratio)
                return self.say(words.BELOW_STEP, rate=rate, below=percent_sign(below), each=line.each)
            case Why.COUNTED if line.item.kind is ItemKind.CAMERA_FAULT and line.item.over is not None:
                over = self.duration(line.item.over // MICROSECOND)
                return self.say(words.OVER, count=line.count, over=over, each=line.each)
            case Why.COUNTED:
                return self.say(words.COUNTED, count=line.count, each=line.each)

    def declarations(self, score: Score) -> Iterator[str]:
        """What was declared, by whom and when; nothing where the scorecard asks for no declarations."""
        if not self._settlement.declarable:
            return
        if not self._settlement.declared:
            yield self.say(words.NOTHING_DECLARED)
        titles = {line.item.id: self.title(line) for line in score.lines}
        for each in self._settlement.declared:
            declared, *taken_back = each.steps
            yield self.say(
                words.DECLARED,
                id=clean(each.id),
                month=each.month,
                title=clean(titles.get(each.item, each.item)),
                count=each.count,
                text=clean(declared.text),
                step=self._step(declared),
            )
            for step in taken_back:
                yield self.say(
                    words.TAKEN_BACK, id=clean(each.id), step=self._step(step), text=clean(step.text)
                ).rstrip()

    def _step(self, step: StepFigure) -> str:
        return self.say(
            words.STEP,
            at=local(step.at, self._zone),
            what=self.say(wording.ACTS[step.kind]),
            role=self.say(wording.ROLES[step.by.role]),
            name=clean(step.by.name),
            mark=self.say(wording.SIGNED if step.signed else wording.UNSIGNED),
        )

    # ------------------------------------------------------------ money

    def money(self, ladder: DeductionLadder, deduction: Deduction | None) -> Iterator[str]:
        """From the fee to what is payable, step by step."""
        by = self.say(words.LADDERS[ladder.by])
        yield self.say(words.FEE, fee=f"{ladder.fee:,}", currency=clean(ladder.currency), by=by)
        if deduction is not None:
            yield self.decided(deduction)
            if deduction.over_fee:
                yield self.say(words.OVER_FEE, amount=fraction(deduction.over_fee))
            if deduction.cut:
                yield self.say(words.CUT, amount=fraction(deduction.cut))
        yield self.payable(ladder, deduction)

    def payable(self, ladder: DeductionLadder, deduction: Deduction | None) -> str:
        """What is deducted and what is left to pay, or that it is undecided."""
        if deduction is None:
            return self.say(words.MONEY_UNDECIDED)
        return self.say(
            words.AMOUNT,
            amount=f"{deduction.amount:,}",
            payable=f"{deduction.payable:,}",
            currency=clean(ladder.currency),
        )

    def decided(self, deduction: Deduction) -> str:
        """The step or the price of a point, and what that comes to before it is cut."""
        ladder, step = deduction.ladder, deduction.step
        exact = fraction(deduction.exact)
        if ladder.per_point is not None:
            lost, share = fraction(deduction.lost, 0), percent_sign(ladder.per_point)
            return self.say(words.EACH_POINT, lost=lost, share=share, exact=exact)
        measured = self._measured(deduction.measured, ladder.by)
        if step is None:
            return self.say(words.NO_STEP, measured=measured)
        below = self._measured(step.below, ladder.by)
        if step.share is None:
            return self.say(words.STEP_AMOUNT, measured=measured, below=below, exact=exact)
        share = percent_sign(step.share)
        return self.say(words.STEP_SHARE, measured=measured, below=below, share=share, exact=exact)

    def _measured(self, value: Fraction, by: LadderBy) -> str:
        match by:
            case LadderBy.POINTS:
                return self.say(words.POINTS_UNIT, points=fraction(value, 0))
            case LadderBy.RATE:
                return percent_sign(value)

    # ------------------------------------------------------------ building blocks

    def say(self, phrase: Phrase, **values: object) -> str:
        """A phrase, filled."""
        return phrase[self._language].format(**values) if values else phrase[self._language]

    def local(self, us: int) -> str:
        """Local date and time, with the year."""
        return local(us, self._zone)

    def until(self, us: int | None) -> str:
        """The end of something that may still go on."""
        return self.say(wording.STILL_OPEN) if us is None else self.local(us)

    def duration(self, us: int) -> str:
        """A duration in words."""
        return duration(us, self._language)
