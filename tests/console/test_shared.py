"""Long documents are made with everybody else's turn in between."""

from __future__ import annotations

import asyncio
from collections.abc import Generator

from monitor.clock import unhurried
from tests.metrics.town import DrivenClock


class YieldingClock(DrivenClock):
    """Sleeps as the machine's clock does for no time at all: everybody else has a turn."""

    async def sleep(self, duration: object) -> None:
        await asyncio.sleep(0)


async def test_others_have_their_turn_between_two_steps() -> None:
    told: list[str] = []

    def steps() -> Generator[None, None, str]:
        for number in range(3):
            told.append(f"step {number}")
            yield
        return "done"

    async def other() -> None:
        for _ in range(3):
            told.append("other")
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    assert await unhurried(steps(), YieldingClock()) == "done"
    await task
    assert told == ["step 0", "other", "step 1", "other", "step 2", "other"]
