"""A panel's inside as HTML and SVG. What a type of panel cannot say is left out; nothing is made up."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

from dashboards.preview.reading import Shown
from dashboards.preview.values import Answer, ink, ticks, word, written
from monitor.errors import SharpEyesError

AXIS = 84  # pixels for the names of an axis
FOOT = 18  # pixels for the times below a chart
LEGEND = 20  # for a row of names below that
WIDE, NARROW, SWATCH = (
    12,
    7,
    40,
)  # of a Chinese character and another one at 12 pixels, and of what stands before a name
LAST_NARROW = 0x2E7F  # before the first character of Chinese
HEAT = "#ff780a"
HOUR, DAY = 3600, 86400
TIMES = (600, 1800, HOUR, 2 * HOUR, 4 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 5 * DAY, 10 * DAY)  # between two marks
MOST_TIMES = 8
HALF_TIME = 18  # pixels of half an instant's text
DOT = 4.5  # pixels, the half of a point that is drawn


@dataclass(frozen=True, slots=True)
class Frame:
    """Where and when a chart is: pixels, and unix seconds."""

    width: int
    height: int
    start: float
    end: float
    step: float
    zone: str

    def x(self, at: float, left: int = AXIS) -> float:
        """Where an instant lies."""
        return left + (at - self.start) / (self.end - self.start) * (self.width - left - 8)


def inside(panel: Shown, shown: Sequence[Answer], frame: Frame) -> str:
    """What the panel shows below its title."""
    if not shown:
        return f'<div class="nothing">{escape(panel.defaults.get("noValue", "—"))}</div>'
    match panel.type:
        case "stat":
            return _stat(panel, shown)
        case "bargauge":
            return _bars(panel, shown)
        case "timeseries":
            return _lines(panel, shown, frame)
        case "state-timeline" | "status-history":
            return _states(panel, shown, frame)
        case "heatmap":
            return _heat(shown, frame)
        case _:
            raise SharpEyesError(f"panel {panel.title!r} is a {panel.type}, which the preview cannot draw")


def _number(panel: Shown, value: float) -> str:
    return written(value, panel.defaults["unit"], panel.defaults.get("decimals"))


def _mark(panel: Shown, value: float) -> str:
    """A number at an axis: as it is written elsewhere, without noughts that say nothing."""
    return re.sub(r"(\.\d*?)0+(?!\d)", lambda found: found[1].rstrip("."), _number(panel, value), count=1)


def _stat(panel: Shown, shown: Sequence[Answer]) -> str:
    mode = panel.options["textMode"]
    cells = []
    for each in shown:
        name = each.name if mode == "name" or (each.name and mode in {"auto", "value_and_name"}) else ""
        value = "" if mode == "name" else _number(panel, each.series.last)
        big = f"<b>{escape(value or name)}</b>"
        small = f"<i>{escape(name)}</i>" if value and name else ""
        cells.append(f'<div style="background:{each.colour};color:{ink(each.colour)}">{small}{big}</div>')
    return f'<div class="stat">{"".join(cells)}</div>'


def _bars(panel: Shown, shown: Sequence[Answer]) -> str:
    most = panel.defaults.get("max") or max(each.series.last for each in shown) or 1
    rows = [
        f"<tr><td>{escape(each.name)}</td><td><div style='width:{100 * min(1, each.series.last / most):.1f}%;"
        f"background:{each.colour}'></div></td><td>{escape(_number(panel, each.series.last))}</td></tr>"
        for each in shown
    ]
    return f'<table class="bars">{"".join(rows)}</table>'


# ---------------------------------------------------------------- over time


def _svg(frame: Frame, parts: Sequence[str]) -> str:
    return f'<svg width="{frame.width}" height="{frame.height}">{"".join(parts)}</svg>'


def _times(frame: Frame, left: int = AXIS) -> list[str]:
    """A few round instants below the chart, in the board's zone."""
    zone, parts = ZoneInfo(frame.zone), []
    form = "%m-%d" if frame.end - frame.start > 3 * DAY else "%H:%M"
    ahead = datetime.fromtimestamp(frame.start, zone).utcoffset() or timedelta(0)
    shift = ahead.total_seconds()  # so that a day begins at the zone's midnight
    step = next((each for each in TIMES if (frame.end - frame.start) / each <= MOST_TIMES), TIMES[-1])
    at = math.ceil((frame.start + shift) / step) * step - shift
    while at <= frame.end:
        text, x, anchor = f"{datetime.fromtimestamp(at, zone):{form}}", frame.x(at, left), "middle"
        if x + HALF_TIME > frame.width:
            x, anchor = frame.width, "end"  # all of it is to be read
        parts.append(f'<text x="{x:.0f}" y="{frame.height - 5}" text-anchor="{anchor}">{text}</text>')
        at += step
    return parts


def _lines(panel: Shown, shown: Sequence[Answer], frame: Frame) -> str:
    custom = panel.defaults["custom"]
    stacked = custom.get("stacking", {}).get("mode") == "normal"
    bars = custom.get("drawStyle") == "bars"
    values = [value for each in shown for _, value in each.series.points]
    top: float = max([*values, custom.get("axisSoftMax", 0)])
    if stacked:
        sums: dict[float, float] = {}
        for each in shown:
            for at, value in each.series.points:
                sums[at] = sums.get(at, 0) + value
        top = max(sums.values())
    low: float = panel.defaults.get("min", min(values))
    low -= 0.05 * (top - low) if "min" not in panel.defaults else 0
    legend = LEGEND * len(_legend_rows(shown, frame.width))
    bottom = frame.height - FOOT - legend
    span: float = (top - low) or 1

    def y(value: float) -> float:
        return 6.0 + (bottom - 6) * (1 - (value - low) / span)

    parts = []
    for mark in ticks(low, low + span, panel.defaults["unit"], panel.defaults.get("decimals")):
        parts.append(f'<line x1="{AXIS}" x2="{frame.width - 8}" y1="{y(mark):.1f}" y2="{y(mark):.1f}" class="grid"/>')
        parts.append(f'<text x="{AXIS - 6}" y="{y(mark) + 4:.1f}" text-anchor="end">{_mark(panel, mark)}</text>')
    below: dict[float, float] = {}
    for each in shown:
        points = [(at, value + below.get(at, 0)) for at, value in each.series.points]
        if stacked:
            below.update(points)
        parts.append(
            _bar(each, points, frame, y, bottom) if bars and not each.dashed else _course(each, points, frame, y)
        )
        if custom.get("showPoints") == "always" and not each.dashed:
            parts.append(_dots(each, points, frame, y))
    shifted = replace(frame, height=frame.height - legend)
    return _svg(frame, [*parts, *_times(shifted), _legend(shown, frame)])


def _dots(each: Answer, points: list[tuple[float, float]], frame: Frame, y: Callable[[float], float]) -> str:
    """Every value by itself, as a day's that has no neighbour."""
    return "".join(
        f'<circle cx="{frame.x(at):.1f}" cy="{y(value):.1f}" r="{DOT}" fill="{each.colour}"/>' for at, value in points
    )


def _course(each: Answer, points: list[tuple[float, float]], frame: Frame, y: Callable[[float], float]) -> str:
    """A line that ends where answers end."""
    path, before = [], None
    for at, value in points:
        begins = before is None or at - before > 1.5 * frame.step
        path.append(f"{'M' if begins else 'L'}{frame.x(at):.1f} {y(value):.1f}")
        before = at
    dash = ' stroke-dasharray="8 6"' if each.dashed else ""
    return f'<path d="{"".join(path)}" stroke="{each.colour}"{dash} fill="none" stroke-width="2"/>'


def _bar(
    each: Answer, points: list[tuple[float, float]], frame: Frame, y: Callable[[float], float], foot: float
) -> str:
    wide = 0.7 * (frame.x(frame.start + frame.step) - frame.x(frame.start))
    return "".join(
        f'<rect x="{frame.x(at) - wide / 2:.1f}" y="{y(value):.1f}" width="{wide:.1f}" height="{foot - y(value):.1f}"'
        f' fill="{each.colour}" opacity=".6"/>'
        for at, value in points
    )


def _legend(shown: Sequence[Answer], frame: Frame) -> str:
    rows = _legend_rows(shown, frame.width)
    named = "".join(f'<div class="legend">{"".join(_swatch(each) for each in row)}</div>' for row in rows)
    high = LEGEND * len(rows)
    return (
        f'<foreignObject x="0" y="{frame.height - high}" width="{frame.width}" height="{high}">{named}</foreignObject>'
    )


def _swatch(each: Answer) -> str:
    return f'<span><u style="background:{each.colour}"></u>{escape(each.name)}</span>'


def _legend_rows(shown: Sequence[Answer], width: int) -> list[list[Answer]]:
    """The names in as many rows as they need."""
    rows: list[list[Answer]] = [[]]
    free = width
    for each in shown:
        taken = SWATCH + sum(WIDE if ord(letter) > LAST_NARROW else NARROW for letter in each.name)
        if taken > free and rows[-1]:
            rows.append([])
            free = width
        rows[-1].append(each)
        free -= taken
    return rows


def _states(panel: Shown, shown: Sequence[Answer], frame: Frame) -> str:
    left = AXIS + 60
    row = (frame.height - FOOT) / len(shown)
    joined, parts = panel.type == "state-timeline", []
    for nth, each in enumerate(shown):
        top = nth * row
        name = f'<text x="{left - 8}" y="{top + row / 2 + 4:.1f}" text-anchor="end">{escape(each.name)}</text>'
        parts.append(name if row >= 9 else "")
        for start, end, value in _runs(each.series.points, frame.step, joined):
            text, colour = word(panel.defaults["mappings"], value) or (_number(panel, value), each.colour)
            x, wide = frame.x(start, left), frame.x(end, left) - frame.x(start, left)
            middle = top + row / 2 + 4
            parts.append(
                f'<rect x="{x:.1f}" y="{top + 0.08 * row:.1f}" width="{wide - (0 if joined else 1):.1f}"'
                f' height="{0.84 * row:.1f}" fill="{colour}" opacity=".85"/>'
            )
            if joined and wide > 40:
                parts.append(
                    f'<text x="{x + 6:.1f}" y="{middle:.1f}" class="in" fill="{ink(colour)}">{escape(text)}</text>'
                )
    return _svg(frame, [*parts, *_times(frame, left)])


def _runs(points: Sequence[tuple[float, float]], step: float, joined: bool) -> list[tuple[float, float, float]]:
    """From when until when a value lasted; a step each where they are not joined."""
    runs: list[tuple[float, float, float]] = []
    for at, value in points:
        goes_on = joined and runs and runs[-1][2] == value and at - runs[-1][1] < 0.5 * step
        runs[-1:] = [(runs[-1][0], at + step, value)] if goes_on else [*runs[-1:], (at, at + step, value)]
    return runs


def _heat(shown: Sequence[Answer], frame: Frame) -> str:
    most = max(value for each in shown for _, value in each.series.points) or 1
    row, parts = (frame.height - FOOT) / len(shown), []
    for nth, each in enumerate(shown):
        name = f'<text x="{AXIS - 6}" y="{(nth + 0.5) * row + 4:.1f}" text-anchor="end">{escape(each.name)}:00</text>'
        parts.append(name if nth % 3 == 0 else "")
        for at, value in each.series.points:
            x, wide = frame.x(at - frame.step), frame.x(at) - frame.x(at - frame.step)
            parts.append(
                f'<rect x="{x:.1f}" y="{nth * row:.1f}" width="{wide - 1:.1f}" height="{row - 1:.1f}"'
                f' fill="{HEAT}" opacity="{(value / most) ** 0.5:.2f}"/>'
            )
    return _svg(frame, [*parts, *_times(frame)])
