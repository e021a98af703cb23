"""How long a page waits: what the shipped files add up to, and that the page of alerts says the same."""

from __future__ import annotations

import re
from typing import Any

import yaml

from monitor.incidents import Rules
from monitor.parsing.scalars import duration
from monitor.relay.counter import GATHER
from monitor.relay.relay import TICK
from monitor.settings import ProbeSettings
from tests.test_prometheus_rules import PROMETHEUS, ROOT, routing

PROMISED = 180  # seconds from the cut to the message
CAMERAS = 40  # on the line that is cut
UNLUCKY = 0.001  # one cut in a thousand waits longer for the first camera to be asked
UNDER_WAY = 3  # seconds for a scrape, an evaluation, three calls over the network and two writes to the disk, together
PAGE = (ROOT / "docs" / "alerts.md").read_text("utf-8")
ROW = re.compile(r"^\| `(\w+)` \|.*\| (\d+) s \| (\d+|–)(?: s)? \|$", re.MULTILINE)


def seconds(text: str) -> float:
    return duration(text).total_seconds()


def prometheus(name: str) -> Any:
    return yaml.safe_load((PROMETHEUS / name).read_text("utf-8"))


def the_page() -> tuple[dict[str, Any], dict[str, Any]]:
    """The rule that wakes somebody, and the group it stands in."""
    groups = prometheus("cameras.rules.yml")["groups"]
    ((group, rule),) = [(g, r) for g in groups for r in g["rules"] if r.get("alert") == "SharpEyesIncident"]
    return group, rule


def the_route() -> dict[str, Any]:
    (found,) = [
        route for route in routing()["route"]["routes"] if "SharpEyesIncident" in " ".join(route.get("matchers", ()))
    ]
    return dict(found)


def waits() -> dict[str, float]:
    """Seconds a line of forty cameras waits at each step at most, by the name of the step; as shipped."""
    probe, (group, rule), route = ProbeSettings(), the_page(), the_route()
    asked = probe.interval.total_seconds() * (1 - UNLUCKY ** (1 / CAMERAS))
    tries = probe.fall * probe.connect_timeout + (probe.fall - 1) * probe.retry
    return {
        "asked": asked,
        "confirmed": tries.total_seconds(),
        "settled": Rules().settling.total_seconds(),
        "scraped": seconds(prometheus("prometheus.yml")["global"]["scrape_interval"]),
        "judged": seconds(group["interval"]) + seconds(rule.get("for", "0s")),
        "grouped": max(seconds(route["group_wait"]), seconds(route["group_interval"])),
        "gathered": GATHER.total_seconds(),
        "sent": UNDER_WAY,
    }


def embedded() -> dict[str, float]:
    """The same where no Prometheus stands between."""
    looked = {"scraped": 0.0, "judged": TICK.total_seconds(), "grouped": 0.0}
    return waits() | looked


def test_a_cut_line_of_forty_cameras_is_told_within_three_minutes_with_what_is_shipped() -> None:
    assert sum(waits().values()) <= PROMISED
    assert sum(embedded().values()) <= PROMISED


def test_the_page_of_alerts_adds_up_the_same_seconds() -> None:
    rows = {name: (int(chain), 0 if alone == "–" else int(alone)) for name, chain, alone in ROW.findall(PAGE)}
    wanted = {name: (round(waits()[name]), round(embedded()[name])) for name in waits()}
    total = rows.pop("total")
    assert rows == wanted
    assert total == tuple(sum(column) for column in zip(*rows.values(), strict=True))


def test_what_belongs_together_has_come_together_when_an_incident_settles() -> None:
    probe = ProbeSettings()
    # A refusal is known at once, silence after the timeout of each try: the last on a line against the first.
    assert Rules().settling >= probe.interval + probe.fall * probe.connect_timeout


def test_the_example_of_the_settings_waits_as_long_as_the_defaults() -> None:
    written = yaml.safe_load((ROOT / "config" / "sharp-eyes.example.yml").read_text("utf-8"))["probe"]
    usual = ProbeSettings()
    assert written["fall"] == usual.fall
    for key in ("interval", "retry", "connect_timeout"):
        assert duration(written[key]) == getattr(usual, key), key
