"""Fake cameras answer WS-Discovery: a client that is not ours finds the same ones as ours does."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from datetime import timedelta

import pytest

from monitor.clock import SystemClock
from monitor.probes.discovery import SurveyLimits, survey
from monitor.simulator.discovery import PORT, Persona, Responders
from tests.addresses import BASE
from tests.programs import missing

pytestmark = pytest.mark.real


async def test_another_client_finds_the_same_cameras() -> None:
    if importlib.util.find_spec("wsdiscovery") is None:
        missing("WSDiscovery is not installed")
    hosts = [f"{BASE}.245.{last}" for last in range(1, 5)]
    town = [Persona(host, f"http://{host}:8000/onvif/device_service", "Dahua", "IPC 4443") for host in hosts]
    responders = Responders(town, PORT)
    try:
        other = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.real.wsdiscovery_client", stdout=asyncio.subprocess.PIPE
        )
        async with asyncio.timeout(60):
            out, _ = await other.communicate()
        limits = SurveyLimits(patience=timedelta(seconds=1))
        ours = await survey(
            [], ["127.0.0.1"], "0a1b2c3d-0000-4000-8000-112233445566", clock=SystemClock(), limits=limits
        )
    finally:
        responders.close()
    theirs = {tuple(line.split("\t")) for line in out.decode().splitlines()}
    ours_told = {
        (each.match.endpoint, *each.match.addresses, f"onvif://www.onvif.org/name/{each.match.name}")
        for each in ours.answered
    }
    expected = {(camera.endpoint, camera.service, "onvif://www.onvif.org/name/Dahua IPC 4443") for camera in town}
    assert expected <= theirs  # other towns on this machine may answer too
    assert expected <= ours_told
