"""Real processes ask real (scripted) cameras; one that dies takes no camera's good name with it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from monitor.clock import Clock, SystemClock
from monitor.metrics import Metrics
from monitor.model import Ask, Cause, Codec, Credentials, Look, Result, Secret
from monitor.probes.rtsp import RtspLimits
from monitor.settings import LimitSettings
from monitor.workers.pool import CHECK, DECODING, RESTART_AFTER, Looking, WorkerLost, Workers, WorkersProber
from tests.driven import DrivenClock
from tests.engine.harness import running as engine
from tests.metrics.town import NOW, camera
from tests.probes import device as devices
from tests.probes.device import Line, Script, device
from tests.rtsp.footage import coded, packets

NO_KEY = packets(Codec.H264, coded(Codec.H264)[1:])


@asynccontextmanager
async def workers(count: int = 1, clock: Clock | None = None, pictures: str = "pictures.db") -> AsyncIterator[Workers]:
    """Running processes, ended in good order."""
    clock = clock or SystemClock()
    async with asyncio.TaskGroup() as tasks:
        with TemporaryDirectory() as folder:
            looking = Looking(decoders=1, memories=Path(folder) / pictures, hurry=1)
            pool = Workers(count, looking, clock, Metrics("test", clock))
            running = tasks.create_task(pool.run())
            try:
                yield pool
            finally:
                running.cancel()


def ask(url: str, look: Look = Look.DEMANDED) -> Ask:
    return Ask(camera(url=url), NOW, look=look)


def silent_at_first(playing: asyncio.Event) -> Script:
    """A camera that sends nothing after its first PLAY, and is good from the next connection on."""

    async def script(line: Line) -> None:
        if line.number > 1:
            await devices.camera(line)
        else:
            await line.until_play()
            playing.set()
            await line.until_closed()

    return script


async def test_a_camera_is_asked_in_another_process() -> None:
    over: list[int] = []
    async with device(devices.camera) as cam, workers(2) as pool:
        prober = WorkersProber(pool, RtspLimits())
        results = await asyncio.gather(*(prober.probe(ask(cam.url), lambda: over.append(1)) for _ in range(6)))
        assert {result.cause for result in results} == {Cause.OK}
        assert all(result.picture is not None for result in results)
        assert len(over) == 6
        assert cam.methods.count("TEARDOWN") == 6


def looks_learnt_from(result: Result) -> float:
    assert result.picture is not None
    return next(each.value for each in result.picture.findings if each.measure == "good_key_frames")


async def test_a_camera_is_looked_at_by_one_process_which_is_told_of_an_approved_view() -> None:
    """Even where no file can be written: the folder itself stands in its place."""
    async with device(devices.camera) as cam, workers(3, pictures=".") as pool:
        prober = WorkersProber(pool, RtspLimits())
        question = ask(cam.url)
        seen = [looks_learnt_from(await prober.probe(question, lambda: None)) for _ in range(6)]
        assert seen == [0, 0, 0, 0, 1, 2], "three for the light to settle, then each with all that were before it"
        approved = replace(question, at=NOW + timedelta(seconds=2), approved_at=NOW + timedelta(seconds=1))
        assert looks_learnt_from(await prober.probe(approved, lambda: None)) == 0
        assert looks_learnt_from(await prober.probe(approved, lambda: None)) == 1


async def test_a_process_that_dies_is_our_own_fault_and_replaced() -> None:
    playing = asyncio.Event()
    async with device(silent_at_first(playing)) as cam, workers() as pool:
        prober = WorkersProber(pool, RtspLimits())
        asking = asyncio.ensure_future(prober.probe(ask(cam.url), lambda: None))
        await playing.wait()
        (worker,) = pool._workers
        os.kill(worker.process.pid, signal.SIGKILL)
        with pytest.raises(WorkerLost, match="before it answered"):
            await asking
        assert (await prober.probe(ask(cam.url), lambda: None)).cause is Cause.OK


@pytest.mark.parametrize(
    "stop_signals", [(), (signal.SIGTERM, signal.SIGINT)], ids=["to the monitor alone", "to the whole service"]
)
async def test_an_orderly_end_says_goodbye_to_the_cameras(stop_signals: tuple[signal.Signals, ...]) -> None:
    playing = asyncio.Event()

    async def watched(line: Line) -> None:
        await line.until_play()
        await line.stream(NO_KEY)
        playing.set()
        await line.until_teardown()
        await line.until_closed()

    async with device(watched) as cam:
        async with workers() as pool:
            asking = asyncio.ensure_future(WorkersProber(pool, RtspLimits()).probe(ask(cam.url), lambda: None))
            await playing.wait()
            (worker,) = pool._workers
            for number in stop_signals:
                os.kill(worker.process.pid, number)
        with pytest.raises(WorkerLost):
            await asking
        assert cam.methods[-1] == "TEARDOWN"


async def test_a_process_that_hangs_is_killed_and_replaced() -> None:
    playing = asyncio.Event()
    clock, limits = DrivenClock(), RtspLimits()
    async with device(silent_at_first(playing)) as cam, workers(clock=clock) as pool:
        prober = WorkersProber(pool, limits)
        asking = asyncio.ensure_future(prober.probe(ask(cam.url), lambda: None))
        await playing.wait()
        (worker,) = pool._workers
        os.kill(worker.process.pid, signal.SIGSTOP)
        await clock.advance(limits.total + DECODING - CHECK)
        assert not asking.done()
        await clock.advance(2 * CHECK)
        with pytest.raises(WorkerLost, match="before it answered"):
            async with asyncio.timeout(10):
                await asking
        while not pool._workers:
            await clock.advance(RESTART_AFTER)
        assert (await prober.probe(ask(cam.url), lambda: None)).cause is Cause.OK


async def test_without_workers_nothing_is_started() -> None:
    async with workers(0) as pool:
        assert pool._workers == []


async def test_two_channels_of_a_recorder_show_it_a_wrong_password_once(tmp_path: Path) -> None:
    async def strict(line: Line) -> None:
        while True:
            await line.answer("401 Unauthorized", 'WWW-Authenticate: Digest realm="nvr", nonce="1", qop="auth"')

    login = {"nvr": Credentials("admin", Secret("wrong"))}
    async with device(strict) as nvr, workers() as pool:
        channels = [camera(name, url=nvr.url, recorder="nvr-1", credentials="nvr") for name in ("c1", "c2")]
        prober, alone = WorkersProber(pool, RtspLimits()), LimitSettings(per_device=1)
        async with engine(tmp_path, channels, prober=prober, credentials=login, limits=alone) as town:
            await town.until(lambda: all(shown.last_result for shown in town.view().statuses))
        assert sum(bool(asked.headers.get("Authorization")) for asked in nvr.asked) == 1
