"""A small network on loopback, in a thread of its own: the command has its own loop."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager

from monitor.simulator.discovery import PORT, Persona, Responders
from monitor.simulator.onvif_device import OnvifDevice
from monitor.simulator.onvif_town import SERVICE_PORT
from tests.addresses import BASE

numbers = itertools.count(1)


def a_persona(model: str = "DS-2CD3T47") -> Persona:
    """A camera at an address that nobody else has."""
    host = f"{BASE}.246.{next(numbers)}"
    return Persona(host, f"http://{host}:{SERVICE_PORT}/onvif/device_service", "Hikvision", model)


@contextmanager
def network(devices: dict[Persona, OnvifDevice | None]) -> Iterator[None]:
    """They answer WS-Discovery, and where a device is given its ONVIF service answers too."""
    loop, ready, over = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def serve() -> None:
        responders = Responders(devices, PORT)
        async with AsyncExitStack() as stack:
            stack.callback(responders.close)
            for persona, device in devices.items():
                if device is not None:
                    await stack.enter_async_context(
                        await asyncio.start_server(device.serve, persona.host, SERVICE_PORT)
                    )
            ready.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()
