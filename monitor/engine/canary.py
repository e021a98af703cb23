"""The canaries: places that answer as long as our own line stands. When all fail, a failing camera proves nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta

from monitor.clock import Clock
from monitor.metrics import Metrics
from monitor.model import ProbeAddress
from monitor.probes.reach import accepts

log = logging.getLogger(__name__)

EVERY = timedelta(seconds=5)
PATIENCE = timedelta(seconds=2)


class Canaries:
    """Asks all of them together; without any, the monitor is never called blind."""

    def __init__(self, places: Sequence[ProbeAddress], clock: Clock, metrics: Metrics) -> None:
        self._places = tuple(places)
        self._clock = clock
        self._metrics = metrics
        self.blind = False

    async def run(self) -> None:
        """Ask all of them every few seconds, for ever."""
        while self._places:
            answers = await asyncio.gather(*(accepts(place, PATIENCE, self._clock) for place in self._places))
            if self.blind is any(answers):
                self.blind = not any(answers)
                log.warning("all canaries fail: our own line is down" if self.blind else "canaries answer again")
            self._metrics.selfcheck_finished("canaries", not self.blind)
            await self._clock.sleep(EVERY)
