"""What the shipped alerts said in the past of a town: their expressions asked of Prometheus, their waiting reckoned.

Prometheus fills in the past of recording rules and not that of alerts, so it is done here as it does it while it runs.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp

from dashboards.preview.asking import Prometheus, Series
from monitor.parsing.scalars import duration
from tests.dashboards.boards import metrics_in
from tests.dashboards.history import Past, put, serving
from tests.test_prometheus_rules import alerts

STEP = 150  # seconds between two looks
MOST = 10_000 * timedelta(seconds=STEP)  # Prometheus gives 11,000 looks at most


def asked_by_alerts() -> set[str]:
    """The metrics in the conditions of all alerts."""
    return {name for rule in alerts() for name in metrics_in(rule["expr"])}


async def write_alerts(folder: Path, database: Path, past: Past) -> None:
    """Add the alerts of the past there is, from its beginning: one that fires is as old as its trouble."""
    end = int(past.town.until.timestamp())
    begin = max(past.since, past.town.until - MOST)
    times = range(int(begin.timestamp()), end + 1, STEP)
    lines: list[bytes] = []
    async with serving(folder, database) as address, aiohttp.ClientSession() as client:
        prometheus = Prometheus(client, address)
        for rule in alerts():
            for series in await prometheus.course(rule["expr"], times[0], times[-1], STEP):
                lines += _lines(rule, series, times)
    put(folder, database, [*lines, b"# EOF\n"])


def _lines(rule: dict[str, Any], series: Series, times: Sequence[int]) -> Iterator[bytes]:
    own = {name: text for name, text in series.labels.items() if name != "__name__"}
    labels = {"alertname": rule["alert"], **own, **rule["labels"]}
    waits = [int(duration(rule.get(key, "0s")).total_seconds()) for key in ("for", "keep_firing_for")]
    for at, since, state in course({int(at) for at, _ in series.points}, times, *waits):
        yield _line("ALERTS", labels | {"alertstate": state}, 1, at)
        yield _line("ALERTS_FOR_STATE", labels, since, at)


def _line(name: str, labels: dict[str, str], value: int, at: int) -> bytes:
    inside = ",".join(f"{label}={json.dumps(text, ensure_ascii=False)}" for label, text in labels.items())
    return f"{name}{{{inside}}} {value} {at}\n".encode()


def course(true: Collection[int], times: Sequence[int], wait: int, keep: int) -> Iterator[tuple[int, int, str]]:
    """When an alert is active, since when, and in which state, by when its expression has an answer; seconds."""
    since = gone = 0
    state = ""
    for at in times:
        if at in true:
            since, gone = since if state else at, 0
            state = "firing" if state == "firing" or at - since >= wait else "pending"
        elif state:
            gone = gone or at
            if state == "pending" or at - gone >= keep:
                state = ""
        if state:
            yield at, since, state
