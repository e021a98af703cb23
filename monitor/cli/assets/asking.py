"""Asks new devices what they are and which stream is their smallest, a few at once, each one once."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from monitor.cli.assets import texts
from monitor.cli.pauses import Pauses
from monitor.clock import Clock
from monitor.devices import Devices, devices_path
from monitor.engine import Plan
from monitor.inventory.cameras import rtsp_url
from monitor.inventory.proposals import Found
from monitor.language import Language
from monitor.model import Camera, Cause, Credentials, Identity, Site, SiteCategory
from monitor.onvif.discovery import said
from monitor.probes.http import HttpLimits
from monitor.probes.inspection import StreamFound
from monitor.probes.onvif import OnvifLimits, inspect
from monitor.rtsp.ending import MAX_DETAIL, Redactor
from monitor.wording import CAUSES

AT_ONCE: Final = 4  # devices asked at the same time
LIMITS: Final = OnvifLimits(
    HttpLimits(connect=timedelta(seconds=3), reply=timedelta(seconds=5)), total=timedelta(seconds=15)
)
LONGEST: Final = timedelta(minutes=20)  # of asking; forged answers must not keep anybody waiting for hours
OFTEN: Final = 20  # after so many devices the progress is told


@dataclass(frozen=True, slots=True)
class Told:
    """A device, and in words what it told."""

    found: Found
    said: str


class Asker:
    """Shows one account, if any, once to each device; pauses after refused passwords are those of the monitor."""

    def __init__(self, plan: Plan | None, account: str, clock: Clock, language: Language) -> None:
        self._account = account
        self._credentials = plan.settings.credentials[account] if plan is not None and account else None
        self._pauses: Pauses | None = None
        if plan is not None and account:
            devices = Devices(devices_path(plan.settings.ledger))
            self._pauses = Pauses(plan.settings, devices, clock, insist=False)
        self._clock = clock
        self._language = language
        self._done = 0
        self._until = clock.monotonic() + LONGEST.total_seconds()

    async def all(self, found: Sequence[Found]) -> tuple[Told, ...]:
        """Every device, in their order."""
        slots = asyncio.Semaphore(AT_ONCE)

        async def one(device: Found) -> Told:
            async with slots:
                told = await self._one(device)
            self._done += 1
            if self._done % OFTEN == 0 and self._done < len(found):
                text = texts.DEVICES_SO_FAR[self._language].format(done=self._done, of=len(found))
                print(text, file=sys.stderr)
            return told

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(device)) for device in found]
        return tuple(task.result() for task in tasks)

    async def _one(self, device: Found) -> Told:
        if self._clock.monotonic() > self._until:
            reason = texts.NOT_ASKED[self._language]
            return Told(replace(device, remark=reason), reason)
        camera = _camera(device, self._account)
        if self._pauses is not None and (reason := self._pauses.reason(camera, self._language)):
            return Told(replace(device, remark=reason), reason)
        inspection = await inspect(device.onvif, self._credentials, clock=self._clock, limits=LIMITS)
        if self._pauses is not None:
            await self._pauses.heed(camera, inspection)
        return self._told(_with_plate(device, inspection.identity), inspection.found)

    def _told(self, device: Found, stream: StreamFound) -> Told:
        if stream.cause is not Cause.OK or stream.codec is None:
            cause = f"{CAUSES[stream.cause][self._language]} ({stream.cause.value})"
            reason = " ".join(filter(None, (cause, said(stream.detail, MAX_DETAIL))))
            return Told(replace(device, remark=reason), reason)
        url = _writable(stream.url, self._credentials)
        if not url:
            reason = texts.URL_WITH_PASSWORD[self._language]
            return Told(replace(device, remark=reason), reason)
        size = texts.NEW_STREAM[self._language].format(
            width=stream.width, height=stream.height, codec=stream.codec.value
        )
        return Told(replace(device, url=url, credentials=self._account), size)


def _with_plate(device: Found, plate: Identity | None) -> Found:
    """The device with what stands on its plate, where it tells that."""
    if plate is None:
        return device
    return replace(device, vendor=said(plate.maker), model=said(plate.model) or device.model, serial=said(plate.serial))


def _writable(url: str, credentials: Credentials | None) -> str:
    """The address as an inventory keeps it; "" for one that it refuses: it carries a password."""
    try:
        return rtsp_url(url) if Redactor(credentials).clean(url) == url else ""
    except ValueError:
        return ""


def _camera(device: Found, account: str) -> Camera:
    """The device as those know it who keep pauses."""
    nowhere = Site("", "", SiteCategory.OTHER, "", "", "")
    return Camera("", "", nowhere, "", f"rtsp://{device.host}/", credentials=account)
