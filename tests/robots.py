"""Robots, a gateway and a mail server as the vendors run them: they check signatures, count, and mute whom is too loud.

Limits and numbers as published: DingTalk 20 messages a minute, then ten minutes of 130101; WeCom 20 a minute (45009),
2,048 bytes of a text (40058); Feishu 100 a minute and 5 a second (11232), 20 kB (9499), a stamp not older than an hour
(19021). All of it comes with HTTP 200.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiohttp import web
from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import SMTP, Envelope, Session

from monitor.clock import Clock, SystemClock
from tests.addresses import free_port

SECRET = "SEC0123456789abcdef"
TOKEN = "tok-9f8e7d6c"


@dataclass
class Robots:
    """What arrived, by vendor, and how the vendors behave."""

    clock: Clock
    address: str = ""
    texts: dict[str, list[str]] = field(default_factory=lambda: {"dingtalk": [], "wecom": [], "feishu": [], "sms": []})
    phones: list[list[str]] = field(default_factory=list)
    bodies: list[tuple[dict[str, str], bytes]] = field(default_factory=list)  # of the gateway
    refused: list[str] = field(default_factory=list)  # attempts above a limit
    moments: dict[str, list[float]] = field(default_factory=dict)
    muted_until: dict[str, float] = field(default_factory=dict)
    dawdles: Callable[[], float] = lambda: 0.0  # seconds between what arrives at the gateway and its answer
    instead: dict[str, Callable[[], Awaitable[web.Response]]] = field(default_factory=dict)  # another answer

    def url(self, vendor: str) -> str:
        """The robot's address, with its key."""
        paths = {
            "dingtalk": f"/robot/send?access_token={TOKEN}",
            "wecom": f"/cgi-bin/webhook/send?key={TOKEN}",
            "feishu": f"/open-apis/bot/v2/hook/{TOKEN}",
            "sms": f"/sms?key={TOKEN}",
        }
        return self.address + paths[vendor]

    def loud(self, vendor: str, windows: tuple[tuple[int, float], ...], mute: float) -> bool:
        """Whether this message is one too many; then the robot is deaf for a while."""
        now = self.clock.monotonic()
        moments = self.moments.setdefault(vendor, [])
        moments.append(now)
        over = any(sum(now - each < length for each in moments) > most for most, length in windows)
        if over:
            self.muted_until[vendor] = now + mute
        if over or now < self.muted_until.get(vendor, 0):
            self.refused.append(vendor)
            return True
        return False

    async def dingtalk(self, request: web.Request) -> web.Response:
        if "dingtalk" in self.instead:
            return await self.instead["dingtalk"]()
        stamp, sign = request.query.get("timestamp", ""), request.query.get("sign", "")
        digest = hmac.new(SECRET.encode(), f"{stamp}\n{SECRET}".encode(), hashlib.sha256).digest()
        if request.query.get("access_token") != TOKEN:
            return web.json_response({"errcode": 300005, "errmsg": "token is not exist"})
        if not stamp.isdigit() or sign != base64.b64encode(digest).decode():
            return web.json_response({"errcode": 310000, "errmsg": "sign not match"})
        if self.loud("dingtalk", ((20, 60),), 600):
            return web.json_response({"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"})
        body = await request.json()
        if body["msgtype"] != "text" or len(body["text"]["content"].encode()) > 20_000:
            return web.json_response({"errcode": 40035, "errmsg": "invalid parameter"})
        self.texts["dingtalk"].append(body["text"]["content"])
        self.phones.append(body["at"]["atMobiles"])
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    async def wecom(self, request: web.Request) -> web.Response:
        if "wecom" in self.instead:
            return await self.instead["wecom"]()
        if request.query.get("key") != TOKEN:
            return web.json_response({"errcode": 93000, "errmsg": "invalid webhook url"})
        if self.loud("wecom", ((20, 60),), 60):
            return web.json_response({"errcode": 45009, "errmsg": "api freq out of limit"})
        body = await request.json()
        content = body["text"]["content"]
        if len(content.encode()) > 2048:
            return web.json_response({"errcode": 40058, "errmsg": "content exceed max length 2048"})
        self.texts["wecom"].append(content)
        self.phones.append(body["text"]["mentioned_mobile_list"])
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    async def feishu(self, request: web.Request) -> web.Response:
        if "feishu" in self.instead:
            return await self.instead["feishu"]()
        raw = await request.read()
        if len(raw) > 20_000:
            return web.json_response({"code": 9499, "msg": "Bad Request"})
        body = json.loads(raw)
        key = f"{body.get('timestamp')}\n{SECRET}".encode()
        expected = base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()
        if body.get("sign") != expected:
            return web.json_response({"code": 19021, "msg": "sign match fail or timestamp is not within one hour"})
        if self.loud("feishu", ((100, 60), (5, 1)), 60):
            return web.json_response({"code": 11232, "msg": "frequency limited"})
        self.texts["feishu"].append(body["content"]["text"])
        return web.json_response({"code": 0, "msg": "success", "data": {}})

    async def sms(self, request: web.Request) -> web.Response:
        body = await request.read()
        if "sms" in self.instead:
            return await self.instead["sms"]()
        self.bodies.append((dict(request.headers) | dict(request.query), body))
        self.texts["sms"].append(body.decode())
        await asyncio.sleep(self.dawdles())
        return web.Response(text='{"code": "OK"}')


@asynccontextmanager
async def robots(clock: Clock | None = None) -> AsyncIterator[Robots]:
    """All of them on one port of this machine; they count by the clock."""
    found = Robots(clock or SystemClock())
    app = web.Application(client_max_size=10_000_000)
    app.router.add_post("/robot/send", found.dingtalk)
    app.router.add_post("/cgi-bin/webhook/send", found.wecom)
    app.router.add_post("/open-apis/bot/v2/hook/{key}", found.feishu)
    app.router.add_route("*", "/sms", found.sms)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield found
    finally:
        await runner.cleanup()


@dataclass
class Mailbox:
    """What a mail server took in, and what it says instead of taking it."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    refusal: str = ""
    unknown: str = ""  # a recipient it does not know

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address == self.unknown:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.refusal:
            return self.refusal
        content = envelope.content
        assert isinstance(content, bytes)
        letter = message_from_bytes(content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 OK"


@asynccontextmanager
async def mail_server() -> AsyncIterator[Mailbox]:
    """An SMTP server on this machine, without TLS."""
    box = Mailbox(port=free_port())
    controller = UnthreadedController(box, hostname="127.0.0.1", port=box.port, loop=asyncio.get_running_loop())
    server = await controller._create_server()
    try:
        yield box
    finally:
        server.close()
        await server.wait_closed()
