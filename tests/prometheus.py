"""Prometheus and Alertmanager as tests run them: the shipped configuration, made impatient."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from tests.addresses import free_port
from tests.programs import program

CONFIG = Path(__file__).parent.parent / "config"
PATIENCE = 60  # seconds for another program to do what it does in one or two


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


def impatient(folder: Path, monitor: str, every: str = "300ms") -> Path:
    """The shipped configuration with short intervals and no waiting, aimed at this monitor."""
    for rules in (CONFIG / "prometheus").glob("*.rules.yml"):
        at_once = re.sub(r"\b(for|keep_firing_for): \w+", r"\1: 0s", rules.read_text("utf-8"))
        at_once = re.sub(r"^    interval: \w+\n", "", at_once, flags=re.MULTILINE)  # a group's own
        (folder / rules.name).write_text(at_once, "utf-8")
    settings = yaml.safe_load((CONFIG / "prometheus" / "prometheus.yml").read_text("utf-8"))
    settings["global"] = {"scrape_interval": every, "scrape_timeout": every, "evaluation_interval": every}
    del settings["scrape_configs"][1:]
    settings["scrape_configs"][0]["static_configs"] = [{"targets": [monitor.removeprefix("http://")]}]
    del settings["alerting"]
    path = folder / "prometheus.yml"
    path.write_text(yaml.safe_dump(settings), "utf-8")
    return path


def firing(answer: dict[str, Any]) -> set[str]:
    alerts = answer["data"]["alerts"]
    assert "error expanding" not in json.dumps(alerts)
    return {alert["labels"]["alertname"] for alert in alerts if alert["state"] == "firing"}


@contextlib.contextmanager
def prometheus_watching(folder: Path, monitor: str, every: str = "300ms") -> Iterator[tuple[str, Path]]:
    """A Prometheus that scrapes the monitor at that address; gives the address of its API, and its log."""
    binary, port, log = program("prometheus"), free_port(), folder / "prometheus.log"
    arguments = (
        f"--config.file={impatient(folder, monitor, every)}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    )
    with running(binary, *arguments, log=log):
        yield f"http://127.0.0.1:{port}/api/v1", log
