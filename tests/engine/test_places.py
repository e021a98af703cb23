"""Probe addresses: asked over real connections, believed with patience, recorded when they change."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from monitor.engine.canary import Canaries
from monitor.engine.places import EVERY, IN_VAIN, Place, Places
from monitor.engine.recorder import Recorder
from monitor.engine.timeline import Timeline
from monitor.incidents import Origin
from monitor.ledger import Ledger, ReachChanged
from monitor.metrics import Metrics, PlaceFigures
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
        assert [place.reachable for place in watched.places.statuses()] == [None]
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


async def test_what_is_believed_of_a_place_is_shown_with_since_when(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        watched = Watched(ledger, UPLINK, CABINET)
        await watched.hear(True, False, False)
        again = Watched(ledger, UPLINK, CABINET)
        again.places.restore(ledger)
        last = list(ledger.entries(kind=ReachChanged))[-1].recorded_at
        shown = [PlaceFigures(*CABINET, None, None, ever=False), PlaceFigures(*UPLINK, False, last, ever=True)]
        assert list(watched.places.statuses()) == list(again.places.statuses()) == shown


async def test_an_address_that_has_never_answered_is_warned_about_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        await Watched(ledger).hear(*[False] * (IN_VAIN - 1))
        assert not caplog.records
        await Watched(ledger).hear(*[False] * 3 * IN_VAIN)
        (warned,) = caplog.messages
        assert "the uplink u1 has answered none of 20 questions" in warned
        caplog.clear()
        await Watched(ledger).hear(True, *[False] * 3 * IN_VAIN)
        assert not caplog.records
