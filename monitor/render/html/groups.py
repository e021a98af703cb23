"""Cameras put together: villages, carriers, kinds of site, recorders; and how their faults were repaired."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from monitor import wording
from monitor.language import Phrase
from monitor.model import SiteCategory
from monitor.render.html import texts
from monitor.render.html.markup import Child, Markup, element, name
from monitor.render.html.pen import Column, Look, Pen, Section
from monitor.render.html.pictures import gauge
from monitor.report import GroupFigure, GroupKind, Rates


def groups(pen: Pen) -> Section:
    """One table for each way to put cameras together."""
    report = pen.report
    tables: list[tuple[Phrase, Phrase, Sequence[GroupFigure]]] = [
        (wording.HEAD_VILLAGES, wording.VILLAGE, report.villages),
        (wording.HEAD_CARRIERS, wording.CARRIER, report.carriers),
        (wording.HEAD_CATEGORIES, wording.CATEGORY, report.categories),
    ]
    if report.recorders:
        tables.append((wording.HEAD_RECORDERS, wording.RECORDER, report.recorders))
    body: list[Markup] = [element("p", pen.say(texts.GAUGE_NOTE), class_="note")]
    for heading, column, figures in tables:
        body += [element("h3", pen.say(heading)), _table(pen, column, figures)]
    return Section(pen.say(texts.HEAD_GROUPS), tuple(body))


def reliability(pen: Pen) -> Section:
    """MTTR, MTBF and repeat faults, of the town and of those who share a cause for them."""
    report = pen.report
    repeating = sorted(
        (figure for figure in report.cameras if figure.reliability.repeats),
        key=lambda figure: (-figure.reliability.repeats, figure.camera.id),
    )
    return Section(
        pen.say(wording.HEAD_RELIABILITY),
        (
            element("p", pen.say(texts.RELIABILITY_NOTE), class_="note"),
            _repairs(pen, (report.total, *report.carriers, *report.villages)),
            element("h3", pen.say(texts.HEAD_REPEATS, count=len(repeating))),
            pen.listed(
                repeating,
                texts.IN_WORKBOOK,
                Column(wording.CAMERA_ID, lambda figure: name(figure.camera.id)),
                Column(wording.CAMERA, lambda figure: name(figure.camera.name)),
                Column(wording.VILLAGE, lambda figure: name(figure.camera.site.village)),
                Column(wording.FAULTS, lambda figure: str(figure.reliability.faults), Look.NUMBER),
                Column(wording.REPEATS, lambda figure: str(figure.reliability.repeats), Look.NUMBER),
                Column(wording.MTTR, lambda figure: pen.length(figure.reliability.mttr_us), Look.NUMBER),
            ),
        ),
    )


def rate(pen: Pen, rates: Rates) -> Child:
    """An online rate, marked where it misses the target."""
    below = rates.online is not None and rates.online < pen.report.terms.target
    return element("span", pen.rate(rates.online), class_="below") if below else pen.rate(rates.online)


def loss(pen: Pen, rates: Sequence[Rates], shown: Rates) -> Markup | None:
    """What was lost against what the target allows, on the scale of all the given rates."""
    if shown.online is None:
        return None
    allowed = 1 - pen.report.terms.target
    worst = max((1 - each.online for each in rates if each.online is not None), default=Fraction(0))
    lost = 1 - shown.online
    label = pen.say(texts.GAUGE_LABEL, lost=pen.rate(lost), allowed=pen.rate(allowed))
    return gauge(lost, allowed, max(worst, 2 * allowed), label)


def _table(pen: Pen, column: Phrase, figures: Sequence[GroupFigure]) -> Markup:
    all_rates = [figure.rates for figure in figures]
    return pen.listed(
        figures,
        texts.IN_WORKBOOK,
        Column(column, lambda group: _name(pen, group)),
        Column(wording.CAMERAS, lambda group: str(group.cameras), Look.NUMBER),
        Column(wording.ONLINE, lambda group: rate(pen, group.rates), Look.NUMBER),
        Column(texts.LOST, lambda group: loss(pen, all_rates, group.rates), Look.PICTURE),
        Column(wording.INTACT, lambda group: pen.rate(group.rates.intact), Look.NUMBER),
        Column(wording.COVERAGE, lambda group: pen.rate(group.rates.coverage), Look.NUMBER),
        Column(wording.OFFLINE_TIME, lambda group: pen.length(group.seconds.down), Look.NUMBER),
    )


def _repairs(pen: Pen, figures: Sequence[GroupFigure]) -> Markup:
    return pen.listed(
        figures,
        texts.IN_WORKBOOK,
        Column(wording.GROUP, lambda group: _name(pen, group)),
        Column(wording.FAULTS, lambda group: str(group.reliability.faults), Look.NUMBER),
        Column(wording.REPEATS, lambda group: str(group.reliability.repeats), Look.NUMBER),
        Column(wording.REPAIRED, lambda group: str(group.reliability.repaired), Look.NUMBER),
        Column(wording.UNREPAIRED, lambda group: str(group.reliability.unrepaired), Look.NUMBER),
        Column(wording.MTTR, lambda group: pen.length(group.reliability.mttr_us), Look.NUMBER),
        Column(wording.MTBF, lambda group: pen.length(group.reliability.mtbf_us), Look.NUMBER),
    )


def _name(pen: Pen, group: GroupFigure) -> Child:
    if group.kind is GroupKind.CATEGORY:
        return pen.say(wording.CATEGORIES[SiteCategory(group.id)])
    return name(group.name)
