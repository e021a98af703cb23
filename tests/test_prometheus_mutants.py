"""The stories of the rules notice every mistake: each number, duration and comparison is changed in turn."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from monitor.parsing.scalars import duration
from tests.rule_mutants import (
    Grain,
    Rule,
    Told,
    failed,
    files_about,
    mutants,
    name_of,
    numbered,
    speaks_of,
    tokens,
)
from tests.test_prometheus_rules import STORIES, rules, story_file

# An alert fires at any value: the one rule in which no number is a threshold.
ALWAYS = "SharpEyesWatchdog"
RULES = [rule for rule in rules() if rule.get("alert") != ALWAYS]


def told_stories() -> dict[str, Told]:
    contents = {path.name: story_file(path) for path in STORIES}
    return {name: Told(duration(each["evaluation_interval"]), each["tests"]) for name, each in contents.items()}


def grain(rule: Rule, told: dict[str, Told]) -> Grain:
    """Of all stories that speak of the rule, the coarsest."""
    about = [
        Grain(each.evaluated_every, duration(story["interval"]))
        for each in told.values()
        for story in each.stories
        if any(speaks_of(check, name_of(rule)) for check in story["promql_expr_test"])
    ]
    return Grain(max(each.evaluation for each in about), max(each.sample for each in about))


def needed(rule: Rule) -> Sequence[Rule]:
    """What the rule is made from, in the order in which it is recorded."""
    names = {name_of(rule)}
    for other in reversed(RULES):
        if any(name_of(other) in re.findall(r"[\w:]+", one["expr"]) for one in RULES if name_of(one) in names):
            names.add(name_of(other))
    return [other for other in RULES if name_of(other) in names - {name_of(rule)}]


def test_an_expression_is_taken_apart_without_loss() -> None:
    for rule in RULES:
        assert "".join(tokens(rule["expr"])) == rule["expr"]


def test_what_may_be_a_mistake_is_found_and_a_matcher_of_labels_is_none() -> None:
    rule = {"alert": "A", "expr": 'x{a!="1",b=~"2"} ^ 0 >= 0.8 * y[5m]', "for": "10m"}
    found = {
        mutant.what.partition(": ")[2] or mutant.what
        for mutant in mutants(rule, Grain(duration("60s"), duration("30s")))
    }
    assert found == {
        *("for 10m -> 540s", "for 10m -> 660s"),
        *(">= -> >", ">= -> <"),
        *("0.8 -> 0.72", "0.8 -> 0.88"),
        *("5m -> 270s", "5m -> 330s"),
    }


@pytest.mark.real
def test_every_mistake_in_a_rule_breaks_a_story(tmp_path: Path) -> None:
    told = told_stories()
    files: list[Path] = []
    planted: dict[str, str] = {}
    untouched = set()
    for nth, rule in enumerate(RULES):
        found = list(mutants(rule, grain(rule, told)))
        files += files_about([rule, *(mutant.rule for mutant in found)], [*needed(rule)], told, tmp_path / str(nth))
        untouched.add(numbered(name_of(rule), 0))
        planted |= {numbered(name_of(rule), at): mutant.what for at, mutant in enumerate(found, 1)}
    assert len(planted) > 250
    broken = failed(files)
    assert not untouched & broken
    survivors = [f"{name}: {what}" for name, what in planted.items() if name not in broken]
    assert not survivors, "\n".join(survivors)
