"""Alertmanager with the shipped routes, played over what Prometheus says by the shipped rules.

It waits, repeats and quiets as the routes and inhibitions of its file have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from monitor.parsing.scalars import duration
from tests.real.alertmanagers import named
from tests.relay.ruled import STEP, Firing, Labels
from tests.relay.world import Office
from tests.test_prometheus_rules import alerts

ROUTES = Path(__file__).parents[2] / "config" / "alertmanager" / "alertmanager.yml"
BEHIND = timedelta(seconds=60)  # a scrape and an evaluation, both just missed

LABEL = re.compile(r"\{\{ \$labels\.(\w+) \}\}")
WORDS = ("summary", "description")
ZONE = ZoneInfo("Asia/Shanghai")
FIXED = {rule["alert"]: rule["labels"] for rule in alerts()}

Alert = tuple[tuple[str, str], ...]  # its labels: what makes it another one


class Chain:
    """One for a story; ``look`` after every step of it."""

    def __init__(self, of: Office, firing: Firing) -> None:
        self._of = of
        self._firing = firing
        self._settings = yaml.safe_load(ROUTES.read_text("utf-8"))
        self._steps = 0
        self._since: dict[Alert, datetime] = {}
        self._called: dict[tuple[str, str], tuple[datetime, set[Alert]]] = {}  # by the alert's name and the receiver

    async def look(self) -> None:
        """Call the relay where the routes would."""
        self._steps += 1
        now, seen = self._of.clock.now(), self._steps - BEHIND // STEP - 1
        there = {tuple(sorted(labels.items())) for labels in self._firing[seen]} if seen >= 0 else set()
        self._since = {alert: self._since.get(alert, now) for alert in there}
        names = {dict(alert)["alertname"] for alert in there} | {name for name, _ in self._called}
        for name in sorted(names):
            its = {alert for alert in there if dict(alert)["alertname"] == name}
            audible = {alert for alert in its if not self._inhibited(dict(alert), there)}
            for route in self._routes({"alertname": name, **FIXED[name]}):
                await self._notify(name, route, audible, now)

    def _inhibited(self, target: Labels, there: Iterable[Alert]) -> bool:
        return any(
            named(rule["source_matchers"], {"": source})
            and all(source.get(label) == target.get(label) for label in rule.get("equal", ()))
            for rule in self._settings["inhibit_rules"]
            if named(rule["target_matchers"], {"": target})
            for source in map(dict, there)
        )

    async def _notify(self, name: str, route: Mapping[str, Any], there: set[Alert], now: datetime) -> None:
        receiver = route["receiver"]
        hours = self._of.settings.office_hours  # those of the file are the usual ones of the settings: tests/settings
        shut = "active_time_intervals" in route and not hours.covers(now.astimezone(ZONE))
        if receiver not in self._of.settings.receivers or shut:
            return
        at, said = self._called.get((name, receiver), (datetime.min.replace(tzinfo=now.tzinfo), set()))
        ripe = {alert for alert in there if now - self._since[alert] >= duration(route["group_wait"])}
        if ripe and (ripe - said or now - at >= duration(route["repeat_interval"])):
            await self._of.alertmanager(receiver, *map(_told, ripe), words=_words)
            at, said = now, said | ripe
        if gone := said - there:
            await self._of.alertmanager(receiver, *map(_told, gone), status="resolved")
            said -= gone
        self._called[name, receiver] = at, said

    def _routes(self, labels: Labels) -> Iterator[dict[str, Any]]:
        """The routes that take an alert to those who hear of it."""
        root = self._settings["route"]
        usual = {key: root[key] for key in ("receiver", "group_wait", "repeat_interval")}
        for route in root["routes"]:
            if named(route.get("matchers", ()), {"": labels}):
                yield {**usual, **route}
                if not route.get("continue"):
                    return


def _told(alert: Alert) -> Labels:
    """As Prometheus hands it over."""
    return {name: text for name, text in alert if name not in ("__name__", "alertstate")}


def _words(labels: Labels) -> Labels:
    """Its annotations, where these are made of labels alone."""
    (rule,) = (rule for rule in alerts() if rule["alert"] == labels["alertname"])
    words = {name: LABEL.sub(lambda found: labels[found[1]], rule["annotations"][name]) for name in WORDS}
    return {name: text for name, text in words.items() if "{{" not in text}
