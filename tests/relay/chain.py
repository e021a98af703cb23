"""Prometheus and Alertmanager as the shipped rules and routes have them, played over what the relay knows.

It waits and quiets as they do (``for``, ``group_wait``, ``repeat_interval`` and the inhibitions are read from the
shipped files) and says no more than they do: an alert's name, an incident's number, a camera's id, a place. What the
expressions of the rules ask is written here once more; that those mean it, their own stories test.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from monitor.alerting import Facts
from monitor.clock import at_once
from monitor.incidents import Origin
from monitor.model import Camera
from monitor.parsing.scalars import duration
from tests.real.alertmanagers import named
from tests.relay.world import Office

CONFIG = Path(__file__).parents[2] / "config"
BEHIND = timedelta(seconds=60)  # a scrape and an evaluation, both just missed


Labels = dict[str, str]
Firing = dict[str, Labels]  # by what makes an alert another one: an incident's number, or a place
Holds = Callable[[Mapping[str, Facts], Sequence[Camera]], Firing]


def _numbered(holds: Callable[[Facts], bool]) -> Holds:
    """One alert for each incident of which it holds."""
    return lambda settled, _: {one: {"incident": one} for one, facts in settled.items() if holds(facts)}


def _camera_down(settled: Mapping[str, Facts], _: Sequence[Camera]) -> Firing:
    alone = {
        one: facts.cameras for one, facts in settled.items() if facts.figures.incident.suspect.origin is Origin.CAMERA
    }
    return {
        one: {"incident": one, "camera_id": camera.id, "village": camera.site.village, **_place(camera)}
        for one, cameras in alone.items()
        for camera in cameras
        if camera.in_contract
    }


def _many_down(settled: Mapping[str, Facts], cameras: Sequence[Camera]) -> Firing:
    every = Counter(tuple(_place(camera).items()) for camera in cameras)
    alone = Counter(
        tuple(_place(camera).items())
        for facts in settled.values()
        if facts.figures.incident.suspect.origin is Origin.CAMERA
        for camera in facts.cameras
    )
    return {str(town): dict(town) for town, count in alone.items() if count >= 10 and count / every[town] > 0.3}


def _blind(settled: Mapping[str, Facts], _: Sequence[Camera]) -> Firing:
    ours = [facts for facts in settled.values() if facts.figures.incident.suspect.origin is Origin.MONITOR]
    return {camera.site.county: {"county": camera.site.county} for facts in ours for camera in facts.cameras}


def _place(camera: Camera) -> Labels:
    return {"county": camera.site.county, "town": camera.site.town}


# What the expressions of the rules about incidents say, for incidents that have settled.
HOLDS: Mapping[str, Holds] = {
    "SharpEyesIncident": _numbered(lambda facts: facts.figures.incident.suspect.origin.width > 0),
    "SharpEyesCameraDown": _camera_down,
    "SharpEyesManyDown": _many_down,
    "SharpEyesMonitorBlind": _blind,
    "SharpEyesCredentialsRefused": _numbered(lambda facts: facts.figures.incident.suspect.origin is Origin.CREDENTIALS),
    "SharpEyesRemovalUnconfirmed": _numbered(lambda facts: facts.figures.incident.suspect.origin is Origin.INVENTORY),
    "SharpEyesRepairLimitNear": _numbered(lambda facts: facts.figures.clock is not None and facts.figures.clock.near),
    "SharpEyesRepairOverdue": _numbered(
        lambda facts: facts.figures.clock is not None and bool(facts.figures.clock.late_cameras)
    ),
}


class Chain:
    """One for a story; ``look`` whenever time has passed."""

    def __init__(self, of: Office, cameras: Sequence[Camera]) -> None:
        self._of = of
        self._cameras = cameras
        self._rules = {
            rule["alert"]: rule
            for path in (CONFIG / "prometheus").glob("*.rules.yml")
            for group in yaml.safe_load(path.read_text("utf-8"))["groups"]
            for rule in group["rules"]
            if "alert" in rule
        }
        self._settings = yaml.safe_load((CONFIG / "alertmanager" / "alertmanager.yml").read_text("utf-8"))
        self._since: dict[tuple[str, str], datetime] = {}
        self._called: dict[str, tuple[datetime, Firing]] = {}

    async def look(self) -> None:
        """Call the relay where the routes would; the vendor's people only, for the office has no embedded way."""
        now = self._of.clock.now()
        known = {facts.figures.incident.id: facts for facts in at_once(self._of.world.facts())}
        settled = {one: facts for one, facts in known.items() if facts.figures.incident.settled and not facts.planned}
        firing = {alert: self._firing(alert, holds(settled, self._cameras), now) for alert, holds in HOLDS.items()}
        for alert, its in firing.items():
            audible = {one: labels for one, labels in its.items() if not self._inhibited(labels, firing)}
            await self._notify(alert, audible, now)

    def _firing(self, alert: str, true: Firing, now: datetime) -> Firing:
        for name, one in list(self._since):
            if name == alert and one not in true:
                del self._since[name, one]
        rule = self._rules[alert]
        wait = BEHIND + duration(rule.get("for", "0s")) + duration(self._route(alert)["group_wait"])
        return {
            one: {"alertname": alert, **rule["labels"], **labels}
            for one, labels in true.items()
            if now - self._since.setdefault((alert, one), now) >= wait
        }

    def _inhibited(self, target: Labels, firing: Mapping[str, Firing]) -> bool:
        return any(
            named(rule["source_matchers"], {"": source})
            and all(source.get(label) == target.get(label) for label in rule.get("equal", ()))
            for rule in self._settings["inhibit_rules"]
            if named(rule["target_matchers"], {"": target})
            for its in firing.values()
            for source in its.values()
        )

    async def _notify(self, alert: str, firing: Firing, now: datetime) -> None:
        route = self._route(alert)
        at, said = self._called.get(alert, (datetime.min.replace(tzinfo=now.tzinfo), Firing()))
        if firing and (firing.keys() - said.keys() or now - at >= duration(route["repeat_interval"])):
            await self._of.alertmanager(route["receiver"], *firing.values())
            self._called[alert] = at, said = now, dict(firing)
        if gone := [labels for one, labels in said.items() if one not in firing]:
            await self._of.alertmanager(route["receiver"], *gone, status="resolved")
            self._called[alert] = at, {one: labels for one, labels in said.items() if one in firing}

    def _route(self, alert: str) -> dict[str, Any]:
        """The route that takes the alert to the vendor's people."""
        root, labels = self._settings["route"], {"alertname": alert, **self._rules[alert]["labels"]}
        usual = {key: root[key] for key in ("receiver", "group_wait", "repeat_interval")}
        for route in root["routes"]:
            if (
                route["receiver"] != "office"
                and not route.get("continue")
                and named(route.get("matchers", ()), {"": labels})
            ):
                return {**usual, **route}
        return usual
