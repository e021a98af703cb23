"""A clock that a test drives, and small values for tests of the edges."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar
from weakref import WeakKeyDictionary, WeakSet

from monitor.model import Camera, Site, SiteCategory

Value = TypeVar("Value")

START = datetime(2026, 11, 2, 0, 0, tzinfo=UTC)
PATIENCE = 60.0  # seconds of the real clock for all that one instant sets going; a machine may be busy

_begin = asyncio.BaseEventLoop.run_in_executor
_in_threads = WeakKeyDictionary[asyncio.AbstractEventLoop, WeakSet[asyncio.Future[Any]]]()


def _begin_and_note(
    loop: asyncio.BaseEventLoop, executor: Executor | None, what: Callable[..., Any], *arguments: Any
) -> asyncio.Future[Any]:
    job = _begin(loop, executor, what, *arguments)
    _in_threads.setdefault(loop, WeakSet()).add(job)
    return job


# A loop does not tell for which threads it waits.
asyncio.BaseEventLoop.run_in_executor = _begin_and_note  # type: ignore[method-assign,assignment]


class DrivenClock:
    """Both clocks stand still until ``advance``; ``set_wall`` lets the wall clock jump."""

    def __init__(self, start: datetime = START) -> None:
        self._wall = start
        self._mono = 1000.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = count()

    def now(self) -> datetime:
        return self._wall

    def monotonic(self) -> float:
        return self._mono

    async def sleep(self, duration: timedelta) -> None:
        if duration <= timedelta(0):
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._mono + duration.total_seconds(), next(self._order), future))
        await future

    def set_wall(self, wall: datetime) -> None:
        self._wall = wall

    async def advance(self, duration: timedelta) -> None:
        """Let that much time pass, waking sleepers in order and letting everybody run in between."""
        end = self._mono + duration.total_seconds()
        await self.settle()
        while self._sleepers and self._sleepers[0][0] <= end:
            due, _, future = heapq.heappop(self._sleepers)
            self._move_to(due)
            if not future.done():
                future.set_result(None)
            await self.settle()
        self._move_to(end)
        await self.settle()

    async def settle(self) -> None:
        """Until nothing is left to do that takes no time: in tasks, in threads, on sockets between our own ends.

        However long that takes on a busy machine, the clocks stand still; TimeoutError after ``PATIENCE``.
        """
        loop: Any = asyncio.get_running_loop()
        async with asyncio.timeout(PATIENCE):
            while True:
                await asyncio.sleep(0)
                if jobs := [job for job in _in_threads.get(loop, ()) if not job.done()]:
                    await asyncio.wait(jobs)
                elif not loop._ready and not loop._selector.select(0):
                    return

    def _move_to(self, mono: float) -> None:
        self._wall += timedelta(seconds=mono - self._mono)
        self._mono = mono


def a_camera(
    camera_id: str = "QX-01-01", village: str = "柳溪村", uplink: str = "up-1", host: str = "127.20.1.1"
) -> Camera:
    site = Site(f"{village}/gate", "村口", SiteCategory.STREET, village, "青溪镇", "示范县")
    return Camera(camera_id, "村口东", site, "中国移动", f"rtsp://{host}:8554/live", uplink=uplink)
