"""The engine's side: starts the processes, gives each the orders for its cameras, and starts anew whoever dies.

A camera is always asked by the same process while all of them run: what a process gathers of a new camera's picture,
which no file may hold, is then gathered once (``monitor.memories``).

An order whose process dies, or hangs and is killed for it, raises ``WorkerLost``, which the engine's supervisor turns
into UNKNOWN: the camera has nothing to do with it. Nothing is asked twice.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from monitor.clock import Clock
from monitor.errors import SharpEyesError
from monitor.metrics import Metrics
from monitor.model import Ask, Result
from monitor.probes.rtsp import RtspLimits
from monitor.workers import frames
from monitor.workers.frames import Answer, Failure, Order, SessionOver

log = logging.getLogger(__name__)

RESTART_AFTER = timedelta(seconds=1)
CHECK = timedelta(seconds=1)  # how often the deadlines are looked at
# What an order may take beyond the time its limits give the asking: a thousand key frames of 50 ms before one thread.
DECODING = timedelta(seconds=60)
LAST_WORDS = timedelta(seconds=3)  # for the farewells to the cameras


class WorkerLost(SharpEyesError):
    """The process that was asking ended by itself."""


@dataclass(slots=True)
class _Pending:
    session_over: Callable[[], None]
    result: asyncio.Future[Result]
    deadline: float  # monotonic seconds


@dataclass(slots=True)
class _Worker:
    """One running process and what it owes us."""

    process: asyncio.subprocess.Process
    pending: dict[int, _Pending] = field(default_factory=dict)

    def hangs(self, now: float) -> bool:
        """Whether it owes an answer that should have come."""
        return any(pending.deadline < now for pending in self.pending.values())


class Looking(NamedTuple):
    """How each process looks at pictures: as ``Decoders`` says."""

    decoders: int
    memories: Path
    hurry: int


class Workers:
    """A number of processes that ask cameras, kept alive while ``run`` runs."""

    def __init__(self, count: int, looking: Looking, clock: Clock, metrics: Metrics) -> None:
        self._count = count
        self._looking = looking
        self._clock = clock
        self._metrics = metrics
        self._workers: list[_Worker] = []
        self._some = asyncio.Event()  # at least one runs
        self._numbers = 0

    async def run(self) -> None:
        """Keep the processes running until cancelled, then let them say goodbye to their cameras."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(self._count):
                tasks.create_task(self._keep_one())
            tasks.create_task(self._end_hanging())

    async def ask(self, ask: Ask, limits: RtspLimits, session_over: Callable[[], None]) -> Result:
        """What the camera's process saw. WorkerLost when it died meanwhile or did not answer in time."""
        await self._some.wait()
        worker = self._workers[crc32(ask.camera.id.encode()) % len(self._workers)]
        self._numbers += 1
        deadline = self._clock.monotonic() + (limits.total + DECODING).total_seconds()
        pending = _Pending(session_over, asyncio.get_running_loop().create_future(), deadline)
        worker.pending[self._numbers] = pending
        assert worker.process.stdin is not None
        worker.process.stdin.write(frames.packed(Order(self._numbers, ask, limits)))
        return await pending.result

    async def _keep_one(self) -> None:
        while True:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "monitor.workers", *map(str, self._looking)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                start_new_session=True,  # Ctrl-C at the terminal is for the engine, which ends its workers itself
            )
            worker = _Worker(process)
            self._workers.append(worker)
            self._some.set()
            try:
                await self._listen(worker)
            finally:
                self._workers.remove(worker)
                if not self._workers:
                    self._some.clear()
                self._give_up(worker)
                await asyncio.shield(_end(process))
            log.error("a probing process ended by itself (exit code %s); starting another one", process.returncode)
            self._metrics.worker_lost()
            await self._clock.sleep(RESTART_AFTER)

    async def _end_hanging(self) -> None:
        """Kill a process that does not answer in time; whoever listens to it sees its end and starts another one."""
        while True:
            await self._clock.sleep(CHECK)
            now = self._clock.monotonic()
            for worker in self._workers:
                if worker.hangs(now) and worker.process.returncode is None:
                    log.error("a probing process hangs and is killed")
                    worker.process.kill()

    async def _listen(self, worker: _Worker) -> None:
        """Take in what the process says until it says no more."""
        assert worker.process.stdout is not None
        while True:
            try:
                message = await frames.read(worker.process.stdout)
            except ValueError:
                log.exception("a probing process sent what nobody understands")
                return
            match message:
                case None:
                    return
                case SessionOver(number):
                    if number in worker.pending:
                        worker.pending[number].session_over()
                case Answer(number, result):
                    _settle(worker.pending.pop(number, None), result)
                case Failure(number, what):
                    _settle(worker.pending.pop(number, None), WorkerLost(f"the probing process failed: {what}"))
                case Order():
                    log.error("a probing process sent an order")
                    return

    def _give_up(self, worker: _Worker) -> None:
        for pending in worker.pending.values():
            _settle(pending, WorkerLost("the probing process ended before it answered"))
        worker.pending.clear()


def _settle(pending: _Pending | None, outcome: Result | WorkerLost) -> None:
    if pending is None or pending.result.done():
        return
    if isinstance(outcome, WorkerLost):
        pending.result.set_exception(outcome)
    else:
        pending.result.set_result(outcome)


async def _end(process: asyncio.subprocess.Process) -> None:
    """The end of its input tells a process to say goodbye and go; one that does not go is killed."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        async with asyncio.timeout(LAST_WORDS.total_seconds()):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


@dataclass(frozen=True, slots=True)
class WorkersProber:
    """Probes cameras through the workers, by these limits."""

    workers: Workers
    limits: RtspLimits

    async def probe(self, ask: Ask, session_over: Callable[[], None]) -> Result:
        """As ``monitor.probes.camera.CameraProber.probe``, in another process."""
        return await self.workers.ask(ask, self.limits, session_over)
