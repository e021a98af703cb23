"""The report as plain text, for a terminal or a mail: the verdict first, then why, then what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from monitor import wording
from monitor.language import Language, Phrase
from monitor.model import Role, SiteCategory
from monitor.render.act_sentences import ActSentences
from monitor.render.html.texts import CUTS
from monitor.render.layout import INDENT, Align, Column, clean, table, width
from monitor.render.phrases import (
    cause_words,
    change_words,
    duration,
    good_of_counted,
    local,
    percent_sign,
    service_hours,
)
from monitor.render.settlement import settlement_lines, settlement_results
from monitor.report import (
    CorrectionFigure,
    ExclusionFigure,
    GroupFigure,
    GroupKind,
    Report,
    VoidFigure,
)
from monitor.sla import SlaVerdict, counted

MOST_ROWS = 50  # of a list; the other renderings have them all
WIDEST_REASON = 44  # in terminal cells: two causes

Row = TypeVar("Row")


def to_text(report: Report, language: Language) -> str:
    """The whole report; ends in a line feed."""
    return "\n".join(_Text(report, language).lines()) + "\n"


class _Text:
    """One report in one language; every method writes one part."""

    def __init__(self, report: Report, language: Language) -> None:
        self._report = report
        self._language = language
        self._zone = ZoneInfo(report.terms.zone)
        self._acts = ActSentences(language, self._local)

    def lines(self) -> Iterator[str]:
        yield from self._title()
        yield from self._conclusion()
        yield from self._bases()
        yield from self._time()
        yield from self._budget()
        yield from self._groups(wording.HEAD_VILLAGES, wording.VILLAGE, self._report.villages)
        yield from self._groups(wording.HEAD_CARRIERS, wording.CARRIER, self._report.carriers)
        yield from self._groups(wording.HEAD_CATEGORIES, wording.CATEGORY, self._report.categories)
        if self._report.recorders:
            yield from self._groups(wording.HEAD_RECORDERS, wording.RECORDER, self._report.recorders)
        yield from self._below_target()
        yield from self._outages()
        yield from self._reliability()
        yield from self._maintenance()
        yield from self._exclusions()
        yield from settlement_lines(self._report, self._language)
        yield from self._closing()
        yield from self._void()
        yield from self._changes()
        yield from self._findings()
        yield from self._outside()
        yield from self._trend()
        yield from self._rules()

    # ------------------------------------------------------------ the first screen

    def _title(self) -> Iterator[str]:
        report = self._report
        title = self._say(wording.TITLE, town=clean(report.town))
        title += "  " + self._say(wording.MONTH, year=report.year, month=report.month)
        yield title
        yield "=" * width(title)
        start, end = (local(us, self._zone) for us in report.period)
        yield self._say(wording.PERIOD, start=start, end=end, zone=report.terms.zone)
        if report.contract_title:
            title, contract_id = clean(report.contract_title), clean(report.contract_id)
            yield self._say(wording.CONTRACT_NAME, title=title, id=contract_id)
        if report.office or report.vendor:
            yield from self._parties()
        if report.simulated:
            yield ""
            yield f"*** {self._say(wording.SIMULATED_WARNING)} ***"

    def _parties(self) -> Iterator[str]:
        office = clean(self._report.office) or self._say(wording.ROLES[Role.OFFICE])
        vendor = clean(self._report.vendor) or self._say(wording.ROLES[Role.VENDOR])
        yield self._say(wording.PARTIES_LINE, office=office, vendor=vendor)

    def _conclusion(self) -> Iterator[str]:
        report, terms = self._report, self._report.terms
        yield ""
        if not report.complete:
            yield self._say(
                wording.UNTIL if report.begun else wording.NOT_BEGUN, until=local(report.elapsed.end, self._zone)
            )
        verdict = self._say(wording.VERDICTS[report.verdict])
        heading = wording.CONCLUSION if report.complete else wording.CONCLUSION_SO_FAR
        yield self._say(heading, verdict=verdict)
        yield from self._bullets(
            self._say(
                wording.ONLINE_LINE,
                rate=percent_sign(report.contractual.ratio),
                target=percent_sign(terms.target),
                basis=self._say(wording.BASES[terms.basis]),
            ),
            self._intact(),
            self._say(
                wording.COVERAGE_LINE,
                rate=percent_sign(report.total.rates.coverage),
                minimum=percent_sign(terms.min_coverage),
            ),
            self._say(wording.CAMERAS_LINE, count=report.total.cameras, below=len(report.below_target)),
            *self._other_bases(),
            *settlement_results(self._report, self._language),
            *self._forecast(),
        )

    def _intact(self) -> str:
        rate = percent_sign(self._report.total.rates.intact)
        target, verdict = self._report.terms.intact_target, self._report.intact_verdict
        if target is None or verdict is None:
            return self._say(wording.INTACT_LINE_FREE, rate=rate)
        return self._say(
            wording.INTACT_LINE,
            rate=rate,
            target=percent_sign(target),
            verdict=self._say(wording.VERDICTS[verdict]),
        )

    def _other_bases(self) -> Iterator[str]:
        for figure in self._report.flips:
            yield self._say(
                wording.FLIP_LINE,
                basis=self._say(wording.BASES[figure.basis]),
                rate=percent_sign(figure.ratio),
                verdict=self._say(wording.VERDICTS[figure.verdict]),
            )
        verdicts = {figure.verdict for figure in self._report.bases}
        if verdicts in ({SlaVerdict.MET}, {SlaVerdict.MISSED}):
            yield self._say(wording.AGREE_LINE)

    def _forecast(self) -> Iterator[str]:
        forecast = self._report.forecast
        if forecast is None:
            return
        yield self._say(
            wording.FORECAST_LINE,
            landing=percent_sign(forecast.landing),
            best=percent_sign(forecast.best),
            budget=duration(forecast.budget_left_us, self._language),
        )
        if not forecast.recoverable(self._report.terms.target):
            yield self._say(wording.UNRECOVERABLE_LINE)

    # ------------------------------------------------------------ figures

    def _bases(self) -> Iterator[str]:
        yield from self._heading(wording.HEAD_BASES)
        raw = {figure.basis: figure for figure in self._report.raw}
        yield from self._table(
            self._report.bases,
            self._left(wording.BASIS, lambda figure: self._say(wording.BASES[figure.basis])),
            self._right(wording.RATE, lambda figure: percent_sign(figure.ratio)),
            self._left(wording.CONCLUSION_COLUMN, lambda figure: self._say(wording.VERDICTS[figure.verdict])),
            self._right(wording.GOOD_OF_COUNTED, lambda figure: good_of_counted(figure, self._language)),
            self._right(wording.NOTHING_EXCLUDED, lambda figure: percent_sign(raw[figure.basis].ratio)),
            Column("", lambda figure: self._say(wording.CONTRACTUAL) if figure.contractual else ""),
        )

    def _time(self) -> Iterator[str]:
        seconds = self._report.total.seconds
        kinds = (
            (wording.SCHEDULED, seconds.scheduled),
            (wording.UP_TIME, seconds.up),
            (wording.DEGRADED_TIME, seconds.degraded),
            (wording.DOWN_TIME, seconds.down),
            (wording.EXCLUDED_TIME, seconds.excluded),
            (wording.UNOBSERVED_TIME, seconds.unobserved),
            (wording.COUNTED_TIME, counted(seconds, self._report.terms.blind_time)),
        )
        yield from self._heading(wording.HEAD_TIME)
        yield from self._table(
            kinds,
            self._left(wording.KIND_OF_TIME, lambda kind: self._say(kind[0])),
            self._right(wording.LENGTH, lambda kind: duration(kind[1], self._language)),
        )

    def _budget(self) -> Iterator[str]:
        budget = self._report.budget
        left = wording.BUDGET_OVERDRAWN if budget.left_us < 0 else wording.BUDGET_LEFT
        rows = (
            (wording.BUDGET_ALLOWED, budget.allowed_us),
            (wording.BUDGET_USED, budget.used_us),
            (left, budget.left_us),
        )
        yield from self._heading(wording.HEAD_BUDGET)
        yield from self._bullets(*(f"{self._say(label)} {duration(abs(us), self._language)}" for label, us in rows))

    def _groups(self, heading: Phrase, column: Phrase, groups: Sequence[GroupFigure]) -> Iterator[str]:
        yield from self._heading(heading)
        yield from self._table(
            groups,
            self._left(column, self._group_name),
            self._right(wording.CAMERAS, lambda group: str(group.cameras)),
            self._right(wording.ONLINE, lambda group: percent_sign(group.rates.online)),
            self._right(wording.INTACT, lambda group: percent_sign(group.rates.intact)),
            self._right(wording.COVERAGE, lambda group: percent_sign(group.rates.coverage)),
            self._right(wording.OFFLINE_TIME, lambda group: duration(group.seconds.down, self._language)),
        )

    def _group_name(self, group: GroupFigure) -> str:
        if group.kind is GroupKind.CATEGORY:
            return self._say(wording.CATEGORIES[SiteCategory(group.id)])
        return group.name

    def _below_target(self) -> Iterator[str]:
        below = self._report.below_target
        yield from self._heading(wording.HEAD_BELOW, count=len(below))
        yield from self._table(
            below,
            self._left(wording.CAMERA_ID, lambda figure: figure.camera.id),
            self._left(wording.CAMERA, lambda figure: figure.camera.name),
            self._left(wording.VILLAGE, lambda figure: figure.camera.site.village),
            self._right(wording.ONLINE, lambda figure: percent_sign(figure.rates.online)),
            self._right(wording.OFFLINE_TIME, lambda figure: duration(figure.seconds.down, self._language)),
            self._right(wording.OUTAGES, lambda figure: str(figure.outages)),
        )

    # ------------------------------------------------------------ what happened

    def _outages(self) -> Iterator[str]:
        outages = self._report.outages
        yield from self._heading(wording.HEAD_OUTAGES, count=len(outages))
        yield from self._table(
            outages,
            self._left(wording.CAMERA_ID, lambda outage: outage.camera.id),
            self._left(wording.CAMERA, lambda outage: outage.camera.name),
            self._left(wording.VILLAGE, lambda outage: outage.camera.site.village),
            self._left(wording.START, lambda outage: self._local(outage.start_at)),
            self._left(wording.END, lambda outage: self._local(outage.end_at)),
            self._right(
                wording.EXCLUDED_DURATION,
                lambda outage: duration(outage.excluded_us, self._language) if outage.excluded_us else "",
            ),
            self._right(wording.COUNTED_DURATION, lambda outage: duration(outage.counted_us, self._language)),
            Column(
                self._say(wording.REASON),
                lambda outage: cause_words(outage.causes, self._language),
                widest=WIDEST_REASON,
            ),
        )

    def _reliability(self) -> Iterator[str]:
        report = self._report
        rows = [
            (self._say(wording.WHOLE_TOWN), report.total.reliability),
            *((group.name, group.reliability) for group in (*report.carriers, *report.villages)),
        ]
        yield from self._heading(wording.HEAD_RELIABILITY)
        yield from self._table(
            rows,
            self._left(wording.GROUP, lambda row: row[0]),
            self._right(wording.FAULTS, lambda row: str(row[1].faults)),
            self._right(wording.REPEATS, lambda row: str(row[1].repeats)),
            self._right(wording.REPAIRED, lambda row: str(row[1].repaired)),
            self._right(wording.UNREPAIRED, lambda row: str(row[1].unrepaired)),
            self._right(wording.MTTR, lambda row: self._mean(row[1].mttr_us)),
            self._right(wording.MTBF, lambda row: self._mean(row[1].mtbf_us)),
        )

    def _mean(self, us: int | None) -> str:
        return self._say(wording.CSV_NO_VALUE) if us is None else duration(us, self._language)

    def _trend(self) -> Iterator[str]:
        yield from self._heading(wording.HEAD_TREND)
        yield from self._table(
            self._report.trend,
            self._left(wording.CSV_MONTH, lambda month: f"{month.year}-{month.month:02}"),
            self._right(wording.CAMERAS, lambda month: str(month.cameras)),
            self._right(wording.ONLINE, lambda month: percent_sign(month.rates.online)),
            self._right(wording.INTACT, lambda month: percent_sign(month.rates.intact)),
            self._right(wording.COVERAGE, lambda month: percent_sign(month.rates.coverage)),
            self._right(wording.PASSING, lambda month: f"{month.passing} / {month.rated}"),
        )

    def _maintenance(self) -> Iterator[str]:
        works = self._report.maintenance
        yield from self._heading(wording.HEAD_MAINTENANCE, count=len(works))
        yield from self._table(
            works,
            self._left(wording.WORK, lambda work: work.maintenance.title),
            self._left(wording.START, lambda work: self._local(work.maintenance.start_at)),
            self._left(wording.END, lambda work: self._local(work.maintenance.end_at)),
            self._right(wording.CAMERAS, lambda work: str(work.cameras)),
            self._right(wording.EXCLUDED_DURATION, lambda work: duration(work.excluded_us, self._language)),
        )

    def _exclusions(self) -> Iterator[str]:
        figures = self._report.exclusions
        yield from self._heading(wording.HEAD_EXCLUSIONS, count=len(figures))
        yield from self._shortened([line for figure in figures for line in self._exclusion(figure)])

    def _exclusion(self, figure: ExclusionFigure) -> Iterator[str]:
        exclusion = figure.exclusion
        yield self._say(
            wording.EXCLUSION_LINE,
            id=clean(exclusion.id),
            state=self._say(wording.EXCLUSION_STATES[exclusion.state]),
            cause=self._say(wording.EXCLUSION_CAUSES[exclusion.cause]),
            start=self._local(exclusion.start_at),
            end=self._local(exclusion.end_at),
            about=clean(self._acts.scope(exclusion.scope)),
            cameras=figure.cameras,
            excluded=duration(figure.excluded_us, self._language),
            text=clean(exclusion.text),
            evidence=clean(exclusion.evidence),
        ).rstrip()
        if figure.cuts:
            cuts = (f"{self._say(CUTS[cut])} {duration(us, self._language)}" for cut, us in figure.cuts)
            yield "  " + self._say(wording.CUT_LINE, cuts="; ".join(cuts))
        for number, step in enumerate(figure.steps):
            yield "  " + clean(self._acts.step(step, step.text if number else ""))

    def _closing(self) -> Iterator[str]:
        report = self._report
        if report.closings:
            yield from self._heading(wording.HEAD_CLOSING)
            yield from self._bullets(
                *(clean(self._acts.closed(closed)) for closed in report.closings),
                *(line for correction in report.corrections for line in self._correction(correction)),
            )

    def _correction(self, figure: CorrectionFigure) -> Iterator[str]:
        yield from map(clean, self._acts.correction(figure))
        yield from (clean(self._acts.moved(moved)) for moved in figure.moved[:MOST_ROWS])
        yield from self._more(len(figure.moved))

    def _void(self) -> Iterator[str]:
        figures = self._report.void
        if figures:
            yield from self._heading(wording.HEAD_VOID, count=len(figures))
            yield from self._shortened([self._void_act(figure) for figure in figures])

    def _void_act(self, figure: VoidFigure) -> str:
        return self._say(
            wording.VOID_ACT,
            id=clean(figure.id),
            at=self._local(figure.at),
            what=self._say(wording.ACTS[figure.kind]),
            role=self._say(wording.ROLES[figure.by.role]),
            name=clean(figure.by.name),
            why=clean(figure.refusal.say(self._language)),
        )

    def _findings(self) -> Iterator[str]:
        found = self._report.findings
        if not found:
            return
        yield from self._heading(wording.HEAD_FINDINGS, count=len(found))
        yield from self._table(
            found,
            self._left(wording.CAMERA_ID, lambda figure: figure.camera.id),
            self._left(wording.CAMERA, lambda figure: figure.camera.name),
            self._left(wording.FINDING, lambda figure: self._say(wording.FINDINGS[figure.finding.kind])),
            self._left(wording.START, lambda figure: self._local(figure.since_at)),
            self._left(
                wording.END,
                lambda figure: self._say(wording.LASTS) if figure.until_at is None else self._local(figure.until_at),
            ),
            Column(
                self._say(wording.NUMBERS),
                lambda figure: wording.finding_numbers(figure.finding, self._language),
                widest=WIDEST_REASON,
            ),
        )

    def _changes(self) -> Iterator[str]:
        changes = self._report.changes
        yield from self._heading(wording.HEAD_CHANGES, count=len(changes))
        yield from self._shortened(
            [
                f"{self._local(change.at)}  {clean(change.camera_id)} {clean(change.name)}  "
                + clean("; ".join(change_words(change, self._language)))
                for change in changes
            ]
        )

    def _outside(self) -> Iterator[str]:
        cameras = self._report.outside_contract
        if cameras:
            yield from self._heading(wording.HEAD_OUTSIDE, count=len(cameras))
            yield from self._shortened([f"{clean(camera.id)} {clean(camera.name)}" for camera in cameras])

    def _rules(self) -> Iterator[str]:
        report, terms = self._report, self._report.terms
        yield from self._heading(wording.HEAD_RULES)
        maintenance = wording.RULE_MAINTENANCE if terms.maintenance_excludes else wording.RULE_MAINTENANCE_COUNTS
        yield from self._bullets(
            self._say(wording.RULE_RATE),
            self._say(wording.RULE_BLIND, rule=self._say(wording.BLIND_TIMES[terms.blind_time])),
            self._say(maintenance),
            self._say(
                wording.RULE_HOURS,
                hours=service_hours(terms.service_hours, self._language),
                looks=", ".join(f"{look:%H:%M}" for look in terms.snapshot_times) or self._say(wording.NONE),
            ),
            self._say(wording.SOURCE, seq=report.head_seq, head=report.head_hash, version=report.version),
            *(
                self._say(wording.CHAIN_LINE, vantage=clean(head.vantage), seq=head.seq, head=head.hash)
                for head in report.heads
                if head.hash != report.head_hash
            ),
            *([self._say(wording.CONTRACT_FILE, sha256=report.contract_sha256)] if report.contract_sha256 else []),
        )

    # ------------------------------------------------------------ building blocks

    def _say(self, phrase: Phrase, **values: object) -> str:
        return phrase[self._language].format(**values) if values else phrase[self._language]

    def _local(self, at: datetime | None) -> str:
        return self._say(wording.STILL_OPEN) if at is None else local(at, self._zone, self._report.year)

    def _heading(self, phrase: Phrase, **values: object) -> Iterator[str]:
        heading = self._say(phrase, **values)
        yield ""
        yield heading
        yield "-" * width(heading)

    def _bullets(self, *lines: str) -> Iterator[str]:
        return (f"{INDENT}- {line}" for line in lines)

    def _left(self, heading: Phrase, cell: Callable[[Row], str]) -> Column[Row]:
        return Column(self._say(heading), cell, Align.LEFT)

    def _right(self, heading: Phrase, cell: Callable[[Row], str]) -> Column[Row]:
        return Column(self._say(heading), cell, Align.RIGHT)

    def _table(self, rows: Sequence[Row], *columns: Column[Row]) -> Iterator[str]:
        yield from table(rows[:MOST_ROWS], columns) if rows else [INDENT + self._say(wording.NONE)]
        yield from self._more(len(rows))

    def _shortened(self, lines: Sequence[str]) -> Iterator[str]:
        yield from (INDENT + line for line in lines[:MOST_ROWS] or [self._say(wording.NONE)])
        yield from self._more(len(lines))

    def _more(self, rows: int) -> Iterable[str]:
        return [INDENT + self._say(wording.MORE, count=rows - MOST_ROWS)] if rows > MOST_ROWS else []
