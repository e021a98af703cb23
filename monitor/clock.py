"""The only file that reads or waits for time.

Rules never read a clock; edges take a ``Clock`` as an argument, so that tests drive time instead of sleeping.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


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


def cpu_seconds() -> float:
    """CPU time of this process, user and system, in seconds (for benches and self-observation)."""
    return time.process_time()
