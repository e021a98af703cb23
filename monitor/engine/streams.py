"""Asks devices over ONVIF for their smallest stream: watching is to take as little of them and their lines as it can.

Decides whom to ask and when: cameras with an ONVIF address whose small stream is not known, a few at once, and all of
them again every day, because somebody may have changed a device. Must never ask a device that has other cameras too,
which might name the stream of one of those, nor show a password it has refused, nor keep a URL that holds one.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from typing import Protocol

from monitor.clock import Clock
from monitor.devices import Devices
from monitor.engine.knowledge import UNKNOWN_RATE
from monitor.engine.permits import Permits
from monitor.engine.slots import Slots
from monitor.errors import LocalProtocolError
from monitor.model import Camera, Credentials
from monitor.onvif.addresses import parse_address
from monitor.probes.onvif import OnvifLimits, StreamFound, smallest_stream
from monitor.rtsp.ending import Redactor
from monitor.settings import Settings, StreamChoice

log = logging.getLogger(__name__)

AGAIN_AFTER = timedelta(days=1)
NEW_AFTER = timedelta(minutes=1)  # how soon a camera that joined is asked
AT_ONCE = 8  # devices: silent ones take 30 s each, and a town of them must not keep the others waiting for hours


class Watched(Protocol):
    """Who is watched; the board knows."""

    def watched_ids(self) -> frozenset[str]:
        """The cameras in the inventory."""
        ...

    def watched(self, camera_id: str) -> Camera | None:
        """The camera as it is to be asked, or None when it is not in the inventory any more."""
        ...


FindStream = Callable[[Camera, Credentials | None, bool], Awaitable[StreamFound]]


def over_onvif(clock: Clock) -> FindStream:
    """The real way to find a stream: (camera, credentials, whether they may be sent) -> what the device says."""

    async def find(camera: Camera, credentials: Credentials | None, may_authenticate: bool) -> StreamFound:
        return await smallest_stream(
            camera.onvif,
            credentials,
            clock=clock,
            limits=OnvifLimits(),
            may_authenticate=may_authenticate,
            certificate=camera.certificate,
        )

    return find


class SmallStreams:
    """Keeps ``devices`` informed of the small streams."""

    def __init__(
        self,
        settings: Callable[[], Settings],
        board: Watched,
        slots: Slots,
        permits: Permits,
        devices: Devices,
        clock: Clock,
        find: FindStream,
    ) -> None:
        self._settings = settings
        self._board = board
        self._slots = slots
        self._permits = permits
        self._devices = devices
        self._clock = clock
        self._find = find
        # camera id -> its ONVIF address and its URL when it was asked last, and when that was (monotonic)
        self._asked: dict[str, tuple[tuple[str, str], float]] = {}

    async def run(self) -> None:
        """Ask whoever is due, for ever."""
        while True:
            due = iter([camera for camera in self._entitled() if self._due(camera)])
            async with asyncio.TaskGroup() as tasks:
                for _ in range(AT_ONCE):
                    tasks.create_task(self._ask_in_turn(due))
            await self._clock.sleep(NEW_AFTER)

    async def _ask_in_turn(self, due: Iterator[Camera]) -> None:
        """Ask one after the other. Supervises: what goes wrong on our side costs this camera its answer, no more."""
        for camera in due:
            try:
                await self._ask(camera)
            except Exception:
                log.exception("asking %s for its small stream failed on our side; the next one goes on", camera.id)

    def _entitled(self) -> Iterator[Camera]:
        """The cameras that are to be asked; of the others, what was found before is forgotten."""
        if self._settings().probe.stream is not StreamChoice.SUB:
            return
        cameras = list(filter(None, map(self._board.watched, sorted(self._board.watched_ids()))))
        shared = Counter(place_of(camera.onvif) for camera in cameras if camera.onvif)
        for camera in cameras:
            if camera.onvif and not camera.recorder and shared[place_of(camera.onvif)] == 1:
                yield camera
            elif (known := self._devices.stream(camera.id, camera.url)).found:
                self._devices.learn(camera.id, camera.url, replace(known, found=""))

    def _due(self, camera: Camera) -> bool:
        now, written = self._clock.monotonic(), (camera.onvif, camera.url)
        if camera.id not in self._asked and self._devices.stream(camera.id, camera.url).found:
            self._asked[camera.id] = written, now  # known from before a restart: that may wait a day
        before, asked = self._asked.get(camera.id, (("", ""), now))
        return before != written or now - asked >= AGAIN_AFTER.total_seconds()

    async def _ask(self, camera: Camera) -> None:
        settings = self._settings()
        credentials = settings.credentials.get(camera.credentials)
        self._asked[camera.id] = (camera.onvif, camera.url), self._clock.monotonic()
        async with self._slots.taken_for(camera, UNKNOWN_RATE):
            found = await self._find(camera, credentials, self._permits.granted(camera, credentials))
            await self._permits.heed(camera, credentials, settings.probe.credentials_pause, found)
        if not found.url:
            log.info("%s names no small stream over ONVIF: %s %s", camera.id, found.cause.value, found.detail)
            return
        if Redactor(credentials).clean(found.url) != found.url:
            log.warning("%s writes a password into the URL of its small stream, which is not kept", camera.id)
            return
        known = self._devices.stream(camera.id, camera.url)
        if known.found != found.url:
            self._devices.learn(camera.id, camera.url, replace(known, found=found.url))


@lru_cache(maxsize=100_000)  # each camera's is wanted every minute
def place_of(onvif: str) -> str:
    """Host and port of an ONVIF address, however it is spelt; the usual ports of http and https count as one."""
    try:
        return parse_address(onvif).authority
    except LocalProtocolError:
        return onvif
