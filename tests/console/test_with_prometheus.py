"""The console, a real Prometheus and a real Alertmanager together, with the shipped configuration made impatient."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from monitor.clock import SystemClock
from monitor.incidents import Origin
from monitor.metrics import TownView
from monitor.model import Cause, State
from tests.addresses import free_port
from tests.console.fakes import FakeSource, console
from tests.metrics.town import camera, group, incident, status, town
from tests.programs import program
from tests.prometheus import CONFIG, firing, prometheus_watching, running, until

pytestmark = pytest.mark.real


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def view(online_ratio: float) -> TownView:
    """A town with one camera down, at the present time."""
    now = datetime.now(UTC)
    statuses = (
        status(last_good_at=now, since_at=now - timedelta(hours=1)),
        status(State.DOWN, Cause.TCP_TIMEOUT, camera("c2", name='村口 "二" 号'), since_at=now - timedelta(hours=1)),
    )
    shown = town(*statuses, groups=(group(online_ratio=online_ratio, up=1, down=1),), at=now)
    return replace(shown, incidents=(incident(1, Origin.CAMERA, cameras=1, camera_ids=("c2",)),))


async def test_prometheus_tells_when_the_months_rate_falls_below_the_target_and_when_it_is_back(
    client: aiohttp.ClientSession, tmp_path: Path
) -> None:
    source = FakeSource(SystemClock())
    source.view = view(online_ratio=0.96)
    async with console(source, SystemClock()) as monitor:
        with prometheus_watching(tmp_path, monitor) as (prometheus, log):
            alerts = f"{prometheus}/alerts"
            told = await until(client, alerts, lambda a: "SharpEyesCameraDown" in firing(a), log)
            assert "SharpEyesOnlineRateBelowTarget" not in firing(told)
            (down,) = [a for a in told["data"]["alerts"] if a["labels"]["alertname"] == "SharpEyesCameraDown"]
            assert down["labels"]["name"] == '村口 "二" 号'

            source.view = view(online_ratio=0.94)
            told = await until(client, alerts, lambda a: "SharpEyesOnlineRateBelowTarget" in firing(a), log)
            texts = [a["annotations"] for a in told["data"]["alerts"] if a["labels"].get("scope") == "town"]
            assert any("本月累计在线率 94%" in text["description"] for text in texts)

            source.view = view(online_ratio=0.951)
            await until(client, alerts, lambda a: "SharpEyesOnlineRateBelowTarget" not in firing(a), log)
            await until(
                client,
                f"{prometheus}/targets",
                lambda a: a["data"]["activeTargets"][0]["lastError"] == "",
                log,
            )


async def test_what_is_wholly_down_or_blind_keeps_its_own_parts_quiet_and_no_others(
    client: aiohttp.ClientSession, tmp_path: Path
) -> None:
    binary, port, log = program("prometheus-alertmanager"), free_port(), tmp_path / "alertmanager.log"
    arguments = (
        f"--config.file={CONFIG / 'alertmanager' / 'alertmanager.yml'}",
        f"--storage.path={tmp_path / 'alertmanager'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    )
    where = {"county": "安平县", "town": "清河镇"}

    def alert(name: str, subject: str, **labels: str) -> dict[str, Any]:
        return {"labels": {"alertname": f"SharpEyes{name}", "subject": subject, **labels}}

    alerts = [
        alert("VillageDown", "camera", village="柳溪村", **where),
        alert("CameraDown", "camera", village="柳溪村", **where),
        alert("CameraDown", "camera", village="清河村", **where),
        alert("BlindSpot", "site", village="东山村", county="乐平县", town="东山镇"),
        alert("ReloadFailed", "monitor"),
    ]

    def quiet(answer: list[dict[str, Any]]) -> set[tuple[str, str]]:
        return {
            (alert["labels"]["alertname"].removeprefix("SharpEyes"), alert["labels"].get("village", ""))
            for alert in answer
            if alert["status"]["inhibitedBy"]
        }

    api = f"http://127.0.0.1:{port}/api/v2/alerts"
    with running(binary, *arguments, log=log):
        await until(client, f"http://127.0.0.1:{port}/-/ready", lambda _: True, log)

        async def tell(*more: dict[str, Any]) -> None:
            async with client.post(api, json=more) as answer:
                assert answer.ok, await answer.text()

        await tell(*alerts)
        told = await until(client, api, lambda a: len(a) == 5 and bool(quiet(a)), log)
        assert quiet(told) == {("CameraDown", "柳溪村")}

        cameras_here = {("CameraDown", "柳溪村"), ("CameraDown", "清河村"), ("VillageDown", "柳溪村")}
        await tell(alert("MonitorBlind", "monitor", county="安平县"))
        await until(client, api, lambda a: quiet(a) == cameras_here, log)

        await tell(alert("MonitorDown", "monitor"))
        await until(client, api, lambda a: quiet(a) == {*cameras_here, ("BlindSpot", "东山村")}, log)
