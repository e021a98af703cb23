"""A board's JSON as values, and its variables filled in as Grafana fills them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = Mapping[str, Any]
Chosen = Mapping[str, Sequence[str]]  # the chosen values of each variable

HIDDEN = 2  # what Grafana calls a variable that nobody sees
SCRAPE_S = 30  # timeInterval of the data source
UNITS = {"m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True)
class Target:
    """One query of a panel."""

    ref: str
    expr: str
    legend: str
    instant: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One panel as Grafana would show it; what is particular to its type stays as it stands in the file."""

    number: int
    type: str
    title: str
    description: str
    x: int
    y: int
    width: int
    height: int
    targets: tuple[Target, ...]
    defaults: Json
    overrides: tuple[Json, ...]
    options: Json
    transformations: tuple[Json, ...]
    last: str  # its own range, or ""
    step: str  # its own least step, or ""

    def overriding(self, matcher: str, value: str) -> dict[str, Any]:
        """The properties of the overrides that match, later ones winning."""
        found = [o["properties"] for o in self.overrides if o["matcher"] == {"id": matcher, "options": value}]
        return {each["id"]: each["value"] for properties in found for each in properties}


@dataclass(frozen=True, slots=True)
class Option:
    """What can be chosen, and how it is called."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Variable:
    """One choice at the top."""

    name: str
    label: str
    query: str
    pattern: str
    several: bool
    hidden: bool = False  # readers do not choose

    def taken_from(self, labels: Mapping[str, str]) -> Option | None:
        """The option that the pattern takes out of a series as Grafana writes it for ``query_result``."""
        listed = ",".join(f'{name}="{value}"' for name, value in labels.items() if name != "__name__")
        text = f"{labels.get('__name__', '')}{{{listed}}} 1 0"
        found = re.search(self.pattern.strip("/").replace("(?<", "(?P<"), text)
        return Option(found["value"], found["text"]) if found else None


@dataclass(frozen=True, slots=True)
class Wall:
    """One board."""

    uid: str
    title: str
    description: str
    language: str
    since: str
    zone: str
    variables: tuple[Variable, ...]
    panels: tuple[Shown, ...]


def read(path: Path) -> Wall:
    """The board in a file that ``python -m dashboards`` wrote."""
    board = json.loads(path.read_text("utf-8"))
    variables = board["templating"]["list"]
    return Wall(
        uid=board["uid"],
        title=board["title"],
        description=board["description"],
        language=path.parent.name,
        since=board["time"]["from"],
        zone=board["timezone"],
        variables=tuple(_variable(each) for each in variables if each["type"] == "query"),
        panels=tuple(_shown(panel) for panel in board["panels"]),
    )


def _variable(each: Json) -> Variable:
    several = each.get("multi", False)
    hidden = each.get("hide", 0) == HIDDEN
    return Variable(each["name"], each["label"], each["query"]["query"], each.get("regex", ""), several, hidden)


def _shown(panel: Json) -> Shown:
    grid, config = panel["gridPos"], panel["fieldConfig"]
    return Shown(
        number=panel["id"],
        type=panel["type"],
        title=panel["title"],
        description=panel["description"],
        x=grid["x"],
        y=grid["y"],
        width=grid["w"],
        height=grid["h"],
        targets=tuple(_target(target) for target in panel["targets"]),
        defaults=config["defaults"],
        overrides=tuple(config.get("overrides", ())),
        options=panel.get("options", {}),
        transformations=tuple(panel.get("transformations", ())),
        last=panel.get("timeFrom", ""),
        step=panel.get("interval", ""),
    )


def _target(target: Json) -> Target:
    return Target(target["refId"], target["expr"], target.get("legendFormat", ""), target.get("instant", False))


def seconds(text: str) -> int:
    """A length such as 24h or 14d."""
    return int(text[:-1]) * UNITS[text[-1]]


def filled(expr: str, chosen: Chosen, span_s: float, step_s: float) -> str:
    """The query with the choices, the range's length and the rate interval in place, as Grafana reckons them."""
    rate_s = max(step_s + SCRAPE_S, 4 * SCRAPE_S)
    built_in = {"__range": f"{max(1, round(span_s))}s", "__rate_interval": f"{round(rate_s)}s"}

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name.isdigit():  # a group of label_replace
            return found[0]
        if name in built_in:
            return built_in[name]
        return "|".join(_escaped(each) for each in chosen[name]) if len(chosen[name]) != 1 else chosen[name][0]

    return re.sub(r"\$(?:(\w+)|\{(\w+)\})", value, expr)


def _escaped(text: str) -> str:
    """As part of a regular expression within a PromQL string."""
    return re.sub(r"([\\.+*?()|\[\]{}^$])", r"\\\\\1", text)
