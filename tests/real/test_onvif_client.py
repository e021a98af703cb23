"""The simulated ONVIF device is one: a client that is not ours understands it and finds what ours finds."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from monitor.clock import SystemClock
from monitor.model import Credentials, Secret
from monitor.probes.onvif import OnvifLimits, inspect
from monitor.simulator.onvif_answers import MAIN, MEDIA, MEDIA2, Plate
from monitor.simulator.onvif_device import PASSWORD, USER, OnvifDevice, Wants, running
from tests.programs import missing

pytestmark = pytest.mark.real

SKEW = timedelta(hours=3)
DEVICES = (
    OnvifDevice(),
    OnvifDevice(skew=SKEW),
    OnvifDevice(wants=Wants.NOTHING, services=(MEDIA, MEDIA2)),
    OnvifDevice(plate=Plate("Dahua", "DH-IPC-HFW4443", "2.800", "6K0"), offers=(MAIN,)),
)


async def test_another_client_is_told_the_same() -> None:
    if importlib.util.find_spec("onvif") is None:
        missing("onvif-zeep-async is not installed")
    async with AsyncExitStack() as stack:
        ports = [str((await stack.enter_async_context(running(device))).port) for device in DEVICES]
        other = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.real.zeep_client", USER, *ports),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(100):
            out, _ = await other.communicate(PASSWORD.encode())
        clock, login = SystemClock(), Credentials(USER, Secret(PASSWORD))
        ours = [await inspect(one.address, login, clock=clock, limits=OnvifLimits()) for one in DEVICES]
    theirs = [json.loads(line) for line in out.decode().splitlines()]
    assert len(theirs) == len(DEVICES)
    for device, told, other_told in zip(DEVICES, ours, theirs, strict=True):
        assert told.identity is not None
        plate = told.identity
        assert other_told["plate"] == f"{plate.maker} {plate.model} {plate.firmware} {plate.serial}"
        assert (other_told["smallest"], other_told["largest"]) == (told.found.url, told.main)
        assert told.clock_offset is not None
        for right in (timedelta(seconds=float(other_told["offset"])), device.skew):
            assert abs(told.clock_offset - right) < timedelta(seconds=2)
