"""The probe addresses of uplinks, recorders, cabinets and carriers: cheap questions whose answers are evidence.

A place is believed lost after two silences in a row and there again after one answer. Only changes are recorded, since
nothing else can tell a later reader of the record what was known. While all canaries fail nobody is asked, and where
our own machine knows no way nobody was: the silence would be our own. What was known of a place counts no more once it
could not be asked twice in a row, or has left the settings: old evidence would acquit or convict for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta

from monitor.clock import Clock
from monitor.engine.canary import Canaries
from monitor.engine.recorder import Recorder
from monitor.incidents import Origin
from monitor.ledger import Ledger, ReachChanged
from monitor.model import ProbeAddress
from monitor.probes.reach import answers

EVERY = timedelta(seconds=15)
PATIENCE = timedelta(seconds=3)
AT_ONCE = 32  # being asked

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
        self._believed: dict[Place, bool | None] = {}
        self._heard_last: dict[Place, bool | None] = {}

    def restore(self, ledger: Ledger) -> None:
        """Go on from what the record says, so that a start is no change."""
        for entry in ledger.entries_of(ReachChanged):
            if isinstance(entry.event, ReachChanged):
                self._believed[entry.event.origin, entry.event.name] = entry.event.reachable

    async def run(self) -> None:
        """Ask for ever."""
        for place in sorted(self._believed.keys() - self._addresses.keys()):
            await self._believe(place, None)
        async with asyncio.TaskGroup() as tasks:
            for nth, place in enumerate(sorted(self._addresses)):
                tasks.create_task(self._ask(place, EVERY * nth / len(self._addresses)))

    async def _ask(self, place: Place, first: timedelta) -> None:
        await self._clock.sleep(first)
        while True:
            if not self._canaries.blind:
                async with self._slots:
                    answer = await answers(self._addresses[place], PATIENCE, self._clock)
                if not self._canaries.blind:
                    await self._hear(place, answer)
            await self._clock.sleep(EVERY)

    async def _hear(self, place: Place, answer: bool | None) -> None:
        """One answer is believed at once, all else when it is the same twice in a row."""
        again = place in self._heard_last and self._heard_last[place] is answer
        self._heard_last[place] = answer
        if answer or again:
            await self._believe(place, answer)

    async def _believe(self, place: Place, answer: bool | None) -> None:
        if answer is not self._believed.get(place):
            self._believed[place] = answer
            await self._recorder.append([ReachChanged(*place, answer)])
