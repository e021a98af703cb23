"""The only file that reads or waits for time.

Rules never read a clock; edges take a ``Clock`` as an argument, so that tests drive time instead of sleeping.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol, TypeVar

Value = TypeVar("Value")
NO_TIME: Final = timedelta(0)


class Clock(Protocol):
    """What the edges may ask about time."""

    def now(self) -> datetime:
        """The wall clock as an aware UTC instant; it may jump."""
        ...

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back; only differences mean anything."""
        ...

    async def sleep(self, duration: timedelta) -> None:
        """Wait that long on the monotonic clock; returns at once for zero or less."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    monotonic = staticmethod(time.monotonic)  # read many times in each probe, so without a call of ours around it

    async def sleep(self, duration: timedelta) -> None:
        await asyncio.sleep(max(0.0, duration.total_seconds()))


async def unhurried(steps: Generator[None, None, Value], clock: Clock) -> Value:
    """What the steps come to, with everybody else's turn between two of them."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            value: Value = end.value
            return value
        await clock.sleep(NO_TIME)


def at_once(steps: Generator[None, None, Value]) -> Value:
    """What the steps come to, where nobody waits between two of them."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            value: Value = end.value
            return value


def cpu_seconds() -> float:
    """CPU time of this process, user and system, in seconds (for benches and self-observation)."""
    return time.process_time()
