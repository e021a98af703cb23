"""Pauses after refused passwords, as the commands that ask devices keep them: the same ones that the monitor keeps."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from monitor.cli import texts
from monitor.clock import Clock
from monitor.devices import Devices
from monitor.engine.permits import Answer, Permits
from monitor.language import Language
from monitor.model import Camera
from monitor.settings import Settings


class Pauses:
    """Reads them before a device is asked, and writes one down after it refused."""

    def __init__(self, settings: Settings, devices: Devices, clock: Clock, *, insist: bool) -> None:
        """``insist``: a person wants a paused device to be asked all the same."""
        self._settings = settings
        self._permits = Permits(devices, clock, settings.probe.credentials_pause)
        self._insist = insist

    def reason(self, camera: Camera, language: Language) -> str:
        """Why the camera is not asked now, for people; "" when it is."""
        until = self._permits.paused_until(camera, self._settings.credentials.get(camera.credentials))
        if until is None or self._insist:
            return ""
        local = until.astimezone(ZoneInfo(self._settings.contract.terms.zone))
        return texts.PAUSED[language].format(until=local)

    async def heed(self, camera: Camera, answer: Answer) -> None:
        """Begin a pause if the answer calls for one; it is on the disk afterwards."""
        credentials = self._settings.credentials.get(camera.credentials)
        await self._permits.heed(camera, credentials, self._settings.probe.credentials_pause, answer)
