"""Alertmanager's way in, and the page of messages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from zoneinfo import ZoneInfo

import aiohttp

from monitor.alerting import call_of
from monitor.console import make_app, serve
from monitor.console.alerts import MOST_CALLED
from monitor.errors import AlertmanagerUnavailable, CallAgain, OutboxUnavailable
from monitor.model import Secret
from monitor.notify import Listed, Waiting
from tests.console.fakes import FakeSource
from tests.metrics.town import ZONE, DrivenClock
from tests.notify.samples import NOW, message

GOOD = b'{"version": "4", "receiver": "office", "alerts": []}'


@dataclass
class Desk:
    """A relay that notes what it is called with."""

    token: Secret | None = field(default_factory=lambda: Secret("t0ken"))
    zone: ZoneInfo = ZONE
    ready: bool = True
    full: bool = False
    deaf: bool = False  # Alertmanager does not answer it
    back: bool = False  # the monitor was down a moment ago
    called: list[bytes] = field(default_factory=list)

    async def call(self, body: bytes) -> None:
        call_of(body)
        if self.full:
            raise OutboxUnavailable("the disk is full")
        if self.deaf:
            raise AlertmanagerUnavailable("http://am: HTTP 502")
        if self.back:
            raise CallAgain("the monitor is back")
        self.called.append(body)

    async def listed(self) -> tuple[Waiting, list[Listed]]:
        if self.full:
            raise OutboxUnavailable("the disk is full")
        one = Listed(message(title="<b>12 台"), "sent", NOW, NOW, "errcode 0: ok")
        return Waiting(3, NOW), [one]


@asynccontextmanager
async def served(desk: Desk | None) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    runner, port = await serve(make_app(FakeSource(), clock=DrivenClock(), alerts=desk), "127.0.0.1", 0)
    try:
        async with aiohttp.ClientSession() as session:
            yield session, f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


async def post(desk: Desk | None, body: bytes, token: str = "t0ken") -> tuple[int, str]:
    async with served(desk) as (session, address):
        headers = {"Authorization": f"Bearer {token}"}
        async with session.post(f"{address}/api/alertmanager", data=BytesIO(body), headers=headers) as answer:
            return answer.status, await answer.text()


async def test_a_call_with_the_token_is_taken_and_one_without_is_not() -> None:
    desk = Desk()
    assert await post(desk, GOOD) == (204, "")
    assert (await post(desk, GOOD, "t0ke"))[0] == 401
    assert (await post(desk, GOOD, "tökén"))[0] == 401
    assert desk.called == [GOOD]


async def test_where_alerts_do_not_come_this_way_the_door_is_shut() -> None:
    assert (await post(None, GOOD))[0] == 403
    status, text = await post(Desk(token=None), GOOD)
    assert (status, "alerts.path is not alertmanager" in text) == (403, True)


async def test_what_may_be_tried_again_is_told_apart_from_what_is_wrong() -> None:
    assert (await post(Desk(ready=False), GOOD))[0] == 503
    assert (await post(Desk(full=True), GOOD))[0] == 503
    assert await post(Desk(back=True), GOOD) == (503, '{"error":"the monitor is back"}')
    status, text = await post(Desk(deaf=True), GOOD)
    assert (status, "http://am: HTTP 502" in text) == (503, True)
    status, text = await post(Desk(), b"{}")
    assert (status, "version" in text) == (400, True)


async def test_ten_thousand_alerts_are_taken_and_no_more_than_the_limit() -> None:
    big = GOOD[:-1] + b', "x": "' + b"y" * 9_000_000 + b'"}'
    assert (await post(Desk(), big))[0] == 204
    async with served(Desk()) as (_, address):
        reader, writer = await asyncio.open_connection("127.0.0.1", int(address.rsplit(":", 1)[1]))
        writer.write(b"POST /api/alertmanager HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t0ken\r\n")
        writer.write(b"Content-Length: %d\r\n\r\n" % (3 * MOST_CALLED) + b"z" * (MOST_CALLED + 100_000))
        assert b" 413 " in await reader.readline()
        writer.close()


async def test_the_page_shows_what_waits_and_what_was_answered_and_escapes_it() -> None:
    async with served(Desk()) as (session, address):
        async with session.get(f"{address}/notifications?lang=zh") as answer:
            text = await answer.text()
        assert "尚未送达：3 条，最早一条自 2026-11-27 03:14:00" in text
        assert "时间均为当地时间（Asia/Shanghai）" in text
        assert "errcode 0: ok" in text
        assert "&lt;b&gt;12 台" in text
    async with served(None) as (session, address), session.get(f"{address}/notifications?lang=en") as answer:
        assert "nobody is told anything" in await answer.text()
    async with served(Desk(full=True)) as (session, address), session.get(f"{address}/notifications") as answer:
        assert answer.status == 503
