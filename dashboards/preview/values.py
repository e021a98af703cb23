"""Values and names as Grafana would write them: units, words in place of values, colours."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboards.preview.asking import Series
from dashboards.preview.reading import Shown, Target

PALETTE = ("#73bf69", "#f2cc0c", "#8ab8ff", "#ff780a", "#f2495c", "#5794f2", "#b877d9", "#705da0", "#37872d", "#fade2a")
NAMED = {
    "dark-green": "#37872d",
    "semi-dark-red": "#e02f44",
    "semi-dark-blue": "#3274d9",
    "semi-dark-yellow": "#f2cc0c",
}
DARK, LIGHT = "#202226", "#f7f8fa"
MOST_TICKS = 5
SCALED = {"bytes", "bps", "s", "dtdhms"}  # written with a larger or a smaller unit where that is shorter
BRIGHT = 180  # of 255: on what is brighter Grafana writes dark
BYTES = ("B", "KiB", "MiB", "GiB", "TiB")
BITS = ("b/s", "kb/s", "Mb/s", "Gb/s")


@dataclass(frozen=True, slots=True)
class Answer:
    """One series of a panel with its name and colour."""

    name: str
    colour: str
    dashed: bool
    series: Series


def answers(panel: Shown, found: Sequence[tuple[Target, list[Series]]]) -> list[Answer]:
    """All series of a panel, in the order of its queries."""
    every = [(target, series) for target, several in found for series in several]
    return [
        _answer(panel, target, series, PALETTE[number % len(PALETTE)]) for number, (target, series) in enumerate(every)
    ]


def _answer(panel: Shown, target: Target, series: Series, palette: str) -> Answer:
    name = re.sub(r"\{\{(\w+)\}\}", lambda label: series.labels.get(label[1], ""), target.legend)
    own = panel.overriding("byFrameRefID", target.ref)
    colour = own["color"]["fixedColor"] if "color" in own else palette
    renamed = panel.overriding("byName", name).get("displayName", name)
    return Answer(renamed, hue(colour), "custom.lineStyle" in own, series)


def hue(colour: str) -> str:
    """A colour for the browser."""
    return NAMED.get(colour, colour)


def ink(ground: str) -> str:
    """What can be read on a colour, by its brightness as it is perceived."""
    red, green, blue = (int(ground[at : at + 2], 16) for at in (1, 3, 5))
    return DARK if (299 * red + 587 * green + 114 * blue) / 1000 > BRIGHT else LIGHT


def ticks(low: float, top: float, unit: str, decimals: int | None) -> list[float]:
    """Round numbers from ``low`` to ``top``, at most five of them: the marks of an axis. No two look alike."""
    scale = _scale(unit, top)
    span, least = (top - low) / scale, 10.0 ** -((decimals or 0) + (2 if unit == "percentunit" else 0))
    power = 10.0 ** math.floor(math.log10(span / MOST_TICKS))
    sizes = (power * each for each in (1, 2, 5, 10, 20) if span / (power * each) <= MOST_TICKS - 1)
    step = next(sizes) if decimals is None or unit in SCALED else max(next(sizes), least)
    numbers = range(math.ceil(low / scale / step - 1e-9), math.floor(top / scale / step + 1e-9) + 1)
    return [step * number * scale for number in numbers]


def _scale(unit: str, most: float) -> float:
    """By what numbers of a unit are round: 1024, or an hour."""
    match unit:
        case "bytes":
            return 1024.0 ** max(0, math.floor(math.log(most or 1, 1024)))
        case "dtdhms":
            return next((float(size) for size in (86400, 3600, 60) if most >= 2 * size), 1.0)
        case _:
            return 1.0


def word(mappings: Sequence[Any], value: object) -> tuple[str, str] | None:
    """The text and colour that stand in place of a value."""
    key = f"{value:g}" if isinstance(value, float) else str(value)
    for mapping in mappings:
        if key in mapping["options"]:
            found = mapping["options"][key]
            return found["text"], hue(found["color"])
    return None


def written(value: float, unit: str, decimals: int | None) -> str:
    """A number with its unit."""
    places = decimals if decimals is not None else (0 if value == int(value) else 2)
    match unit:
        case "percentunit":
            return f"{value * 100:.{places}f}%"
        case "dtdhms":
            days, rest = divmod(int(value), 86400)
            clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
            return f"{days} d {clock}" if days else clock
        case "bytes":
            return _scaled(value, 1024, BYTES)
        case "bps":
            return _scaled(value, 1000, BITS)
        case "s":
            return f"{value * 1000:.{places}f} ms" if abs(value) < 1 else f"{value:.{places}f} s"
        case _ if unit.startswith("suffix:"):
            return f"{value:.{places}f}{unit.removeprefix('suffix:')}"
        case _:
            return f"{value:.{places}f}"


def _scaled(value: float, by: int, names: Sequence[str]) -> str:
    number = 0
    while abs(value) >= by and number < len(names) - 1:
        value, number = value / by, number + 1
    return f"{value:.1f} {names[number]}"
