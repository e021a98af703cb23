"""Mistakes planted in Prometheus rules, one at a time, with the stories that must notice each of them.

A mutant is a rule with one thing changed: a number, a duration, a comparison, ``for`` or ``keep_firing_for``. All
mutants of a rule live side by side in one telling of the stories about it, under names of their own, so that hundreds
of them cost little more than the stories.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from pathlib import Path
from typing import Any

from monitor.parsing.scalars import duration
from tests.programs import program

Rule = dict[str, Any]
Story = dict[str, Any]

# A label's value, a name, a number with or without a unit of time, a comparison, anything else. Source: the lexer's
# grammar in Prometheus' documentation of PromQL.
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[A-Za-z_:][\w:]*|\d+(?:\.\d+)?[smhd]?|[<>=!]=|=~|!~|\s+|.', re.DOTALL)
NEIGHBOURS = {">": (">=", "<"), ">=": (">", "<"), "<": ("<=", ">"), "<=": ("<", ">"), "==": ("!=",), "!=": ("==",)}
SMALL = 10  # whole numbers up to this one are changed by one, others by a tenth
TENTH = 0.1
PROCESSES = 2


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rule with one mistake; ``what`` says which one."""

    what: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class Told:
    """The stories of one file, and how often rules are evaluated in them."""

    evaluated_every: timedelta
    stories: Sequence[Story]


@dataclass(frozen=True, slots=True)
class Grain:
    """The least time the stories about a rule tell apart."""

    evaluation: timedelta
    sample: timedelta


def name_of(rule: Rule) -> str:
    """What stands in a story when it is about this rule."""
    return str(rule.get("alert") or rule["record"])


def tokens(expr: str) -> list[str]:
    """The expression in pieces; joined they give it back."""
    return TOKEN.findall(expr)


def mutants(rule: Rule, grain: Grain) -> Iterator[Mutant]:
    """Every mistake that may be planted in the rule; a change of a duration is one of its grain or more."""
    for key in ("for", "keep_firing_for"):
        if key in rule:
            for other in _durations(rule[key], grain.evaluation):
                yield Mutant(f"{key} {rule[key]} -> {other}", {**rule, key: other})
    pieces = tokens(rule["expr"])
    for at, others in _places(pieces, grain.sample):
        for other in others:
            expr = "".join([*pieces[:at], other, *pieces[at + 1 :]])
            yield Mutant(f"piece {at}: {pieces[at]} -> {other}", {**rule, "expr": expr})


def _places(pieces: Sequence[str], grain: timedelta) -> Iterator[tuple[int, Iterable[str]]]:
    """Where something may be changed, and into what. Matchers of labels are no comparisons, exponents no thresholds."""
    inside, before = 0, ""
    for at, piece in enumerate(pieces):
        inside += (piece == "{") - (piece == "}")
        if not inside and piece in NEIGHBOURS:
            yield at, NEIGHBOURS[piece]
        elif not inside and piece[0].isdigit():
            if piece[-1].isalpha():
                yield at, _durations(piece, grain)
            elif before != "^":
                yield at, _numbers(float(piece))
        before = piece if piece.strip() else before


def _numbers(value: float) -> tuple[str, ...]:
    by = 1 if value.is_integer() and value <= SMALL else value * TENTH
    return tuple(f"{other:.9g}" for other in (value - by, value + by))


def _durations(text: str, grain: timedelta) -> tuple[str, ...]:
    value = duration(text)
    by = ceil(max(value * TENTH, grain) / grain) * grain
    return tuple(f"{int(other.total_seconds())}s" for other in (max(value - by, timedelta(0)), value + by))


# ---------------------------------------------------------------- telling


def files_about(versions: Sequence[Rule], needed: Sequence[Rule], told: Mapping[str, Told], folder: Path) -> list[Path]:
    """Write the stories about a rule, told of each version of it; ``needed`` is what it is made from, in order."""
    folder.mkdir()
    name, key = name_of(versions[0]), "alert" if "alert" in versions[0] else "record"
    # Without annotations: they would be filled in at every evaluation, which costs more than all else.
    bare = [{each: value for each, value in rule.items() if each != "annotations"} for rule in versions]
    renamed = [{**rule, key: numbered(name, nth)} for nth, rule in enumerate(bare)]
    _write(folder / "rules.yml", {"groups": [{"name": "versions", "rules": [*needed, *renamed]}]})
    files = []
    for file, content in told.items():
        stories = [about for story in content.stories if (about := _about(story, name, len(versions)))]
        if stories:
            head = {
                "rule_files": ["rules.yml"],
                "evaluation_interval": f"{int(content.evaluated_every.total_seconds())}s",
            }
            _write(folder / file, {**head, "tests": stories})
            files.append(folder / file)
    return files


def numbered(name: str, nth: int) -> str:
    """What the nth version of a rule is called."""
    return f"{name}__{nth}"


def speaks_of(check: Mapping[str, Any], name: str) -> bool:
    """Whether a check of a story is about the rule."""
    return name in re.findall(r"[\w:]+", check["expr"])


def _about(story: Story, name: str, versions: int) -> Story | None:
    """What of the story is about the rule, asked of each version; None: nothing."""
    checks = []
    for check in story["promql_expr_test"]:
        if speaks_of(check, name):
            samples = [{**sample, "value": float(sample["value"])} for sample in check["exp_samples"]]
            text = json.dumps({**check, "exp_samples": samples})
            versed = (re.sub(rf"(?<![\w:]){name}(?![\w:])", numbered(name, nth), text) for nth in range(versions))
            checks += [json.loads(each) for each in versed]
    return {**story, "alert_rule_test": [], "promql_expr_test": checks} if checks else None


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content), "utf-8")  # which is YAML, too, and is written faster


def failed(files: Sequence[Path]) -> set[str]:
    """The numbered names of all versions of which a story does not come out as it says."""
    command = [program("promtool"), "test", "rules"]
    parts = [part for nth in range(PROCESSES) if (part := files[nth::PROCESSES])]
    with ThreadPoolExecutor(PROCESSES) as pool:
        done = pool.map(
            lambda part: subprocess.run([*command, *map(str, part)], capture_output=True, text=True, check=False), parts
        )
        texts = [each.stdout + each.stderr for each in done]
    for text, part in zip(texts, parts, strict=True):
        assert text.count("Unit Testing:") == len(part), text[-2000:]
    complaints = []
    for verdict in "\n".join(texts).split("FAILED:")[1:]:
        found = re.findall(r"^ *(?:expr: \"|rule: ).*$", verdict, re.MULTILINE)
        assert found, f"rules or stories that cannot be read: {verdict[:2000]}"
        complaints += found
    return {name for complaint in complaints for name in re.findall(r"[\w:]+__\d+", complaint)}
