"""The settlement as plain text: what comes out, repair limits, points line by line and money step by step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from monitor import wording
from monitor.contract import Score
from monitor.language import Language, Phrase
from monitor.render import settlement_words as words
from monitor.render.layout import INDENT, Align, Column, table, width
from monitor.render.settlement_sentences import Sentences, lost
from monitor.report import RepairFigures, Report, Settlement

WIDEST_WHY = 60  # in terminal cells


def settlement_lines(report: Report, language: Language) -> Iterator[str]:
    """The sections of the report's settlement; none where the contract agrees nothing of the kind."""
    if report.settlement is not None:
        sentences = Sentences(report.settlement, ZoneInfo(report.terms.zone), language)
        yield from _Lines(report.settlement, sentences).lines()


def settlement_results(report: Report, language: Language) -> Iterator[str]:
    """What comes out, in a sentence each for points and money; each says so where the period is not over."""
    settlement = report.settlement
    if settlement is not None:
        so_far = "" if settlement.final else words.SO_FAR[language]
        yield from (so_far + line for line in Sentences(settlement, ZoneInfo(report.terms.zone), language).results())


class _Lines:
    """One settlement in one language; every method writes one part."""

    def __init__(self, settlement: Settlement, sentences: Sentences) -> None:
        self._settlement = settlement
        self._to = sentences

    def lines(self) -> Iterator[str]:
        settlement, to = self._settlement, self._to
        yield from self._heading(words.HEAD_SETTLEMENT)
        yield from _bullets([to.period(), *to.results()])
        if settlement.repairs is not None:
            yield from self._heading(words.HEAD_REPAIRS, count=len(settlement.repairs.repairs))
            yield from _bullets(to.repairs(settlement.repairs))
            if settlement.repairs.late:
                yield from self._heading(words.HEAD_LATE, count=len(settlement.repairs.late))
                yield from self._late(settlement.repairs)
        if settlement.score is not None:
            yield from self._heading(words.HEAD_SCORE)
            yield from self._score(settlement.score)
        if settlement.ladder is not None:
            yield from self._heading(words.HEAD_DEDUCTION)
            yield from _bullets(to.money(settlement.ladder, settlement.deduction))

    def _late(self, figures: RepairFigures) -> Iterator[str]:
        to = self._to
        yield from table(
            figures.late,
            (
                Column(to.say(wording.CAMERA_ID), lambda late: late.camera.id),
                Column(to.say(wording.CAMERA), lambda late: late.camera.name),
                Column(to.say(wording.VILLAGE), lambda late: late.camera.site.village),
                Column(to.say(wording.START), lambda late: to.local(late.repair.start)),
                Column(to.say(wording.END), lambda late: to.until(late.repair.end)),
                Column(to.say(words.RAN), lambda late: to.duration(late.repair.ran_us), Align.RIGHT),
                Column(to.say(words.REPAIR_LIMIT), lambda late: to.duration(late.repair.limit_us), Align.RIGHT),
                Column(to.say(words.LATE_BY), lambda late: to.duration(late.repair.late_us), Align.RIGHT),
                Column(to.say(words.LATE_FROM), lambda late: to.until(late.repair.late_from)),
                Column(to.say(words.CLASS), lambda late: to.say(words.MAJOR if late.repair.major else words.NORMAL)),
            ),
        )
        for late in figures.late:
            yield from _bullets(to.why(late, figures.limits))

    def _score(self, score: Score) -> Iterator[str]:
        to = self._to
        yield from table(
            score.lines,
            (
                Column(to.say(words.LINE), to.title),
                Column(to.say(words.REASON), to.reason, widest=WIDEST_WHY),
                Column(to.say(words.POINTS), lost, Align.RIGHT),
            ),
        )
        yield from _bullets([*to.declarations(score), to.points(score)])

    def _heading(self, phrase: Phrase, **values: object) -> Iterator[str]:
        heading = self._to.say(phrase, **values)
        yield ""
        yield heading
        yield "-" * width(heading)


def _bullets(sentences: Iterable[str]) -> Iterator[str]:
    return (f"{INDENT}- {sentence}" for sentence in sentences)
