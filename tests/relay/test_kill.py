"""``kill -9`` at any moment: what was durable arrives, and a repetition is one message of each life, and says so."""

from __future__ import annotations

import asyncio
import random
import re
from collections import defaultdict
from pathlib import Path

import pytest

from monitor.notify import DOUBT
from tests.copies import Copy
from tests.relay.child import live
from tests.robots import Robots, robots

LIVES, MOST = 8, 60
TEXT = re.compile(rf"<(\d+)>\n(?P<doubt>{re.escape(DOUBT)})?#(\d+)")


async def start(folder: Path, vendors: Robots, first: str) -> Copy:
    return await Copy.start(live, str(folder), vendors.url("sms"), first)


async def live_until_killed(folder: Path, vendors: Robots, first: int, chance: random.Random) -> int:
    """One life; the number after the last key that is surely durable."""
    process = await start(folder, vendors, str(first))
    durable = [int(await process.stdout.readline())]
    more = chance.randrange(20)  # as long as that takes: a machine may be busy
    durable += [int(await process.stdout.readline()) for _ in range(more)]
    await asyncio.sleep(chance.uniform(0.0, 0.03))
    process.kill()
    durable += [int(line) for line in (await process.stdout.read()).split(b"\n") if line.strip()]
    await process.wait()
    return durable[-1] + 1


@pytest.mark.slow
async def test_many_kills_lose_nothing_and_repeat_only_what_says_so(tmp_path: Path) -> None:
    chance = random.Random(20261126)
    async with robots() as vendors:
        vendors.dawdles = lambda: chance.choice((0.0, 0.03, 0.03))
        arrived = vendors.texts["sms"]
        following = lives = 0
        # Whether a kill meets a message under way is chance: until one did.
        while lives < LIVES or (lives < MOST and not any(DOUBT in text for text in arrived)):
            following, lives = await live_until_killed(tmp_path, vendors, following, chance), lives + 1
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
    assert repeated <= doubtful <= lives, (repeated, doubtful)
    assert doubtful, "no kill met a message under way"
