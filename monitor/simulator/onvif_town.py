"""The ONVIF side of a simulated town: every camera answers WS-Discovery, tells its stream at its device service, and
hands out single pictures.

A device service here knows one user name; cameras whose account has another one keep theirs closed, as many do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from itertools import cycle
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from monitor.errors import SharpEyesError
from monitor.model import Camera, Codec
from monitor.simulator.auth import Scheme
from monitor.simulator.clips import ClipSize
from monitor.simulator.discovery import PORT, Persona, Responders
from monitor.simulator.flaws import Flaw
from monitor.simulator.onvif_answers import MEDIA, MEDIA2, Offer, Plate
from monitor.simulator.onvif_device import USER, OnvifDevice, Serving, Wants
from monitor.simulator.onvif_habits import Habit, with_habit
from monitor.simulator.server import CameraPlan
from monitor.simulator.snapshots import SnapshotDevice

SERVICE_PORT = 8000
SNAPSHOT_PORT = 8001
Flaws = Callable[[str], Flaw | None]  # of the camera of that id, now
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


def snapshots_of(camera: Camera, plan: CameraPlan, size: ClipSize, flaws: Flaws) -> SnapshotDevice:
    """Its single pictures, of the size of its stream."""
    return SnapshotDevice(
        plan.credentials,
        plan.scheme,
        plan.scene,
        lambda: flaws(camera.id),
        width=size.width,
        height=size.height,
        host=plan.host,
        port=SNAPSHOT_PORT,
    )


def device_of(
    camera: Camera, plan: CameraPlan, size: ClipSize, habit: Habit = Habit.NONE, snapshot: str = ""
) -> OnvifDevice:
    """Its device service: a stream of that size and a larger one, both at the camera's one address.

    ``snapshot``: where its single pictures are; "" = it offers none.
    """
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
        snapshot=snapshot,
        port=SERVICE_PORT,
    )
    return with_habit(device, habit)


class DeviceServices:
    """Device services and single pictures of cameras, between ``start`` and ``stop``; nobody finds them by asking."""

    def __init__(
        self,
        cameras: Iterable[tuple[Camera, CameraPlan]],
        size: ClipSize,
        flaws: Flaws,
        habits: Sequence[Habit] = (Habit.NONE,),
    ) -> None:
        """``flaws``: what single pictures show; ``habits``: dealt to the devices in turn."""
        self._cameras = [(camera, plan) for camera, plan in cameras if plan.credentials.username == USER]
        self._size = size
        self._flaws = flaws
        self._habits = habits
        self._open = AsyncExitStack()

    async def start(self) -> None:
        """Raises ``SharpEyesError`` and leaves nothing open when an address is taken."""
        try:
            for (camera, plan), habit in zip(self._cameras, cycle(self._habits), strict=False):
                pictures = snapshots_of(camera, plan, self._size, self._flaws)
                await self._serve(pictures, plan.host)
                await self._serve(device_of(camera, plan, self._size, habit, pictures.url), plan.host)
        except OSError as error:
            await self.stop()
            ports = f"{SERVICE_PORT} or {SNAPSHOT_PORT}"
            raise SharpEyesError(f"cannot listen for ONVIF on port {ports}: {error.strerror}") from error

    async def stop(self) -> None:
        """Answer nobody any more; harmless when not started."""
        await self._open.aclose()

    async def _serve(self, device: Serving, host: str) -> None:
        self._open.callback((await asyncio.start_server(device.serve, host, device.port)).close)


class OnvifTown:
    """Devices that answer whoever asks the network, and then at their services; between ``start`` and ``stop``."""

    def __init__(
        self,
        cameras: Iterable[tuple[Camera, CameraPlan]],
        size: ClipSize,
        flaws: Flaws,
        port: int = PORT,
        habits: Sequence[Habit] = (Habit.NONE,),
    ) -> None:
        """``port``: the UDP port on which the network is asked; the others as those of ``DeviceServices``."""
        self._cameras = tuple(cameras)
        self._port = port
        self._services = DeviceServices(self._cameras, size, flaws, habits)
        self._open = AsyncExitStack()

    async def start(self) -> None:
        """Raises ``SharpEyesError`` and leaves nothing open when an address is taken."""
        responders = Responders((persona_of(camera) for camera, _ in self._cameras), self._port)
        self._open.callback(responders.close)
        try:
            await self._services.start()
        except SharpEyesError:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Answer nobody any more; harmless when not started."""
        await self._services.stop()
        await self._open.aclose()
