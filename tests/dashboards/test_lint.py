"""The rules of Grafana's dashboard linter, as far as they fit us, and some of our own."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashboards.preview.reading import read
from tests.dashboards.boards import FILES, expressions, loaded, name_of

Board = dict[str, Any]

# What the linter also asks for and we do not do, and why. docs/decisions/0030-dashboards.md
EXCLUDED = {
    "template-job-rule": "one monitor is one job, and the rules name it: a choice with one option is noise on a wall",
    "template-instance-rule": "two monitors of one town show the same cameras; every query takes the max of them",
    "target-job-rule": "the metric's own prefix says whose it is; up and process_* do name the job",
    "target-instance-rule": "as for the template",
    "target-logql-rule": "no Loki",
    "target-logql-auto-rule": "no Loki",
    "target-rate-interval-rule for increase": "a day or the chosen range is meant there, not a rate at an instant",
}


def variables(board: Board, kind: str) -> list[Board]:
    return [each for each in board["templating"]["list"] if each["type"] == kind]


def template_datasource(board: Board) -> list[str]:
    (source,) = variables(board, "datasource")
    fits = source["name"] == "datasource" and source["query"] == "prometheus"
    return [] if fits and source["label"] in {"Data source", "数据源"} else [str(source)]


def template_label_promql(board: Board) -> list[str]:
    form = re.compile(r"label_values\([a-z_]+(\{.*\})?, \w+\)|query_result\([a-z_]+\{.*\}\)")
    return [each["name"] for each in variables(board, "query") if not form.fullmatch(each["query"]["query"])]


def template_chain(board: Board) -> list[str]:
    """A choice asks only for those before it, or Grafana would not know which to fill first."""
    before: set[str] = set()
    wrong = []
    for each in (each for each in variables(board, "query") if each.get("hide", 0) == 0):
        if set(re.findall(r"\$(\w+)", each["query"]["query"])) != before:
            wrong.append(each["name"])
        before.add(each["name"])
    return wrong


def template_on_time_change_reload(board: Board) -> list[str]:
    return [each["name"] for each in variables(board, "query") if each["refresh"] != 2]


def panel_datasource(board: Board) -> list[str]:
    ours = {"type": "prometheus", "uid": "${datasource}"}
    return [
        panel["title"]
        for panel in board["panels"]
        if panel["datasource"] != ours or any(target["datasource"] != ours for target in panel["targets"])
    ]


def panel_title_description(board: Board) -> list[str]:
    return [str(panel["id"]) for panel in board["panels"] if not panel["title"] or not panel["description"]]


def panel_titles_differ(board: Board) -> list[str]:
    titles = [panel["title"] for panel in board["panels"]]
    return [title for title in titles if titles.count(title) > 1]


def panel_units(board: Board) -> list[str]:
    return [panel["title"] for panel in board["panels"] if not panel["fieldConfig"]["defaults"].get("unit")]


def panel_no_targets(board: Board) -> list[str]:
    return [panel["title"] for panel in board["panels"] if not panel["targets"]]


def percentages_have_decimals(board: Board) -> list[str]:
    """94.6 % and 95.4 % are not both 95 %."""
    defaults = [(panel["title"], panel["fieldConfig"]["defaults"]) for panel in board["panels"]]
    return [title for title, each in defaults if each["unit"] == "percentunit" and each.get("decimals", 0) < 1]


def no_fixed_thresholds(board: Board) -> list[str]:
    """What is good stands in the contract, so no number of a board says it."""
    steps = {
        p["title"]: p["fieldConfig"]["defaults"].get("thresholds", {"steps": []})["steps"] for p in board["panels"]
    }
    return [title for title, each in steps.items() if len(each) > 1]


def target_rate_interval(board: Board) -> list[str]:
    return [expr for expr in all_of(board) if re.search(r"rate\([^\[]*\[(?!\$__rate_interval\])", expr)]


def target_counter_agg(board: Board) -> list[str]:
    counter = re.compile(r"(?<!rate\()(?<!increase\()\b[a-z_]+_(?:total|bucket|count|sum)\b(?=[\[{)])")
    return [expr for expr in all_of(board) if counter.search(re.sub(r"[a-z]+:[\w:]+", "recorded", expr))]


def all_of(board: Board) -> list[str]:
    return [target["expr"] for panel in board["panels"] for target in panel["targets"]]


def uneditable_dashboard(board: Board) -> list[str]:
    return [] if board["editable"] is False else [board["title"]]


RULES: tuple[Callable[[Board], list[str]], ...] = (
    template_datasource,
    template_label_promql,
    template_chain,
    template_on_time_change_reload,
    panel_datasource,
    panel_title_description,
    panel_titles_differ,
    panel_units,
    panel_no_targets,
    percentages_have_decimals,
    no_fixed_thresholds,
    target_rate_interval,
    target_counter_agg,
    uneditable_dashboard,
)


@pytest.mark.parametrize("path", FILES, ids=name_of)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_board_keeps_the_rule(rule: Callable[[Board], list[str]], path: Path) -> None:
    assert rule(loaded(path)) == []


@pytest.mark.parametrize(
    ("rule", "expr"),
    [
        (target_rate_interval, "sum(rate(a_total[5m]))"),
        (target_counter_agg, "sum(sharpeyes_probes_total)"),
        (target_counter_agg, "max(a_total{b='c'}) / 2"),
    ],
)
def test_the_rules_about_counters_notice_a_mistake(rule: Callable[[Board], list[str]], expr: str) -> None:
    assert rule({"panels": [{"targets": [{"expr": expr}]}]}) == [expr]


def test_every_excluded_rule_has_its_reason_on_the_page_of_the_decision() -> None:
    page = (FILES[0].parent.parent.parent / "docs" / "decisions" / "0030-dashboards.md").read_text("utf-8")
    for rule in EXCLUDED:
        assert f"`{rule.split()[0]}`" in page


def test_the_wall_reads_recorded_series_where_it_covers_cameras() -> None:
    """A wall is asked every minute by everybody: no query of it joins ten thousand cameras with their names."""
    (wall,) = [read(path) for path in FILES if path.stem == "sharpeyes-overview" and path.parent.name == "zh"]
    assert not [expr for expr in expressions(wall) if "sharpeyes_camera_info" in expr]
