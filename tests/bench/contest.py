"""One contestant in one cell, in a fresh process: reads its task from standard input, prints what it showed as JSON.

Only what happens between the warm-up and the last probe counts; between them the garbage collector is told that what
was made so far stays, as the monitor does, for every contestant alike. It decides nothing and compares nothing.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

from monitor.heap import settle_heap
from monitor.model import Credentials, Secret
from monitor.simulator.__main__ import fastest_loop
from tests.bench import bare, ours, proc, rivals
from tests.bench.cells import Contestant

WARM_UP = 48  # probes at most: a monitor runs for months, its first second says nothing


@dataclass(frozen=True, slots=True)
class Task:
    """What to do."""

    contestant: Contestant
    setting: str
    urls: Sequence[str]
    username: str  # empty: without login
    password: str
    probes: int
    at_once: int
    pace: float  # seconds from one decoding to the next, for the limit

    @property
    def warm_up(self) -> int:
        """How many probes go before those that are measured."""
        return max(self.at_once, min(WARM_UP, self.probes))

    @property
    def login(self) -> Credentials | None:
        """As our prober takes it."""
        return Credentials(self.username, Secret(self.password)) if self.username else None


@dataclass(slots=True)
class Shown:
    """What came of it."""

    cpu: float = 0.0
    walls: list[float] = field(default_factory=list)
    failed: int = 0
    complaint: str = ""
    elapsed: float = 0.0
    peak: int = 0


def main() -> int:
    """Always 0: a contestant that fails says so in its figures."""
    given = json.load(sys.stdin)
    task = Task(**{**given, "contestant": Contestant(given["contestant"])})
    shown = _run(task)
    shown.peak = proc.memory_of_self().peak
    sys.stdout.write(json.dumps(asdict(shown)) + "\n")
    return 0


def _run(task: Task) -> Shown:
    login = task.login
    match task.contestant:
        case Contestant.OURS:
            return _asynchronous(task, lambda: ours.decoded(login))
        case Contestant.OURS_KEY_FRAME:
            return _asynchronous(task, lambda: ours.received(login))
        case Contestant.EXCHANGES:
            wanted = asyncio.run(bare.bytes_of_a_session(task.urls, login))
            return _asynchronous(task, lambda: bare.bare(login, wanted))
        case Contestant.OPENCV:
            return _threaded(task, rivals.opencv(task.setting), _own_cpu)
        case Contestant.PYAV:
            return _threaded(task, rivals.pyav(task.setting), _own_cpu)
        case Contestant.FFMPEG:
            return _threaded(task, rivals.ffmpeg(task.setting), _own_cpu)
        case Contestant.BLACKBOX:
            with tempfile.TemporaryDirectory() as folder, rivals.blackbox(Path(folder)) as exporter:
                return _threaded(task, exporter.probe, exporter.cpu_seconds)
        case Contestant.BARE | Contestant.BARE_DIAGNOSED:
            return _limit(task)


def _own_cpu() -> float:
    """User and system time of this process and of the children that have ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def _threaded(task: Task, probe: rivals.Probe, cpu_seconds: Callable[[], float]) -> Shown:
    urls = [rivals.with_login(url, task.login) for url in task.urls]
    shown = Shown()

    def one(nth: int) -> None:
        began = time.monotonic()
        try:
            probe(urls[nth % len(urls)])
        except Exception as error:  # noqa: BLE001  # each library has its own errors, and each of them counts
            shown.failed += 1
            shown.complaint = f"{type(error).__name__}: {error}"[:300]
        else:
            shown.walls.append(time.monotonic() - began)

    with ThreadPoolExecutor(task.at_once) as threads:
        list(threads.map(one, range(task.warm_up)))
        settle_heap()
        shown.walls.clear()
        shown.failed = 0
        began, before = time.monotonic(), cpu_seconds()
        list(threads.map(one, range(task.probes)))
        shown.cpu, shown.elapsed = cpu_seconds() - before, time.monotonic() - began
    return shown


def _asynchronous(task: Task, contestant: Callable[[], ours.AsyncProbe]) -> Shown:
    shown = Shown()

    async def run() -> None:
        probe = contestant()

        async def keep_probing(numbers: list[int]) -> None:
            while numbers:
                url = task.urls[numbers.pop() % len(task.urls)]
                began = time.monotonic()
                try:
                    await probe(url)
                except rivals.NoPicture as error:
                    shown.failed += 1
                    shown.complaint = str(error)
                else:
                    shown.walls.append(time.monotonic() - began)

        async def through(count: int) -> None:
            numbers = list(range(count))
            async with asyncio.TaskGroup() as group:
                for _ in range(min(task.at_once, count)):
                    group.create_task(keep_probing(numbers))

        await through(task.warm_up)
        settle_heap()
        shown.walls.clear()
        shown.failed = 0
        began, before = time.monotonic(), _own_cpu()
        await through(task.probes)
        shown.cpu, shown.elapsed = _own_cpu() - before, time.monotonic() - began

    with asyncio.Runner(loop_factory=fastest_loop()) as runner:
        runner.run(run())
    return shown


def _limit(task: Task) -> Shown:
    key_frames = asyncio.run(ours.key_frames_of(task.urls[:8], task.login))
    diagnosed = task.contestant is Contestant.BARE_DIAGNOSED
    ours.decode_at_pace(key_frames, WARM_UP, 0.0, diagnosed=diagnosed)
    began, before = time.monotonic(), _own_cpu()
    walls = ours.decode_at_pace(key_frames, task.probes, task.pace, diagnosed=diagnosed)
    return Shown(_own_cpu() - before, list(walls), elapsed=time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(main())
