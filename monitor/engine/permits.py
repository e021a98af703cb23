"""Who may send a password: after one refusal a device is not offered the same credentials again until a pause is over.

Devices lock accounts after a handful of wrong passwords; a monitor must never be the reason, however often it is
restarted. Corrected credentials are another account here and may be tried at once.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Protocol

from monitor.clock import Clock
from monitor.devices import Devices
from monitor.model import Camera, Cause, Credentials

# A device that says "one attempt left" locks the account at the next wrong one, usually for 30 minutes, and counts the
# attempts of a while: twice the lock is beyond both.
LAST_ATTEMPT_PAUSE = timedelta(hours=1)


class Answer(Protocol):
    """What a device said to whoever may have shown it credentials, over RTSP or ONVIF."""

    @property
    def cause(self) -> Cause:
        """What came of it."""
        ...

    @property
    def credentials_refused(self) -> bool:
        """They were sent and the device said no."""
        ...

    @property
    def attempts_left(self) -> int | None:
        """How often the device says a password may still be tried; None = it did not say."""
        ...


class Permits:
    """Pauses per device and credentials, shared by whoever asks that device for anything.

    They are kept by the wall clock and counted on the monotonic one. After a restart a pause goes on by the wall clock,
    but never for longer than ``longest`` from then: a clock that was set back must not keep a camera unwatched.
    """

    def __init__(self, devices: Devices, clock: Clock, longest: timedelta) -> None:
        self._devices = devices
        self._clock = clock
        now, began, longest = clock.now(), clock.monotonic(), max(longest, LAST_ATTEMPT_PAUSE)
        self._paused_until = {
            account: began + min(until - now, longest).total_seconds()
            for account, until in devices.pauses.items()
            if until > now
        }

    @property
    def paused(self) -> int:
        """How many accounts are paused now."""
        now = self._clock.monotonic()
        return sum(until > now for until in self._paused_until.values())

    def granted(self, camera: Camera, credentials: Credentials | None) -> bool:
        """Whether the camera's device may be offered these credentials now."""
        return credentials is None or self._clock.monotonic() >= self._until(camera, credentials)

    def paused_until(self, camera: Camera, credentials: Credentials | None) -> datetime | None:
        """When the pause ends; None when there is none."""
        if credentials is None or self.granted(camera, credentials):
            return None
        left = self._until(camera, credentials) - self._clock.monotonic()
        return self._clock.now() + timedelta(seconds=left)

    async def heed(self, camera: Camera, credentials: Credentials | None, pause: timedelta, answer: Answer) -> None:
        """Begin a pause if the answer calls for one: a refusal, a lock, or a count of attempts, which has begun then.

        What a device says to somebody who offered nothing does not lengthen a pause. Returns when it is on the disk,
        for the next process to know; to be called before the device is free for the next question.
        """
        told = answer.cause is Cause.ACCOUNT_LOCKED or answer.attempts_left is not None
        if credentials is None or not (answer.credentials_refused or (told and self.granted(camera, credentials))):
            return
        if answer.attempts_left is not None and answer.attempts_left <= 1:
            pause = max(pause, LAST_ATTEMPT_PAUSE)
        account = self._devices.account(camera.device, credentials)
        self._paused_until[account] = self._clock.monotonic() + pause.total_seconds()
        self._devices.pause(account, self._clock.now() + pause)
        await asyncio.to_thread(self._devices.flush)

    def _until(self, camera: Camera, credentials: Credentials) -> float:
        if not self._paused_until:  # the usual case, and no digest is needed for it
            return 0.0
        return self._paused_until.get(self._devices.account(camera.device, credentials), 0.0)
