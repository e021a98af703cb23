"""The simulated ONVIF device is one: a client that is not ours understands it and finds what ours finds."""

from __future__ import annotations

import asyncio
import importlib.util
import sys

import pytest

from monitor.clock import SystemClock
from monitor.model import Credentials, Secret
from monitor.probes.onvif import OnvifLimits, smallest_stream
from monitor.simulator.onvif_device import PASSWORD, USER, OnvifDevice, running
from tests.programs import missing

pytestmark = pytest.mark.real


async def test_another_client_finds_the_same_stream() -> None:
    if importlib.util.find_spec("onvif") is None:
        missing("onvif-zeep-async is not installed")
    async with running(OnvifDevice()) as device:
        other = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.real.zeep_client", str(device.port), USER),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(60):
            out, _ = await other.communicate(PASSWORD.encode())
        ours = await smallest_stream(
            device.address, Credentials(USER, Secret(PASSWORD)), clock=SystemClock(), limits=OnvifLimits()
        )
    assert out.decode().strip() == ours.url == "rtsp://127.0.0.1:8554/sub?a=1&b=2"
