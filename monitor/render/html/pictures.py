"""Small drawings inside the page: integers for coordinates, and a shape as well as a colour for every kind of time.

What is worse is taller and darker, so that a black and white print says the same. Colours stand in the drawings
themselves: what makes a PDF of the page applies its style sheet to the page only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from types import MappingProxyType

from monitor.model import Seconds, Span
from monitor.render.html.markup import Markup, element
from monitor.report import TimeKind

LENGTH = 1000  # of a timeline, in its own units; the page stretches it
HEIGHT = 12
CELL, CELL_GAP, CELL_HEIGHT = 12, 2, 16
PITCH = CELL + CELL_GAP
GAUGE, GAUGE_HEIGHT = 120, 10

FONTS = "Noto Sans CJK SC, Microsoft YaHei, WenQuanYi Micro Hei, sans-serif"
FILLS: Mapping[str, str] = MappingProxyType(
    {
        TimeKind.UP: "#b9d8bd",
        TimeKind.DEGRADED: "#d98a1f",
        TimeKind.DOWN: "#7d1220",
        TimeKind.EXCLUDED: "#3d6fa5",
        TimeKind.UNOBSERVED: "#6d6d6d",
        "none": "#6d6d6d",
        "used": "#6d6d6d",
        "mark": "#1a1a1a",
    }
)
# Top and height in a timeline.
BANDS: Mapping[TimeKind, tuple[int, int]] = MappingProxyType(
    {
        TimeKind.UP: (9, 3),
        TimeKind.DEGRADED: (5, 7),
        TimeKind.DOWN: (0, 12),
        TimeKind.EXCLUDED: (3, 4),
        TimeKind.UNOBSERVED: (10, 1),
    }
)
# From the top of a day's cell, and how wide each is.
STACK: Mapping[TimeKind, int] = MappingProxyType(
    {
        TimeKind.DOWN: CELL,
        TimeKind.DEGRADED: 8,
        TimeKind.EXCLUDED: 4,
        TimeKind.UNOBSERVED: 1,
        TimeKind.UP: CELL,
    }
)


def timeline(spans: Iterable[tuple[Span, TimeKind]], period: Span, label: str) -> Markup:
    """The period from left to right. What is shorter than a unit is drawn one unit long, so that nothing vanishes."""
    boxes: dict[TimeKind, list[str]] = {kind: [] for kind in BANDS}
    whole = period.end - period.start
    for span, kind in spans:
        left, right = ((us - period.start) * LENGTH // whole for us in span)
        top, height = BANDS[kind]
        boxes[kind].append(_box(min(left, LENGTH - 1), top, max(1, right - left), height))
    return _svg(label, (LENGTH, HEIGHT), *_paths(boxes), preserveAspectRatio="none", class_="timeline")


def day_strip(days: Iterable[Seconds], label: str) -> Markup:
    """One cell a day, filled from the top by what was lost, in proportion to the day's scheduled time."""
    boxes: dict[TimeKind, list[str]] = {kind: [] for kind in STACK}
    empty: list[str] = []
    count = 0
    for number, day in enumerate(days):
        count = number + 1
        left = number * PITCH
        if not day.scheduled:
            empty.append(_box(left + 4, CELL_HEIGHT // 2, 4, 1))
        for kind, top, height in _stacked(day):
            wide = STACK[kind]
            boxes[kind].append(_box(left + (CELL - wide) // 2, top, wide, height))
    paths = [*_paths(boxes), _path("".join(empty), "none")] if empty else [*_paths(boxes)]
    width = count * PITCH - CELL_GAP
    return _svg(label, (width, CELL_HEIGHT), *paths, width=width, height=CELL_HEIGHT, class_="days")


def day_numbers(count: int) -> Markup:
    """The head of a column of day strips."""
    numbers = (
        element("text", str(day), x=(day - 1) * PITCH + CELL // 2, y=8, text_anchor="middle", fill="#5c5c5c")
        for day in range(1, count + 1)
    )
    width = count * PITCH - CELL_GAP
    return _svg("", (width, 10), *numbers, width=width, height=10, font_size="7.5px", font_family=FONTS)


def gauge(lost: Fraction | None, allowed: Fraction, whole: Fraction, label: str) -> Markup:
    """A bar as long as what was lost, with a mark where the target's allowance ends; ``whole`` is the full length."""
    mark = int(allowed * GAUGE / whole) if whole else 0
    length = int((lost or 0) * GAUGE / whole) if whole else 0
    missed = lost is not None and lost > allowed
    bar = _path(_box(0, 2, max(length, 1 if lost else 0), 6), "down" if missed else "used")
    tick = _path(_box(min(mark, GAUGE - 1), 0, 1, GAUGE_HEIGHT), "mark")
    return _svg(label, (GAUGE, GAUGE_HEIGHT), bar, tick, width=GAUGE, height=GAUGE_HEIGHT, class_="gauge")


def swatch(kind: TimeKind) -> Markup:
    """A piece of timeline for the legend."""
    top, height = BANDS[kind]
    box = _path(_box(0, top, 24, height), kind)
    return _svg("", (24, HEIGHT), box, width=24, height=HEIGHT)


def _stacked(day: Seconds) -> Iterable[tuple[TimeKind, int, int]]:
    """Kind, top and height of each part of a cell; every part there is has a height of one at least."""
    top = 0
    for kind in STACK:
        us: int = getattr(day, kind.value)
        if us and top < CELL_HEIGHT:
            room = CELL_HEIGHT - top
            height = room if kind is TimeKind.UP else min(room, max(1, CELL_HEIGHT * us // day.scheduled))
            yield kind, top, height
            top += height


def _box(x: int, y: int, width: int, height: int) -> str:
    return f"M{x} {y}h{width}v{height}h-{width}z"


def _path(drawn: str, kind: str) -> Markup:
    return element("path", d=drawn, class_=kind, fill=FILLS[kind])


def _paths(boxes: Mapping[TimeKind, list[str]]) -> Iterable[Markup]:
    return (_path("".join(drawn), kind) for kind, drawn in boxes.items() if drawn)


def _svg(label: str, size: tuple[int, int], *children: Markup, **attributes: str | int) -> Markup:
    """A drawing with its text alternative; without a label it only decorates a text beside it."""
    spoken: dict[str, str | int] = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    return element("svg", *children, viewBox=f"0 0 {size[0]} {size[1]}", **spoken, **attributes)
