"""One camera's loop: wait for its beat, take its slots, ask once, fold what was seen.

The supervisor of the house stands here: whatever goes wrong on our side becomes UNKNOWN with cause ``monitor_error``,
is logged and counted, and the next beat goes on.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

from monitor.clock import Clock
from monitor.engine.board import Board
from monitor.engine.canary import Canaries
from monitor.engine.knowledge import Knowledge
from monitor.engine.permits import Permits
from monitor.engine.slots import Slots
from monitor.liveness import next_wait, witnessed
from monitor.metrics import Metrics
from monitor.model import Ask, Camera, Cause, Result, Rung, Stage
from monitor.schedule import first_due, next_due
from monitor.settings import Settings

log = logging.getLogger(__name__)


class Prober(Protocol):
    """Asks one camera once; what went wrong is in the result."""

    async def probe(self, ask: Ask, session_over: Callable[[], None]) -> Result:
        """What the probe saw; ``session_over`` may be called once the camera and its line are free before that.

        Never after a refusal: the device stays taken until the pause is on the disk.
        """
        ...


class Watcher:
    """What every camera's loop shares."""

    def __init__(
        self,
        settings: Callable[[], Settings],
        board: Board,
        prober: Prober,
        *,
        slots: Slots,
        canaries: Canaries,
        permits: Permits,
        knowledge: Knowledge,
        clock: Clock,
        metrics: Metrics,
        heard: Callable[[Result], None] = lambda _: None,
    ) -> None:
        """``heard`` is told what each probe saw, once it is in the record."""
        self._settings = settings
        self._board = board
        self.prober = prober  # replaced when the settings change
        self._slots = slots
        self._canaries = canaries
        self._permits = permits
        self._knowledge = knowledge
        self._clock = clock
        self._metrics = metrics
        self._heard = heard
        self.sleeping: set[str] = set()  # cameras whose loop only waits for its beat
        self._jitter = random.Random()  # noqa: S311  # spreads load, guards nothing

    async def watch(self, camera_id: str) -> None:
        """Ask the camera on its beat until it leaves the inventory."""
        started = self._clock.monotonic()
        interval = self._settings().probe.interval.total_seconds()
        beat = due = first_due(camera_id, interval, started)
        while True:
            self.sleeping.add(camera_id)
            await self._clock.sleep(timedelta(seconds=due - self._clock.monotonic()))
            self.sleeping.discard(camera_id)
            camera = self._board.watched(camera_id)
            if camera is None:
                return
            asked = due
            try:
                asked = await self._ask(camera, due)
            except Exception:
                log.exception("watching %s failed on our side; the next beat goes on", camera_id)
            probe = self._settings().probe
            interval, finished = probe.interval.total_seconds(), self._clock.monotonic()
            beat = next_due(beat, interval, asked, finished)
            due = beat + self._jitter.uniform(-0.5, 0.5) * probe.jitter * interval
            wait = next_wait(self._board.track(camera_id), self._board.policy)
            if wait < probe.interval:
                due = min(due, max(finished, asked + wait.total_seconds()))

    async def _ask(self, camera: Camera, due: float) -> float:
        """One probe from slots to record; returns when (monotonic seconds) it began."""
        async with self._slots.taken_for(camera, self._knowledge.rate(camera)) as session_over:
            began = self._clock.monotonic()
            self._metrics.probe_late(timedelta(seconds=max(0.0, began - due)))
            result = await self._probe(camera, session_over)
        self._metrics.probe_finished(result)
        await self._board.fold(result)
        self._heard(result)
        return began

    async def _probe(self, camera: Camera, session_over: Callable[[], None]) -> Result:
        at, started, settings = self._board.asking(camera.id), self._clock.monotonic(), self._settings()
        try:
            credentials = settings.credentials.get(camera.credentials)
            permitted = self._permits.granted(camera, credentials)
            track = self._board.track(camera.id)
            ask = self._knowledge.ask(camera, track, at, settings, credentials, may_authenticate=permitted)
            result = await self.prober.probe(ask, session_over)
            self._knowledge.take(ask, result)
        except Exception as error:
            log.exception("probing %s failed on our side", camera.id)
            took = timedelta(seconds=self._clock.monotonic() - started)
            return Result(camera.id, at, took, Rung.NONE, Stage.TCP, Cause.MONITOR_ERROR, type(error).__name__)
        await self._permits.heed(camera, credentials, settings.probe.credentials_pause, result)
        return witnessed(result, self._canaries.blind)
