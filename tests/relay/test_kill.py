"""``kill -9`` at any moment: what was durable arrives, and a repetition is one message of each life, and says so."""

from __future__ import annotations

import asyncio
import random
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from monitor.notify import DOUBT
from tests.copies import Copy
from tests.relay.child import live
from tests.robots import Robots, robots

LIVES = 10
TEXT = re.compile(rf"<(\d+)>\n(?P<doubt>{re.escape(DOUBT)})?#(\d+)")


async def start(folder: Path, vendors: Robots, first: str) -> Copy:
    return await Copy.start(live, str(folder), vendors.url("sms"), first)


class Gateway:
    """When a message is under way: it has come, and its answer has not gone."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.holds = asyncio.Event()

    def dawdles(self) -> float:
        self.holds.set()
        return self.chance.choice((0.01, 0.03, 0.03))

    async def under_way(self) -> None:
        """Until the next message comes; its answer waits, so who is killed now never reads it."""
        self.holds.clear()
        await self.holds.wait()

    async def whenever(self) -> None:
        await asyncio.sleep(self.chance.uniform(0.0, 0.03))


async def live_until_killed(process: Copy, more: int, moment: Callable[[], Awaitable[None]]) -> int:
    """One life; the number after the last key that is surely durable."""
    durable = [int(await process.stdout.readline())]
    durable += [int(await process.stdout.readline()) for _ in range(more)]
    await moment()
    process.kill()
    durable += [int(line) for line in (await process.stdout.read()).split(b"\n") if line.strip()]
    await process.wait()
    return durable[-1] + 1


@pytest.mark.slow
async def test_many_kills_lose_nothing_and_repeat_only_what_says_so(tmp_path: Path) -> None:
    async with robots() as vendors:
        gateway = Gateway(random.Random(20261126))
        vendors.dawdles = gateway.dawdles
        arrived = vendors.texts["sms"]
        following = 0
        for moment in (gateway.under_way, gateway.whenever) * (LIVES // 2):
            process = await start(tmp_path, vendors, str(following))
            following = await live_until_killed(process, gateway.chance.randrange(20), moment)
        vendors.dawdles = lambda: 0.0
        process = await start(tmp_path, vendors, "-")
        assert await asyncio.wait_for(process.wait(), 60) == 0
    found = [TEXT.fullmatch(text) for text in arrived]
    deliveries: dict[int, list[bool]] = defaultdict(list)
    numbers: dict[int, set[int]] = defaultdict(set)
    for match in found:
        assert match is not None
        deliveries[int(match[1])].append(match["doubt"] is not None)
        numbers[int(match[1])].add(int(match[3]))
    assert set(deliveries) >= set(range(following)), "a durable text did not arrive"
    assert following > 5 * LIVES, "the lives were too short to prove anything"
    for key, doubts in deliveries.items():
        assert len(numbers[key]) == 1
        assert sum(not doubt for doubt in doubts) <= 1, f"{key} arrived twice and nothing says so"
    repeated = sum(len(doubts) - 1 for doubts in deliveries.values())
    doubtful = sum(doubt for doubts in deliveries.values() for doubt in doubts)
    assert LIVES // 2 <= repeated <= doubtful <= LIVES, (repeated, doubtful)
