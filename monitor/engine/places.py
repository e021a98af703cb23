"""The probe addresses of uplinks, recorders, cabinets and carriers: cheap questions whose answers are evidence.

A place is believed lost after two silences in a row and there again after one answer. Only changes are recorded, since
nothing else can tell a later reader of the record what was known. While all canaries fail nobody is asked, and where
our own machine knows no way nobody was: the silence would be our own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta

from monitor.clock import Clock
from monitor.engine.canary import Canaries
from monitor.engine.recorder import Recorder
from monitor.incidents import Origin
from monitor.ledger import ReachChanged
from monitor.model import ProbeAddress
from monitor.probes.reach import answers

EVERY = timedelta(seconds=15)
PATIENCE = timedelta(seconds=3)
AT_ONCE = 32  # being asked
SILENCES = 2  # in a row, until a place is believed lost

Place = tuple[Origin, str]


class Places:
    """Asks every address every quarter of a minute, spread over that time."""

    def __init__(
        self, addresses: Mapping[Place, ProbeAddress], canaries: Canaries, recorder: Recorder, clock: Clock
    ) -> None:
        self._addresses = dict(addresses)
        self._canaries = canaries
        self._recorder = recorder
        self._clock = clock
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._believed: dict[Place, bool] = {}
        self._silences: dict[Place, int] = {}

    async def run(self) -> None:
        """Ask for ever."""
        if not self._addresses:
            return
        async with asyncio.TaskGroup() as tasks:
            for nth, place in enumerate(sorted(self._addresses)):
                tasks.create_task(self._ask(place, EVERY * nth / len(self._addresses)))

    async def _ask(self, place: Place, first: timedelta) -> None:
        await self._clock.sleep(first)
        while True:
            if not self._canaries.blind:
                async with self._slots:
                    answer = await answers(self._addresses[place], PATIENCE, self._clock)
                if answer is not None and not self._canaries.blind:
                    await self._heard(place, answer)
            await self._clock.sleep(EVERY)

    async def _heard(self, place: Place, answer: bool) -> None:
        self._silences[place] = 0 if answer else self._silences.get(place, 0) + 1
        if answer is self._believed.get(place) or (not answer and self._silences[place] < SILENCES):
            return
        self._believed[place] = answer
        await self._recorder.append([ReachChanged(*place, answer)])
