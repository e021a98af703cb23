"""What the contract makes of the month: repair limits, scorecard and deduction, each step as it is reckoned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from monitor import wording
from monitor.contract import Score
from monitor.render import settlement_words as words
from monitor.render.html import texts
from monitor.render.html.markup import Markup, element, name
from monitor.render.html.pen import MOST_ROWS, Column, Look, Pen, Section
from monitor.render.settlement_sentences import Sentences, lost
from monitor.report import RepairFigures


def settlement(pen: Pen) -> Section | None:
    """What is owed and each step to it; None where the contract agrees neither limits, points nor money."""
    settled = pen.report.settlement
    if settled is None:
        return None
    to = Sentences(settled, pen.zone, pen.language)
    body = [_list([to.period(), *to.results()])]
    if settled.repairs is not None:
        body += _repairs(pen, to, settled.repairs)
    if settled.score is not None:
        body += _score(pen, to, settled.score)
    if settled.ladder is not None:
        body += [element("h3", pen.say(words.HEAD_DEDUCTION)), _list(to.money(settled.ladder, settled.deduction))]
    return Section(pen.say(words.HEAD_SETTLEMENT), tuple(body))


def _repairs(pen: Pen, to: Sentences, figures: RepairFigures) -> Iterator[Markup]:
    yield element("h3", pen.say(words.HEAD_REPAIRS, count=len(figures.repairs)))
    yield _list(to.repairs(figures))
    if not figures.late:
        return
    yield element("h3", pen.say(words.HEAD_LATE, count=len(figures.late)))
    table = pen.listed(
        figures.late,
        texts.IN_WORKBOOK,
        Column(wording.CAMERA_ID, lambda late: name(late.camera.id)),
        Column(wording.CAMERA, lambda late: name(late.camera.name)),
        Column(wording.VILLAGE, lambda late: name(late.camera.site.village)),
        Column(wording.START, lambda late: pen.local(late.repair.start), Look.KEPT),
        Column(wording.END, lambda late: pen.until(late.repair.end), Look.KEPT),
        Column(words.RAN, lambda late: to.duration(late.repair.ran_us), Look.NUMBER),
        Column(words.REPAIR_LIMIT, lambda late: to.duration(late.repair.limit_us), Look.NUMBER),
        Column(words.LATE_BY, lambda late: to.duration(late.repair.late_us), Look.NUMBER),
        Column(words.LATE_FROM, lambda late: pen.until(late.repair.late_from), Look.KEPT),
        Column(words.CLASS, lambda late: pen.say(words.MAJOR if late.repair.major else words.NORMAL)),
    )
    yield element("div", table, class_="wide")
    reasons = [reason for late in figures.late[:MOST_ROWS] for reason in to.why(late, figures.limits)]
    if reasons:
        yield _list(reasons)


def _score(pen: Pen, to: Sentences, score: Score) -> Iterator[Markup]:
    yield element("h3", pen.say(words.HEAD_SCORE))
    yield pen.table(
        score.lines,
        Column(words.LINE, lambda line: name(to.title(line))),
        Column(words.REASON, to.reason),
        Column(words.POINTS, lost, Look.NUMBER),
    )
    yield _list([*to.declarations(score), to.points(score)])


def _list(sentences: Iterable[str]) -> Markup:
    return element("ul", *(element("li", sentence) for sentence in sentences))
