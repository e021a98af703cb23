"""``kill -9`` at any moment: the chain holds, nothing published is missing, and the blind time is UNKNOWN."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest

from monitor.cli.main import main
from monitor.clock import SystemClock
from monitor.demo.child import LISTENING, Child, seen_at
from monitor.demo.place import Place, Tempo, furnish
from monitor.errors import SharpEyesError
from monitor.language import Language
from monitor.ledger import Entry, Ledger, Started, TransitionRecorded
from monitor.model import Cause, State
from monitor.simulator.faults import Fault
from monitor.simulator.town import SimulatedTown, build_town
from tests.addresses import BASE
from tests.copies import Copy

HASTE = Tempo(
    interval=timedelta(seconds=1),
    patience=timedelta(milliseconds=500),
    picture_spread=timedelta(milliseconds=500),
    heartbeat=timedelta(seconds=1),
)

Published = set[tuple[str, datetime, str, str]]


async def live_until_killed(place: Place, town: SimulatedTown, chance: random.Random) -> Published:
    """One life of the monitor: faults come and go, what it publishes is noted, and it is killed at some moment."""
    clock, published = SystemClock(), set[tuple[str, datetime, str, str]]()
    child = await begin(place)
    timeout = aiohttp.ClientTimeout(total=5)
    async with aiohttp.ClientSession(timeout=timeout) as session:

        async def listen() -> None:
            while True:
                news = await child.news(session)
                published.update(key(change) for change in news.transitions)
                await clock.sleep(timedelta(milliseconds=50))

        listening = asyncio.create_task(listen())
        end = clock.monotonic() + chance.uniform(0.0, 2.5)
        while clock.monotonic() < end:
            camera = chance.choice(town.cameras)
            if chance.random() < 0.5:
                town.inject([camera.id], chance.choice((Fault.PORT_CLOSED, Fault.PATH_MISSING, Fault.CLOSES)))
            else:
                town.clear([camera.id])
            await clock.sleep(timedelta(seconds=chance.uniform(0.0, 0.1)))
        child.kill()
        await child.wait()
        with pytest.raises(SharpEyesError):
            await listening
    return published


async def begin(place: Place) -> Child:
    """``sharp-eyes run`` of that place, once it says where it listens."""
    copy = await Copy.start(run, str(place.settings), str(place.log))
    line = (await copy.stdout.readline()).decode().strip()
    assert line.startswith(LISTENING), f"{line!r}; {place.log} ends with {place.log.read_text('utf-8')[-2000:]}"
    return Child(cast("Any", copy), line.removeprefix(LISTENING))


def run(settings: str, log: str) -> None:
    """In the copy."""
    os.dup2(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT), 2)
    sys.exit(main(["run", "--config", settings]))


def key(change: dict[str, Any]) -> tuple[str, datetime, str, str]:
    """What identifies a transition to a person; the interface shows milliseconds."""
    return change["camera_id"], seen_at(change["at"]), change["new"], change["cause"]


def recorded(entries: Sequence[Entry]) -> Published:
    found: Published = set()
    for entry in entries:
        if isinstance(entry.event, TransitionRecorded):
            change = entry.event.transition
            shown = change.at.replace(microsecond=change.at.microsecond // 1000 * 1000)
            found.add((change.camera_id, shown, change.new.value, change.cause.value))
    return found


def assert_blind_time_is_unknown(entries: Sequence[Entry]) -> int:
    """After every start, whatever was known is UNKNOWN from the last entry before it; returns how often that was."""
    state: dict[str, State] = {}
    blinded = 0
    for position, entry in enumerate(entries):
        match entry.event:
            case Started() if position:
                last_at = entries[position - 1].recorded_at
                for camera_id in [camera_id for camera_id, known in state.items() if known is not State.UNKNOWN]:
                    blind = next(
                        later.event.transition
                        for later in entries[position:]
                        if isinstance(later.event, TransitionRecorded) and later.event.transition.camera_id == camera_id
                    )
                    assert (blind.new, blind.cause, blind.at) == (State.UNKNOWN, Cause.MONITOR_STOPPED, last_at)
                    blinded += 1
            case TransitionRecorded(transition):
                state[transition.camera_id] = transition.new
            case _:
                pass
    return blinded


async def live_many_times(place: Place, port: int, lives: int, chance: random.Random) -> None:
    """One record through that many lives, each of which must leave all of it as it should be."""
    clock = SystemClock()
    town = build_town(12, 4, base=BASE, port=port, clock=clock)
    furnish(place, town.cameras, town.credentials, town.cameras[0].id, clock.now(), HASTE, Language.EN)
    await town.start()
    try:
        everything: Published = set()
        entries: list[Entry] = []
        for life in range(lives):
            everything |= await live_until_killed(place, town, chance)
            with Ledger.open_read_only(place.ledger) as ledger:
                assert ledger.verify().ok, f"life {life}"
                entries = list(ledger.entries())
            assert not everything - recorded(entries), f"life {life}: published, but not in the ledger"
        assert assert_blind_time_is_unknown(entries) > lives
        assert len(everything) > 5 * lives, "the lives were too short to prove anything"
    finally:
        await town.stop()


@pytest.mark.slow
@pytest.mark.timeout(400)
async def test_fifty_kills_lose_nothing_that_was_published(tmp_path: Path) -> None:
    async with asyncio.TaskGroup() as both:  # most of a life is waiting: two monitors live side by side
        both.create_task(live_many_times(Place(tmp_path / "one"), 8554, 25, random.Random(20261123)))
        both.create_task(live_many_times(Place(tmp_path / "other"), 8555, 25, random.Random(20261124)))
