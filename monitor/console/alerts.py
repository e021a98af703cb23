"""Alertmanager's way in, and the page that shows what was sent and what waits."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from html import escape
from zoneinfo import ZoneInfo

from aiohttp import hdrs, web

from monitor.console.answers import language_of, page_of
from monitor.console.cells import BACK, framed, heading, local, zone_note
from monitor.console.source import Alerts
from monitor.errors import AlertmanagerUnavailable, CallAgain, OutboxUnavailable, UnknownReceiver
from monitor.language import Language, Phrase
from monitor.notify import Listed, Waiting

MOST_CALLED = 16_000_000  # bytes: ten thousand alerts in one call

TITLE = Phrase("通知", "Messages")
OFF = Phrase("未配置通知（alerts），不会发送任何消息", "no alerts are configured: nobody is told anything")
WAITING = Phrase("尚未送达：{count} 条", "Not delivered yet: {count}")
OLDEST = Phrase("，最早一条自 {at}", ", the eldest since {at}")
HEADS = (
    Phrase("编号", "number"),
    Phrase("渠道", "channel"),
    Phrase("内容", "about"),
    Phrase("状态", "state"),
    Phrase("时间", "when"),
    Phrase("次数", "tries"),
    Phrase("对方答复", "answer"),
)
STATES = {
    "waiting": Phrase("待发", "waiting"),
    "sending": Phrase("发送中", "being sent"),
    "sent": Phrase("已送达", "delivered"),
    "moved": Phrase("改由备用渠道", "left to the fallback"),
    "lost": Phrase("放弃，未送达", "given up"),
}


class AlertDesk:
    """Both, over the relay; None where alerts are not configured."""

    def __init__(self, alerts: Alerts | None) -> None:
        self._alerts = alerts

    async def call(self, request: web.Request) -> web.Response:
        """The webhook: 2xx means durable, 5xx means that Alertmanager may try again."""
        alerts = self._alerts
        if alerts is None or alerts.token is None:
            raise web.HTTPForbidden(text="alerts do not come this way: alerts.path is not alertmanager")
        expected = f"Bearer {alerts.token.reveal()}".encode()
        if not hmac.compare_digest(expected, request.headers.get(hdrs.AUTHORIZATION, "").encode("utf-8", "replace")):
            raise web.HTTPUnauthorized(text="the bearer token is not the one of alerts.token_env or alerts.token_file")
        if not alerts.ready:
            raise web.HTTPServiceUnavailable(text="the record is being restored")
        try:
            await alerts.call(await _body(request))
        except (ValueError, UnknownReceiver) as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        except (OutboxUnavailable, AlertmanagerUnavailable, CallAgain) as error:
            raise web.HTTPServiceUnavailable(text=str(error)) from error
        return web.Response(status=204)

    async def page(self, request: web.Request) -> web.Response:
        """What was sent and what waits."""
        language = language_of(request)
        shown = f"<p>{escape(OFF[language])}</p>"
        if self._alerts is not None:
            try:
                shown = _shown(*await self._alerts.listed(), self._alerts.zone, language)
            except OutboxUnavailable as error:
                raise web.HTTPServiceUnavailable(text=str(error)) from error
        return page_of(_page(shown, language))


async def _body(request: web.Request) -> bytes:
    """More than the other routes take, and no more than that."""
    body = bytearray()
    async for piece in request.content.iter_chunked(65_536):
        body += piece
        if len(body) > MOST_CALLED:
            raise web.HTTPRequestEntityTooLarge(MOST_CALLED, len(body))
    return bytes(body)


def _page(shown: str, language: Language) -> str:
    return framed(TITLE, "/notifications", [shown], language, [("/incidents", BACK)])


def _shown(waiting: Waiting, messages: Sequence[Listed], zone: ZoneInfo, language: Language) -> str:
    summary = WAITING[language].format(count=waiting.notices)
    if waiting.oldest_at is not None:
        summary += OLDEST[language].format(at=local(waiting.oldest_at, zone))
    rows = [heading(HEADS, language)]
    for listed in messages:
        message = listed.message
        cells = (
            f"#{message.number}",
            message.channel,
            message.title,
            STATES[listed.state][language],
            local(listed.ended_at or message.made_at, zone),
            str(message.tries),
            listed.answer,
        )
        rows.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    note = zone_note(zone, language)
    return "\n".join([f"<p>{escape(summary)}</p>", "<table>", *rows, "</table>", f"<p>{escape(note)}</p>"])
