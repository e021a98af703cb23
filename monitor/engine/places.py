"""The probe addresses of uplinks, recorders, cabinets and carriers: cheap questions whose answers are evidence.

Only changes of what is believed (``incidents.Hearing``) are recorded, since nothing else can tell a later reader of the
record what was known. While all canaries fail nobody is asked, and where
our own machine knows no way nobody was: the silence would be our own. What was known of a place counts no more once it
could not be asked twice in a row, or has left the settings: old evidence would acquit or convict for ever.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from monitor.clock import Clock
from monitor.engine.canary import Canaries
from monitor.engine.recorder import Recorder
from monitor.incidents import Hearing, Origin
from monitor.ledger import Ledger, ReachChanged
from monitor.metrics import PlaceFigures
from monitor.model import ProbeAddress
from monitor.probes.reach import answers

log = logging.getLogger(__name__)

EVERY = timedelta(seconds=15)
PATIENCE = timedelta(seconds=3)
AT_ONCE = 32  # being asked
IN_VAIN = 20  # questions, five minutes: an address that has never answered by then is probably another one's

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
        self._heard: dict[Place, Hearing] = defaultdict(Hearing)
        self._since: dict[Place, datetime] = {}
        self._in_vain: Counter[Place] = Counter()

    def restore(self, ledger: Ledger) -> None:
        """Go on from what the record says, so that a start is no change."""
        for entry in ledger.entries_of(ReachChanged):
            if isinstance(entry.event, ReachChanged):
                place = entry.event.origin, entry.event.name
                self._heard[place].believe(entry.event.reachable)
                self._since[place] = entry.recorded_at

    def statuses(self) -> Iterator[PlaceFigures]:
        """What is believed of each, by origin and name."""
        for place in sorted(self._addresses):
            heard = self._heard[place]
            yield PlaceFigures(*place, heard.reachable, self._since.get(place), heard.ever)

    async def run(self) -> None:
        """Ask for ever."""
        for place in sorted(self._heard.keys() - self._addresses.keys()):
            if self._heard[place].believe(None):
                await self._record(place)
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
        heard = self._heard[place]
        if heard.hear(answer):
            await self._record(place)
        if not heard.ever:
            self._in_vain[place] += 1
            if self._in_vain[place] == IN_VAIN:
                log.warning(
                    "the %s %s has answered none of %d questions at its probe address: its silence proves nothing; "
                    "see whether `places` in the settings has the right address for it",
                    *place,
                    IN_VAIN,
                )

    async def _record(self, place: Place) -> None:
        self._since[place] = await self._recorder.append([ReachChanged(*place, self._heard[place].reachable)])
