"""One message out by its channel, whatever kind that is."""

from __future__ import annotations

import aiohttp

from monitor.alerting import Apprise, Channel, DingTalk, Feishu, Gateway, Mail, WeCom
from monitor.clock import Clock
from monitor.notify.exchange import http_session
from monitor.notify.gateway import send_to_gateway
from monitor.notify.mail import send_mail
from monitor.notify.other import send_with_apprise
from monitor.notify.robots import send_to_dingtalk, send_to_feishu, send_to_wecom
from monitor.notify.values import Answer, Message


class Carrier:
    """Sends; use it in an ``async with``. It remembers nothing from one message to the next."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Carrier:
        self._session = http_session()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def send(self, channel: Channel, message: Message) -> Answer:
        """What the other side answered; never an exception for what it does."""
        session = self._session
        assert session is not None
        match channel.target:
            case DingTalk() as robot:
                return await send_to_dingtalk(session, robot, message, self._clock.now())
            case WeCom() as robot:
                return await send_to_wecom(session, robot, message)
            case Feishu() as robot:
                return await send_to_feishu(session, robot, message, self._clock.now())
            case Mail() as mail:
                return await send_mail(mail, message, self._clock.now())
            case Gateway() as gateway:
                return await send_to_gateway(session, gateway, message)
            case Apprise() as service:
                return await send_with_apprise(service, message)
