"""Messages and channels for tests of sending."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.alerting import MOST_BYTES, Channel, DingTalk, Feishu, Gateway, Mail, Security, Severity, Target, WeCom
from monitor.model import Secret
from monitor.notify import Message
from tests.robots import SECRET, Robots

NOW = datetime(2026, 11, 26, 19, 14, tzinfo=UTC)


def message(number: int = 7, **changes: Any) -> Message:
    usual: dict[str, Any] = {
        "channel": "robot",
        "title": "【严重·故障】柳溪村",
        "text": "【严重·故障】柳溪村\n12 台摄像机离线",
        "severity": Severity.CRITICAL,
        "phones": ("13800000001",),
        "readers": ("13800000001",),
        "made_at": NOW,
    }
    return Message(number, **(usual | changes))


def channel(target: Target, name: str = "robot") -> Channel:
    return Channel(name, target, MOST_BYTES[type(target)], ((18, timedelta(minutes=1)),))


def dingtalk(of: Robots) -> DingTalk:
    return DingTalk(Secret(of.url("dingtalk")), Secret(SECRET))


def wecom(of: Robots) -> WeCom:
    return WeCom(Secret(of.url("wecom")))


def feishu(of: Robots) -> Feishu:
    return Feishu(Secret(of.url("feishu")), Secret(SECRET))


def sms(of: Robots, **changes: Any) -> Gateway:
    usual: dict[str, Any] = {"body": '{"to": "{phones}", "text": "{text}", "id": "{number}"}', "expect": '"OK"'}
    return Gateway(Secret(of.url("sms")), **(usual | changes))


def mail(port: int, **changes: Any) -> Mail:
    usual: dict[str, Any] = {"security": Security.NONE}
    return Mail(
        "127.0.0.1", port, "monitor@example.org", ("office@example.org", "vendor@example.org"), **(usual | changes)
    )
