"""The group robots of DingTalk, WeCom and Feishu. They say yes and no with HTTP 200 and a number in the body.

Their numbers were read in public documentation and threads about it, and are listed with the fake robots of the tests.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import aiohttp

from monitor.alerting import DingTalk, Feishu, WeCom
from monitor.model import Secret
from monitor.notify.exchange import Reply, ask, not_a_robot, secrets_in
from monitor.notify.values import Answer, Message, Outcome, printable

JSON = {"Content-Type": "application/json; charset=utf-8"}

BUSY = {-1}  # DingTalk and WeCom: their own trouble, nothing was sent
DINGTALK_LIMITED = {130101, 410100, 90030}
WECOM_LIMITED = {45009, 45033}
FEISHU_LIMITED = {11232, 99991400}
DINGTALK_MUTE = timedelta(minutes=10)
USUAL_MUTE = timedelta(minutes=1)


async def send_to_dingtalk(session: aiohttp.ClientSession, robot: DingTalk, message: Message, now: datetime) -> Answer:
    """A text; whoever is on duty is called by phone number."""
    url = robot.url
    if robot.sign is not None:
        stamp = str(int(now.timestamp() * 1000))
        url = Secret(f"{url.reveal()}&timestamp={stamp}&sign={quote(dingtalk_sign(stamp, robot.sign), safe='')}")
    body = {
        "msgtype": "text",
        "text": {"content": _with(robot.keyword, message)},
        "at": {"atMobiles": list(message.phones), "isAtAll": False},
    }
    reply = await ask(session, "POST", url, _bytes(body), JSON)
    if isinstance(reply, Answer):
        return reply
    return _judged(reply, "errcode", "errmsg", DINGTALK_LIMITED, DINGTALK_MUTE, *secrets_in(url), robot.sign, robot.url)


async def send_to_wecom(session: aiohttp.ClientSession, robot: WeCom, message: Message) -> Answer:
    """A text: the only kind in which WeCom calls somebody by phone number."""
    body = {"msgtype": "text", "text": {"content": message.whole, "mentioned_mobile_list": list(message.phones)}}
    reply = await ask(session, "POST", robot.url, _bytes(body), JSON)
    if isinstance(reply, Answer):
        return reply
    return _judged(reply, "errcode", "errmsg", WECOM_LIMITED, USUAL_MUTE, *secrets_in(robot.url))


async def send_to_feishu(session: aiohttp.ClientSession, robot: Feishu, message: Message, now: datetime) -> Answer:
    """A text; Feishu's robot cannot call anybody by phone number."""
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": _with(robot.keyword, message)}}
    if robot.sign is not None:
        stamp = str(int(now.timestamp()))
        body |= {"timestamp": stamp, "sign": feishu_sign(stamp, robot.sign)}
    reply = await ask(session, "POST", robot.url, _bytes(body), JSON)
    if isinstance(reply, Answer):
        return reply
    return _judged(reply, "code", "msg", FEISHU_LIMITED, USUAL_MUTE, *secrets_in(robot.url), robot.sign)


def dingtalk_sign(stamp: str, sign: Secret) -> str:
    """HMAC-SHA256 under the secret, of the milliseconds, a line break and the secret; base64."""
    text = f"{stamp}\n{sign.reveal()}".encode()
    return base64.b64encode(hmac.digest(sign.reveal().encode(), text, hashlib.sha256)).decode()


def feishu_sign(stamp: str, sign: Secret) -> str:
    """HMAC-SHA256 of nothing, under the seconds, a line break and the secret; base64."""
    return base64.b64encode(hmac.digest(f"{stamp}\n{sign.reveal()}".encode(), b"", hashlib.sha256)).decode()


def _with(keyword: str, message: Message) -> str:
    """The whole text, and the word without which the robot refuses it."""
    return message.whole if keyword in message.whole else f"{message.whole}\n{keyword}"


def _bytes(body: Mapping[str, object]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _judged(
    reply: Reply, code_key: str, text_key: str, limited: set[int], mute: timedelta, *secrets: Secret | None
) -> Answer:
    """What the number means; whatever of ``secrets`` the other side repeats is hidden."""
    if reply.status == 429:
        return Answer(Outcome.LIMITED, "HTTP 429", mute)
    said = reply.mapping()
    code = None if said is None else said.get(code_key)
    if said is None or not isinstance(code, int) or reply.status >= 500:
        return not_a_robot(reply, *filter(None, secrets))
    text = printable(f"{code_key} {code}: {said.get(text_key, '')}", *secrets)
    if code == 0:
        return Answer(Outcome.SENT, text)
    if code in limited:
        return Answer(Outcome.LIMITED, text, mute)
    return Answer(Outcome.UNREACHED if code in BUSY else Outcome.REFUSED, text)
