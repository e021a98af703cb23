"""A story as Prometheus sees it: the monitor's own exposition, judged by the shipped rules as they stand, in promtool.

Which alerts fire when, with which labels, is Prometheus' own answer: conditions, records, ``for`` and
``keep_firing_for`` are written in the rule files and nowhere else. Annotations stay out: no label comes from them, and
they would be filled in at every evaluation, which costs more than all else.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from monitor.clock import at_once
from monitor.metrics import Metrics, TownView
from monitor.model import EPOCH, Camera
from tests.dashboards.boards import metrics_in
from tests.driven import DrivenClock
from tests.incidents.town import BEGINNING
from tests.metrics.town import status, town
from tests.programs import program
from tests.relay.world import World
from tests.test_prometheus_rules import groups, rules

STEP = timedelta(seconds=10)  # between two scrapes, and two evaluations
SAMPLE = re.compile(rb"^([a-z_]+)(\{.*\})? (\S+)$", re.MULTILINE)
VERDICT = re.compile(r"time: (\S+),\s+exp: nil\s+got: (.*)")
ALERT = re.compile(r'\{((?:\w+="(?:[^"\\]|\\.)*"(?:, )?)+)\} 1E\+00')
LABEL = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*")')
ASKED = {name.encode() for rule in rules() for name in metrics_in(rule["expr"])}
UP = b'up{job="sharpeyes",instance="monitor:9105"}'

Labels = dict[str, str]
Pass = Callable[[timedelta], Awaitable[None]]
Story = Callable[[World, Pass], Awaitable[None]]
Firing = list[list[Labels]]  # by the steps since the story began


async def firing(story: Story, cameras: Sequence[Camera], folder: Path) -> Firing:
    """The alerts that fire at each step of a story, by the shipped rules."""
    clock = DrivenClock(BEGINNING)
    world, scrapes = World(cameras, clock), list[dict[bytes, bytes]]()
    own = Metrics("1", clock)

    async def pass_(span: timedelta) -> None:
        for _ in range(span // STEP):
            scrapes.append(_scraped(own, _view(world, cameras, own)))
            await clock.advance(STEP)

    await story(world, pass_)
    return _judged(scrapes, folder)


def _view(world: World, cameras: Sequence[Camera], own: Metrics) -> TownView:
    """What the monitor would show; that it is blind is what its own check has found."""
    believed = [world.believed(camera.id) for camera in cameras]
    own.selfcheck_finished("canaries", ok=not world.blind)
    statuses = [
        status(state, cause, camera, in_maintenance=camera.id in world.planned)
        for camera, (state, cause) in zip(cameras, believed, strict=True)
    ]
    incidents = tuple(facts.figures for facts in at_once(world.facts()))
    # The clock of promtool begins with the story, at 0.
    dark = tuple(replace(spot, since_at=EPOCH + (spot.since_at - BEGINNING)) for spot in world.casebook.blind_spots())
    return replace(town(*statuses, groups=(), at=world.clock.now()), incidents=incidents, blind_spots=dark)


def _scraped(own: Metrics, view: TownView) -> dict[bytes, bytes]:
    """One scrape: the samples that rules ask for, by series."""
    found = SAMPLE.findall(b"".join(own.exposition(view)))
    return {UP: b"1"} | {name + labels: value for name, labels, value in found if name in ASKED}


def _judged(scrapes: Sequence[dict[bytes, bytes]], folder: Path) -> Firing:
    every = dict.fromkeys(name for scrape in scrapes for name in scrape)
    series = [{"series": name.decode(), "values": _course(name, scrapes)} for name in every]
    checks = [
        {"expr": 'ALERTS{alertstate="firing"}', "eval_time": f"{nth * STEP.seconds}s", "exp_samples": []}
        for nth in range(len(scrapes))
    ]
    bare = [{**group, "rules": [_bare(rule) for rule in group["rules"]]} for group in groups()]
    (folder / "bare.rules.yml").write_text(json.dumps({"groups": bare}), "utf-8")  # which is YAML, too
    asked = {
        "rule_files": ["bare.rules.yml"],
        "evaluation_interval": f"{STEP.seconds}s",
        "group_eval_order": [group["name"] for group in bare],
        "tests": [{"interval": f"{STEP.seconds}s", "input_series": series, "promql_expr_test": checks}],
    }
    file = folder / "story.test.yml"
    file.write_text(json.dumps(asked), "utf-8")
    done = subprocess.run([program("promtool"), "test", "rules", file], capture_output=True, text=True, check=False)
    found: Firing = [[] for _ in scrapes]
    for at, got in VERDICT.findall(done.stdout + done.stderr):
        found[_seconds(at) // STEP.seconds] = [
            {name: json.loads(text) for name, text in LABEL.findall(labels)} for labels in ALERT.findall(got)
        ]
    assert all(any(one["alertname"] == "SharpEyesWatchdog" for one in each) for each in found), done.stdout[:2000]
    return found


def _bare(rule: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in rule.items() if key != "annotations"}


def _course(name: bytes, scrapes: Sequence[dict[bytes, bytes]]) -> str:
    """The values of a series, as promtool reads them; where it ends it is stale at once."""
    values, before = [], False
    for scrape in scrapes:
        there = name in scrape
        values.append(scrape[name].decode() if there else "stale" if before else "_")
        before = there
    return " ".join(values)


def _seconds(text: str) -> int:
    """``1h2m30s``."""
    units = {"h": 3600, "m": 60, "s": 1}
    return sum(int(number) * units[unit] for number, unit in re.findall(r"(\d+)([hms])", text))
