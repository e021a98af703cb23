"""Prometheus and Alertmanager as the shipped rules and routes have them, played over what the relay knows.

It waits as they do (``for``, ``group_wait``, ``repeat_interval`` are read from the shipped files) and says no more than
they do: an alert's name, an incident's number, a camera's id.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from monitor.alerting import Facts
from monitor.clock import at_once
from monitor.incidents import Origin
from monitor.parsing.scalars import duration
from tests.relay.world import Office

CONFIG = Path(__file__).parents[2] / "config"
BEHIND = timedelta(seconds=60)  # a scrape and an evaluation, both just missed


# What the expressions of the rules about incidents say, for incidents that have settled.
HOLDS: Mapping[str, Callable[[Facts], bool]] = {
    "SharpEyesIncident": lambda facts: facts.figures.incident.suspect.origin.width > 0,
    "SharpEyesCameraDown": lambda facts: facts.figures.incident.suspect.origin is Origin.CAMERA,
    "SharpEyesCredentialsRefused": lambda facts: facts.figures.incident.suspect.origin is Origin.CREDENTIALS,
    "SharpEyesRepairLimitNear": lambda facts: facts.figures.clock is not None and facts.figures.clock.near,
    "SharpEyesRepairOverdue": lambda facts: facts.figures.clock is not None and bool(facts.figures.clock.late_cameras),
}


class Chain:
    """One for a story; ``look`` whenever time has passed."""

    def __init__(self, of: Office) -> None:
        self._of = of
        self._waits = {
            rule["alert"]: duration(rule.get("for", "0s"))
            for path in (CONFIG / "prometheus").glob("*.rules.yml")
            for group in yaml.safe_load(path.read_text("utf-8"))["groups"]
            for rule in group["rules"]
            if "alert" in rule
        }
        self._root = yaml.safe_load((CONFIG / "alertmanager" / "alertmanager.yml").read_text("utf-8"))["route"]
        self._since: dict[tuple[str, str], datetime] = {}
        self._called: dict[str, tuple[datetime, frozenset[str]]] = {}

    async def look(self) -> None:
        """Call the relay where the routes would; the vendor's people only, for the office has no embedded way."""
        now = self._of.clock.now()
        known = {facts.figures.incident.id: facts for facts in at_once(self._of.world.facts())}
        settled = {one: facts for one, facts in known.items() if facts.figures.incident.settled and not facts.planned}
        for alert, holds in HOLDS.items():
            true = {one for one, facts in settled.items() if holds(facts)}
            for one in known.keys() - true | {one for name, one in self._since if name == alert} - true:
                self._since.pop((alert, one), None)
            for one in true:
                self._since.setdefault((alert, one), now)
            await self._notify(alert, {one: known[one] for one in true if self._fires(alert, one, now)}, now)

    def _fires(self, alert: str, incident: str, now: datetime) -> bool:
        route = self._route(alert)
        behind = BEHIND + self._waits[alert] + duration(route["group_wait"])
        return now - self._since[alert, incident] >= behind

    async def _notify(self, alert: str, firing: Mapping[str, Facts], now: datetime) -> None:
        route = self._route(alert)
        at, said = self._called.get(alert, (datetime.min.replace(tzinfo=now.tzinfo), frozenset[str]()))
        if firing and (firing.keys() - said or now - at >= duration(route["repeat_interval"])):
            labels = [self._labels(alert, one, facts) for one, facts in firing.items()]
            await self._of.alertmanager(route["receiver"], *labels)
            self._called[alert] = now, frozenset(firing)
        if gone := said - firing.keys():
            gone_labels = [{"alertname": alert, "severity": "warning", "incident": one} for one in gone]
            await self._of.alertmanager(route["receiver"], *gone_labels, status="resolved")
            self._called[alert] = at, said - gone

    @staticmethod
    def _labels(alert: str, incident: str, facts: Facts) -> dict[str, str]:
        camera = {"camera_id": facts.cameras[0].id} if alert == "SharpEyesCameraDown" else {}
        return {"alertname": alert, "severity": facts.figures.severity.value, "incident": incident, **camera}

    def _route(self, alert: str) -> dict[str, Any]:
        """The route that takes the alert to the vendor's people."""
        usual = {key: self._root[key] for key in ("receiver", "group_wait", "repeat_interval")}
        for route in self._root["routes"]:
            named = re.findall(r"SharpEyes\w+", " ".join(route.get("matchers", ())))
            if alert in named and not route.get("continue"):
                return {**usual, **route}
        return usual
