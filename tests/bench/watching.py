"""Starts a simulated town and the real monitor that watches it, waits for the first round, and reads what happens then.

The simulator has processes of its own, so that serving is not counted as watching; all are accounted by the kernel.
"""

from __future__ import annotations

import gzip
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from rich.progress import Progress, TaskID

from monitor.errors import SharpEyesError
from monitor.model import Camera, Credentials
from monitor.settings.values import LimitSettings, PictureSettings
from monitor.simulator.__main__ import INVENTORY_COLUMNS, inventory_row, write_table
from monitor.simulator.clips import ClipSize
from monitor.simulator.layout import Makeup
from monitor.simulator.town import SimulatedTown, build_town
from tests.bench import proc
from tests.bench.children import Child, python_module, running
from tests.bench.figures import LAST_PROBE, Moment, Scrape, Watch, seconds_text
from tests.bench.machine import Cores
from tests.bench.samples import of_metric, read_samples

FILMS_WITHIN = timedelta(minutes=10)  # encoding all films the first time
START_WITHIN = timedelta(seconds=60)
ANSWER_WITHIN = timedelta(seconds=30)
FIRST_ROUND = 3  # intervals at most: every camera is looked at then, which costs more than any later round
SETTLING = timedelta(seconds=30)  # beyond them, for the last answers
POLL = 2.0  # seconds
LISTENING = "listening on "


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be watched, how, and for how long."""

    cameras: int
    villages: int
    interval: timedelta
    lasts: timedelta
    scrape_every: timedelta
    base: str
    port: int
    cores: Cores
    film: ClipSize = ClipSize()  # noqa: RUF009  # a frozen value
    makeup: Makeup = Makeup()  # noqa: RUF009
    parts: int = 1  # processes of the simulator
    workers: int = LimitSettings().workers  # processes of the monitor that probe
    decoded_every: timedelta = PictureSettings().every  # zero: in every probe
    watched: Callable[[Camera], bool] = lambda _: True  # which of the town's cameras the monitor knows

    def town(self) -> SimulatedTown:
        """The same town as the simulator's."""
        return build_town(self.cameras, self.villages, base=self.base, port=self.port, makeup=self.makeup)


@contextmanager
def watched_town(order: Order, folder: Path, progress: Progress, task: TaskID) -> Iterator[Watch]:
    """What was read while the monitor watched; the monitor has ended then, the simulator goes on until leaving."""
    town = order.town()
    cameras = [camera for camera in town.cameras if order.watched(camera)]
    inventory = folder / "cameras.csv"
    write_table(inventory, INVENTORY_COLUMNS, map(inventory_row, cameras))
    with ExitStack() as stack:
        progress.update(task, description="starting the simulator", total=None)
        simulators = [
            stack.enter_context(
                running("simulator", simulator_command(order, nth), order.cores.others, folder / f"simulator-{nth}.log")
            )
            for nth in range(1, order.parts + 1)
        ]
        for simulator in simulators:
            simulator.first_line(FILMS_WITHIN)
        progress.update(task, description="starting the monitor")
        settings = furnish(folder, inventory, town.credentials, order)
        command = python_module("monitor", "run", "--config", str(settings))
        with running("monitor", command, order.cores.monitor, folder / "monitor.log") as monitor:
            address = monitor.first_line(START_WITHIN).removeprefix(LISTENING)
            _warm_up(monitor, address, len(cameras), order, progress, task)
            _settle(monitor, address, order, progress, task)
            watch = _watch(monitor, simulators, address, len(cameras), order, progress, task)
        yield watch


def furnish(folder: Path, inventory: Path, credentials: Mapping[str, Credentials], order: Order) -> Path:
    """The monitor's settings: the defaults, but for the interval and what follows from it."""
    secrets = folder / "secrets"
    secrets.mkdir(mode=0o700, exist_ok=True)
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
        f"picture: {{every: {seconds_text(order.decoded_every)}}}\n"
        f"limits: {{workers: {order.workers}}}\n"
        f"heartbeat: {seconds_text(min(interval, usual))}\nlisten: 127.0.0.1:0\n",
        "utf-8",
    )
    return path


def simulator_command(order: Order, nth: int) -> Sequence[str]:
    """How to start that part of the town."""
    film, makeup = order.film, order.makeup
    return python_module(
        *("monitor.simulator", "--cameras", str(order.cameras), "--villages", str(order.villages)),
        *("--base", order.base, "--port", str(order.port), "--part", f"{nth}/{order.parts}"),
        *("--width", str(film.width), "--height", str(film.height), "--fps", str(film.fps), "--gop", str(film.gop)),
        *("--groups", str(film.groups), "--grade", film.grade.value, "--join", makeup.join.value),
        *("--hostile", str(makeup.hostile)),
    )


def _warm_up(monitor: Child, address: str, cameras: int, order: Order, progress: Progress, task: TaskID) -> None:
    limit = FIRST_ROUND * order.interval + SETTLING
    deadline = time.monotonic() + limit.total_seconds()
    progress.update(task, total=cameras, description="first round, cameras probed")
    while True:
        monitor.check()
        probed = len(of_metric(scrape(address).samples, LAST_PROBE))
        progress.update(task, completed=probed)
        if probed >= cameras:
            return
        if time.monotonic() > deadline:
            raise SharpEyesError(f"only {probed} of {cameras} cameras were probed within {limit}")
        time.sleep(POLL)


def _settle(monitor: Child, address: str, order: Order, progress: Progress, task: TaskID) -> None:
    """Until every camera's slowest tier came round once: what is made for the first time is made by then."""
    lasts = round(order.decoded_every.total_seconds())
    progress.update(task, total=lasts, completed=0, description="settling, seconds")
    began = time.monotonic()
    for second in range(1, lasts + 1):
        time.sleep(max(0.0, began + second - time.monotonic()))
        monitor.check()
        if second % max(1, round(order.scrape_every.total_seconds())) == 0:
            scrape(address)
        progress.update(task, completed=second)


def _watch(
    monitor: Child,
    simulators: Sequence[Child],
    address: str,
    cameras: int,
    order: Order,
    progress: Progress,
    task: TaskID,
) -> Watch:
    lasts = round(order.lasts.total_seconds())
    progress.update(task, total=lasts, completed=0, description=f"measuring, pid {monitor.pid}, seconds")
    first = _moment(monitor, simulators, address, order.cores.monitor)
    memory, scrapes = [monitor.memory()], [first.scrape]
    for second in range(1, lasts + 1):
        time.sleep(max(0.0, first.monotonic + second - time.monotonic()))
        memory.append(monitor.memory())
        if second % max(1, round(order.scrape_every.total_seconds())) == 0 and second < lasts:
            scrapes.append(scrape(address))
        progress.update(task, completed=second)
    last = _moment(monitor, simulators, address, order.cores.monitor)
    return Watch(cameras, order.interval, first, last, tuple(memory), (*scrapes, last.scrape))


def _moment(monitor: Child, simulators: Sequence[Child], address: str, cores: frozenset[int]) -> Moment:
    """The scrape comes first both times, so that both differences span the same work."""
    scraped = scrape(address)
    return Moment(
        time.monotonic(),
        scraped,
        monitor.cpu_seconds(),
        monitor.loop_seconds(),
        sum(simulator.cpu_seconds() for simulator in simulators),
        proc.core_time_of(cores),
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
