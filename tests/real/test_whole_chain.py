"""Cameras, the real monitor, a real Prometheus and the shipped rules: what goes wrong is told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from monitor.clock import SystemClock
from monitor.demo.child import Child
from monitor.demo.place import Place, Tempo, furnish
from monitor.language import Language
from monitor.simulator.faults import Fault
from monitor.simulator.town import build_town
from tests.addresses import BASE
from tests.prometheus import firing, prometheus_watching, until

pytestmark = pytest.mark.real

QUICK = Tempo(interval=timedelta(seconds=1), patience=timedelta(milliseconds=500), heartbeat=timedelta(seconds=1))


@pytest.mark.timeout(180)
async def test_a_rate_below_the_contract_and_a_dead_monitor_are_told(tmp_path: Path) -> None:
    clock, place = SystemClock(), Place(tmp_path)
    town = build_town(12, 6, base=BASE, clock=clock)
    furnish(place, town.cameras, town.credentials, town.cameras[0].id, clock.now(), QUICK, Language.ZH)
    await town.start()
    child = await Child.start(place)
    try:
        async with aiohttp.ClientSession() as session:
            await child.watching(session, clock, timedelta(seconds=30))
            with prometheus_watching(tmp_path, child.address) as (api, log):
                scraped = f"{api}/query?query=sharpeyes_sla_month_online_ratio"
                await until(session, scraped, lambda answer: bool(answer["data"]["result"]), log)
                failing = [camera.id for camera in town.cameras[1:7]]
                town.inject(failing, Fault.PORT_CLOSED)
                alerts = f"{api}/alerts"
                told = await until(session, alerts, lambda a: "SharpEyesOnlineRateBelowTarget" in firing(a), log)
                down = {a["labels"].get("camera_id") for a in told["data"]["alerts"]} - {None}
                assert down <= set(failing)

                child.kill()
                await child.wait()
                await until(session, alerts, lambda a: "SharpEyesMonitorDown" in firing(a), log)
    finally:
        await child.end()
        await town.stop()
