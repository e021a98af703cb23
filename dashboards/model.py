"""What a dashboard is made of: boards, panels, queries, columns. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from monitor.language import Phrase

WIDTH = 24  # columns of Grafana's grid


class Colour(StrEnum):
    """A colour by what it means; the value is Grafana's name for it.

    Grafana writes large figures in white on them, so they are the darker ones of each hue.
    """

    GOOD = "dark-green"
    NEAR = "#e55400"
    BAD = "semi-dark-red"
    UNKNOWN = "#7d7d86"
    QUIET = "#2f3a45"  # there is none of it
    PLAIN = "semi-dark-blue"
    TARGET = "semi-dark-yellow"


@dataclass(frozen=True, slots=True)
class Unit:
    """How a number is written."""

    id: Phrase  # Grafana's id of a unit, or ``suffix: text``
    decimals: int | None = None  # None = as many as Grafana thinks fit


@dataclass(frozen=True, slots=True)
class Word:
    """What stands in place of a value."""

    text: Phrase
    colour: Colour


Words = Mapping[str, Word]


NAMELESS = Phrase("", "")


@dataclass(frozen=True, slots=True)
class Query:
    """One question to Prometheus and the name of its answer; ``{{label}}`` in a name is filled in."""

    expr: str
    name: Phrase = NAMELESS
    colour: Colour | None = None  # None = by its place among the others


@dataclass(frozen=True, slots=True)
class Link:
    """Where a click leads: ``path`` begins with a board's uid, or with ``$console`` for the monitor's own pages."""

    title: Phrase
    path: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: a label of the answer, or the value of the query in that place (``#A``, ``#B`` ...)."""

    field: str
    title: Phrase
    unit: Unit | None = None
    words: Words | None = None
    link: Link | None = None
    width: int | None = None  # pixels; None = what is left


# ---------------------------------------------------------------- how a panel shows its answers


@dataclass(frozen=True, slots=True)
class Stat:
    """Large numbers on a coloured ground, one for each answer."""

    text: str = "auto"  # or "name": the answer's name alone; "value_and_name"


@dataclass(frozen=True, slots=True)
class Lines:
    """Courses over time. ``style`` is ``line``, ``stack``, ``bars`` (from 0) or ``points`` (each value seen)."""

    style: str = "line"
    names: Words | None = None  # what the answers are called; None = as they are


@dataclass(frozen=True, slots=True)
class Bars:
    """Horizontal bars, one for each answer, in the order of the answers."""


@dataclass(frozen=True, slots=True)
class Course:
    """Rows of states over time; the words name every value that can occur. Joined where they do not change."""

    words: Words
    rows: Words | None = None  # what the rows are called; None = as the answers are


@dataclass(frozen=True, slots=True)
class Cells:
    """Rows of cells over time, one for each step; the words name every value that can occur."""

    words: Words


@dataclass(frozen=True, slots=True)
class Heat:
    """Days against the hours of the day, as many rows as there are answers."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows; the first column named in ``sort`` (a field) comes with its largest value first."""

    columns: tuple[Column, ...]
    sort: str = ""


Look = Stat | Lines | Bars | Course | Cells | Heat | Table


@dataclass(frozen=True, slots=True)
class Panel:
    """One rectangle of a board."""

    width: int  # columns, of 24
    title: Phrase
    description: Phrase
    look: Look
    queries: tuple[Query, ...]
    unit: Unit
    link: Link | None = None
    nothing: Phrase | None = None  # what is written where Prometheus has no answer
    last: str = ""  # another range than the board's, such as 30d
    step: str = ""  # at least this far apart, such as 1d


@dataclass(frozen=True, slots=True)
class Row:
    """Panels side by side, WIDTH columns together, all of the same height (units of about 38 pixels)."""

    height: int
    panels: tuple[Panel, ...]

    def __post_init__(self) -> None:
        """ValueError when the panels leave a gap or stick out."""
        if sum(panel.width for panel in self.panels) != WIDTH:
            raise ValueError(f"{self.panels[0].title.en}: the row is not {WIDTH} columns wide")


@dataclass(frozen=True, slots=True)
class Choice:
    """A variable at the top of a board: which areas or which camera is shown."""

    name: str
    label: Phrase
    query: str
    several: bool = True  # several may be chosen at once, or all
    pattern: str = ""  # takes text and value out of the answers


@dataclass(frozen=True, slots=True)
class Board:
    """One dashboard."""

    uid: str
    title: Phrase
    description: Phrase  # the one question it answers
    since: str  # where its range begins: ``now/M`` is the contract's month
    rows: tuple[Row, ...]
    choices: tuple[Choice, ...] = ()
