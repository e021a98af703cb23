"""Rules, alerts, runbooks, and routes: each is valid, and they fit each other and the metrics."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from monitor.incidents import Origin, Rules
from monitor.metrics import Metrics
from monitor.model import Cause, State
from monitor.wording import ORIGINS
from tests.metrics.town import DrivenClock, camera, status, town
from tests.programs import program

ROOT = Path(__file__).parent.parent
PROMETHEUS = ROOT / "config" / "prometheus"
RECORDED_FIRST = ("areas.rules.yml", "seconds.rules.yml")  # the others build upon these
RULES = sorted(PROMETHEUS.glob("*.rules.yml"), key=lambda path: (path.name not in RECORDED_FIRST, path.name))
STORIES = sorted(PROMETHEUS.glob("*.test.yml"))
ALERTMANAGER = ROOT / "config" / "alertmanager" / "alertmanager.yml"
RUNBOOKS = ROOT / "docs" / "runbooks"
DASHBOARDS = sorted((ROOT / "dashboards").glob("*/*.json"))
BOARDS = {"overview", "area", "camera", "sla", "monitor", "alerts"}

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"[a-z]{2,} [a-z]{2,}")
METRIC = re.compile(r"(?<![\w:])(?:[a-z_]+:)?sharpeyes(?:_[a-z]+)+(?::[a-z_0-9]+)?|sharpeyes:[a-z_:]+")
# They are about Prometheus and Alertmanager themselves, or always there: a restart of the monitor does not touch them.
UNTOUCHED = {
    "SharpEyesAlertingReloadFailed",
    "SharpEyesHandoverFailing",
    "SharpEyesMonitorDown",
    "SharpEyesRulesFailing",
    "SharpEyesWatchdog",
}


@cache
def groups() -> tuple[dict[str, Any], ...]:
    """Every group of rules, read once by a process, and by libyaml: so many modules ask when they are imported."""
    return tuple(group for path in RULES for group in yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)["groups"])


def rules() -> list[dict[str, Any]]:
    """Every rule, in an order in which each comes after what it is made from."""
    return [rule for group in groups() for rule in group["rules"]]


def records() -> set[str]:
    return {str(rule["record"]) for rule in rules() if "record" in rule}


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


def run(name: str, *arguments: str | Path) -> str:
    """The program's output; the test fails with it when the program fails."""
    done = subprocess.run([program(name), *arguments], capture_output=True, text=True, check=False, cwd=PROMETHEUS)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# ---------------------------------------------------------------- valid


@pytest.mark.real
def test_prometheus_takes_its_configuration() -> None:
    assert f"{len(RULES)} rule files found" in run("promtool", "check", "config", PROMETHEUS / "prometheus.yml")


@pytest.mark.real
def test_promtool_finds_no_lint_in_the_rules() -> None:
    assert "rules found" in run("promtool", "check", "rules", "--lint=all", "--lint-fatal", *RULES)


@pytest.mark.real
def test_every_alert_fires_and_resolves_as_its_story_says() -> None:
    assert run("promtool", "test", "rules", *STORIES).count("SUCCESS") == len(STORIES)


@pytest.mark.real
def test_alertmanager_takes_its_configuration() -> None:
    assert "SUCCESS" in run("amtool", "check-config", ALERTMANAGER)


# ---------------------------------------------------------------- fitting


def test_every_metric_the_rules_ask_for_exists() -> None:
    known = exposed() | records()
    asked = {name for rule in rules() for name in METRIC.findall(rule["expr"])}
    assert len(asked) > 15
    assert asked <= known, asked - known


def test_every_metric_in_the_stories_exists() -> None:
    series = {series["series"].split("{")[0] for test in stories() for series in test["input_series"]}
    ours = {name for name in series if METRIC.fullmatch(name)}
    known = exposed() | records()
    assert ours <= known, ours - known
    assert series - ours == {
        *("up", "scrape_duration_seconds"),
        *("prometheus_rule_evaluation_failures_total", "alertmanager_notifications_failed_total"),
        *("prometheus_config_last_reload_successful", "alertmanager_config_last_reload_successful"),
    }


@cache
def story_file(path: Path) -> dict[str, Any]:
    """As written: ``0x9`` is ten samples, and no number."""
    content: dict[str, Any] = yaml.load(path.read_text("utf-8"), yaml.CBaseLoader)
    return content


def stories() -> list[dict[str, Any]]:
    return [story for path in STORIES for story in story_file(path)["tests"]]


def firings(story: dict[str, Any], alert: str) -> list[tuple[float, bool]]:
    """When the story says that the alert fires, or that it does not; in seconds, in order of time."""
    said = [
        (seconds(check["eval_time"]), bool(check["exp_samples"]))
        for check in story["promql_expr_test"]
        if f'alertname="{alert}"' in check["expr"]
    ]
    return sorted(said)


def seconds(text: str) -> float:
    return sum(
        float(value) * {"h": 3600, "m": 60, "s": 1, "d": 86400}[unit]
        for value, unit in re.findall(r"(\d+)([dhms])", text)
    )


def restarts(story: dict[str, Any]) -> set[float]:
    """When series of the story end and come back within two samples, in seconds."""
    found = set()
    for series in story["input_series"]:
        pieces, at = series["values"].split(), 0
        for nth, piece in enumerate(pieces):
            begins_again = [after for after in pieces[nth + 1 : nth + 3] if not after.startswith("_")]
            if piece == "stale" and begins_again:
                found.add(at * seconds(story["interval"]))
            missing = re.fullmatch(r"_x(\d+)", piece)
            many = re.fullmatch(r"[^_]+x(\d+)", piece)
            at += int(missing[1]) if missing else int(many[1]) + 1 if many else 1
    return found


@pytest.mark.parametrize("alert", sorted(alert_names() - {"SharpEyesWatchdog"}))
def test_an_alert_has_a_story_in_which_it_is_quiet_fires_and_resolves(alert: str) -> None:
    courses = [[fires for _, fires in firings(story, alert)] for story in stories()]
    assert any(re.search("qf+q", "".join("f" if fires else "q" for fires in course)) for course in courses)


@pytest.mark.parametrize("alert", sorted(alert_names() - UNTOUCHED))
def test_an_alert_has_a_story_in_which_it_outlives_a_restart_of_the_monitor(alert: str) -> None:
    def outlived(story: dict[str, Any], at: float) -> bool:
        before = [fires for when, fires in firings(story, alert) if when < at]
        during = [fires for when, fires in firings(story, alert) if at <= when <= at + 3 * seconds(story["interval"])]
        return bool(before) and before[-1] and bool(during) and all(during)

    assert any(outlived(story, at) for story in stories() for at in restarts(story))


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: f"{alert['alert']}-{alert['labels']['severity']}")
def test_an_alert_says_in_two_languages_what_happened_and_where_to_read_on(alert: dict[str, Any]) -> None:
    assert re.fullmatch(r"SharpEyes([A-Z][a-z]+)+", alert["alert"])
    assert alert["labels"]["severity"] in {"critical", "warning", "info", "none"}
    assert alert["labels"]["subject"] in {"contract", "camera", "site", "monitor"}
    notes = alert["annotations"]
    for text in (notes["summary"], notes["description"]):
        assert CHINESE.search(text)
        assert ENGLISH.search(text)
    assert (RUNBOOKS / f"{alert['alert']}.md").is_file()
    assert notes["runbook_url"] == f"{{{{ $externalLabels.console }}}}/runbooks/{alert['alert']}"
    board = notes["dashboard_url"].split("?")[0].removeprefix("{{ $externalLabels.grafana }}/d/sharpeyes-")
    assert board in BOARDS


def test_a_presumed_origin_has_in_alerts_the_name_it_has_everywhere() -> None:
    (alert,) = [one for one in alerts() if one["alert"] == "SharpEyesIncident"]
    text = alert["annotations"]["description"]
    named = dict(re.findall(r'if eq \.Labels\.scope "(\w+)" }}(.*?){{', text))
    (rest,) = re.findall(r"{{ else }}(.*?){{ end }}", text)
    asked = re.findall(r"\w+", re.findall(r'scope=~"(.*?)"', alert["expr"])[0])
    (last,) = set(asked) - set(named)
    assert named | {last: rest} == {one.value: ORIGINS[one].zh for one in Origin if one.width > 0}
    assert not re.search(r"推定起因：{{ \.Labels", text)


def test_the_links_of_alerts_begin_at_one_place_and_alertmanager_sees_nothing_of_it() -> None:
    settings = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text("utf-8"))
    labels = settings["global"]["external_labels"]
    assert set(labels) == {"console", "grafana"}
    assert all(re.fullmatch(r"https?://[\w.:-]+", url) for url in labels.values())
    (dropped,) = settings["alerting"]["alert_relabel_configs"]
    assert dropped["action"] == "labeldrop"
    assert all(re.fullmatch(dropped["regex"], name) for name in labels)
    asked = re.findall(r"\$externalLabels\.(\w+)", "".join(path.read_text("utf-8") for path in RULES))
    assert set(asked) == set(labels)


def test_every_runbook_belongs_to_an_alert_and_speaks_both_languages() -> None:
    pages = {path.stem: path.read_text("utf-8") for path in RUNBOOKS.glob("*.md")}
    assert set(pages) == alert_names()
    for name, page in pages.items():
        assert page.startswith(f"# {name} · ")
        for heading in ("## 含义", "## 怎么办", "## Meaning", "## What to do"):
            assert heading in page
        for whom in ("谁处理：", "Who: "):
            assert whom in page


def test_a_runbook_names_the_severity_of_its_alert() -> None:
    for alert in alerts():
        page = (RUNBOOKS / f"{alert['alert']}.md").read_text("utf-8")
        assert f"**{alert['labels']['severity']}**" in page, alert["alert"]


def test_metrics_named_in_the_runbooks_exist() -> None:
    named = {name for path in RUNBOOKS.glob("*.md") for name in METRIC.findall(path.read_text("utf-8"))}
    assert named <= exposed() | records()


def test_routes_and_inhibitions_name_alerts_that_exist() -> None:
    named = set(re.findall(r"SharpEyes\w*", ALERTMANAGER.read_text("utf-8")))
    assert named
    assert named <= alert_names()


# ---------------------------------------------------------------- who is told

VENDOR, OFFICE, TICKETS, PAST = "vendor-on-call", "office", "tickets", "past-the-relay"
RECEIVERS = {
    "SharpEyesAlertingReloadFailed": {TICKETS},
    "SharpEyesBlindSpot": {OFFICE},
    "SharpEyesBudgetBurning": {OFFICE, VENDOR},
    "SharpEyesBudgetShrinking": {OFFICE, TICKETS},
    "SharpEyesCameraDown": {TICKETS},
    "SharpEyesCameraFlapping": {"dashboards-only"},
    "SharpEyesCamerasUnwatched": {VENDOR},
    "SharpEyesClockDrift": {TICKETS},
    "SharpEyesCoverageLow": {OFFICE, TICKETS},
    "SharpEyesCredentialsRefused": {TICKETS},
    "SharpEyesDayCoverageLow": {TICKETS},
    "SharpEyesForecastBelowTarget": {OFFICE, TICKETS},
    "SharpEyesHandoverFailing": {PAST, TICKETS},
    "SharpEyesIncident": {VENDOR},
    "SharpEyesLedgerFailing": {VENDOR},
    "SharpEyesManyDown": {VENDOR},
    "SharpEyesManyUnknown": {TICKETS},
    "SharpEyesMessagesWaiting": {TICKETS},
    "SharpEyesMonitorBlind": {VENDOR},
    "SharpEyesMonitorDown": {PAST, VENDOR},
    "SharpEyesNotificationsFailing": {PAST, TICKETS},
    "SharpEyesOutboxFailing": {PAST, VENDOR},
    "SharpEyesRelayFailing": {PAST, TICKETS},
    "SharpEyesOnlineRateBelowTarget": {OFFICE, TICKETS},
    "SharpEyesReloadFailed": {TICKETS},
    "SharpEyesRemovalUnconfirmed": {OFFICE, TICKETS},
    "SharpEyesRepairLimitNear": {TICKETS},
    "SharpEyesRepairOverdue": {OFFICE, TICKETS},
    "SharpEyesResultsStale": {VENDOR},
    "SharpEyesRulesFailing": {TICKETS},
    "SharpEyesScrapeSlow": {TICKETS},
    "SharpEyesTargetUnrecoverable": {OFFICE, VENDOR},
    "SharpEyesVillageDown": {VENDOR},
    "SharpEyesWatchdog": {"heartbeat", VENDOR, OFFICE, TICKETS},
}


def routing() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(ALERTMANAGER.read_text("utf-8"))
    return loaded


@pytest.mark.real
@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: str(alert["alert"]))
def test_an_alert_goes_to_whom_it_is_meant_for(alert: dict[str, Any]) -> None:
    labels = [f"{name}={value}" for name, value in {"alertname": alert["alert"], **alert["labels"]}.items()]
    found = run("amtool", "config", "routes", "test", f"--config.file={ALERTMANAGER}", *labels)
    assert set(found.strip().split(",")) == RECEIVERS[alert["alert"]]


def test_everybody_is_told_through_the_relay_except_of_its_own_failure() -> None:
    receivers = {receiver["name"]: receiver for receiver in routing()["receivers"]}
    assert set(receivers) == set().union(*RECEIVERS.values())
    for name, receiver in receivers.items():
        ways = {key for key in receiver if key != "name"}
        assert ways == (set() if name in {PAST, "dashboards-only"} else {"webhook_configs"}), name
        for hook in receiver.get("webhook_configs", []):
            assert hook["url"] == "http://monitor:9105/api/alertmanager"
            assert set(hook["http_config"]["authorization"]) == {"credentials_file"}


def test_only_what_can_wait_is_kept_for_working_hours() -> None:
    kept = [route for route in routing()["route"]["routes"] if "active_time_intervals" in route]
    assert len(kept) == 2
    assert {route["receiver"] for route in kept} == {OFFICE}
    assert "severity = critical" not in {matcher for route in kept for matcher in route["matchers"]}


def test_what_quiets_others_fires_before_they_do() -> None:
    waits = {alert["alert"]: seconds(alert.get("for", "0s")) for alert in alerts()}
    settling = Rules().settling.total_seconds()  # before a camera has an incident, and its alert anything to wait for
    down = waits["SharpEyesCameraDown"] + settling
    assert waits["SharpEyesManyDown"] + settling < waits["SharpEyesVillageDown"] < down


# How often each group is evaluated at most, in seconds: what docs and stories say of delays is added up from these.
SLOWEST = {
    "sharpeyes-names": 30,
    "sharpeyes-cameras-up": 30,
    "sharpeyes-incidents": 10,
    "sharpeyes-cameras": 30,
    "sharpeyes-cameras-slow": 60,
    "sharpeyes-contract": 30,
    "sharpeyes-monitor": 30,
    "sharpeyes-seconds": 60,
    "sharpeyes-observed": 60,
    "sharpeyes-scheduled": 60,
    "sharpeyes-offline": 60,
}


def test_each_group_is_evaluated_as_often_as_is_said_and_five_times_in_its_smallest_window() -> None:
    usual = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text("utf-8"))["global"]["evaluation_interval"]
    assert {group["name"] for group in groups()} == set(SLOWEST)
    for group in groups():
        interval = seconds(group.get("interval", usual))
        windows = [seconds(window) for rule in group["rules"] for window in re.findall(r"\[(\w+)[\]:]", rule["expr"])]
        assert 0 < interval <= SLOWEST[group["name"]], group["name"]
        assert all(5 * interval <= window for window in windows), group["name"]


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
    known = exposed() | records()
    assert set(METRIC.findall(METRICS_PAGE)) <= known


def with_a_channel(kind: str) -> str:
    """The shipped file after somebody has taken the # away from one of the examples of a channel past the relay."""
    text = ALERTMANAGER.read_text("utf-8")
    (example,) = re.findall(rf"^    # {kind}_configs:.*\n(?:    #   .*\n)+", text, re.MULTILINE)
    return text.replace(example, re.sub("^    # ", "    ", example, flags=re.MULTILINE))


@pytest.mark.real
@pytest.mark.parametrize("kind", ["email", "webhook"])
def test_the_shipped_examples_of_a_channel_past_the_relay_are_taken_by_alertmanager(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "alertmanager.yml"
    path.write_text(with_a_channel(kind), "utf-8")
    (filled,) = [one for one in yaml.safe_load(path.read_text("utf-8"))["receivers"] if one["name"] == PAST]
    assert set(filled) == {"name", f"{kind}_configs"}
    assert "SUCCESS" in run("amtool", "check-config", path)


def test_the_page_lists_every_receiver_and_every_record() -> None:
    for receiver in set().union(*RECEIVERS.values()):
        assert f"| `{receiver}`" in METRICS_PAGE
    told = re.findall(r"^\| (`[a-z_]+:sharpeyes.+?) \|", METRICS_PAGE, re.MULTILINE)
    stems = {name.rsplit(":", 1)[0].partition(":")[2] for cell in told for name in METRIC.findall(cell)}
    for record in records():
        stem = record.rsplit(":", 1)[0].partition(":")[2]
        assert re.sub("observed|scheduled", "online", stem) in stems, record


@pytest.mark.real
def test_the_queries_on_the_page_can_be_read(tmp_path: Path) -> None:
    (block,) = re.findall(r"```promql\n(.*?)```", METRICS_PAGE, re.DOTALL)
    queries = [query for query in block.split("\n\n") if query.strip()]
    records = [{"record": f"query{number}", "expr": query} for number, query in enumerate(queries)]
    (tmp_path / "queries.yml").write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": records}]}), "utf-8")
    assert f"{len(queries)} rules found" in run("promtool", "check", "rules", tmp_path / "queries.yml")
