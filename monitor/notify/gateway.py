"""Any HTTP service, by a template that the settings give."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import aiohttp

from monitor.alerting import PLACEHOLDER, Encoding, Gateway
from monitor.model import Secret
from monitor.notify.exchange import SHORTEST, ask, foreign, secrets_in
from monitor.notify.values import Answer, Message, Outcome, printable

USUAL_MUTE = timedelta(minutes=1)


async def send_to_gateway(session: aiohttp.ClientSession, gateway: Gateway, message: Message) -> Answer:
    """One request; the number serves the other side to tell a repetition."""
    url = Secret(_filled(gateway.url.reveal(), message, gateway, _quoted))
    body = _filled(gateway.body, message, gateway, _encoder(gateway.encoding)).encode()
    headers = {name: value.reveal() for name, value in gateway.headers.items()}
    headers = {"Content-Type": gateway.encoding.content_type, "Idempotency-Key": str(message.number)} | headers
    reply = await ask(session, gateway.method, url, body, headers)
    if isinstance(reply, Answer):
        return reply
    values = [value.reveal() for value in gateway.headers.values()]
    words = [Secret(word) for value in values for word in value.split() if len(word) >= SHORTEST]
    hidden = (*secrets_in(url), *gateway.headers.values(), *words)
    said = printable(reply.body.decode("utf-8", "replace"), *hidden)
    text = f"HTTP {reply.status} {said}".strip()
    if reply.status == 429:
        return Answer(Outcome.LIMITED, text, USUAL_MUTE)
    if 200 <= reply.status < 300 and gateway.expect.encode() in reply.body:
        return Answer(Outcome.SENT, text)
    usual = Outcome.UNANSWERED if reply.status >= 500 else Outcome.REFUSED
    return foreign(reply, *hidden) or Answer(usual, text)


def _filled(template: str, message: Message, gateway: Gateway, encode: Callable[[str], str]) -> str:
    values = {
        "title": message.title,
        "text": message.whole,
        "number": str(message.number),
        "severity": message.severity.value,
        "phones": ",".join(message.readers or gateway.phones),
    }
    return PLACEHOLDER.sub(lambda found: encode(values[found[1]]), template)


def _encoder(encoding: Encoding) -> Callable[[str], str]:
    match encoding:
        case Encoding.JSON:
            return lambda text: json.dumps(text, ensure_ascii=False)[1:-1]
        case Encoding.FORM:
            return _quoted
        case Encoding.TEXT:
            return str


def _quoted(text: str) -> str:
    return quote(text, safe="")
