"""How many probes may run at once: per device, per uplink (sessions and bandwidth), and in all.

A camera takes its device's slot, then its uplink's, then one of the machine's; always in this order, so that nothing
can deadlock, and a waiting camera holds nothing that another device needs. Device and uplink are free again when the
session is over, the machine's slot when the picture was looked at, so that a busy decoder slows the schedule down.
Who waits is late, never down.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import ExitStack, asynccontextmanager

from monitor.model import Camera, UplinkLimit
from monitor.settings import LimitSettings


class Uplink:
    """One line: so many sessions and so many bits per second, the first to come is the first to go.

    A camera that takes more than the whole line may carry runs alone.
    """

    def __init__(self, limit: UplinkLimit) -> None:
        self._limit = limit
        self._sessions = 0
        self._rate = 0
        self._waiting: deque[tuple[asyncio.Future[None], int]] = deque()

    async def take(self, rate: int) -> None:
        """Wait for room for one session of so many bit/s, and take it."""
        if not self._waiting and self._has_room(rate):
            self._begin(rate)
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((turn, rate))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._admit()  # whoever stood behind may need less
            else:  # its turn came in the same moment
                self.give_back(rate)
            raise

    def give_back(self, rate: int) -> None:
        """The session of so many bit/s is over."""
        self._sessions -= 1
        self._rate -= rate
        self._admit()

    def _has_room(self, rate: int) -> bool:
        bandwidth = self._limit.bandwidth
        fits = not bandwidth or not self._sessions or self._rate + rate <= bandwidth
        return self._sessions < self._limit.sessions and fits

    def _begin(self, rate: int) -> None:
        self._sessions += 1
        self._rate += rate

    def _admit(self) -> None:
        while self._waiting and (self._waiting[0][0].cancelled() or self._has_room(self._waiting[0][1])):
            turn, rate = self._waiting.popleft()
            if not turn.cancelled():
                self._begin(rate)
                turn.set_result(None)


class Slots:
    """Counting locks made on first use."""

    def __init__(self, limits: LimitSettings) -> None:
        self._all = asyncio.Semaphore(limits.in_flight)
        self._per_device = limits.per_device
        self._usual = limits.usual_uplink
        self._limits: Mapping[str, UplinkLimit] = limits.uplinks
        self._uplinks: dict[str, Uplink] = {}
        self._devices: dict[str, asyncio.Semaphore] = {}
        self.taken = 0

    @asynccontextmanager
    async def taken_for(self, camera: Camera, rate: int) -> AsyncIterator[Callable[[], None]]:
        """Wait for the slots of a camera that sends so many bit/s, and hold them.

        What is yielded gives back the device's and the uplink's, for when the session is over before the probe is.
        """
        with ExitStack() as session:
            device = self._devices.setdefault(camera.device, asyncio.Semaphore(self._per_device))
            await device.acquire()
            session.callback(device.release)
            if camera.uplink:
                uplink = self._uplink(camera.uplink)
                await uplink.take(rate)
                session.callback(uplink.give_back, rate)
            async with self._all:
                self.taken += 1
                try:
                    yield session.close
                finally:
                    self.taken -= 1

    def _uplink(self, name: str) -> Uplink:
        if name not in self._uplinks:
            self._uplinks[name] = Uplink(self._limits.get(name, self._usual))
        return self._uplinks[name]
