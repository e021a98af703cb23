"""Asking Alertmanager what it holds: whatever else answers at that address is told apart from "nothing fires"."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from monitor.errors import AlertmanagerUnavailable
from monitor.notify import Held, alertmanager, held
from tests.addresses import free_port


@asynccontextmanager
async def answering(body: bytes, status: int = 200) -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.Response:
        assert request.query["filter"] == 'incident=""'
        return web.Response(body=body, status=status)

    app = web.Application()
    app.router.add_get("/am/api/v2/alerts", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/am"
    finally:
        await runner.cleanup()


async def test_what_fires_is_known_by_its_fingerprints_however_much_it_is() -> None:
    labels = {"x": "y" * 1000}
    many = [{"fingerprint": str(nth), "startsAt": f"T{nth}", "labels": labels} for nth in range(300)]
    async with answering(json.dumps(many).encode()) as address:
        assert await held(address, "7") == Held(frozenset(map(str, range(300))), "T7")
    down = {"fingerprint": "d", "startsAt": "T", "labels": {"alertname": "SharpEyesMonitorDown"}}
    async with answering(json.dumps([*many, down]).encode()) as address:
        assert (await held(address, "7")).monitor_down


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"[]", 503, "HTTP 503"),
        (b"[]", 302, "HTTP 302"),
        (b"<html>", 200, "not a list of alerts"),
        (b'{"status": 1}', 200, "not a list of alerts"),
        (b"[{}]", 200, "not a list of alerts"),
        (b"7", 200, "not a list of alerts"),
        (b'[{"fingerprint": "w", "startsAt": "T", "labels": 7}]', 200, "not a list of alerts"),
        (b"[" * 2000, 200, "more than 1000 bytes"),
        (b"[]", 200, "does not hold the SharpEyesWatchdog"),
        (b'[{"fingerprint": "x", "startsAt": "T", "labels": {}}]', 200, "does not hold the SharpEyesWatchdog"),
    ],
)
async def test_another_answer_is_no_news_of_an_end(
    monkeypatch: pytest.MonkeyPatch, body: bytes, status: int, said: str
) -> None:
    monkeypatch.setattr(alertmanager, "MOST_HELD", 1000)
    async with answering(body, status) as address:
        with pytest.raises(AlertmanagerUnavailable, match=said):
            await held(address, "w")


async def test_where_nobody_answers_the_setting_is_named() -> None:
    with pytest.raises(AlertmanagerUnavailable, match=r"alerts\.alertmanager"):
        await held(f"http://127.0.0.1:{free_port()}", "w")
