"""Settles by two snapshots whether a suspected picture is frozen.

Decides whom to ask and when: a camera whose diagnosis suspects a frozen picture under a ticking clock, once its device
has told over ONVIF where its single pictures are; one camera at a time, and the same one not again soon. A snapshot
takes the device's slot and obeys its pauses as a probe does. Must never make a probe late or say that a camera is
frozen: the diagnosis says so, by what it then remembers.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

from monitor.clock import Clock
from monitor.engine.knowledge import UNKNOWN_RATE
from monitor.engine.permits import Permits
from monitor.engine.slots import Slots
from monitor.model import Camera, Cause, Credentials, Result
from monitor.picture.blocks import Sums
from monitor.picture.verdict import suspects_frozen
from monitor.probes.snapshots import Snapshot
from monitor.settings import Settings

log = logging.getLogger(__name__)

APART = timedelta(seconds=6)  # a clock's seconds have moved on, and a device that keeps a snapshot has made another one
AGAIN = timedelta(hours=1)  # after an attempt that came to nothing, or a suspicion that came back


class Asking(Protocol):
    """How snapshots are taken; ``monitor.probes.snapshots.SnapshotProber`` does."""

    async def take(self, camera: Camera, url: str, credentials: Credentials | None, may_authenticate: bool) -> Snapshot:
        """Ask once."""
        ...

    async def settle(self, camera_id: str, first: Sums, second: Sums) -> bool:
        """Remember what the two tell; whether the camera is frozen."""
        ...


class Snapshots:
    """All cameras that are suspected."""

    def __init__(
        self,
        settings: Callable[[], Settings],
        watched: Callable[[str], Camera | None],
        asking: Asking | None,
        *,
        slots: Slots,
        permits: Permits,
        clock: Clock,
        settled: Callable[[str], None],
    ) -> None:
        """``asking`` None: nobody is asked. ``settled`` is told the camera of which something new is remembered."""
        self._settings = settings
        self._watched = watched
        self._asking = asking
        self._slots = slots
        self._permits = permits
        self._clock = clock
        self._settled = settled
        self._offers: dict[str, tuple[Camera, str]] = {}  # by camera id
        self._asked: dict[str, float] = {}  # when, monotonic
        self._due: asyncio.Queue[str] = asyncio.Queue()

    def offered(self, camera: Camera, url: str) -> None:
        """The device told where the camera's single pictures are."""
        self._offers[camera.id] = camera, url

    def heard(self, result: Result) -> None:
        """What a probe saw; a suspicion is taken up as soon as may be."""
        camera_id, now = result.camera_id, self._clock.monotonic()
        if self._asking is None or camera_id not in self._offers:
            return
        if result.picture is None or not suspects_frozen(result.picture):
            return
        if now - self._asked.get(camera_id, float("-inf")) >= AGAIN.total_seconds():
            self._asked[camera_id] = now
            self._due.put_nowait(camera_id)

    def forget(self, camera_id: str) -> None:
        """The camera left the inventory."""
        self._offers.pop(camera_id, None)
        self._asked.pop(camera_id, None)

    async def run(self) -> None:
        """Ask one suspected camera after the other, for ever.

        Supervises: what goes wrong on our side costs this camera its snapshots, no more.
        """
        while True:
            camera_id = await self._due.get()
            try:
                await self._settle(camera_id)
            except Exception:
                log.exception("asking %s for snapshots failed on our side; the next one goes on", camera_id)

    async def _settle(self, camera_id: str) -> None:
        assert self._asking is not None, "whoever is not asked is not due"
        first = await self._take(camera_id)
        if first is None:
            return
        await self._clock.sleep(APART)
        second = await self._take(camera_id)
        if second is None:
            return
        frozen = await self._asking.settle(camera_id, first, second)
        log.info("%s: two snapshots show that the picture is %s", camera_id, "frozen" if frozen else "alive")
        self._settled(camera_id)

    async def _take(self, camera_id: str) -> Sums | None:
        """The blocks of one snapshot; None when there is none to be had, or nobody to ask any more."""
        camera, offer = self._watched(camera_id), self._offers.get(camera_id)
        if camera is None or offer is None or (camera.onvif, camera.url) != (offer[0].onvif, offer[0].url):
            return None
        assert self._asking is not None
        probe = self._settings().probe
        credentials = self._settings().credentials.get(camera.credentials)
        async with self._slots.taken_for(camera, UNKNOWN_RATE):
            permitted = self._permits.granted(camera, credentials)
            snapshot = await self._asking.take(camera, offer[1], credentials, permitted)
            await self._permits.heed(camera, credentials, probe.credentials_pause, snapshot)
        if snapshot.cause is not Cause.OK:
            log.info("%s gave no snapshot: %s %s", camera_id, snapshot.cause.value, snapshot.detail)
        return snapshot.sums
