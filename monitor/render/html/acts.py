"""What people decided about the month: exclusions with everyone who had a say, closings, and what corrections moved."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from monitor import wording
from monitor.contract import Cut
from monitor.language import Phrase
from monitor.model import Scope
from monitor.render.act_sentences import ActSentences, scope_names
from monitor.render.html import texts
from monitor.render.html.markup import Child, Markup, element, joined, lines, name
from monitor.render.html.pen import MOST_ROWS, Column, Look, Pen, Section
from monitor.report import (
    ClosingFigure,
    CorrectionFigure,
    ExclusionFigure,
    MovedFigure,
    StepFigure,
    TimeKind,
)

MOST_NAMES = 6  # of a scope; the others are counted


def exclusions(pen: Pen) -> Section:
    """Every exclusion that touches the month: what of it counts, what does not and why, and who said so."""
    figures = pen.report.exclusions
    heading = pen.say(wording.HEAD_EXCLUSIONS, count=len(figures))
    if not figures:
        return Section(heading, (element("p", pen.say(wording.NONE), class_="none"),))
    columns: tuple[Column[ExclusionFigure], ...] = (
        Column(texts.EXCLUSION, lambda figure: _named(pen, figure)),
        Column(wording.START, lambda figure: pen.local(figure.exclusion.start_at), Look.KEPT),
        Column(wording.END, lambda figure: pen.local(figure.exclusion.end_at), Look.KEPT),
        Column(wording.ABOUT, lambda figure: _scope(pen, figure.exclusion.scope)),
        Column(wording.CAMERAS, lambda figure: str(figure.cameras), Look.NUMBER),
        Column(texts.REMOVED_SECONDS, lambda figure: pen.exact(figure.excluded_us), Look.NUMBER),
        Column(texts.CUT, lambda figure: joined(*_cuts(pen, figure.cuts))),
    )
    pairs = (_pair(pen, figure, columns) for figure in figures[:MOST_ROWS])
    table = element("table", pen.headings(columns), Markup("\n"), lines(pairs), class_="long")
    note = element("p", pen.say(texts.EXCLUSIONS_NOTE), class_="note")
    return Section(heading, (note, element("div", table, pen.left_out(len(figures), texts.IN_WORKBOOK), class_="wide")))


def closings(pen: Pen) -> Section | None:
    """How often the month was closed and opened again, and which cameras' time that moved."""
    report = pen.report
    if not report.closings:
        return None
    done = element("ul", *(element("li", _closed(pen, figure)) for figure in report.closings))
    opened = (part for figure in report.corrections for part in _correction(pen, figure))
    return Section(pen.say(wording.HEAD_CLOSING), (done, *opened))


def void(pen: Pen) -> Section | None:
    """Acts in the record that do not count, and why: a forgery is shown, not left out."""
    figures = pen.report.void
    if not figures:
        return None
    table = pen.listed(
        figures,
        texts.IN_WORKBOOK,
        Column(wording.CAMERA_ID, lambda figure: name(figure.id), Look.KEPT),
        Column(wording.WHEN, lambda figure: pen.local(figure.at), Look.KEPT),
        Column(wording.WHAT_ACT, lambda figure: pen.say(wording.ACTS[figure.kind])),
        Column(
            wording.IN_WHOSE_NAME,
            lambda figure: joined(pen.say(wording.ROLES[figure.by.role]), " ", name(figure.by.name)),
        ),
        Column(wording.WHY_VOID, lambda figure: name(figure.refusal.say(pen.language))),
    )
    return Section(pen.say(wording.HEAD_VOID, count=len(figures)), (element("div", table, class_="wide"),))


def _pair(pen: Pen, figure: ExclusionFigure, columns: tuple[Column[ExclusionFigure], ...]) -> Markup:
    """An exclusion's row and under it its grounds and its acts, never parted by a page."""
    exclusion = figure.exclusion
    grounds = element("div", name(exclusion.text), " ", name(exclusion.evidence))
    acts = (
        element(
            "div",
            _act(
                pen,
                wording.STEP,
                step,
                what=pen.say(wording.ACTS[step.kind]),
                # The proposal's own text are the grounds.
                text=name(step.text) if number else None,
            ),
        )
        for number, step in enumerate(figure.steps)
    )
    row = element("tr", *(element("td", column.cell(figure), class_=column.look) for column in columns))
    return element("tbody", row, element("tr", element("td", grounds, *acts, colspan=len(columns))), class_="pair")


def _named(pen: Pen, figure: ExclusionFigure) -> Markup:
    exclusion = figure.exclusion
    cause, state = wording.EXCLUSION_CAUSES[exclusion.cause], wording.EXCLUSION_STATES[exclusion.state]
    return joined(name(exclusion.id), " ", pen.say(cause), element("div", element("b", pen.say(state))))


def _scope(pen: Pen, scope: Scope) -> Markup:
    parts = [element("div", *_few(names)) for names in scope_names(scope, pen.language)]
    return joined(*parts) if parts else joined(pen.say(wording.WHOLE_TOWN))


def _few(names: list[str]) -> Iterator[Child]:
    for number, each in enumerate(names[:MOST_NAMES]):
        yield from (", ", name(each)) if number else (name(each),)
    if len(names) > MOST_NAMES:
        yield f" (+{len(names) - MOST_NAMES})"


def _cuts(pen: Pen, cuts: tuple[tuple[Cut, int], ...]) -> Iterator[Markup]:
    for cut, us in cuts:
        yield element("div", pen.say(texts.CUT_OFF, why=pen.say(texts.CUTS[cut]), seconds=pen.exact(us)))


def _act(pen: Pen, phrase: Phrase, act: StepFigure | ClosingFigure | CorrectionFigure, **values: Child) -> Markup:
    """Who did something when, and whether it is signed."""
    mark = pen.say(wording.SIGNED if act.signed else wording.UNSIGNED)
    role = pen.say(wording.ROLES[act.by.role])
    return pen.sentence(phrase, at=pen.local(act.at), role=role, name=name(act.by.name), mark=mark, **values)


def _closed(pen: Pen, figure: ClosingFigure) -> Markup:
    line = _act(pen, wording.CLOSED, figure, number=str(figure.number), figures=element("code", figure.figures))
    return line if figure.agrees else joined(line, " ", element("b", pen.say(wording.DISAGREES)))


def _correction(pen: Pen, figure: CorrectionFigure) -> Iterator[Markup]:
    line = _act(pen, wording.CORRECTED, figure, number=str(figure.number), text=name(figure.text))
    told = ActSentences(pen.language, pen.local).outcome(figure)
    yield element("div", line, *(element("div", name(each)) for each in told))
    if figure.moved:
        yield element("div", pen.listed(figure.moved, texts.IN_WORKBOOK, *_moved(pen)), class_="wide")


def _moved(pen: Pen) -> Iterator[Column[MovedFigure]]:
    yield Column(wording.CAMERA, lambda moved: joined(name(moved.camera.id), " ", name(moved.camera.name)))
    for kind in TimeKind:
        yield Column(texts.KINDS[kind], partial(_change, pen, kind), Look.NUMBER)


def _change(pen: Pen, kind: TimeKind, moved: MovedFigure) -> Markup | None:
    """The time and the inspections of one kind before and after; nothing where they are what they were."""
    before, after = getattr(moved.before, kind.value), getattr(moved.after, kind.value)
    found, finds = getattr(moved.looks_before, kind.value), getattr(moved.looks_after, kind.value)
    time = None if before == after else element("div", f"{pen.exact(before)} → {pen.exact(after)} s")
    looks = None if found == finds else element("div", pen.say(texts.LOOKS_MOVED, before=found, after=finds))
    return None if time is None and looks is None else joined(time, looks)
