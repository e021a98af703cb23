"""Probe addresses: asked over real connections, believed with patience, recorded when they change."""

from __future__ import annotations

import asyncio
from pathlib import Path

from monitor.engine.canary import Canaries
from monitor.engine.places import EVERY, Places
from monitor.engine.recorder import Recorder
from monitor.engine.timeline import Timeline
from monitor.incidents import Origin
from monitor.ledger import Ledger, ReachChanged
from monitor.metrics import Metrics
from monitor.model import TcpAddress
from tests.driven import DrivenClock

UPLINK = (Origin.UPLINK, "u1")


class Watched:
    """Places whose answers a test decides."""

    def __init__(self, folder: Path, ledger: Ledger) -> None:
        self.clock = DrivenClock()
        metrics = Metrics("test", self.clock)
        self.canaries = Canaries((), self.clock, metrics)
        self.recorder = Recorder(ledger, self.clock, Timeline(self.clock), metrics)
        self.places = Places({UPLINK: TcpAddress("240.0.0.1", 1)}, self.canaries, self.recorder, self.clock)

    async def hear(self, *answers: bool) -> None:
        async with asyncio.TaskGroup() as tasks:
            writing = tasks.create_task(self.recorder.run())
            for answer in answers:
                await self.places._heard(UPLINK, answer)
            writing.cancel()


async def test_a_place_is_lost_after_two_silences_and_back_with_one_answer(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        await Watched(tmp_path, ledger).hear(True, False, True, False, False, False, True, True)
        told = [entry.event for entry in ledger.entries(kind=ReachChanged)]
    assert told == [ReachChanged(*UPLINK, reachable) for reachable in (True, False, True)]


async def test_while_we_are_blind_nobody_is_asked(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        watched = Watched(tmp_path, ledger)
        watched.canaries.blind = True
        async with asyncio.TaskGroup() as tasks:
            chores = [tasks.create_task(watched.places.run()), tasks.create_task(watched.recorder.run())]
            for _ in range(5):
                await watched.clock.advance(EVERY)
            for chore in chores:
                chore.cancel()
        assert watched.places._silences == {}
        assert list(ledger.entries()) == []
