"""How many probes may run at once: per device, per uplink, and in all.

A camera takes its device's slot, then its uplink's, then one of the machine's; always in this order, so that nothing
can deadlock, and a waiting camera holds nothing that another device needs. Who waits is late, never down.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from monitor.model import Camera


class Slots:
    """Counting locks made on first use; ``limits`` are at least 1."""

    def __init__(self, in_flight: int, per_uplink: int, per_device: int) -> None:
        self._all = asyncio.Semaphore(in_flight)
        self._per_uplink = per_uplink
        self._per_device = per_device
        self._uplinks: dict[str, asyncio.Semaphore] = {}
        self._devices: dict[str, asyncio.Semaphore] = {}
        self.taken = 0

    @asynccontextmanager
    async def taken_for(self, camera: Camera) -> AsyncIterator[None]:
        """Wait for the camera's slots and hold them."""
        async with AsyncExitStack() as held:
            device = self._devices.setdefault(camera.device, asyncio.Semaphore(self._per_device))
            await held.enter_async_context(device)
            if camera.uplink:
                uplink = self._uplinks.setdefault(camera.uplink, asyncio.Semaphore(self._per_uplink))
                await held.enter_async_context(uplink)
            await held.enter_async_context(self._all)
            self.taken += 1
            try:
                yield
            finally:
                self.taken -= 1
