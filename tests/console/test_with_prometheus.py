"""The console, a real Prometheus and a real Alertmanager together, with the shipped configuration made impatient."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from monitor.clock import SystemClock
from monitor.metrics import TownView
from monitor.model import Cause, State
from tests.console.fakes import FakeSource, console
from tests.metrics.town import camera, group, status, town
from tests.programs import program

pytestmark = pytest.mark.real

CONFIG = Path(__file__).parent.parent.parent / "config"
PATIENCE = 60  # seconds for another program to do what it does in one or two


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(name: str, *arguments: str, log: Path) -> Iterator[None]:
    """A third-party server for the length of a test."""
    with log.open("wb") as output, subprocess.Popen([name, *arguments], stdout=output, stderr=output) as process:
        try:
            yield
        finally:
            process.terminate()


def end_of(log: Path) -> str:
    return log.read_text("utf-8", "replace")[-2000:]


async def until(client: aiohttp.ClientSession, url: str, wanted: Callable[[Any], bool], log: Path) -> Any:
    """Ask again and again until the answer is as wanted; a failure shows the last answer and the server's log."""
    last: object = "no answer"
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                with contextlib.suppress(aiohttp.ClientConnectionError):
                    async with client.get(url) as answer:
                        text = await answer.text()
                        last = json.loads(text) if answer.content_type == "application/json" else text
                        if answer.ok and wanted(last):
                            return last
                await asyncio.sleep(0.1)
    except TimeoutError:
        pytest.fail(f"{url} last said {last!r}\n{end_of(log)}")


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def impatient(folder: Path, monitor: str) -> Path:
    """The shipped configuration with short intervals and no waiting, aimed at this monitor."""
    rules = (CONFIG / "prometheus" / "sharp-eyes.rules.yml").read_text("utf-8")
    rules = re.sub(r"\b(for|keep_firing_for): \w+", r"\1: 0s", rules)
    (folder / "sharp-eyes.rules.yml").write_text(rules, "utf-8")
    settings = yaml.safe_load((CONFIG / "prometheus" / "prometheus.yml").read_text("utf-8"))
    settings["global"] = {"scrape_interval": "300ms", "scrape_timeout": "300ms", "evaluation_interval": "300ms"}
    settings["scrape_configs"][0]["static_configs"] = [{"targets": [monitor.removeprefix("http://")]}]
    del settings["alerting"]
    path = folder / "prometheus.yml"
    path.write_text(yaml.safe_dump(settings), "utf-8")
    return path


def view(online_ratio: float) -> TownView:
    """A town with one camera down, at the present time."""
    now = datetime.now(UTC)
    statuses = (
        status(last_good_at=now, since_at=now - timedelta(hours=1)),
        status(State.DOWN, Cause.TCP_TIMEOUT, camera("c2", name='村口 "二" 号'), since_at=now - timedelta(hours=1)),
    )
    return town(*statuses, groups=(group(online_ratio=online_ratio, up=1, down=1),), at=now)


def firing(answer: dict[str, Any]) -> set[str]:
    alerts = answer["data"]["alerts"]
    assert "error expanding" not in json.dumps(alerts)
    return {alert["labels"]["alertname"] for alert in alerts if alert["state"] == "firing"}


async def test_prometheus_tells_when_the_months_rate_falls_below_the_target_and_when_it_is_back(
    client: aiohttp.ClientSession, tmp_path: Path
) -> None:
    binary, port, log = program("prometheus"), free_port(), tmp_path / "prometheus.log"
    source = FakeSource(SystemClock())
    source.view = view(online_ratio=0.96)
    prometheus = f"http://127.0.0.1:{port}/api/v1"
    async with console(source, SystemClock()) as monitor:
        arguments = (
            f"--config.file={impatient(tmp_path, monitor)}",
            f"--storage.tsdb.path={tmp_path / 'tsdb'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--log.level=warn",
        )
        with running(binary, *arguments, log=log):
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


async def test_a_village_that_is_down_keeps_its_own_cameras_quiet_and_no_others(
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
    alerts = [
        {"labels": {"alertname": "SharpEyesVillageDown", "severity": "critical", "village": "柳溪村", **where}},
        {"labels": {"alertname": "SharpEyesCameraDown", "severity": "warning", "village": "柳溪村", **where}},
        {"labels": {"alertname": "SharpEyesCameraDown", "severity": "warning", "village": "清河村", **where}},
        {"labels": {"alertname": "SharpEyesReloadFailed", "severity": "warning"}},
    ]

    def quiet(answer: list[dict[str, Any]]) -> set[tuple[str, str]]:
        return {
            (alert["labels"]["alertname"], alert["labels"].get("village", ""))
            for alert in answer
            if alert["status"]["inhibitedBy"]
        }

    api = f"http://127.0.0.1:{port}/api/v2/alerts"
    with running(binary, *arguments, log=log):
        await until(client, f"http://127.0.0.1:{port}/-/ready", lambda _: True, log)
        async with client.post(api, json=alerts) as answer:
            assert answer.ok, await answer.text()
        told = await until(client, api, lambda a: len(a) == 4 and bool(quiet(a)), log)
        assert quiet(told) == {("SharpEyesCameraDown", "柳溪村")}

        async with client.post(api, json=[{"labels": {"alertname": "SharpEyesMonitorDown", "severity": "critical"}}]):
            pass
        everything_about_cameras = {
            ("SharpEyesCameraDown", "柳溪村"),
            ("SharpEyesCameraDown", "清河村"),
            ("SharpEyesVillageDown", "柳溪村"),
        }
        await until(client, api, lambda a: quiet(a) == everything_about_cameras, log)
