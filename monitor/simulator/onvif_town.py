"""The ONVIF side of a simulated town: every camera answers WS-Discovery, and tells its stream at its device service.

A device service here knows one user name; cameras whose account has another one keep theirs closed, as many do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from itertools import cycle
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from monitor.errors import SharpEyesError
from monitor.model import Camera, Codec
from monitor.simulator.auth import Scheme
from monitor.simulator.clips import ClipSize
from monitor.simulator.discovery import PORT, Persona, Responders
from monitor.simulator.onvif_answers import MEDIA, MEDIA2, Offer, Plate
from monitor.simulator.onvif_device import USER, OnvifDevice, Wants
from monitor.simulator.onvif_habits import Habit, with_habit
from monitor.simulator.server import CameraPlan

SERVICE_PORT = 8000
_SPELT = {Codec.H264: "H264", Codec.H265: "H265", Codec.MJPEG: "JPEG"}
_WANTS = {
    Scheme.NONE: Wants.NOTHING,
    Scheme.BASIC: Wants.TOKEN,
    Scheme.DIGEST_RFC2069: Wants.TOKEN,
    Scheme.DIGEST_MD5: Wants.MD5,
    Scheme.DIGEST_SHA256: Wants.SHA256,
}


def persona_of(camera: Camera) -> Persona:
    """What the fake device behind a camera says of itself to whoever asks the network."""
    host = urlsplit(camera.url).hostname or ""
    return Persona(host, f"http://{host}:{SERVICE_PORT}/onvif/device_service", camera.vendor, camera.model)


def service_place(camera: Camera) -> str:
    """Where its device service is, as an inventory writes it."""
    return f"{urlsplit(camera.url).hostname}:{SERVICE_PORT}"


def device_of(camera: Camera, plan: CameraPlan, size: ClipSize, habit: Habit = Habit.NONE) -> OnvifDevice:
    """Its device service: a stream of that size and a larger one, both at the camera's one address."""
    small = Offer("sub", _SPELT[plan.codec], size.width, size.height)
    large = Offer("main", _SPELT[plan.codec], 2 * size.width, 2 * size.height, 4096)
    device = OnvifDevice(
        wants=_WANTS[plan.scheme],
        password=plan.credentials.password.reveal(),
        plate=Plate(camera.vendor, camera.model, serial=f"{camera.model}-{camera.id}"),
        offers=(large, small),
        services=(MEDIA2,) if plan.codec is Codec.H265 else (MEDIA,),  # only the second generation knows H.265
        xaddr=f"http://{plan.host}:{SERVICE_PORT}",
        stream=escape(plan.url),
        port=SERVICE_PORT,
    )
    return with_habit(device, habit)


class OnvifTown:
    """Answers between ``start`` and ``stop``."""

    def __init__(
        self,
        cameras: Iterable[tuple[Camera, CameraPlan]],
        size: ClipSize,
        port: int = PORT,
        habits: Sequence[Habit] = (Habit.NONE,),
    ) -> None:
        """``port``: the UDP port on which the network is asked; ``habits``: dealt to the devices in turn."""
        self._cameras = tuple(cameras)
        self._size = size
        self._port = port
        self._habits = habits
        self._open = AsyncExitStack()

    async def start(self) -> None:
        """Raises ``SharpEyesError`` and leaves nothing open when an address is taken."""
        try:
            responders = Responders((persona_of(camera) for camera, _ in self._cameras), self._port)
            self._open.callback(responders.close)
            open_ones = ((camera, plan) for camera, plan in self._cameras if plan.credentials.username == USER)
            for (camera, plan), habit in zip(open_ones, cycle(self._habits), strict=False):
                device = device_of(camera, plan, self._size, habit)
                server = await asyncio.start_server(device.serve, plan.host, SERVICE_PORT)
                self._open.callback(server.close)
        except OSError as error:
            await self.stop()
            raise SharpEyesError(f"cannot listen for ONVIF on port {SERVICE_PORT}: {error.strerror}") from error

    async def stop(self) -> None:
        """Answer nobody any more; harmless when not started."""
        await self._open.aclose()
