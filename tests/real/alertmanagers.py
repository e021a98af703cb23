"""A real Alertmanager with the shipped routes, sixty times as fast, and whoever hears of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from aiohttp import web

from monitor.clock import SystemClock
from monitor.parsing.scalars import duration
from tests.addresses import free_port
from tests.programs import program
from tests.prometheus import CONFIG, running, until

ROUTES = CONFIG / "alertmanager" / "alertmanager.yml"
FASTER = 60
BATCH = 64  # alerts that Prometheus hands over in one call
ENDED = timedelta(seconds=1)
CLOCK = SystemClock()

Labels = Mapping[str, str]
Hear = Callable[[bytes], Awaitable[None]]
Change = Callable[[dict[str, Any]], None]


@dataclass
class Heard:
    """The calls of the webhook, as they came."""

    calls: list[tuple[str, list[dict[str, Any]]]] = field(default_factory=list)  # the receiver and its alerts
    at: list[float] = field(default_factory=list)  # monotonic seconds

    async def hear(self, body: bytes) -> None:
        call = json.loads(body)
        self.calls.append((call["receiver"], call["alerts"]))
        self.at.append(CLOCK.monotonic())

    def firing(self, receiver: str) -> set[tuple[str, str]]:
        """Name and town of every alert that the receiver was told to be firing."""
        return {
            (alert["labels"]["alertname"], alert["labels"].get("town", ""))
            for name, alerts in self.calls
            for alert in alerts
            if name == receiver and alert["status"] == "firing"
        }

    def times(self, receiver: str, alert: str) -> list[float]:
        """When the receiver was told that the alert fires."""
        return [
            at
            for at, (name, alerts) in zip(self.at, self.calls, strict=True)
            if name == receiver and any(a["labels"]["alertname"] == alert and a["status"] == "firing" for a in alerts)
        ]


class Manager:
    """The API of a running Alertmanager."""

    def __init__(
        self, address: str, client: aiohttp.ClientSession, log: Path, settle: Callable[[Change], Path]
    ) -> None:
        self.address = address
        self.log = log
        self._client = client
        self._settle = settle

    async def become(self, change: Change) -> None:
        """Take other settings: the shipped ones with this change."""
        self._settle(change)
        async with self._client.post(f"{self.address}/-/reload") as answer:
            assert answer.ok, await answer.text()

    async def post(self, *alerts: Labels, over: bool = False, lasts: timedelta | None = None) -> None:
        """What Prometheus says of these alerts: that they are over, or last so long unless it says so again."""
        lasts = -ENDED if over else lasts
        end = {"endsAt": (CLOCK.now() + lasts).isoformat()} if lasts else {}
        for first in range(0, len(alerts), BATCH):
            batch = [{"labels": dict(labels), **end} for labels in alerts[first : first + BATCH]]
            async with self._client.post(f"{self.address}/api/v2/alerts", json=batch) as answer:
                assert answer.ok, await answer.text()

    async def until_states(self, wanted: Mapping[str, str]) -> None:
        """Until the alerts with these names are ``active`` or ``suppressed``."""

        def so(answer: list[dict[str, Any]]) -> bool:
            return {one["labels"]["alertname"]: one["status"]["state"] for one in answer} == wanted

        await until(self._client, f"{self.address}/api/v2/alerts", so, self.log)


def brisk(written: str) -> str:
    return f"{max(0, duration(written) // timedelta(milliseconds=FASTER))}ms"


def hurried(folder: Path, hook: str, change: Change) -> Path:
    """The shipped routes, inhibitions and hours; every receiver but the dashboards' is one webhook."""
    settings = yaml.safe_load(ROUTES.read_text("utf-8"))
    for route in [settings["route"], *settings["route"]["routes"]]:
        route |= {key: brisk(route[key]) for key in ("group_wait", "group_interval", "repeat_interval") if key in route}
    settings["receivers"] = [
        {"name": one["name"], "webhook_configs": [{"url": hook}] if one["name"] != "dashboards-only" else []}
        for one in settings["receivers"]
    ]
    change(settings)
    folder.mkdir(exist_ok=True)
    path = folder / "alertmanager.yml"
    path.write_text(yaml.safe_dump(settings, allow_unicode=True), "utf-8")
    return path


@asynccontextmanager
async def hook_for(hear: Hear) -> AsyncIterator[str]:
    """An address that hands over what is posted to it."""

    async def call(request: web.Request) -> web.Response:
        await hear(await request.read())
        return web.Response(status=204)

    app = web.Application(client_max_size=20_000_000)
    app.router.add_post("/api/alertmanager", call)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/alertmanager"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def alertmanager(
    folder: Path, hear: Hear, change: Change = lambda _: None, port: int = 0
) -> AsyncIterator[Manager]:
    """It runs, and has said that it is ready; ``change`` is made to its settings. Port 0: any."""
    port, log = port or free_port(), folder / "alertmanager.log"
    async with AsyncExitStack() as stack:
        settle = partial(hurried, folder, await stack.enter_async_context(hook_for(hear)))
        config = settle(change)
        client = await stack.enter_async_context(aiohttp.ClientSession())
        arguments = (
            f"--config.file={config}",
            f"--storage.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=",
            "--log.level=warn",
        )
        stack.enter_context(running(program("prometheus-alertmanager"), *arguments, log=log))
        manager = Manager(f"http://127.0.0.1:{port}", client, log, settle)
        await until(client, f"{manager.address}/-/ready", lambda _: True, log)
        yield manager


def named(matchers: Sequence[str], alerts: Mapping[str, Labels]) -> list[str]:
    """The alerts that these matchers are about, as Alertmanager reads them; by equality and regular expression."""
    found = set(alerts)
    for matcher in matchers:
        label, sign, pattern = re.fullmatch(r'(\w+) (=~?) "?([^"]*)"?', matcher).groups()  # type: ignore[union-attr]
        wanted = re.compile(pattern if sign == "=~" else re.escape(pattern))
        found = {one for one in found if wanted.fullmatch(alerts[one].get(label, ""))}
    return sorted(found)


async def waited(wanted: Callable[[], bool], seconds: float) -> bool:
    """Whether it became so in time."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not wanted():  # noqa: ASYNC110 - another program makes it so
                await asyncio.sleep(0.05)
    return wanted()
