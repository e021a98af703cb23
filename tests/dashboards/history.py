"""A real Prometheus with the town's past in it, by the monitor's own exposition and the shipped recording rules."""

from __future__ import annotations

import contextlib
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import yaml

from monitor.metrics import Metrics
from tests.addresses import free_port
from tests.dashboards.boards import expressions, metrics_in, walls
from tests.dashboards.town import PastTown, probed
from tests.metrics.town import DrivenClock
from tests.programs import program
from tests.prometheus import CONFIG, running, until

LATELY, FINE = timedelta(hours=6), timedelta(minutes=1)  # the last hours as densely as rates need it
ALERTMANAGER = b'job="alertmanager",instance="alertmanager:9093"'
SAMPLE = re.compile(rb"^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$")


@dataclass(frozen=True, slots=True)
class Past:
    """What is written into Prometheus: from when, how far apart, as whose series."""

    town: PastTown
    since: datetime
    step: timedelta
    instance: str

    def instants(self) -> Iterator[datetime]:
        at = self.since
        while at <= self.town.until:
            yield at
            at += self.step if self.town.until - at > LATELY else min(self.step, FINE)


def open_metrics(past: Past) -> Iterator[bytes]:
    """The text promtool reads: every sample of every scrape, with its time and the labels of its target."""
    own = Metrics("0.1.0", DrivenClock())
    target = f'job="sharpeyes",instance="{past.instance}"'.encode()
    for at in past.instants():
        view = past.town.view(at)
        probed(own, view)
        stamp = f" {at.timestamp():.3f}\n".encode()
        for line in b"".join(own.exposition(view)).splitlines():
            if found := SAMPLE.match(line):
                name, labels, value = found.groups()
                yield name + b"{" + (labels + b"," if labels else b"") + target + b"} " + value + stamp
        yield b"up{" + target + b"} 1" + stamp
        yield b"scrape_duration_seconds{" + target + b"} 0.03" + stamp
        yield b"up{" + ALERTMANAGER + b"} 1" + stamp
        yield b"alertmanager_notifications_failed_total{" + ALERTMANAGER + b',integration="webhook"} 0' + stamp
    yield b"# EOF\n"


def recordings() -> list[list[dict[str, str]]]:
    """The shipped recording rules that the boards need, those that need others' results in a later list."""
    files = (CONFIG / "prometheus").glob("*.rules.yml")
    groups = [group for path in sorted(files) for group in yaml.safe_load(path.read_text("utf-8"))["groups"]]
    every = [rule for group in groups for rule in group["rules"] if "record" in rule]
    asked = {name for wall in walls() for expr in expressions(wall) for name in metrics_in(expr)}
    waiting: list[dict[str, str]] = []
    while more := [rule for rule in every if rule not in waiting and rule["record"] in asked]:
        waiting += more
        asked |= {name for rule in more for name in metrics_in(rule["expr"])}
    steps = []
    while waiting:
        names = {rule["record"] for rule in waiting}
        ready = [rule for rule in waiting if not names & metrics_in(rule["expr"])]
        assert ready, f"these records need each other: {sorted(names)}"
        steps.append(ready)
        waiting = [rule for rule in waiting if rule not in ready]
    return steps


async def write_past(folder: Path, past: Past) -> Path:
    """The folder of a Prometheus database with the past in it, recorded series and all."""
    database, text = folder / "tsdb", folder / "past.txt"
    with text.open("wb") as file:
        file.writelines(open_metrics(past))
    _promtool("tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=720h", text, database)
    for number, rules in enumerate(recordings()):
        step = folder / f"step{number}"
        (folder / "records.yml").write_text(yaml.safe_dump({"groups": [{"name": "past", "rules": rules}]}), "utf-8")
        log = folder / "recording.log"
        with serving(folder, database, log) as address:
            async with aiohttp.ClientSession() as client:
                await until(client, f"{address}/-/ready", lambda _: True, log)
            _promtool(
                "tsdb", "create-blocks-from", "rules", f"--url={address}", f"--output-dir={step}",
                f"--start={past.since.timestamp():.0f}", f"--end={past.town.until.timestamp():.0f}",
                f"--eval-interval={past.step.total_seconds():.0f}s", folder / "records.yml",
            )  # fmt: skip
        for block in step.iterdir():
            block.rename(database / block.name)
    return database


@contextlib.contextmanager
def serving(folder: Path, database: Path, log: Path) -> Iterator[str]:
    """A Prometheus that only answers; gives its address."""
    (folder / "empty.yml").write_text("{}", "utf-8")
    port = free_port()
    arguments = (
        f"--config.file={folder / 'empty.yml'}",
        f"--storage.tsdb.path={database}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--query.lookback-delta=15m",
        "--log.level=warn",
    )
    with running(program("prometheus"), *arguments, log=log):
        yield f"http://127.0.0.1:{port}"


def _promtool(*arguments: str | Path) -> None:
    done = subprocess.run([program("promtool"), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
