"""The list of alerts shows each that fires, asked of a real promtool."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from dashboards.preview.reading import read
from tests.dashboards.boards import ENGLISH
from tests.test_prometheus_rules import run

pytestmark = pytest.mark.real

TOWN = {"severity": "critical", "subject": "camera", "county": "安平县", "town": "清河镇"}
FIRING = (
    {"alertname": "SharpEyesIncident", **TOWN, "name": "柳溪村汇聚", "incident": "17"},
    {"alertname": "SharpEyesIncident", **TOWN, "name": "柳溪村汇聚", "incident": "18"},
    {"alertname": "SharpEyesBlindSpot", **TOWN, "village": "柳溪村", "site": "school"},
    {"alertname": "SharpEyesBlindSpot", **TOWN, "village": "柳溪村", "site": "bridge"},
    {"alertname": "SharpEyesChannelFailing", "severity": "warning", "channel": "sms"},
    {"alertname": "SharpEyesChannelFailing", "severity": "warning", "channel": "mail"},
    {"alertname": "SharpEyesMonitorBlind", "severity": "critical", "county": "安平县"},
    {"alertname": "SharpEyesMonitorBlind", "severity": "critical", "county": "清水县"},
)
NOT_FIRING = {"alertname": "SharpEyesIncident", **TOWN, "name": "柳溪村汇聚", "incident": "19"}
WATCHDOG = {"alertname": "SharpEyesWatchdog", "severity": "none"}


def series(name: str, labels: dict[str, str]) -> str:
    inside = ",".join(f"{label}={json.dumps(text, ensure_ascii=False)}" for label, text in labels.items())
    return f"{name}{{{inside}}}"


def test_alerts_that_differ_in_one_label_are_a_row_each(tmp_path: Path) -> None:
    (board,) = [read(path) for path in ENGLISH if path.stem == "sharpeyes-alerts"]
    (listed,) = [panel for panel in board.panels if panel.title == "Alerts"]
    (target,) = listed.targets
    states = [(each, "firing") for each in (*FIRING, WATCHDOG)] + [(NOT_FIRING, "pending")]
    written = [(series("ALERTS", each | {"alertstate": state}), "1x10") for each, state in states]
    written += [(series("ALERTS_FOR_STATE", each), "60x10") for each, _ in states]
    asked = {
        "expr": target.expr,
        "eval_time": "5m",
        "exp_samples": [{"labels": series("", each), "value": 240} for each in FIRING],
    }
    given = [{"series": one, "values": values} for one, values in written]
    story = {"tests": [{"interval": "1m", "input_series": given, "promql_expr_test": [asked]}]}
    (tmp_path / "list.test.yml").write_text(yaml.safe_dump(story, allow_unicode=True), "utf-8")
    assert "SUCCESS" in run("promtool", "test", "rules", tmp_path / "list.test.yml")
