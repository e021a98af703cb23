"""The canaries: places that answer as long as our own line stands. When all fail, a failing camera proves nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace

from monitor.clock import Clock
from monitor.incidents import Origin
from monitor.metrics import Metrics, PlaceFigures
from monitor.model import ProbeAddress
from monitor.probes.reach import accepts
from monitor.settings import CANARY_EVERY, CANARY_PATIENCE

log = logging.getLogger(__name__)


class Canaries:
    """Asks all of them together; without any, the monitor is never called blind."""

    def __init__(self, places: Sequence[ProbeAddress], clock: Clock, metrics: Metrics) -> None:
        self._places = tuple(places)
        self._clock = clock
        self._metrics = metrics
        self._heard = [PlaceFigures(Origin.MONITOR, str(nth), None, None, False) for nth, _ in enumerate(places, 1)]
        self.blind = False

    def statuses(self) -> Iterator[PlaceFigures]:
        """How each answered last; named by their place in the settings, which alone have their addresses."""
        yield from self._heard

    async def run(self) -> None:
        """Ask all of them every few seconds, for ever."""
        while self._places:
            answers = await asyncio.gather(*(accepts(place, CANARY_PATIENCE, self._clock) for place in self._places))
            self._heard = list(map(self._told, self._heard, answers))
            if self.blind is any(answers):
                self.blind = not any(answers)
                log.warning("all canaries fail: our own line is down" if self.blind else "canaries answer again")
            self._metrics.selfcheck_finished("canaries", not self.blind)
            await self._clock.sleep(CANARY_EVERY)

    def _told(self, before: PlaceFigures, answer: bool) -> PlaceFigures:
        if before.reachable is answer:
            return before
        return replace(before, reachable=answer, since_at=self._clock.now(), ever=before.ever or answer)
