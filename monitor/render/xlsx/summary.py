"""The first sheet: verdict, bases, rates, time, budget; every total a formula over the sheets behind it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from monitor import sla, wording
from monitor.language import Phrase
from monitor.model import Basis
from monitor.render.html import texts as shared
from monitor.render.phrases import local, percent_sign
from monitor.render.settlement import settlement_results
from monitor.render.xlsx import outages, settlement, texts
from monitor.render.xlsx.book import Book, Sheet
from monitor.render.xlsx.cells import quoted
from monitor.render.xlsx.desk import (
    ALL_KINDS,
    KINDS,
    WATCHED_KINDS,
    Desk,
    added,
    counted_kinds,
    intact_kinds,
    online_kinds,
    ordered,
)
from monitor.render.xlsx.exact import Pair, floored, less, nothing, reaches
from monitor.render.xlsx.ledger import CHECKS, WIDTHS, Ledger
from monitor.render.xlsx.looks import Alarm, Look
from monitor.report import BasisFigure
from monitor.sla import SlaVerdict, counted, intact, online

TOTAL: Final = "total_{kind}_{unit}"
LOOKS_ONLINE, LOOKS, LOOKS_WATCHED, LOOKS_SCHEDULED = (
    Pair(name, "0") for name in ("looks_online", "looks_counted", "looks_scheduled-looks_unobserved", "looks_scheduled")
)
RATED, PASSING = Pair("cameras_rated", "0"), Pair("cameras_passing", "0")
ONLINE, INTACT, COUNTED, SCHEDULED = (
    Pair(f"{name}_s", f"{name}_us") for name in ("online", "intact", "counted", "scheduled")
)
WATCHED = added(WATCHED_KINDS, TOTAL)
BASES: Final = {
    Basis.FLEET_SECONDS: (ONLINE, COUNTED),
    Basis.CAMERA_PASS_SHARE: (PASSING, RATED),
    Basis.SNAPSHOTS: (LOOKS_ONLINE, LOOKS),
}


def summary(book: Book, desk: Desk) -> None:
    """The sheet a reader opens first."""
    with book.sheet(desk.say(texts.SUMMARY), WIDTHS, frozen=(1, 1), heading=1, tall=2) as sheet:
        desk.title(sheet)
        _Summary(sheet, desk).write()


class _Summary:
    """One report's summary; every method writes one part."""

    def __init__(self, sheet: Sheet, desk: Desk) -> None:
        self._sheet = sheet
        self._desk = desk
        self._report = desk.report
        self._ledger = Ledger(sheet, desk)

    def write(self) -> None:
        """All of it, in order."""
        first = self._head()
        self._terms()
        self._time()
        self._counts()
        self._rates()
        self._bases()
        self._budget()
        self._ledger.alarms(first)

    # ------------------------------------------------------------ what is read first

    def _head(self) -> int:
        report, say = self._report, self._desk.say
        if report.simulated:
            self._sheet.write(say(wording.SIMULATED_WARNING), looks=Look.WARNING, height=20)
        for line in self._facts():
            self._sheet.write(line)
        verdict = say(wording.CONCLUSION if report.complete else wording.CONCLUSION_SO_FAR, verdict=self._verdict())
        self._sheet.write(verdict, looks=Look.TITLE, height=26)
        for line in self._remarks():
            self._sheet.write(line)
        row = self._sheet.row + 1
        agree, differ, word = (quoted(say(phrase)) for phrase in (texts.ALL_AGREE, texts.SOME_DIFFER, texts.DIFFERS))
        places = [f"${CHECKS}${row + 1}:${CHECKS}$999", "checks_groups", *settlement.checks(self._desk)]
        found = "+".join(f"COUNTIF({place},{word})" for place in places)
        self._sheet.put(
            [
                self._sheet.texts.cell(say(texts.ALL_CHECKS), Look.STRONG),
                self._sheet.formula(f"IF({found}=0,{agree},{differ})", say(texts.ALL_AGREE), Look.STRONG),
            ]
        )
        self._sheet.define("all_checks", 1, row)
        self._sheet.alarm(f"B{row}", f"$B${row}={differ}", Alarm.BAD)
        return row + 1

    def _verdict(self) -> str:
        return self._desk.say(wording.VERDICTS[self._report.verdict])

    def _facts(self) -> Iterator[str]:
        report, say, zone = self._report, self._desk.say, self._desk.zone
        start, end = (local(us, zone) for us in report.period)
        yield say(wording.PERIOD, start=start, end=end, zone=report.terms.zone)
        if report.contract_title:
            yield say(wording.CONTRACT_NAME, title=report.contract_title, id=report.contract_id)
        office, vendor = report.office or say(shared.OFFICE), report.vendor or say(shared.VENDOR)
        yield f"{say(shared.PARTIES_LABEL)}: {say(shared.PARTIES, office=office, vendor=vendor)}"
        if not report.complete:
            yield say(wording.UNTIL if report.begun else wording.NOT_BEGUN, until=local(report.elapsed.end, zone))

    def _remarks(self) -> Iterator[str]:
        report, say = self._report, self._desk.say
        terms = report.terms
        yield say(
            wording.ONLINE_LINE,
            rate=percent_sign(report.contractual.ratio),
            target=percent_sign(terms.target),
            basis=say(wording.BASES[terms.basis]),
        )
        for figure in report.flips:
            yield say(
                wording.FLIP_LINE,
                basis=say(wording.BASES[figure.basis]),
                rate=percent_sign(figure.ratio),
                verdict=say(wording.VERDICTS[figure.verdict]),
            )
        if report.forecast is not None:
            landing, best = (percent_sign(rate) for rate in (report.forecast.landing, report.forecast.best))
            yield f"{say(texts.FORECAST)} {landing}; {say(texts.BEST)} {best}"
        yield from settlement_results(report, self._desk.language)

    # ------------------------------------------------------------ figures

    def _terms(self) -> None:
        say, terms = self._desk.say, self._report.terms
        self._sheet.write()
        self._sheet.write(say(texts.PART_TERMS), looks=Look.PART, height=20)
        headings = (texts.TERM, texts.VALUE, texts.NUMERATOR, texts.DENOMINATOR)
        self._sheet.write(*map(say, headings), looks=Look.HEADING)
        for name, phrase, limit in (
            ("target", texts.TARGET_ONLINE, terms.target),
            ("min_coverage", texts.MIN_COVERAGE, terms.min_coverage),
            ("intact_target", texts.TARGET_INTACT, terms.intact_target),
        ):
            if limit is not None:
                row = self._sheet.write(
                    say(phrase),
                    self._desk.rate(limit),
                    limit.numerator,
                    limit.denominator,
                    looks=(Look.TEXT, Look.PERCENT, Look.COUNT, Look.COUNT),
                )
                self._sheet.define(f"{name}_numerator", 2, row)
                self._sheet.define(f"{name}_denominator", 3, row)

    def _time(self) -> None:
        say, report, ledger = self._desk.say, self._report, self._ledger
        blind, seconds = report.terms.blind_time, report.total.seconds
        ledger.part(texts.PART_TIME)
        for kind, us in ordered(seconds).items():
            sums = Pair(f"SUM(camera_{kind.value}_s)", f"SUM(camera_{kind.value}_us)")
            ledger.time(f"total_{kind.value}", say(KINDS[kind]), sums, us)
        ledger.time("scheduled", say(wording.SCHEDULED), added(ALL_KINDS, TOTAL), seconds.scheduled)
        ledger.time("counted", say(wording.COUNTED_TIME), added(counted_kinds(blind), TOTAL), counted(seconds, blind))
        ledger.time("online", say(texts.ONLINE_TIME), added(online_kinds(blind), TOTAL), online(seconds, blind))
        ledger.time("intact", say(texts.INTACT_TIME), added(intact_kinds(blind), TOTAL), intact(seconds, blind))
        down = sum(outage.counted_us for outage in report.outages)
        ledger.time(
            "outages_down", say(texts.DOWN_BY_OUTAGES), outages.total(report, "counted"), down, say(texts.DOWN_NOTE)
        )
        excluded = sum(outage.excluded_us for outage in report.outages)
        ledger.time("outages_excluded", say(texts.EXCLUDED_DOWN), outages.total(report, "excluded"), excluded)

    def _counts(self) -> None:
        say, report, ledger = self._desk.say, self._report, self._ledger
        blind = report.terms.blind_time
        looks = sla.total(figure.looks for figure in report.cameras)
        rated = [figure for figure in report.cameras if figure.rates.online is not None]
        passing = sum(not figure.below_target for figure in rated)
        yes, no = (quoted(say(answer)) for answer in (wording.CSV_YES, wording.CSV_NO))
        met = "COUNTIF(camera_met,{})"
        ledger.part(texts.PART_COUNTS)
        for name, phrase, expression, count in (
            ("cameras_total", texts.ALL_CAMERAS, "COUNTA(camera_id)", len(report.cameras)),
            ("cameras_rated", texts.RATED, f"{met.format(yes)}+{met.format(no)}", len(rated)),
            ("cameras_passing", texts.PASSING, met.format(yes), passing),
            ("outages_total", wording.OUTAGES, "SUM(camera_outages)", len(report.outages)),
            ("looks_scheduled", texts.LOOKS_SCHEDULED, "SUM(camera_looks_scheduled)", looks.scheduled),
            ("looks_unobserved", texts.LOOKS_UNOBSERVED, "SUM(camera_looks_unobserved)", looks.unobserved),
            ("looks_counted", texts.LOOKS_COUNTED, "SUM(camera_looks)", counted(looks, blind)),
            ("looks_online", texts.LOOKS_ONLINE, "SUM(camera_looks_online)", online(looks, blind)),
        ):
            ledger.value(name, say(phrase), expression, count, Look.COUNT)

    def _rates(self) -> None:
        say, report, terms = self._desk.say, self._report, self._report.terms
        rates, minimum = report.total.rates, percent_sign(terms.min_coverage)
        self._ledger.part(texts.PART_RATES)
        target = say(texts.TARGET_NOTE, target=percent_sign(terms.target))
        self._rate("rate_online", wording.ONLINE, ONLINE, COUNTED, rates.online, target)
        note = "" if terms.intact_target is None else say(texts.TARGET_NOTE, target=percent_sign(terms.intact_target))
        self._rate("rate_intact", wording.INTACT, INTACT, COUNTED, rates.intact, note or say(shared.TARGET_NONE))
        if report.intact_verdict is not None:
            expression = self._judged(INTACT, COUNTED, WATCHED, SCHEDULED, "intact_target")
            verdict = say(wording.VERDICTS[report.intact_verdict])
            label = say(texts.VERDICT_OF, what=say(wording.INTACT))
            self._ledger.value("verdict_intact", label, expression, verdict, Look.WRAPPED)
        note = say(texts.MINIMUM_NOTE, minimum=minimum)
        self._rate("rate_coverage", wording.COVERAGE, WATCHED, SCHEDULED, rates.coverage, note)

    def _rate(self, name: str, label: Phrase, part: Pair, whole: Pair, ratio: Fraction | None, note: str) -> None:
        expression = floored(part, whole, quoted(self._desk.none))
        self._ledger.value(name, self._desk.say(label), expression, self._desk.rate(ratio), Look.PERCENT, note)

    def _bases(self) -> None:
        self._ledger.part(texts.PART_BASES)
        for figure, raw in zip(self._report.bases, self._report.raw, strict=True):
            self._basis(figure)
            self._raw(raw)

    def _basis(self, figure: BasisFigure) -> None:
        say = self._desk.say
        part, whole = BASES[figure.basis]
        label = say(wording.BASES[figure.basis])
        note = say(texts.ON_CONTRACT) if figure.contractual else ""
        rate = floored(part, whole, quoted(self._desk.none))
        self._ledger.value(f"basis_{figure.basis}", label, rate, self._desk.rate(figure.ratio), Look.PERCENT, note)
        verdict = self._verdict_on(figure.basis)
        told = say(wording.VERDICTS[figure.verdict])
        label = say(texts.VERDICT_OF, what=label)
        self._ledger.value(f"verdict_{figure.basis}", label, verdict, told, Look.WRAPPED, note)

    def _raw(self, figure: BasisFigure) -> None:
        """The same with nothing excluded, as the program found it."""
        say, note = self._desk.say, self._desk.say(texts.RAW_NOTE)
        label = say(texts.RAW_OF, what=say(wording.BASES[figure.basis]))
        self._ledger.told_value(label, self._desk.rate(figure.ratio), Look.PERCENT, note)
        verdict = say(wording.VERDICTS[figure.verdict])
        self._ledger.told_value(say(texts.VERDICT_OF, what=label), verdict, Look.WRAPPED, note)

    def _verdict_on(self, basis: Basis) -> str:
        match basis:
            case Basis.FLEET_SECONDS:
                return self._judged(ONLINE, COUNTED, WATCHED, SCHEDULED, "target")
            case Basis.SNAPSHOTS:
                return self._judged(LOOKS_ONLINE, LOOKS, LOOKS_WATCHED, LOOKS_SCHEDULED, "target")
            case Basis.CAMERA_PASS_SHARE:  # whether enough was watched is a question to the whole fleet
                unproved, undefined = (self._word(which) for which in (SlaVerdict.NOT_PROVABLE, SlaVerdict.UNDEFINED))
                fleet, decided = f"verdict_{Basis.FLEET_SECONDS}", self._met(PASSING, RATED, "target")
                return f"IF(OR({fleet}={unproved},{fleet}={undefined},{nothing(RATED)}),{fleet},{decided})"

    def _judged(self, part: Pair, whole: Pair, watched: Pair, scheduled: Pair, target: str) -> str:
        """``sla.verdict`` as an expression."""
        enough = reaches(watched, scheduled, "min_coverage_numerator", "min_coverage_denominator")
        unproved, undefined = (self._word(which) for which in (SlaVerdict.NOT_PROVABLE, SlaVerdict.UNDEFINED))
        decided = f"IF({nothing(whole)},{undefined},{self._met(part, whole, target)})"
        return f"IF(AND(NOT({nothing(scheduled)}),NOT({enough})),{unproved},{decided})"

    def _met(self, part: Pair, whole: Pair, target: str) -> str:
        met, missed = (self._word(which) for which in (SlaVerdict.MET, SlaVerdict.MISSED))
        return f"IF({reaches(part, whole, f'{target}_numerator', f'{target}_denominator')},{met},{missed})"

    def _word(self, verdict: SlaVerdict) -> str:
        return quoted(self._desk.say(wording.VERDICTS[verdict]))

    def _budget(self) -> None:
        say, report, ledger = self._desk.say, self._report, self._ledger
        budget = report.budget
        ledger.part(texts.PART_BUDGET)
        used = less(COUNTED, ONLINE)
        if not report.complete:
            ledger.told(say(wording.BUDGET_ALLOWED), budget.allowed_us, say(texts.BUDGET_RUNNING))
            ledger.time("budget_used", say(wording.BUDGET_USED), used, budget.used_us)
            left = wording.BUDGET_OVERDRAWN if budget.left_us < 0 else wording.BUDGET_LEFT
            ledger.told(say(left), abs(budget.left_us), say(texts.BUDGET_RUNNING))
            return
        allowed = ledger.time("budget_allowed", say(wording.BUDGET_ALLOWED), _allowed(), budget.allowed_us)
        spent = ledger.time("budget_used", say(wording.BUDGET_USED), used, budget.used_us)
        if budget.left_us < 0:
            ledger.time("budget_left", say(wording.BUDGET_OVERDRAWN), less(spent, allowed), -budget.left_us)
        else:
            ledger.time("budget_left", say(wording.BUDGET_LEFT), less(allowed, spent), budget.left_us)


def _allowed() -> Pair:
    """``(1 - target) × counted`` in long division, cut to the microsecond."""
    share = "(target_denominator-target_numerator)"
    whole = f"INT({share}*counted_s/target_denominator)"
    left = f"({share}*counted_s-target_denominator*{whole})"
    return Pair(whole, f"INT(({left}*1000000+{share}*counted_us)/target_denominator)")
