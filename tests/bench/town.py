"""A whole town watched by the real monitor on one core: what it costs, whether it keeps up, and what limits it.

The simulator has a process of its own, so that serving is not counted as watching; both are accounted by the kernel.
"""

from __future__ import annotations

import asyncio
import gzip
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from rich.progress import Progress, TaskID

from monitor.errors import SharpEyesError
from monitor.model import Camera, Credentials
from monitor.simulator.town import SimulatedTown, build_town
from tests.bench import proc
from tests.bench.children import Child, pinned, python_module, running
from tests.bench.figures import LAST_PROBE, Moment, Scrape, Watch, checks, ratio_table, seconds_text, town_table
from tests.bench.machine import Cores
from tests.bench.picture import cost_at_pace, costs_of, fetch_key_frames, limit_table
from tests.bench.samples import of_metric, read_samples
from tests.bench.tables import Findings

FILMS_WITHIN = timedelta(minutes=5)  # encoding all films the first time
START_WITHIN = timedelta(seconds=60)
ANSWER_WITHIN = timedelta(seconds=30)
SETTLING = timedelta(seconds=30)  # beyond one interval, for the first round to end
POLL = 2.0  # seconds
LISTENING = "listening on "
KEY_FRAMES = 300  # taken for the physical limit, evenly over the town


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be watched, how, and for how long."""

    cameras: int
    villages: int
    interval: timedelta
    lasts: timedelta
    scrape_every: timedelta
    size: tuple[int, int]
    base: str
    port: int
    cores: Cores


def measure(order: Order, folder: Path, progress: Progress) -> Findings:
    """Start both, wait for the first round, watch, end both; then the physical limit with the same key frames."""
    town = build_town(order.cameras, order.villages, base=order.base, port=order.port)
    task = progress.add_task("starting the simulator", total=None)
    simulator_log, monitor_log = folder / "simulator.log", folder / "monitor.log"
    inventory = folder / "cameras.csv"
    command = _simulator(order, inventory)
    with running("simulator", command, order.cores.others, simulator_log) as simulator:
        simulator.first_line(FILMS_WITHIN)
        progress.update(task, description="starting the monitor")
        settings = furnish(folder, inventory, town.credentials, order)
        command = python_module("monitor", "run", "--config", str(settings))
        with running("monitor", command, (order.cores.monitor,), monitor_log) as monitor:
            address = monitor.first_line(START_WITHIN).removeprefix(LISTENING)
            _warm_up(monitor, address, order, progress, task)
            watch = _watch(monitor, simulator, address, order, progress, task)
        progress.update(task, total=None, description="decoding the same key frames bare")
        key_frames = asyncio.run(fetch_key_frames(_sample(town), town.credentials))
    costs = costs_of(key_frames)
    with pinned((order.cores.monitor,)):
        paced = cost_at_pace(key_frames, order.interval / order.cameras)
    limit = limit_table("The limit by codec: key frames of this town, decoded one after the other", costs)
    return Findings((town_table(watch), ratio_table(watch, costs[-1], paced), limit), checks(watch))


def furnish(folder: Path, inventory: Path, credentials: Mapping[str, Credentials], order: Order) -> Path:
    """The monitor's settings: the defaults, but for the interval and what follows from it."""
    secrets = folder / "secrets"
    secrets.mkdir(mode=0o700)
    for name, login in credentials.items():
        (secrets / name).write_text(login.password.reveal(), "utf-8")
    logins = "".join(
        f"  {name}: {{username: {login.username}, password_file: secrets/{name}}}\n"
        for name, login in credentials.items()
    )
    interval, usual = order.interval, timedelta(seconds=60)
    path = folder / "sharp-eyes.yml"
    path.write_text(
        f"town: Bench\nlanguage: en\ninventory: {inventory.name}\nledger: ledger.db\nreports: reports\n"
        f"credentials:\n{logins}"
        f"probe:\n  interval: {seconds_text(interval)}\n  max_gap: {seconds_text(3 * interval)}\n"
        f"  retry: {seconds_text(min(interval, timedelta(seconds=10)))}\n"
        f"heartbeat: {seconds_text(min(interval, usual))}\nlisten: 127.0.0.1:0\n",
        "utf-8",
    )
    return path


def _simulator(order: Order, inventory: Path) -> Sequence[str]:
    width, height = order.size
    return python_module(
        *("monitor.simulator", "--cameras", str(order.cameras), "--villages", str(order.villages)),
        *("--base", order.base, "--port", str(order.port), "--inventory", str(inventory)),
        *("--width", str(width), "--height", str(height)),
    )


def _warm_up(monitor: Child, address: str, order: Order, progress: Progress, task: TaskID) -> None:
    limit = order.interval + SETTLING
    deadline = time.monotonic() + limit.total_seconds()
    progress.update(task, total=order.cameras, description="first round, cameras probed")
    while True:
        monitor.check()
        probed = len(of_metric(scrape(address).samples, LAST_PROBE))
        progress.update(task, completed=probed)
        if probed >= order.cameras:
            return
        if time.monotonic() > deadline:
            raise SharpEyesError(f"only {probed} of {order.cameras} cameras were probed within {limit}")
        time.sleep(POLL)


def _watch(monitor: Child, simulator: Child, address: str, order: Order, progress: Progress, task: TaskID) -> Watch:
    lasts = round(order.lasts.total_seconds())
    progress.update(task, total=lasts, completed=0, description=f"measuring, pid {monitor.pid}, seconds")
    first = _moment(monitor, simulator, address, order.cores.monitor)
    memory, scrapes = [monitor.memory()], [first.scrape]
    for second in range(1, lasts + 1):
        time.sleep(max(0.0, first.monotonic + second - time.monotonic()))
        simulator.check()
        memory.append(monitor.memory())
        if second % max(1, round(order.scrape_every.total_seconds())) == 0 and second < lasts:
            scrapes.append(scrape(address))
        progress.update(task, completed=second)
    last = _moment(monitor, simulator, address, order.cores.monitor)
    return Watch(order.cameras, order.interval, first, last, tuple(memory), (*scrapes, last.scrape))


def _moment(monitor: Child, simulator: Child, address: str, core: int) -> Moment:
    """The scrape comes first both times, so that both differences span the same work."""
    scraped = scrape(address)
    return Moment(
        time.monotonic(),
        scraped,
        monitor.cpu_seconds(),
        monitor.loop_seconds(),
        simulator.cpu_seconds(),
        proc.core_time_of(core),
    )


def scrape(address: str) -> Scrape:
    """Ask for ``/metrics`` as Prometheus does. SharpEyesError when there is no answer."""
    request = urllib.request.Request(f"{address}/metrics", headers={"Accept-Encoding": "gzip"})
    at, began = time.time(), time.monotonic()
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_WITHIN.total_seconds()) as answer:
            zipped = answer.read()
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        raise SharpEyesError(f"the monitor at {address} does not answer: {error}") from error
    took = time.monotonic() - began
    body = gzip.decompress(zipped)
    return Scrape(read_samples(body.decode("utf-8")), at, took, len(body), len(zipped))


def _sample(town: SimulatedTown) -> Sequence[Camera]:
    return town.cameras[:: max(1, len(town.cameras) // KEY_FRAMES)]
