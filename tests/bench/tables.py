"""Measured figures as Markdown, and their place in the document between two markers. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.errors import SharpEyesError

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A caption, the heads of the columns, and rows as long as the head. The first column is text, the rest numbers."""

    caption: str
    head: Row
    rows: tuple[Row, ...]

    def markdown(self) -> str:
        """The table with its caption above it."""
        rule = (":--", *("--:" for _ in self.head[1:]))
        lines = [_line(self.head), _line(rule), *map(_line, self.rows)]
        return "\n".join([f"**{self.caption}**", "", *lines, ""])


@dataclass(frozen=True, slots=True)
class Check:
    """One promise: what was wanted, what was found, and whether it holds."""

    what: str
    wanted: str
    found: str
    holds: bool | None  # None: not measured


@dataclass(frozen=True, slots=True)
class Findings:
    """What one section of the bench found."""

    tables: tuple[Table, ...]
    checks: tuple[Check, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether no promise is broken."""
        return all(check.holds is not False for check in self.checks)

    def markdown(self, conditions: Sequence[str]) -> str:
        """Under which conditions, the checks first, then every table."""
        parts = ["\n".join(f"- {condition}" for condition in conditions) + "\n"]
        if self.checks:
            parts.append(verdicts(self.checks).markdown())
        return "\n".join([*parts, *(table.markdown() for table in self.tables)])


def verdicts(checks: Sequence[Check]) -> Table:
    """The promises as a table."""
    words = {True: "PASS", False: "FAIL", None: "–"}
    rows = tuple((check.what, check.wanted, check.found, words[check.holds]) for check in checks)
    left_out = sum(check.holds is None for check in checks)
    overall = "FAIL" if any(check.holds is False for check in checks) else "PASS"
    overall += f", {left_out} not measured" if left_out else ""
    return Table(f"Verdict: {overall}", ("promise", "wanted", "found", "verdict"), rows)


def with_section(document: str, name: str, text: str) -> str:
    """The document with ``text`` between the markers of the section, and everything else as it was."""
    begin, end = f"<!-- bench:{name} -->", f"<!-- /bench:{name} -->"
    head, found_begin, rest = document.partition(begin)
    _, found_end, tail = rest.partition(end)
    if not (found_begin and found_end):
        raise SharpEyesError(f"the document has no place for this section: put {begin} and {end} on lines of their own")
    return f"{head}{begin}\n\n{text.strip()}\n\n{end}{tail}"


def number(value: float, digits: int = 0) -> str:
    """With a comma at every thousand."""
    return f"{value:,.{digits}f}"


def _line(cells: Row) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"
