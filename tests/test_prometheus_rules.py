"""Rules, alerts, runbooks, routes and dashboards: each is valid, and they fit each other and the metrics."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from monitor.metrics import Metrics
from monitor.model import Cause, State
from tests.metrics.town import DrivenClock, camera, status, town
from tests.programs import program

ROOT = Path(__file__).parent.parent
PROMETHEUS = ROOT / "config" / "prometheus"
RULES = PROMETHEUS / "sharp-eyes.rules.yml"
STORIES = PROMETHEUS / "sharp-eyes.test.yml"
ALERTMANAGER = ROOT / "config" / "alertmanager" / "alertmanager.yml"
RUNBOOKS = ROOT / "docs" / "runbooks"
DASHBOARDS = sorted((ROOT / "dashboards").glob("*.json"))

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"[a-z]{2,} [a-z]{2,}")
METRIC = re.compile(r"(?<![\w:])(?:[a-z]+:)?sharpeyes(?:_[a-z]+)+(?::[a-z_]+)?|sharpeyes:[a-z_:]+")
FROM_PROMETHEUS = {"up", "ALERTS"}


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(RULES.read_text("utf-8"))["groups"] for rule in group["rules"]]


def alerts() -> list[dict[str, Any]]:
    return [rule for rule in rules() if "alert" in rule]


def alert_names() -> set[str]:
    return {str(alert["alert"]) for alert in alerts()}


def exposed() -> set[str]:
    """Every metric name the monitor can show."""
    own = Metrics("1", DrivenClock())
    own.selfcheck_finished("canaries", ok=True)
    own.watch_channel("dingtalk", ["refused"])
    view = town(status(), status(State.DOWN, Cause.TCP_TIMEOUT, camera("c2"), in_maintenance=True))
    families = text_string_to_metric_families(b"".join(own.exposition(view)).decode())
    return {name for family in families for name in (family.name, *(sample.name for sample in family.samples))}


def dashboard_expressions(path: Path) -> Iterator[str]:
    board = json.loads(path.read_text("utf-8"))
    for panel in board["panels"]:
        for target in panel["targets"]:
            yield target["expr"].replace("$village", ".*").replace("$__rate_interval", "5m")


def run(name: str, *arguments: str | Path) -> str:
    """The program's output; the test fails with it when the program fails."""
    done = subprocess.run([program(name), *arguments], capture_output=True, text=True, check=False, cwd=PROMETHEUS)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# ---------------------------------------------------------------- valid


@pytest.mark.real
def test_prometheus_takes_its_configuration() -> None:
    assert "1 rule files found" in run("promtool", "check", "config", PROMETHEUS / "prometheus.yml")


@pytest.mark.real
def test_promtool_finds_no_lint_in_the_rules() -> None:
    assert "rules found" in run("promtool", "check", "rules", "--lint=all", "--lint-fatal", RULES)


@pytest.mark.real
def test_every_alert_fires_and_resolves_as_its_story_says() -> None:
    assert "SUCCESS" in run("promtool", "test", "rules", STORIES)


@pytest.mark.real
def test_alertmanager_takes_its_configuration() -> None:
    assert "SUCCESS" in run("amtool", "check-config", ALERTMANAGER)


@pytest.mark.real
@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_every_query_of_a_dashboard_can_be_read(path: Path, tmp_path: Path) -> None:
    records = [{"record": f"query{number}", "expr": expr} for number, expr in enumerate(dashboard_expressions(path))]
    assert records
    as_rules = tmp_path / "queries.yml"
    as_rules.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": records}]}))
    run("promtool", "check", "rules", as_rules)


# ---------------------------------------------------------------- fitting


def test_every_metric_the_rules_ask_for_exists() -> None:
    known = exposed() | {rule["record"] for rule in rules() if "record" in rule}
    asked = {name for rule in rules() for name in METRIC.findall(rule["expr"])}
    assert len(asked) > 15
    assert asked <= known, asked - known


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_every_metric_a_dashboard_asks_for_exists(path: Path) -> None:
    known = exposed() | {rule["record"] for rule in rules() if "record" in rule}
    asked = {name for expr in dashboard_expressions(path) for name in METRIC.findall(expr)}
    assert asked
    assert asked <= known, asked - known


def test_every_metric_in_the_stories_exists() -> None:
    known = exposed() | {"up"}
    series = {series["series"].split("{")[0] for test in stories() for series in test["input_series"]}
    assert series <= known, series - known


def stories() -> list[dict[str, Any]]:
    return list(yaml.safe_load(STORIES.read_text("utf-8"))["tests"])


def told(fires: bool) -> set[str]:
    """The alerts of which some story says that they fire, or that they do not."""
    names: set[str] = set()
    for test in stories():
        for check in test.get("alert_rule_test", []):
            if bool(check["exp_alerts"]) is fires:
                names.add(check["alertname"])
        for check in test.get("promql_expr_test", []):
            if bool(check["exp_samples"]) is fires:
                names.update(re.findall(r"SharpEyes\w+", check["expr"]))
    return names


def test_every_alert_has_a_story_in_which_it_fires() -> None:
    assert told(fires=True) >= alert_names(), alert_names() - told(fires=True)


def test_every_alert_but_the_sign_of_life_has_a_story_in_which_it_is_quiet() -> None:
    expected = alert_names() - {"SharpEyesWatchdog"}
    assert told(fires=False) >= expected, expected - told(fires=False)


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: f"{alert['alert']}-{alert['labels']['severity']}")
def test_an_alert_says_in_two_languages_what_happened_and_where_to_read_on(alert: dict[str, Any]) -> None:
    assert re.fullmatch(r"SharpEyes([A-Z][a-z]+)+", alert["alert"])
    assert alert["labels"]["severity"] in {"critical", "warning", "none"}
    notes = alert["annotations"]
    for text in (notes["summary"], notes["description"]):
        assert CHINESE.search(text)
        assert ENGLISH.search(text)
    assert notes["runbook_url"] == f"docs/runbooks/{alert['alert']}.md"
    assert (ROOT / notes["runbook_url"]).is_file()
    uids = {json.loads(path.read_text("utf-8"))["uid"] for path in DASHBOARDS}
    assert notes["dashboard_url"].split("?")[0].removeprefix("/d/") in uids


def test_every_runbook_belongs_to_an_alert_and_speaks_both_languages() -> None:
    pages = {path.stem: path.read_text("utf-8") for path in RUNBOOKS.glob("*.md")}
    assert set(pages) == alert_names()
    for name, page in pages.items():
        assert page.startswith(f"# {name} · ")
        assert "## 怎么办" in page
        assert "## What to do" in page


def test_metrics_named_in_the_runbooks_exist() -> None:
    named = {name for path in RUNBOOKS.glob("*.md") for name in METRIC.findall(path.read_text("utf-8"))}
    assert named <= exposed()


def test_routes_and_inhibitions_name_alerts_that_exist() -> None:
    named = set(re.findall(r"SharpEyes\w*", ALERTMANAGER.read_text("utf-8")))
    assert named
    assert named <= alert_names()


@pytest.mark.real
@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        ("alertname=SharpEyesVillageDown severity=critical", "on-call"),
        ("alertname=SharpEyesCameraDown severity=warning", "tickets"),
        ("alertname=SharpEyesWatchdog severity=none", "heartbeat"),
    ],
)
def test_an_alert_goes_where_its_severity_says(labels: str, receiver: str) -> None:
    route = ["config", "routes", "test", f"--config.file={ALERTMANAGER}", f"--verify.receivers={receiver}"]
    run("amtool", *route, *labels.split())


@pytest.mark.real
@pytest.mark.parametrize(
    ("rule", "mistake"),
    [
        (
            "for: 10m\n        keep_firing_for: 5m\n        labels:\n          severity: warning",
            "for: 1m\n        labels:\n          severity: warning",
        ),
        (
            "          unless on (camera_id)\n            sharpeyes_camera_maintenance == 1\n      - record: village",
            "      - record: village",
        ),
        (
            "          < on () group_left ()\n            max(sharpeyes_sla_target_ratio)\n        for: 5m",
            "          <= on () group_left ()\n            max(sharpeyes_sla_target_ratio)\n        for: 5m",
        ),
    ],
    ids=["a camera is told too soon", "maintenance is forgotten", "exactly on the target counts as below"],
)
def test_the_stories_notice_a_mistake_in_the_rules(rule: str, mistake: str, tmp_path: Path) -> None:
    text = RULES.read_text("utf-8")
    assert text.count(rule) == 1
    (tmp_path / RULES.name).write_text(text.replace(rule, mistake), "utf-8")
    (tmp_path / STORIES.name).write_text(STORIES.read_text("utf-8"), "utf-8")
    arguments = [program("promtool"), "test", "rules", str(tmp_path / STORIES.name)]
    assert subprocess.run(arguments, capture_output=True, check=False).returncode == 1


# ---------------------------------------------------------------- the documentation

METRICS_PAGE = (ROOT / "docs" / "metrics.md").read_text("utf-8")


def test_the_page_of_metrics_lists_every_metric_and_no_other() -> None:
    listed = set(re.findall(r"^\| `(sharpeyes_\w+)` \|", METRICS_PAGE, re.MULTILINE))
    own = Metrics("1", DrivenClock())
    view = town(status(), status(State.DOWN, Cause.TCP_TIMEOUT, camera("c2"), in_maintenance=True))
    text = b"".join(own.exposition(view))
    shown = set(re.findall(r"^# TYPE (sharpeyes_\w+) ", text.decode(), re.MULTILINE))
    assert listed == shown


def test_every_metric_the_page_asks_for_exists() -> None:
    known = exposed() | {rule["record"] for rule in rules() if "record" in rule}
    assert set(METRIC.findall(METRICS_PAGE)) <= known


@pytest.mark.real
def test_the_receivers_shown_on_the_page_are_taken_by_alertmanager(tmp_path: Path) -> None:
    (block,) = re.findall(r"```yaml\n(receivers:.*?)```", METRICS_PAGE, re.DOTALL)
    settings = yaml.safe_load(ALERTMANAGER.read_text("utf-8")) | yaml.safe_load(block)
    (tmp_path / "alertmanager.yml").write_text(yaml.safe_dump(settings, allow_unicode=True), "utf-8")
    assert "SUCCESS" in run("amtool", "check-config", tmp_path / "alertmanager.yml")


@pytest.mark.real
def test_the_queries_on_the_page_can_be_read(tmp_path: Path) -> None:
    (block,) = re.findall(r"```promql\n(.*?)```", METRICS_PAGE, re.DOTALL)
    queries = [query for query in block.split("\n\n") if query.strip()]
    records = [{"record": f"query{number}", "expr": query} for number, query in enumerate(queries)]
    (tmp_path / "queries.yml").write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": records}]}), "utf-8")
    assert f"{len(queries)} rules found" in run("promtool", "check", "rules", tmp_path / "queries.yml")
