"""The other tables for Excel, in files beside that of cameras, from the three bases to the settlement step by step.

The rules are those of ``monitor.render.csv``: UTF-8 with a byte order mark, nothing rounded up, no cell a formula.
Lengths are seconds without loss, instants local times to the second and finer where they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import BinaryIO
from zoneinfo import ZoneInfo

from monitor import wording
from monitor.contract import Cut, DeductionLadder, Repair, RepairState, Score
from monitor.language import Language, Phrase
from monitor.model import MICROSECOND, micros
from monitor.render import csv_words as words
from monitor.render import settlement_words
from monitor.render.act_sentences import ActSentences
from monitor.render.csv import write_csv, write_table
from monitor.render.csv_groups import bases_table, groups_table
from monitor.render.csv_sources import sources_table
from monitor.render.html.texts import CUTS
from monitor.render.outage_repairs import repair_finder
from monitor.render.phrases import cause_words, exact_local, exact_seconds
from monitor.render.settlement_sentences import Sentences, fraction, lost
from monitor.report import ExclusionFigure, LateRepair, OutageFigure, RepairFigures, Report, Settlement

BASES, GROUPS, OUTAGES, EXCLUSIONS = "-bases", "-groups", "-outages", "-exclusions"
VOID, FINDINGS, SETTLEMENT, SOURCES = "-void", "-findings", "-settlement", "-sources"


def csv_tables(report: Report, language: Language) -> Iterator[tuple[str, Callable[[BinaryIO], None]]]:
    """Every table: what is put behind the report's file name, and what writes it into a file.

    The settlement only where anything is agreed, void acts and findings only where there are any.
    """
    made = _Tables(report, language)
    yield "", partial(write_csv, report, language)
    yield BASES, partial(made.table, bases_table)
    yield GROUPS, partial(made.table, groups_table)
    yield OUTAGES, made.outages
    yield EXCLUSIONS, made.exclusions
    yield SOURCES, partial(made.table, sources_table)
    if report.void:
        yield VOID, made.void
    if report.findings:
        yield FINDINGS, made.findings
    if report.settlement is not None:
        yield SETTLEMENT, partial(made.settlement, report.settlement)


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a settlement: a value, what it is of, and how it came about."""

    part: Phrase
    item: str
    value: str
    unit: Phrase | str = ""
    why: str = ""
    count: str = ""
    each: str = ""


class _Tables:
    """One report in one language."""

    def __init__(self, report: Report, language: Language) -> None:
        self._report = report
        self._language = language
        self._zone = ZoneInfo(report.terms.zone)
        self._acts = ActSentences(language, self._local)
        kind = self._say(wording.SIMULATED if report.simulated else wording.RECORDED)
        # The first two cells of every row: which month, and whether it is real.
        self._about = f"{report.year}-{report.month:02}", kind
        # Said once: a month of a large town has 100,000 outages.
        self._states = {state: self._say(phrase) for state, phrase in settlement_words.REPAIR_STATES.items()}
        self._classes = {True: self._say(settlement_words.MAJOR), False: self._say(settlement_words.NORMAL)}

    def table(self, rows_of: Callable[[Report, Language], Iterator[list[str]]], file: BinaryIO) -> None:
        """A table whose first row are its headings."""
        rows = rows_of(self._report, self._language)
        about = map(self._say, (wording.CSV_MONTH, wording.CSV_RECORD))
        write_table([*about, *next(rows)], ([*self._about, *row] for row in rows), file)

    # ------------------------------------------------------------ outages

    def outages(self, file: BinaryIO) -> None:
        """One row an outage, longest counted time first, and what became of the repair limit of its fault."""
        seconds = wording.CSV_SECONDS
        headings = [
            *map(self._say, (wording.CSV_MONTH, wording.CSV_RECORD)),
            *(wording.CAMERA_FIELDS[field][self._language] for field in ("id", "name")),
            *map(self._say, (wording.VILLAGE, wording.CARRIER, wording.START, wording.END, wording.REASON)),
            *(
                self._say(seconds, kind=self._say(kind))
                for kind in (words.WHOLE, wording.SCHEDULED, wording.EXCLUDED_TIME, wording.COUNTED_TIME)
            ),
            self._say(words.REPAIR_STATE),
            *(self._say(seconds, kind=self._say(kind)) for kind in (words.REPAIR_LIMIT, words.ON_THE_CLOCK)),
            self._say(words.CLASS),
        ]
        repair_of = repair_finder(self._report)
        rows = (
            self._outage(outage, None if repair_of is None else repair_of(outage)) for outage in self._report.outages
        )
        write_table(headings, rows, file)

    def _outage(self, outage: OutageFigure, repair: Repair | None) -> list[str]:
        end = self._report.elapsed.end if outage.end is None else outage.end
        camera = outage.camera
        return [
            *self._about,
            camera.id,
            camera.name,
            camera.site.village,
            camera.carrier,
            exact_local(outage.start, self._zone),
            self._until(outage.end),
            cause_words(outage.causes, self._language),
            exact_seconds(end - outage.start),
            exact_seconds(outage.scheduled_us),
            exact_seconds(outage.excluded_us),
            exact_seconds(outage.counted_us),
            *self._kept(repair),
        ]

    def _kept(self, repair: Repair | None) -> list[str]:
        """Whether its limit was kept; nothing where none is agreed, or its clock never ran."""
        if repair is None:
            return ["", "", "", ""]
        return [
            self._states[repair.state],
            exact_seconds(repair.limit_us),
            exact_seconds(repair.ran_us),
            self._classes[repair.major],
        ]

    # ------------------------------------------------------------ exclusions

    def exclusions(self, file: BinaryIO) -> None:
        """One row an exclusion by start: what of it counts, what does not and why, and everything done about it."""
        seconds = wording.CSV_SECONDS
        headings = [
            *map(self._say, (wording.CSV_MONTH, wording.CSV_RECORD, wording.CAMERA_ID, words.EXCLUSION_STATE)),
            *map(self._say, (wording.REASON, wording.ABOUT, wording.START, wording.END, wording.CAMERAS)),
            self._say(seconds, kind=self._say(words.REMOVED)),
            *(self._say(seconds, kind=self._say(words.CUT, why=self._say(CUTS[cut]))) for cut in Cut),
            *map(self._say, (words.GROUNDS, words.EVIDENCE, words.HISTORY)),
        ]
        write_table(headings, map(self._exclusion, self._report.exclusions), file)

    def _exclusion(self, figure: ExclusionFigure) -> list[str]:
        exclusion, cuts = figure.exclusion, dict(figure.cuts)
        return [
            *self._about,
            exclusion.id,
            self._say(wording.EXCLUSION_STATES[exclusion.state]),
            self._say(wording.EXCLUSION_CAUSES[exclusion.cause]),
            self._acts.scope(exclusion.scope),
            self._local(exclusion.start_at),
            self._local(exclusion.end_at),
            str(figure.cameras),
            exact_seconds(figure.excluded_us),
            *(exact_seconds(cuts.get(cut, 0)) for cut in Cut),
            exclusion.text,
            exclusion.evidence,
            "; ".join(self._acts.step(step, step.text) for step in figure.steps),
        ]

    def void(self, file: BinaryIO) -> None:
        """One row an act that does not count, oldest first: in whose name it was done, and why not."""
        headings = [wording.CSV_MONTH, wording.CSV_RECORD, wording.CAMERA_ID, wording.WHEN, wording.WHAT_ACT]
        headings += (words.ROLE, wording.IN_WHOSE_NAME, wording.WHY_VOID)
        rows = (
            [
                *self._about,
                act.id,
                self._local(act.at),
                self._say(wording.ACTS[act.kind]),
                self._say(wording.ROLES[act.by.role]),
                act.by.name,
                act.refusal.say(self._language),
            ]
            for act in self._report.void
        )
        write_table(map(self._say, headings), rows, file)

    def findings(self, file: BinaryIO) -> None:
        """One row a finding about a device, by camera: since when, until when, and the numbers behind it."""
        seconds = wording.CSV_SECONDS
        headings = [
            *map(self._say, (wording.CSV_MONTH, wording.CSV_RECORD, wording.CAMERA_ID, wording.CAMERA)),
            *map(self._say, (wording.VILLAGE, wording.FINDING, wording.START, wording.END, wording.NUMBERS)),
            *(self._say(seconds, kind=self._say(kind)) for kind in (words.CLOCK_OFFSET, words.CLOCK_LIMIT)),
        ]
        rows = (
            [
                *self._about,
                found.camera.id,
                found.camera.name,
                found.camera.site.village,
                self._say(wording.FINDINGS[found.finding.kind]),
                self._local(found.since_at),
                self._say(wording.LASTS) if found.until_at is None else self._local(found.until_at),
                wording.finding_numbers(found.finding, self._language),
                *(
                    "" if us is None else exact_seconds(abs(us))
                    for us in (found.finding.offset_us, found.finding.limit_us)
                ),
            ]
            for found in self._report.findings
        )
        write_table(headings, rows, file)

    # ------------------------------------------------------------ settlement

    def settlement(self, settlement: Settlement, file: BinaryIO) -> None:
        """From repair limits over points to money, a line a step."""
        headings = [wording.CSV_MONTH, wording.CSV_RECORD, words.PART, words.ITEM, words.EXPLAINED]
        headings += [settlement_words.COUNT, settlement_words.EACH, words.VALUE, words.UNIT]
        rows = (
            [
                *self._about,
                self._say(line.part),
                line.item,
                line.why,
                line.count,
                line.each,
                line.value,
                self._unit(line),
            ]
            for line in self._lines(settlement)
        )
        write_table(map(self._say, headings), rows, file)

    def _lines(self, settlement: Settlement) -> Iterator[_Line]:
        to = Sentences(settlement, self._zone, self._language)
        unit, (start, end) = self._say(settlement_words.UNITS[settlement.unit]), settlement.period
        yield _Line(words.PERIOD, self._say(wording.START), exact_local(start, self._zone), unit)
        yield _Line(words.PERIOD, self._say(wording.END), exact_local(end, self._zone), unit)
        yield _Line(words.PERIOD, self._say(words.AS_OF), exact_local(settlement.elapsed.end, self._zone))
        yield _Line(words.PERIOD, self._say(words.IS_OVER), self._yes(settlement.final))
        if settlement.repairs is not None:
            yield from self._repairs(settlement.repairs, to)
        if settlement.score is not None:
            yield from self._score(settlement, settlement.score, to)
        if settlement.ladder is not None:
            yield from self._money(settlement, settlement.ladder, to)

    def _repairs(self, figures: RepairFigures, to: Sentences) -> Iterator[_Line]:
        limits = figures.limits
        for item, limit in ((words.NORMAL_LIMIT, limits.normal), (words.MAJOR_LIMIT, limits.major)):
            if limit is not None:
                yield _Line(words.REPAIRS, self._say(item), exact_seconds(limit // MICROSECOND), words.SECONDS)
        counts = [
            *(
                (settlement_words.REPAIR_STATES[state], figures.count(state))
                for state in (RepairState.KEPT, RepairState.RUNNING)
            ),
            (settlement_words.REPAIR_STATES[RepairState.LATE], len(figures.late)),
            (words.LATE_BEFORE, figures.late_before),
            (words.MAJOR_FAULTS, figures.major),
        ]
        for phrase, count in counts:
            yield _Line(words.REPAIRS, self._say(phrase), str(count), words.TIMES)
        for late in figures.late:
            yield self._late(late, figures, to)

    def _late(self, late: LateRepair, figures: RepairFigures, to: Sentences) -> _Line:
        repair = late.repair
        span = f"{to.local(repair.start)} - {to.until(repair.end)}"
        clock = f"{exact_seconds(repair.ran_us)} - {exact_seconds(repair.limit_us)} {self._say(words.SECONDS)}"
        why = "; ".join((span, clock, *to.why(late, figures.limits)))
        item = f"{late.camera.id} {late.camera.name}"
        return _Line(words.LATE_REPAIRS, item, exact_seconds(repair.late_us), words.SECONDS, why)

    def _score(self, settlement: Settlement, score: Score, to: Sentences) -> Iterator[_Line]:
        card = score.card
        yield self._points(words.START_POINTS, card.start)
        for line in score.lines:
            counted = ("", "") if line.undecided else (str(line.count), str(line.each))
            yield _Line(words.SCORE, to.title(line), lost(line), words.POINTS, to.reason(line), *counted)
        for declared in settlement.declared:
            count = str(declared.count if declared.counts else 0)
            acts = "; ".join(self._acts.step(step, step.text) for step in declared.steps)
            yield _Line(
                words.DECLARATIONS, f"{declared.id} {declared.item}", count, words.TIMES, f"{declared.month}; {acts}"
            )
        yield self._points(words.LOST, score.lost)
        yield self._points(words.LEFT, score.points if score.decided else None, to.points(score))
        if card.qualified is not None:
            yield self._points(words.QUALIFIED_LINE, card.qualified)
            qualified = wording.CSV_NO_VALUE[self._language] if score.qualified is None else self._yes(score.qualified)
            yield _Line(words.SCORE, self._say(words.QUALIFIED), qualified)

    def _points(self, item: Phrase, points: Decimal | None, why: str = "") -> _Line:
        value = wording.CSV_NO_VALUE[self._language] if points is None else str(points)
        return _Line(words.SCORE, self._say(item), value, words.POINTS, why)

    def _money(self, settlement: Settlement, ladder: DeductionLadder, to: Sentences) -> Iterator[_Line]:
        deduction = settlement.deduction
        yield self._sum(words.FEE, ladder.fee, ladder)
        if deduction is None:
            yield self._sum(words.PAYABLE, None, ladder, to.payable(ladder, deduction))
            return
        yield self._sum(words.EXACT, deduction.exact, ladder, to.decided(deduction))
        yield self._sum(words.OVER_FEE, deduction.over_fee, ladder)
        yield self._sum(words.CUT_CENTS, deduction.cut, ladder)
        yield self._sum(words.AMOUNT, deduction.amount, ladder)
        yield self._sum(words.PAYABLE, deduction.payable, ladder)

    def _sum(self, item: Phrase, money: Decimal | Fraction | None, ladder: DeductionLadder, why: str = "") -> _Line:
        value = wording.CSV_NO_VALUE[self._language] if money is None else fraction(Fraction(money))
        return _Line(words.DEDUCTION, self._say(item), value, ladder.currency, why)

    # ------------------------------------------------------------ building blocks

    def _say(self, phrase: Phrase, **values: object) -> str:
        return phrase[self._language].format(**values) if values else phrase[self._language]

    def _unit(self, line: _Line) -> str:
        return line.unit if isinstance(line.unit, str) else self._say(line.unit)

    def _yes(self, answer: bool) -> str:
        return self._say(wording.CSV_YES if answer else wording.CSV_NO)

    def _local(self, at: datetime) -> str:
        return exact_local(micros(at), self._zone)

    def _until(self, us: int | None) -> str:
        return self._say(wording.STILL_OPEN) if us is None else exact_local(us, self._zone)
