"""Single cameras: those below the target with their month as a line, and the worst ones day by day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from monitor import wording
from monitor.model import Seconds
from monitor.render.html import texts
from monitor.render.html.groups import rate
from monitor.render.html.markup import Markup, element, joined, lines, name
from monitor.render.html.pen import MOST_ROWS, Column, Look, Pen, Section
from monitor.render.html.pictures import day_numbers, day_strip, swatch, timeline
from monitor.report import CameraFigure, TimeKind, Timeline

# What a text alternative tells of: everything but good time.
TOLD = (TimeKind.DOWN, TimeKind.DEGRADED, TimeKind.EXCLUDED, TimeKind.UNOBSERVED)


def below_target(pen: Pen) -> Section:
    """Every camera that missed the target by itself."""
    figures = pen.report.below_target
    heading = pen.say(wording.HEAD_BELOW, count=len(figures))
    if not figures:
        return Section(heading, (element("p", pen.say(wording.NONE), class_="none"),))
    columns: tuple[Column[CameraFigure], ...] = (
        Column(wording.CAMERA_ID, lambda figure: name(figure.camera.id)),
        Column(wording.CAMERA, lambda figure: name(figure.camera.name)),
        Column(wording.VILLAGE, lambda figure: name(figure.camera.site.village)),
        Column(wording.CARRIER, lambda figure: name(figure.camera.carrier)),
        Column(wording.ONLINE, lambda figure: rate(pen, figure.rates), Look.NUMBER),
        Column(wording.OFFLINE_TIME, lambda figure: pen.length(figure.seconds.down), Look.NUMBER),
        Column(wording.OUTAGES, lambda figure: str(figure.outages), Look.NUMBER),
    )
    detailed = {each.camera_id: each for each in pen.report.timelines}
    pairs = (_pair(pen, figure, columns, detailed.get(figure.camera.id)) for figure in figures[:MOST_ROWS])
    table = element("table", pen.headings(columns), Markup("\n"), lines(pairs), class_="long")
    return Section(
        heading,
        (
            joined(_legend(pen), element("p", pen.say(texts.TIMELINE_NOTE), class_="note")),
            joined(table, pen.left_out(len(figures), texts.IN_CSV)),
        ),
    )


def day_by_day(pen: Pen) -> Section:
    """One row of cells for each of the worst cameras."""
    report = pen.report
    detailed = {each.camera_id: each for each in report.timelines}
    figures = [figure for figure in report.cameras[:MOST_ROWS] if figure.camera.id in detailed]
    count = len(report.timelines[0].days) if report.timelines else 0
    headings = (
        element("th", pen.say(wording.CAMERA), scope="col"),
        element("th", day_numbers(count), scope="col", class_=Look.PICTURE, aria_label=pen.say(texts.DAYS)),
        element("th", pen.say(wording.ONLINE), scope="col", class_=Look.NUMBER),
    )
    rows = (
        element(
            "tr",
            element("td", name(figure.camera.id), " ", name(figure.camera.name)),
            element("td", _strip(pen, detailed[figure.camera.id].days), class_=Look.PICTURE),
            element("td", rate(pen, figure.rates), class_=Look.NUMBER),
        )
        for figure in figures
    )
    table = element(
        "table", element("thead", element("tr", *headings)), element("tbody", Markup("\n"), lines(rows)), class_="long"
    )
    return Section(
        pen.say(texts.HEAD_DAYS),
        (
            element("p", pen.say(texts.DAYS_NOTE), class_="note"),
            joined(table, pen.left_out(len(report.cameras), texts.IN_CSV)),
        ),
    )


def _pair(pen: Pen, figure: CameraFigure, columns: tuple[Column[CameraFigure], ...], detail: Timeline | None) -> Markup:
    """A camera's row and its timeline under it, never parted by a page."""
    row = element("tr", *(element("td", column.cell(figure), class_=column.look) for column in columns))
    if detail is None:
        return element("tbody", row)
    parts = _parts(pen, figure.seconds)
    label = pen.say(texts.TIMELINE_LABEL, parts=", ".join(parts) or pen.say(texts.ALL_GOOD))
    drawn = timeline(detail.spans, pen.report.period, label)
    return element("tbody", row, element("tr", element("td", drawn, colspan=len(columns))), class_="pair")


def _strip(pen: Pen, days: Iterable[Seconds]) -> Markup:
    days = tuple(days)
    told = [
        pen.say(texts.DAY_PART, day=number, kind=pen.say(texts.KINDS[kind]), length=pen.length(us))
        for number, day in enumerate(days, 1)
        for kind in TOLD
        if (us := _of_kind(day, kind))
    ]
    return day_strip(days, ", ".join(told) or pen.say(texts.ALL_GOOD))


def _parts(pen: Pen, seconds: Seconds) -> Iterator[str]:
    for kind in TOLD:
        us = _of_kind(seconds, kind)
        if us:
            yield pen.say(texts.PART, kind=pen.say(texts.KINDS[kind]), length=pen.length(us))


def _of_kind(seconds: Seconds, kind: TimeKind) -> int:
    us: int = getattr(seconds, kind.value)
    return us


def _legend(pen: Pen) -> Markup:
    words = (element("span", swatch(kind), pen.say(texts.KINDS[kind])) for kind in (*TOLD, TimeKind.UP))
    return element("div", *words, class_="legend")
