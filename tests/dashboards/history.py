"""A real Prometheus with the town's past in it, by the monitor's own exposition and the shipped recording rules."""

from __future__ import annotations

import contextlib
import re
import subprocess
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import yaml

from monitor import __version__
from monitor.metrics import Metrics
from tests.addresses import free_port
from tests.dashboards.boards import expressions, metrics_in, walls
from tests.dashboards.town import PastTown, probed
from tests.metrics.town import DrivenClock
from tests.programs import program
from tests.prometheus import CONFIG, running, until

# How far apart samples are that are younger than this: two in what a rate looks at, five minutes or, lately, less.
DENSITY = (
    (timedelta(hours=6), timedelta(minutes=1)),
    (timedelta.max, timedelta(seconds=150)),
)
LOOK_BACK = "5m"  # as Prometheus has it
ALERTMANAGER = b'job="alertmanager",instance="alertmanager:9093"'
SAMPLE = re.compile(rb"^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$")


@dataclass(frozen=True, slots=True)
class Past:
    """What is written into Prometheus: from when, as whose series, and how often it was judged."""

    town: PastTown
    since: datetime
    step: timedelta  # between two evaluations of the records
    instance: str

    def instants(self) -> list[datetime]:
        """In order, reckoned from the end: whoever looks back in steps meets a sample at each of them."""
        found = [self.town.until]
        while found[-1] > self.since:
            age = self.town.until - found[-1]
            apart = next(apart for limit, apart in DENSITY if age < limit)
            found.append(found[-1] - apart)
        return found[::-1]


def open_metrics(past: Past) -> Iterator[bytes]:
    """The text promtool reads: every sample of every scrape, with its time and the labels of its target."""
    clock = DrivenClock()
    own = Metrics(__version__, clock)
    target = f'job="sharpeyes",instance="{past.instance}"'.encode()
    for at in past.instants():
        view = past.town.view(at)
        clock.seconds += (at - clock.now()).total_seconds()
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


def asked_by_boards() -> set[str]:
    """The metrics of all panels."""
    return {name for wall in walls() for expr in expressions(wall) for name in metrics_in(expr)}


def recordings(asked: set[str]) -> list[list[dict[str, str]]]:
    """The shipped recording rules behind these metrics, those that need others' results in a later list."""
    files = (CONFIG / "prometheus").glob("*.rules.yml")
    groups = [group for path in sorted(files) for group in yaml.safe_load(path.read_text("utf-8"))["groups"]]
    every = [rule for group in groups for rule in group["rules"] if "record" in rule]
    waiting: list[dict[str, str]] = []
    while more := [rule for rule in every if rule not in waiting and rule["record"] in asked]:
        waiting += more
        asked = asked | {name for rule in more for name in metrics_in(rule["expr"])}
    steps = []
    while waiting:
        names = {rule["record"] for rule in waiting}
        ready = [rule for rule in waiting if not names & metrics_in(rule["expr"])]
        assert ready, f"these records need each other: {sorted(names)}"
        steps.append(ready)
        waiting = [rule for rule in waiting if rule not in ready]
    return steps


async def write_past(folder: Path, past: Past, asked: set[str]) -> Path:
    """The folder of a Prometheus database with the past in it, and the records behind what is asked."""
    database = folder / "tsdb"
    put(folder, database, open_metrics(past))
    for number, rules in enumerate(recordings(asked)):
        step = folder / f"step{number}"
        (folder / "records.yml").write_text(yaml.safe_dump({"groups": [{"name": "past", "rules": rules}]}), "utf-8")
        async with serving(folder, database) as address:
            _promtool(
                "tsdb", "create-blocks-from", "rules", f"--url={address}", f"--output-dir={step}",
                f"--start={past.since.timestamp():.0f}", f"--end={past.town.until.timestamp():.0f}",
                f"--eval-interval={past.step.total_seconds():.0f}s", folder / "records.yml",
            )  # fmt: skip
        for block in step.iterdir():
            block.rename(database / block.name)
    return database


def put(folder: Path, database: Path, lines: Iterable[bytes]) -> None:
    """Add samples in OpenMetrics' text to a database that nobody uses."""
    text = folder / "past.txt"
    with text.open("wb") as file:
        file.writelines(lines)
    _promtool("tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=720h", text, database)


@contextlib.asynccontextmanager
async def serving(folder: Path, database: Path) -> AsyncIterator[str]:
    """A Prometheus that only answers, and does; gives its address."""
    (folder / "empty.yml").write_text("{}", "utf-8")
    port, log = free_port(), folder / "serving.log"
    arguments = (
        f"--config.file={folder / 'empty.yml'}",
        f"--storage.tsdb.path={database}",
        "--storage.tsdb.retention.time=100d",
        f"--web.listen-address=127.0.0.1:{port}",
        f"--query.lookback-delta={LOOK_BACK}",
        "--log.level=warn",
    )
    with running(program("prometheus"), *arguments, log=log):
        async with aiohttp.ClientSession() as client:
            await until(client, f"http://127.0.0.1:{port}/-/ready", lambda _: True, log)
        yield f"http://127.0.0.1:{port}"


def _promtool(*arguments: str | Path) -> None:
    done = subprocess.run([program("promtool"), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
