"""Alertmanager's list of what it holds, over real HTTP, and its watchdog that calls: for stories of hours."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aiohttp import web

from tests.relay.world import Office, fingerprint

WATCHDOG = {"alertname": "SharpEyesWatchdog", "severity": "none"}
ROUND = timedelta(minutes=5)


@dataclass
class Holding:
    """One Alertmanager."""

    address: str = ""
    held: list[Mapping[str, Any]] = field(default_factory=list)  # labels
    since: str = "2026-10-01T00:00:00Z"

    async def watch(self, of: Office, span: timedelta, receiver: str = "vendor-on-call") -> None:
        """The watchdog calls for so long."""
        for _ in range(span // ROUND):
            await of.alertmanager(receiver, WATCHDOG)
            await of.clock.advance(ROUND)

    async def answer(self, request: web.Request) -> web.Response:
        assert request.query["filter"] == 'incident=""'
        return web.json_response(
            [{"labels": one, "fingerprint": fingerprint(one), "startsAt": self.since} for one in self.held]
        )


@asynccontextmanager
async def holding(*held: Mapping[str, Any]) -> AsyncIterator[Holding]:
    """An Alertmanager that holds these, and its watchdog."""
    found = Holding(held=[WATCHDOG, *held])
    app = web.Application()
    app.router.add_get("/api/v2/alerts", found.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield found
    finally:
        await runner.cleanup()
