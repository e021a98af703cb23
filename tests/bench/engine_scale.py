"""The engine and its console without a network: what watching costs beyond the probe, and what a scrape does to it.

The real engine, ledger and console run in one process on uvloop; only the prober is false: it waits a while and says
what it saw. A ticker every 10 ms tells how long the event loop kept others waiting, scrapes included.
"""

from __future__ import annotations

import asyncio
import gc
import gzip
import math
import os
import statistics
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import TypeVar

import uvloop
from rich.progress import Progress

from monitor.clock import SystemClock
from monitor.console import make_app, serve
from monitor.engine import Engine, Plan
from monitor.ledger import Ledger
from monitor.metrics import Metrics, TownView
from monitor.model import (
    Ask,
    Camera,
    Cause,
    Codec,
    Finding,
    FindingState,
    Look,
    Mark,
    Picture,
    Result,
    Rung,
    Stage,
    StageTime,
)
from monitor.schedule import phase
from monitor.service import tend_heap
from monitor.settings import Settings
from monitor.simulator.town import build_town
from tests.bench.proc import memory_of
from tests.bench.samples import Histogram, Samples, of_metric, read_samples, total
from tests.bench.tables import Check, Findings, Table, number
from tests.metrics.town import NOW

CAMERAS_OF_A_VILLAGE, MOST_VILLAGES = 37, 254
TICK, BARE_FOR = 0.01, 15.0  # seconds
TAKES = timedelta(milliseconds=20)
STAGES = (Stage.TCP, Stage.DESCRIBE, Stage.SDP, Stage.SETUP, Stage.PLAY, Stage.FIRST_RTP, Stage.KEYFRAME, Stage.DECODE)
FAILS_EVERY = 1000  # one probe in so many fails, so that verdicts are pending and blips are counted
MB = 1_000_000

Value = TypeVar("Value")
Outcome = TypeVar("Outcome")
PROBES, LATENESS = "sharpeyes_probes_total", "sharpeyes_scheduler_lateness_seconds"


@dataclass(frozen=True, slots=True)
class Order:
    """How many cameras, asked how often, scraped how often, measured for how long after the first round."""

    cameras: int
    interval: timedelta
    scrape_every: timedelta
    lasts: timedelta


@dataclass(slots=True)
class Seen:
    """What was noted while measuring."""

    lags: list[float] = field(default_factory=list)  # seconds
    collections: dict[int, list[float]] = field(default_factory=dict)  # CPU seconds, by generation
    scrape_cpu: list[float] = field(default_factory=list)  # of the whole process
    summed: list[float] = field(default_factory=list)  # CPU seconds of the loop's thread: settling and adding up ...
    written: list[float] = field(default_factory=list)  # ... and writing
    steps: list[float] = field(default_factory=list)  # of both, one by one
    answers: list[float] = field(default_factory=list)  # seconds
    bodies: list[bytes] = field(default_factory=list)  # zipped; read afterwards, for reading would be measured, too
    memory: list[int] = field(default_factory=list)  # bytes resident
    seconds: float = 0.0
    cpu: float = 0.0
    peak: int = 0  # bytes resident
    bare: float = 0.0  # CPU seconds of one false probe without an engine


class FalseProber:
    """Says the same of every camera after a while; one probe in a thousand fails."""

    def __init__(self) -> None:
        self.asked = count(1)

    async def probe(self, ask: Ask, session_over: Callable[[], None]) -> Result:
        """A result as rich as that of a true probe that decodes."""
        number = next(self.asked)
        await asyncio.sleep(TAKES.total_seconds())
        session_over()
        if number % FAILS_EVERY == 0:
            return Result(ask.camera.id, ask.at, TAKES, Rung.NONE, Stage.TCP, Cause.TCP_TIMEOUT, "no answer")
        stages = tuple(StageTime(stage, timedelta(microseconds=number % 5000)) for stage in STAGES)
        finding = Finding(Cause.PICTURE_BLACK, FindingState.OK, "mean luma", 97.0 + number % 7, 16.0)
        mark = Mark(ask.camera.url, Codec.H264, 20_000 + number % 900, number.to_bytes(16), b"parameter")
        return Result(
            *(ask.camera.id, ask.at, TAKES, Rung.PICTURE, Stage.PICTURE, Cause.OK, "", stages, Codec.H264),
            received_bytes=40_000,
            keyframe_bytes=mark.size,
            picture=Picture(640, 360, number.to_bytes(16), (finding,)),
            url=ask.camera.url,
            look=Look.DUE,
            mark=mark,
        )


class TimedMetrics(Metrics):
    """Notes what writing costs: the wall clock would count who else has the machine."""

    def __init__(self, seen: Seen) -> None:
        super().__init__("bench", SystemClock())
        self._seen = seen

    def exposition(self, town: TownView) -> Iterator[bytes]:
        """The pieces, each timed."""
        yield from timed(super().exposition(town), self._seen.written, self._seen.steps)


class Source:
    """What the service is to the console, without signals and jobs."""

    def __init__(self, engine: Engine, metrics: Metrics, seen: Seen) -> None:
        self._engine = engine
        self._seen = seen
        self.metrics = metrics
        self.recent_transitions = engine.recent_transitions
        self.ended_incidents = engine.ended_incidents

    def town_view(self, kinds: Sequence[str]) -> Generator[None, None, TownView]:
        """The steps, each timed."""
        return (yield from timed(self._engine.town_view(kinds), self._seen.summed, self._seen.steps))

    def healthy(self) -> str | None:
        """Always well."""
        return None

    def ready(self) -> str | None:
        """Always ready."""
        return None

    async def reload(self) -> tuple[bool, str]:
        """Nothing to read again."""
        return False, "no settings file"


def timed(
    steps: Generator[Value, None, Outcome] | Iterator[Value], whole: list[float], each: list[float]
) -> Generator[Value, None, Outcome]:
    """The same steps; the CPU seconds of this thread go to ``each`` and their sum to ``whole``.

    A step ends with an empty value: then others have their turn.
    """
    first, step = len(each), 0.0
    while True:
        began = time.thread_time()
        try:
            value = next(steps)
        except StopIteration as end:
            each.append(step + time.thread_time() - began)
            whole.append(math.fsum(each[first:]))
            result: Outcome = end.value
            return result
        step += time.thread_time() - began
        if not value:
            each.append(step)
            step = 0.0
        yield value


def measure(order: Order, folder: Path, progress: Progress) -> Findings:
    """Watch a town of false cameras; takes one interval more than ``lasts``."""
    task = progress.add_task("engine", total=None)
    seen = uvloop.run(_watched(order, folder))
    seen.bare = uvloop.run(_bare(order))
    progress.update(task, total=1, completed=1)
    return findings(order, seen)


async def _watched(order: Order, folder: Path) -> Seen:
    settings = Settings(folder / "sharp-eyes.yml", (), folder / "ledger.db", folder / "reports", town="青溪镇")
    settings = replace(settings, probe=replace(settings.probe, interval=order.interval))
    clock, seen = SystemClock(), Seen()
    metrics = TimedMetrics(seen)
    with Ledger.open(settings.ledger) as ledger:
        plan = Plan(settings, build_town(order.cameras, villages_of(order)).cameras)
        engine = Engine(plan, ledger, clock, metrics, "bench", lambda _: FalseProber())
        runner, port = await serve(make_app(Source(engine, metrics, seen), clock=clock), "127.0.0.1", 0)
        watching = asyncio.create_task(engine.run())
        tending = asyncio.create_task(tend_heap(engine.running, clock))
        await asyncio.sleep(order.interval.total_seconds() + 2)
        seen.bodies.append(await _scraped(port))
        await _noted(order, port, seen)
        seen.peak = memory_of(os.getpid()).peak
        engine.stop()
        tending.cancel()
        await watching
        await runner.cleanup()
    return seen


async def _bare(order: Order) -> float:
    """What the same sleeps, false probes and ticker cost on a loop that does nothing else, for each probe."""
    prober, interval = FalseProber(), order.interval.total_seconds()
    cameras = build_town(order.cameras, villages_of(order)).cameras

    async def asked(camera: Camera) -> None:
        await asyncio.sleep(phase(camera.id, interval))
        while True:
            await prober.probe(Ask(camera, NOW), lambda: None)
            await asyncio.sleep(interval - TAKES.total_seconds())

    loops = [asyncio.create_task(asked(camera)) for camera in cameras]
    ticker = asyncio.create_task(_ticked([]))
    await asyncio.sleep(1)
    before, cpu_before = next(prober.asked), time.process_time()
    await asyncio.sleep(min(BARE_FOR, interval))
    spent = (time.process_time() - cpu_before) / max(1, next(prober.asked) - before)
    for task in (*loops, ticker):
        task.cancel()
    return spent


def villages_of(order: Order) -> int:
    """As many as a town of that size has."""
    return min(MOST_VILLAGES, max(1, order.cameras // CAMERAS_OF_A_VILLAGE))


async def _noted(order: Order, port: int, seen: Seen) -> None:
    """Let it run, scrape it, and note what others would feel."""
    with _collections_noted(seen):
        ticker = asyncio.create_task(_ticked(seen.lags))
        began, cpu_before = time.monotonic(), time.process_time()
        while (left := order.lasts.total_seconds() - (time.monotonic() - began)) > 0:
            await asyncio.sleep(min(left, order.scrape_every.total_seconds()))
            await _scrape_noted(port, seen)
        seen.seconds, seen.cpu = time.monotonic() - began, time.process_time() - cpu_before
        ticker.cancel()


async def _scrape_noted(port: int, seen: Seen) -> None:
    began, cpu_before = time.monotonic(), time.process_time()
    body = await _scraped(port)
    seen.answers.append(time.monotonic() - began)
    seen.scrape_cpu.append(time.process_time() - cpu_before)
    seen.bodies.append(body)
    seen.memory.append(memory_of(os.getpid()).now)


async def _ticked(lags: list[float]) -> None:
    """How much later than asked the loop woke a sleeper, every 10 ms; a long wait is felt by all who came meanwhile."""
    while True:
        due = time.monotonic() + TICK
        await asyncio.sleep(TICK)
        late = max(0.0, time.monotonic() - due)
        lags.append(late)
        while (late := late - TICK) > 0:
            lags.append(late)


@contextmanager
def _collections_noted(seen: Seen) -> Iterator[None]:
    began = 0.0

    def noted(phase: str, info: dict[str, int]) -> None:
        nonlocal began
        if phase == "start":
            began = time.thread_time()
        else:
            seen.collections.setdefault(info["generation"], []).append(time.thread_time() - began)

    gc.callbacks.append(noted)
    try:
        yield
    finally:
        gc.callbacks.remove(noted)


async def _scraped(port: int) -> bytes:
    """The body of ``/metrics`` as Prometheus takes it, zipped; not unzipped here, for that would be measured, too."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /metrics HTTP/1.0\r\nHost: bench\r\nAccept-Encoding: gzip\r\n\r\n")
    answer = await reader.read()
    writer.close()
    return answer.partition(b"\r\n\r\n")[2]


def findings(order: Order, seen: Seen) -> Findings:
    """What was seen against what is wanted."""
    first, last = (read_samples(gzip.decompress(body).decode()) for body in (seen.bodies[0], seen.bodies[-1]))
    written, summed = seen.written[1:], seen.summed[1:]  # the first one writes every line
    probes = total(last, PROBES) - total(first, PROBES)
    late = Histogram.of(last, LATENESS).since(Histogram.of(first, LATENESS))
    lag = [statistics.quantiles(seen.lags, n=100)[nth] for nth in (49, 98)]
    watched = coverage(first, last)
    outside = (seen.cpu - math.fsum(seen.scrape_cpu)) / probes
    checks = (
        Check("`/metrics` is rendered fast", "below 60 ms", _ms(max(written)), max(written) < 0.06),
        Check("the loop keeps nobody waiting", "p99 below 25 ms", _ms(lag[1]), lag[1] < 0.025),
        Check("memory is bounded", "below 600 MB", f"{seen.peak / MB:.0f} MB", seen.peak < 600 * MB),
        Check("probes begin on time", "p99 below 5 s", f"≤ {late.at_most(0.99):g} s", late.at_most(0.99) <= 5),
        Check("cameras are watched", "at least 99.9 %", f"{watched:.3%}", watched >= 0.999),
    )
    rows = (
        ("probes", f"{number(probes)}, {probes / seen.seconds:.0f} a second"),
        ("CPU of this process, all included", f"{seen.cpu / seen.seconds:.1%} of one core"),
        ("CPU per probe, scrapes left out", f"{outside * 1000:.3f} ms"),
        ("CPU per false probe without an engine", f"{seen.bare * 1000:.3f} ms"),
        ("what the engine adds to a probe", f"{(outside - seen.bare) * 1000:.3f} ms"),
        ("CPU per scrape, probes meanwhile included: median, most", _median_and_most(seen.scrape_cpu)),
        ("CPU of settling and adding up: median, most", _median_and_most(summed)),
        ("CPU of writing lines: median, most; every line", f"{_median_and_most(written)}; {_ms(seen.written[0])}"),
        ("longest step of both on the event loop", _ms(max(seen.steps))),
        ("`/metrics` answered in: median, most", _median_and_most(seen.answers)),
        ("`/metrics` zipped", f"{number(len(seen.bodies[-1]) / 1000)} kB"),
        ("loop lag p50, p99, most", ", ".join(_ms(value) for value in (*lag, max(seen.lags)))),
        *(
            (f"garbage collections of generation {generation}: number, longest", f"{len(took)}, {_ms(max(took))}")
            for generation, took in sorted(seen.collections.items())
        ),
        ("memory at the first scrape, the last, at most", _memory(seen)),
    )
    return Findings((Table(f"{order.cameras:,} cameras", ("figure", "value"), rows),), checks)


def coverage(first: Samples, last: Samples) -> float:
    """Observed ÷ scheduled over all cameras between two scrapes, from their counters."""
    observed, scheduled = (
        math.fsum(of_metric(last, name).values()) - math.fsum(of_metric(first, name).values())
        for name in ("sharpeyes_camera_observed_seconds_total", "sharpeyes_camera_scheduled_seconds_total")
    )
    return observed / scheduled if scheduled else math.nan


def _memory(seen: Seen) -> str:
    return ", ".join(f"{size / MB:.0f} MB" for size in (seen.memory[0], seen.memory[-1], seen.peak))


def _median_and_most(seconds: list[float]) -> str:
    return f"{_ms(statistics.median(seconds))}, {_ms(max(seconds))}"


def _ms(seconds: float) -> str:
    return f"{number(seconds * 1000, 1)} ms"
