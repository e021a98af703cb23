"""The Prometheus text format 0.0.4: escaping, the shape of a family, sheets of many. It knows no cameras.

A sheet is written in short steps, because whoever writes keeps the event loop waiting meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import is_
from typing import Any, Generic, TypeVar

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BLOCK = 100  # things of a sheet written in one step: about half a millisecond

Thing = TypeVar("Thing")


def labels(**values: str) -> str:
    """The text between the braces: ``a="1",b="2"``, values escaped."""
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in values.items())


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


@dataclass(frozen=True, slots=True)
class Family:
    """One metric: its name, its type (``gauge``, ``counter``) and its HELP text, which has no line break.

    Seconds are written to the millisecond (half the cost of the shortest exact text), all else exactly.
    """

    name: str
    kind: str
    help: str

    def head(self) -> bytes:
        """What stands before the samples."""
        return _encoded(f"# HELP {self.name} {self.help}\n# TYPE {self.name} {self.kind}\n")

    def samples(self, label_texts: Iterable[str], values: Iterable[Any]) -> bytes:
        """One sample for each label text; a value of ``None`` leaves its sample out."""
        known = [(label, value) for label, value in zip(label_texts, values, strict=True) if value is not None]
        if not known:
            return b""
        # One template for all: formatting line by line in Python takes three times as long. No label has a line break.
        end = f"}} {'%.3f' if '_seconds' in self.name else '%s'}\n"
        middle = "\n".join([label for label, _ in known]).replace("%", "%%").replace("\n", f"{end}{self.name}{{")
        return _encoded(f"{self.name}{{{middle}{end}" % tuple([value for _, value in known]))

    def single(self, value: float) -> bytes:
        """The family with one sample and no labels."""
        return self.head() + _encoded(f"{self.name} {value}\n")


@dataclass(frozen=True, slots=True)
class Column(Family, Generic[Thing]):
    """A family with one sample for each thing of a sheet; ``None`` leaves it out."""

    value: Callable[[Thing], float | None]


@dataclass(frozen=True, slots=True)
class Saying(Family, Generic[Thing]):
    """A family whose samples are 1 and speak by further labels; a thing about which nothing is said has no sample."""

    value: Callable[[Thing], object]  # what is said; None: nothing
    further: Callable[[Any], str]  # its label text

    def samples(self, label_texts: Iterable[str], values: Iterable[Any]) -> bytes:
        """One sample for each label text whose value is not ``None``."""
        name, pairs = self.name, zip(label_texts, values, strict=True)
        lines = [f"{name}{{{label},{self.further(value)}}} 1\n" for label, value in pairs if value is not None]
        return _encoded("".join(lines))


@dataclass(slots=True)
class _Block:
    """Some neighbours of a sheet: what they showed and the text of it, column by column."""

    things: Sequence[object]
    keys: Sequence[object]
    labels: Sequence[str]
    shown: list[list[object]]
    texts: list[bytes]


class Sheet(Generic[Thing]):
    """Families of many things, written anew only where something has changed since the scrape before.

    A block of the very same things is passed over; in others a family whose values are the same keeps its text.
    """

    def __init__(
        self,
        columns: Sequence[Column[Thing] | Saying[Thing]],
        key: Callable[[Thing], Any],
        label: Callable[[Any], str],
    ) -> None:
        self._columns = columns
        self._key = key  # what tells a thing from the others
        self._label = label  # the label text of such a key
        self._blocks: list[_Block] = []

    def pieces(self, things: Sequence[Thing]) -> Iterator[bytes]:
        """The whole text. An empty piece ends a step: others may have their turn."""
        del self._blocks[len(range(0, len(things), BLOCK)) :]
        for number, start in enumerate(range(0, len(things), BLOCK)):
            if self._write(number, things[start : start + BLOCK]):
                yield b""
        for nth, column in enumerate(self._columns):
            yield column.head()
            yield from [text for block in self._blocks if (text := block.texts[nth])]

    def _write(self, number: int, things: Sequence[Thing]) -> bool:
        """Write what has changed of a block; whether there was anything to look at."""
        before = self._blocks[number] if number < len(self._blocks) else None
        if before is not None and len(things) == len(before.things) and all(map(is_, things, before.things)):
            return False
        keys = [self._key(thing) for thing in things]
        if before is None or before.keys != keys:
            shown: list[list[object]] = [[] for _ in self._columns]
            before = _Block(things, keys, [self._label(key) for key in keys], shown, [b""] * len(shown))
            self._blocks[number : number + 1] = [before]
        before.things = things
        for nth, column in enumerate(self._columns):
            values = [column.value(thing) for thing in things]
            if values != before.shown[nth]:
                before.shown[nth], before.texts[nth] = values, column.samples(before.labels, values)
        return True


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")  # a lone surrogate in a name must not cost the whole scrape
