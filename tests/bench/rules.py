"""A real Prometheus with the shipped rules, scraping the monitor's own console: how long a scrape and each group takes.

The console answers as in life: every scrape settles and adds up ten thousand cameras whose figures have all moved on,
and writes every line anew. The cameras themselves are made by hand; so are incidents, many more than on a usual day.
Prometheus has the shipped configuration but for addresses, and readings of one and three days ago, as dense as it would
have taken them, of the counters that rules compare with those.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import statistics
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import uvloop
import yaml
from rich.progress import Progress

from monitor.clock import SystemClock
from monitor.console import make_app, serve
from monitor.contract import Contract
from monitor.engine.board import Prospect
from monitor.engine.figures import MonthCalendar
from monitor.engine.view import Shown, town_view
from monitor.errors import SharpEyesError
from monitor.incidents import BlindSpot, Origin
from monitor.metrics import Ended, IncidentFigures, Metrics, RepairClock, TownView
from monitor.metrics.cameras import FAMILIES
from monitor.model import CameraStatus, ContractTerms, State, Transition, micros
from tests.addresses import free_port
from tests.bench.children import Child, running
from tests.bench.exposition import some_statuses
from tests.bench.machine import shared_cores
from tests.bench.tables import Check, Findings, Table, number
from tests.dashboards.history import put
from tests.metrics.town import incident

CONFIG = Path(__file__).parents[2] / "config" / "prometheus"
EVERY = timedelta(seconds=30)  # as shipped
PROMISED = 1.0  # seconds, for a scrape and for each group
MB = 1_000_000
DAY = 86_400_000_000  # microseconds
COLD = 2  # evaluations in which series are made: not judged
LINES, CAMERAS_OF_A_LINE = 20, 40  # wide incidents; every other camera that is down has one of its own
COMPARED = ("sharpeyes_camera_observed_seconds_total", "sharpeyes_camera_scheduled_seconds_total")
AGO = (timedelta(days=3), timedelta(days=1))  # what they are compared with
AROUND = timedelta(minutes=30)
READY_WITHIN = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Order:
    """How many cameras, watched for how long."""

    cameras: int
    lasts: timedelta


@dataclass(slots=True)
class Seen:
    """What was noted at each evaluation."""

    scrapes: list[float] = field(default_factory=list)  # seconds
    groups: dict[str, list[float]] = field(default_factory=dict)  # seconds, by name
    rules: dict[str, int] = field(default_factory=dict)  # how many, by group
    slowest: dict[str, float] = field(default_factory=dict)  # seconds, by rule
    wrong: list[str] = field(default_factory=list)  # what rules complained of
    samples: int = 0
    alerts: int = 0
    memory: int = 0  # bytes resident, at most
    cpu: float = 0.0  # seconds of Prometheus, for each round of a scrape and all rules


class Source:
    """What the service is to the console: figures that go on by an interval with each scrape."""

    def __init__(self, order: Order) -> None:
        self.metrics = Metrics("bench", SystemClock())
        self.metrics.selfcheck_finished("canaries", ok=True)
        self.scraped = asyncio.Event()
        self._calendar = MonthCalendar(ContractTerms())
        self._round = count(1)
        self._at_first = some_statuses(order.cameras)
        self._incidents = incidents_of(self._at_first)
        self.move_on()

    def move_on(self) -> None:
        """Every camera was asked once more."""
        now, spent = datetime.now(UTC), next(self._round) * int(EVERY / timedelta(microseconds=1))
        month = self._calendar.month_at(micros(now))
        self.cameras: list[Shown] = [
            (moved, Prospect(moved.month, 2 * moved.month.scheduled, lost=False, gone=False, seen_at=now, month=month))
            for moved in (_moved(status, now, spent) for status in self._at_first)
        ]

    def town_view(self, kinds: Sequence[str]) -> Generator[None, None, TownView]:
        """Added up anew, as the engine does."""
        interval = timedelta(minutes=1)
        now = datetime.now(UTC)
        shown = yield from town_view("青溪镇", self.cameras, [Contract()], self._calendar, now, interval, kinds)
        self.scraped.set()
        dark = tuple(BlindSpot(s.camera.site, now - timedelta(hours=1), (s.camera.id,)) for s in down(self._at_first))
        return replace(shown, incidents=self._incidents, blind_spots=dark)

    def ended_incidents(self, since_at: datetime, most: int) -> Generator[None, None, Ended]:
        """None."""
        yield
        return Ended(since_at, (), 0)

    def recent_transitions(self, after: int, limit: int) -> list[tuple[int, Transition]]:
        """None."""
        return []

    def healthy(self) -> str | None:
        """Always well."""
        return None

    def ready(self) -> str | None:
        """Always ready."""
        return None

    async def reload(self) -> tuple[bool, str]:
        """Nothing to read again."""
        return False, "no settings file"


def _moved(status: CameraStatus, now: datetime, spent: int) -> CameraStatus:
    kind = {State.UP: "up", State.DEGRADED: "degraded", State.DOWN: "down"}[status.state]
    lifetime = replace(status.lifetime, **{kind: getattr(status.lifetime, kind) + spent})
    last = None if status.last_result is None else replace(status.last_result, at=now - timedelta(seconds=20))
    return replace(status, lifetime=lifetime, last_result=last)


def down(statuses: Sequence[CameraStatus]) -> list[CameraStatus]:
    """Those that are."""
    return [status for status in statuses if status.state is State.DOWN]


def incidents_of(statuses: Sequence[CameraStatus]) -> tuple[IncidentFigures, ...]:
    """Some lines that are cut, and an incident for each other camera that is down."""
    ids = [status.camera.id for status in down(statuses)]
    cut = min(LINES, len(ids) // 2 // CAMERAS_OF_A_LINE) * CAMERAS_OF_A_LINE
    lines = [ids[start : start + CAMERAS_OF_A_LINE] for start in range(0, cut, CAMERAS_OF_A_LINE)]
    groups = [(Origin.UPLINK, line) for line in lines] + [(Origin.CAMERA, [one]) for one in ids[cut:]]
    return tuple(
        replace(
            incident(nth, origin, cameras=len(its), camera_ids=tuple(its)),
            clock=RepairClock(
                DAY, DAY * (9 if nth % 10 == 0 else 1) // 10, major=False, late_cameras=0, near=nth % 10 == 0
            ),
        )
        for nth, (origin, its) in enumerate(groups)
    )


# ---------------------------------------------------------------- measuring


def measure(order: Order, folder: Path, progress: Progress) -> Findings:
    """SharpEyesError where Prometheus is not installed or does not come up."""
    binary = shutil.which("prometheus")
    if binary is None:
        raise SharpEyesError("prometheus is not installed: sh scripts/system-packages test")
    task = progress.add_task("prometheus", total=None)
    seen = uvloop.run(_watched(order, binary, folder))
    progress.update(task, total=1, completed=1)
    return findings(order, seen)


async def _watched(order: Order, binary: str, folder: Path) -> Seen:
    source, seen, port = Source(order), Seen(), free_port()
    runner, console = await serve(make_app(source, clock=SystemClock()), "127.0.0.1", 0)
    database = folder / "tsdb"
    await asyncio.to_thread(put, folder, database, earlier(order, source.cameras, console))
    command = (
        binary,
        f"--config.file={configured(folder, console)}",
        f"--storage.tsdb.path={database}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    )
    with running("prometheus", command, shared_cores().others, folder / "prometheus.log") as child:
        moving = asyncio.create_task(_moving(source))
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
            await _ready(client, child)
            rounds = max(COLD + 1, round(order.lasts / EVERY))
            before = 0.0
            for nth in range(rounds):
                await asyncio.sleep(EVERY.total_seconds())
                await _noted(client, child, seen)
                if nth < COLD:
                    before = child.cpu_seconds()
            seen.cpu = (child.cpu_seconds() - before) / (rounds - COLD)
        moving.cancel()
    await runner.cleanup()
    return seen


def earlier(order: Order, cameras: Sequence[Shown], console: int) -> Iterator[bytes]:
    """What was scraped days ago, in OpenMetrics' text; every camera was watched ever since."""
    target, now = f'job="sharpeyes",instance="127.0.0.1:{console}"', datetime.now(UTC)
    ages = [age for ago in AGO for age in _down_to(ago - order.lasts - AROUND, ago + AROUND)]
    for column in (column for column in FAMILIES if column.name in COMPARED):
        for status, _ in cameras:
            seconds = column.value(status) or 0.0
            series = f'{column.name}{{camera_id="{status.camera.id}",{target}}}'
            for age in ages:
                at = (now - age).timestamp()
                yield f"{series} {seconds - age.total_seconds():.3f} {at:.3f}\n".encode()
    yield b"# EOF\n"


def _down_to(least: timedelta, age: timedelta) -> Iterator[timedelta]:
    while age > least:
        yield age
        age -= EVERY


def configured(folder: Path, console: int) -> Path:
    """The shipped configuration with other addresses."""
    settings = yaml.safe_load((CONFIG / "prometheus.yml").read_text("utf-8"))
    settings["rule_files"] = [str(CONFIG / pattern) for pattern in settings["rule_files"]]
    settings["scrape_configs"][0]["static_configs"] = [{"targets": [f"127.0.0.1:{console}"]}]
    del settings["scrape_configs"][1:], settings["alerting"]
    path = folder / "prometheus.yml"
    path.write_text(yaml.safe_dump(settings), "utf-8")
    return path


async def _moving(source: Source) -> None:
    """Between two scrapes, never during one."""
    while True:
        await source.scraped.wait()
        await asyncio.sleep(EVERY.total_seconds() / 3)
        source.scraped.clear()
        source.move_on()


async def _ready(client: aiohttp.ClientSession, child: Child) -> None:
    async with asyncio.timeout(READY_WITHIN.total_seconds()):
        while True:
            child.check()
            try:
                async with client.get("/-/ready") as answer:
                    if answer.ok:
                        return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.2)


async def _noted(client: aiohttp.ClientSession, child: Child, seen: Seen) -> None:
    scrape = await _value(client, 'scrape_duration_seconds{job="sharpeyes"}')
    if scrape is not None:
        seen.scrapes.append(scrape)
        seen.samples = int(await _value(client, 'scrape_samples_scraped{job="sharpeyes"}') or 0)
    seen.alerts = int(await _value(client, "count(ALERTS)") or 0)
    for group in (await _asked(client, "/api/v1/rules"))["groups"]:
        seen.groups.setdefault(group["name"], []).append(group["evaluationTime"])
        seen.rules[group["name"]] = len(group["rules"])
        for rule in group["rules"]:
            seen.slowest[rule["name"]] = max(seen.slowest.get(rule["name"], 0.0), rule["evaluationTime"])
            if rule["health"] == "err":
                seen.wrong.append(f"{rule['name']}: {rule['lastError']}")
    seen.memory = max(seen.memory, child.memory().now)


async def _value(client: aiohttp.ClientSession, query: str) -> float | None:
    found = (await _asked(client, "/api/v1/query", query=query))["result"]
    return float(found[0]["value"][1]) if found else None


async def _asked(client: aiohttp.ClientSession, path: str, **parameters: str) -> Any:
    async with client.get(path, params=parameters) as answer:
        return json.loads(await answer.text())["data"]


def findings(order: Order, seen: Seen) -> Findings:
    """What was seen against what is promised."""
    if len(seen.scrapes) <= COLD:
        raise SharpEyesError("too little was scraped: measure for longer (--minutes)")
    scrapes, groups = seen.scrapes[1:], {name: times[COLD:] for name, times in seen.groups.items()}
    longest = {name: max(times) for name, times in groups.items()}
    checks = (
        Check("a scrape", f"below {PROMISED:g} s", _s(max(scrapes)), max(scrapes) < PROMISED),
        *(
            Check(f"the group `{name}`", f"below {PROMISED:g} s", _s(took), took < PROMISED)
            for name, took in longest.items()
        ),
        Check("rules that failed", "none", seen.wrong[0] if seen.wrong else "none", not seen.wrong),
    )
    rows = (
        ("scrapes: the first one, which makes every series", _s(seen.scrapes[0])),
        ("scrapes after it: median, longest", f"{_s(statistics.median(scrapes))}, {_s(max(scrapes))}"),
        ("CPU of Prometheus for one round: a scrape and all rules", _s(seen.cpu)),
        ("samples of a scrape", number(seen.samples)),
        ("alerts, pending ones included", number(seen.alerts)),
        ("memory of Prometheus, at most", f"{seen.memory / MB:.0f} MB"),
        *(
            (
                f"`{name}`, {seen.rules[name]} rules: median, longest",
                f"{_s(statistics.median(times))}, {_s(max(times))}",
            )
            for name, times in groups.items()
        ),
    )
    dear = sorted(seen.slowest.items(), key=lambda each: -each[1])[:8]
    return Findings(
        (
            Table(
                f"{order.cameras:,} cameras, scraped and judged every {EVERY.total_seconds():g} s",
                ("figure", "value"),
                rows,
            ),
            Table("The dearest rules", ("rule", "longest"), tuple((f"`{name}`", _s(took)) for name, took in dear)),
        ),
        checks,
    )


def _s(seconds: float) -> str:
    return f"{seconds:.3f} s"
