"""The Prometheus text format 0.0.4: escaping and the shape of a family. It knows nothing about cameras."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


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

    def text(self, label_texts: Iterable[str], values: Iterable[float | None]) -> bytes:
        """The family with one sample for each label text; a value of ``None`` leaves its sample out."""
        name = self.name
        pairs = zip(label_texts, values, strict=False)  # a constant value may come as an endless repetition
        if "_seconds" in name:
            lines = [f"{name}{{{label}}} {value:.3f}" for label, value in pairs if value is not None]
        else:
            lines = [f"{name}{{{label}}} {value}" for label, value in pairs if value is not None]
        return self._encoded(lines)

    def single(self, value: float) -> bytes:
        """The family with one sample and no labels."""
        return self._encoded([f"{self.name} {value}"])

    def _encoded(self, lines: list[str]) -> bytes:
        text = "\n".join([f"# HELP {self.name} {self.help}", f"# TYPE {self.name} {self.kind}", *lines, ""])
        return text.encode("utf-8", "replace")  # a lone surrogate in a name must not cost the whole scrape
