"""What the bench says about Prometheus at ten thousand cameras; nothing is measured here."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import yaml

from tests.bench import rules
from tests.bench.exposition import some_statuses


def test_prometheus_is_measured_with_what_is_shipped_but_for_addresses(tmp_path: Path) -> None:
    settings = yaml.safe_load(rules.configured(tmp_path, 12345).read_text("utf-8"))
    shipped = yaml.safe_load((rules.CONFIG / "prometheus.yml").read_text("utf-8"))
    assert settings["global"] == shipped["global"]
    assert timedelta(seconds=30) == rules.EVERY
    assert [sorted(Path("/").glob(pattern[1:])) for pattern in settings["rule_files"]] == [
        sorted(rules.CONFIG.glob("*.rules.yml"))
    ]
    (job,) = settings["scrape_configs"]
    assert job == shipped["scrape_configs"][0] | {"static_configs": [{"targets": ["127.0.0.1:12345"]}]}


def test_every_camera_that_is_down_has_one_incident_in_what_prometheus_is_shown() -> None:
    statuses = some_statuses(2000)
    told = [camera_id for shown in rules.incidents_of(statuses) for camera_id in shown.incident.camera_ids]
    assert sorted(told) == sorted(status.camera.id for status in rules.down(statuses))
    assert len({shown.incident.id for shown in rules.incidents_of(statuses)}) > 100


def test_a_scrape_that_takes_a_second_breaks_the_promise_and_the_cold_ones_are_not_judged() -> None:
    def passed(*scrapes: float, group: float = 0.5) -> bool:
        seen = rules.Seen(list(scrapes), {"g": [9.0, 9.0, group]}, {"g": 3}, {"r": 0.1})
        return rules.findings(rules.Order(10, timedelta(minutes=2)), seen).passed

    assert passed(5.0, 0.9, 0.9)
    assert not passed(0.5, 0.9, 1.0)
    assert not passed(0.5, 0.5, 0.5, group=1.0)
