"""Who may send a password: after one refusal a device is not offered the same credentials again until a pause is over.

Devices lock accounts after a handful of wrong passwords; a monitor must never be the reason. Corrected credentials
are another value and may be tried at once.
"""

from __future__ import annotations

from datetime import timedelta

from monitor.model import Camera, Credentials


class Permits:
    """Remembers refusals per device and credentials, in monotonic seconds."""

    def __init__(self) -> None:
        self._paused_until: dict[tuple[str, Credentials], float] = {}

    def granted(self, camera: Camera, credentials: Credentials | None, now: float) -> bool:
        """Whether the camera may be offered these credentials now."""
        if credentials is None:
            return True
        return now >= self._paused_until.get((camera.device, credentials), now)

    def refused(self, camera: Camera, credentials: Credentials | None, now: float, pause: timedelta) -> None:
        """The device refused; a refusal during the pause (nothing was offered) does not lengthen it."""
        if credentials is not None and self.granted(camera, credentials, now):
            self._paused_until[camera.device, credentials] = now + pause.total_seconds()
