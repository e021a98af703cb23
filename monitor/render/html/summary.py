"""What is read first: title, verdict, the three bases, the rates, the error budget."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from monitor import wording
from monitor.language import Phrase
from monitor.model import Basis
from monitor.render.html import texts
from monitor.render.html.markup import Child, Markup, element, joined, name
from monitor.render.html.pen import Column, Look, Pen, Section
from monitor.render.html.pictures import gauge
from monitor.render.phrases import good_of_counted, local
from monitor.render.settlement import settlement_results
from monitor.report import BasisFigure
from monitor.sla import SlaVerdict, counted

Fact = tuple[Phrase, Child]


def facts(pen: Pen, *rows: Fact) -> Markup:
    """Labels and what stands behind them."""
    pairs = (joined(element("dt", pen.say(label)), element("dd", value)) for label, value in rows)
    return element("dl", *pairs, class_="facts")


def title(pen: Pen) -> Markup:
    """The head of the first page."""
    report, terms = pen.report, pen.report.terms
    start, end = (local(us, pen.zone) for us in report.period)
    promised = {"target": pen.rate(terms.target), "basis": pen.say(wording.BASES[terms.basis])}
    target = pen.say(texts.TARGET, **promised)
    if terms.intact_target is not None:
        target = pen.say(texts.TARGET_BOTH, **promised, intact=pen.rate(terms.intact_target))
    warning = element("p", pen.say(wording.SIMULATED_WARNING), class_="warning") if report.simulated else None
    return element(
        "header",
        element("h1", pen.sentence(wording.TITLE, town=name(report.town))),
        element("p", pen.say(wording.MONTH, year=report.year, month=report.month), class_="month"),
        warning,
        facts(
            pen,
            (texts.PERIOD_LABEL, pen.say(texts.PERIOD, start=start, end=end, zone=terms.zone)),
            *_contract(pen),
            (texts.PARTIES_LABEL, _parties(pen)),
            (texts.TARGET_LABEL, target),
            (texts.COVERAGE_LABEL, pen.rate(terms.min_coverage)),
        ),
    )


def _contract(pen: Pen) -> Iterator[Fact]:
    report = pen.report
    if report.contract_title:
        title = pen.sentence(texts.CONTRACT, title=name(report.contract_title), id=name(report.contract_id))
        yield texts.CONTRACT_LABEL, title
    elif report.contract_sha256:
        yield texts.CONTRACT_LABEL, name(report.contract_id)


def _parties(pen: Pen) -> Markup:
    report = pen.report
    return pen.sentence(
        texts.PARTIES,
        office=name(report.office) if report.office else pen.say(texts.OFFICE),
        vendor=name(report.vendor) if report.vendor else pen.say(texts.VENDOR),
    )


def verdict(pen: Pen) -> Section:
    """The one thing everybody wants to know, and what else must be known with it."""
    report, terms = pen.report, pen.report.terms
    heading = wording.CONCLUSION if report.complete else wording.CONCLUSION_SO_FAR
    online = pen.say(
        wording.ONLINE_LINE,
        rate=pen.rate(report.contractual.ratio),
        target=pen.rate(terms.target),
        basis=pen.say(wording.BASES[terms.basis]),
    )
    large = element("strong", pen.say(heading, verdict=pen.say(wording.VERDICTS[report.verdict])))
    until = None
    if not report.complete:
        until = element(
            "p",
            pen.say(wording.UNTIL if report.begun else wording.NOT_BEGUN, until=local(report.elapsed.end, pen.zone)),
        )
    cameras = pen.say(wording.CAMERAS_LINE, count=report.total.cameras, below=len(report.below_target))
    results = settlement_results(pen.report, pen.language)
    remarks = element("ul", *(element("li", line) for line in [cameras, *results, *_forecast(pen)]))
    box = element("div", large, element("span", online), class_=f"verdict {report.verdict}")
    return Section(pen.say(texts.HEAD_VERDICT), (joined(until, box, remarks),))


def bases(pen: Pen) -> Section:
    """Three ways to count, side by side."""
    both = zip(pen.report.bases, pen.report.raw, strict=True)
    cards = element("div", *(_card(pen, figure, raw) for figure, raw in both), class_="cards")
    return Section(pen.say(wording.HEAD_BASES), (cards, *(element("p", line) for line in _flips(pen))))


def rates(pen: Pen) -> Section:
    """Online, intact, coverage, and the time they are made from."""
    terms, total = pen.report.terms, pen.report.total
    cards = element(
        "div",
        _rate(pen, wording.ONLINE, total.rates.online, pen.say(wording.BASES[Basis.FLEET_SECONDS])),
        _rate(pen, wording.INTACT, total.rates.intact, _intact(pen)),
        _rate(pen, wording.COVERAGE, total.rates.coverage, _coverage(pen)),
        class_="cards",
    )
    seconds = total.seconds
    unwatched = None
    if seconds.unobserved:
        share = pen.rate(Fraction(seconds.unobserved, seconds.scheduled))
        text = pen.say(texts.UNPROVABLE, unobserved=pen.length(seconds.unobserved), share=share)
        unwatched = element("p", text, class_="note")
    kinds = (
        (wording.SCHEDULED, seconds.scheduled),
        (wording.UP_TIME, seconds.up),
        (wording.DEGRADED_TIME, seconds.degraded),
        (wording.DOWN_TIME, seconds.down),
        (wording.EXCLUDED_TIME, seconds.excluded),
        (wording.UNOBSERVED_TIME, seconds.unobserved),
        (wording.COUNTED_TIME, counted(seconds, terms.blind_time)),
    )
    time = pen.table(
        kinds,
        Column(wording.KIND_OF_TIME, lambda kind: pen.say(kind[0])),
        Column(wording.LENGTH, lambda kind: pen.length(kind[1]), Look.NUMBER),
        Column(texts.SHARE, lambda kind: pen.rate(_share(kind[1], seconds.scheduled)), Look.NUMBER),
    )
    heading = element("h3", pen.say(wording.HEAD_TIME))
    return Section(pen.say(texts.HEAD_RATES), (joined(cards, unwatched), heading, time))


def budget(pen: Pen) -> Section:
    """What the target allows to be lost, what was lost, what is left."""
    allowance = pen.report.budget
    left = wording.BUDGET_OVERDRAWN if allowance.left_us < 0 else wording.BUDGET_LEFT
    rows = (
        (wording.BUDGET_ALLOWED, allowance.allowed_us),
        (wording.BUDGET_USED, allowance.used_us),
        (left, abs(allowance.left_us)),
    )
    whole = max(allowance.allowed_us, allowance.used_us, 1)
    label = pen.say(texts.GAUGE_LABEL, lost=pen.length(allowance.used_us), allowed=pen.length(allowance.allowed_us))
    used, allowed = Fraction(allowance.used_us), Fraction(allowance.allowed_us)
    cards = element(
        "div",
        *(
            element("div", element("small", pen.say(label)), element("b", pen.length(us)), class_="card")
            for label, us in rows
        ),
        class_="cards",
    )
    bar = gauge(used, allowed, Fraction(whole), label)
    return Section(pen.say(wording.HEAD_BUDGET), (cards, bar, element("p", pen.say(texts.BUDGET_NOTE), class_="note")))


def _share(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None


def _card(pen: Pen, figure: BasisFigure, raw: BasisFigure) -> Markup:
    mark: Phrase | None = None
    if figure.contractual:
        mark = texts.ON_CONTRACT
    elif figure in pen.report.flips:
        mark = texts.FLIPPED
    return element(
        "div",
        element("small", pen.say(wording.BASES[figure.basis])),
        element("b", pen.rate(figure.ratio)),
        element("div", pen.say(wording.VERDICTS[figure.verdict])),
        element("small", good_of_counted(figure, pen.language)),
        element("small", _without_exclusions(pen, figure, raw)),
        element("small", pen.say(mark), class_="mark-of") if mark else None,
        class_="card contractual" if figure.contractual else "card",
    )


def _without_exclusions(pen: Pen, figure: BasisFigure, raw: BasisFigure) -> str:
    """The raw rate, and the verdict it would give where that is another one."""
    rate = pen.say(texts.RAW, rate=pen.rate(raw.ratio))
    if raw.verdict is figure.verdict:
        return rate
    return pen.say(texts.RAW_DIFFERS, raw=rate, verdict=pen.say(wording.VERDICTS[raw.verdict]))


def _flips(pen: Pen) -> Iterator[str]:
    for figure in pen.report.flips:
        yield pen.say(
            wording.FLIP_LINE,
            basis=pen.say(wording.BASES[figure.basis]),
            rate=pen.rate(figure.ratio),
            verdict=pen.say(wording.VERDICTS[figure.verdict]),
        )
    verdicts = {figure.verdict for figure in pen.report.bases}
    if verdicts in ({SlaVerdict.MET}, {SlaVerdict.MISSED}):
        yield pen.say(wording.AGREE_LINE)


def _forecast(pen: Pen) -> Iterator[str]:
    forecast = pen.report.forecast
    if forecast is None:
        return
    yield pen.say(
        wording.FORECAST_LINE,
        landing=pen.rate(forecast.landing),
        best=pen.rate(forecast.best),
        budget=pen.length(forecast.budget_left_us),
    )
    if not forecast.recoverable(pen.report.terms.target):
        yield pen.say(wording.UNRECOVERABLE_LINE)


def _rate(pen: Pen, label: Phrase, ratio: Fraction | None, below: str) -> Markup:
    return element(
        "div",
        element("small", pen.say(label)),
        element("b", pen.rate(ratio)),
        element("small", below),
        class_="card",
    )


def _intact(pen: Pen) -> str:
    target, result = pen.report.terms.intact_target, pen.report.intact_verdict
    if target is None or result is None:
        return pen.say(texts.TARGET_NONE)
    return pen.say(texts.TARGET_SHORT, target=pen.rate(target), verdict=pen.say(wording.VERDICTS[result]))


def _coverage(pen: Pen) -> str:
    minimum, watched = pen.report.terms.min_coverage, pen.report.total.rates.coverage
    if watched is None:
        return pen.say(texts.COVERAGE_NONE)
    enough = texts.ENOUGH if watched >= minimum else texts.TOO_LITTLE
    return pen.say(texts.COVERAGE_SHORT, minimum=pen.rate(minimum), verdict=pen.say(enough))
