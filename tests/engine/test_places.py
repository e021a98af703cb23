"""Probe addresses: asked over real connections, believed with patience, recorded when they change."""

from __future__ import annotations

import asyncio
from pathlib import Path

from monitor.engine.canary import Canaries
from monitor.engine.places import EVERY, Place, Places
from monitor.engine.recorder import Recorder
from monitor.engine.timeline import Timeline
from monitor.incidents import Origin
from monitor.ledger import Ledger, ReachChanged
from monitor.metrics import Metrics
from monitor.model import TcpAddress
from tests.driven import DrivenClock

UPLINK = (Origin.UPLINK, "u1")
CABINET = (Origin.POWER_CABINET, "p1")
NOWHERE = TcpAddress("240.0.0.1", 1)


class Watched:
    """Places whose answers a test decides."""

    def __init__(self, ledger: Ledger, *places: Place) -> None:
        self.clock = DrivenClock()
        metrics = Metrics("test", self.clock)
        self.canaries = Canaries((), self.clock, metrics)
        self.recorder = Recorder(ledger, self.clock, Timeline(self.clock), metrics)
        self.places = Places(dict.fromkeys(places or (UPLINK,), NOWHERE), self.canaries, self.recorder, self.clock)

    async def hear(self, *answers: bool | None) -> None:
        async with asyncio.TaskGroup() as tasks:
            writing = tasks.create_task(self.recorder.run())
            for answer in answers:
                await self.places._hear(UPLINK, answer)
            writing.cancel()

    async def run(self, rounds: int) -> None:
        async with asyncio.TaskGroup() as tasks:
            chores = [tasks.create_task(self.places.run()), tasks.create_task(self.recorder.run())]
            for _ in range(rounds):
                await self.clock.advance(EVERY)
            for chore in chores:
                chore.cancel()


def told(ledger: Ledger) -> list[ReachChanged]:
    return [entry.event for entry in ledger.entries(kind=ReachChanged) if isinstance(entry.event, ReachChanged)]


async def test_a_place_is_lost_after_two_silences_and_back_with_one_answer(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        await Watched(ledger).hear(True, False, True, False, False, False, True, True)
        assert told(ledger) == [ReachChanged(*UPLINK, reachable) for reachable in (True, False, True)]


async def test_while_we_are_blind_nobody_is_asked(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        watched = Watched(ledger)
        watched.canaries.blind = True
        await watched.run(5)
        assert watched.places._heard_last == {}
        assert list(ledger.entries()) == []


async def test_a_start_is_no_change(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        await Watched(ledger).hear(True, False, False)
        again = Watched(ledger)
        again.places.restore(ledger)
        await again.hear(False, False, True, True)
        assert told(ledger) == [ReachChanged(*UPLINK, reachable) for reachable in (True, False, True)]


async def test_nothing_is_known_of_a_place_that_could_not_be_asked_twice_in_a_row(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        await Watched(ledger).hear(None, None, True, None, False, None, None, None, False, False)
        assert told(ledger) == [ReachChanged(*UPLINK, reachable) for reachable in (True, None, False)]


async def test_nothing_is_known_of_a_place_that_left_the_settings(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        await Watched(ledger, UPLINK).hear(True)
        for _ in range(2):
            later = Watched(ledger, CABINET)
            later.canaries.blind = True
            later.places.restore(ledger)
            await later.run(1)
        assert told(ledger) == [ReachChanged(*UPLINK, True), ReachChanged(*UPLINK, None)]
