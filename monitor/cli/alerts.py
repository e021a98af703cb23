"""``sharp-eyes alerts test|list``: does a channel work, and what became of the messages."""

from __future__ import annotations

import asyncio
import os
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.alerting import Channel, Severity
from monitor.cli import texts
from monitor.cli.exits import Exit
from monitor.cli.faults import told
from monitor.clock import Clock, SystemClock
from monitor.console.alerts import STATES, WAITING
from monitor.errors import UsageError
from monitor.language import Language, Phrase
from monitor.notify import Answer, Carrier, Message, Outbox, Outcome, outbox_path
from monitor.settings import load_settings, load_to_send

OUTCOMES = {
    Outcome.SENT: Phrase("已送达:{text}", "delivered: {text}"),
    Outcome.LIMITED: Phrase("对方限流,{wait:.0f} 秒内不收:{text}", "refused for {wait:.0f} s, too many: {text}"),
    Outcome.REFUSED: Phrase("被拒绝,请核对该渠道的设置:{text}", "refused, look at the channel's settings: {text}"),
    Outcome.UNREACHED: Phrase("未送达,对方不可达或暂不接收:{text}", "not delivered, try again later: {text}"),
    Outcome.FOREIGN: Phrase("是别处的应答:{text}", "somebody else answered: {text}"),
    Outcome.UNANSWERED: Phrase("无应答,对方可能已收到:{text}", "no answer, it may have arrived: {text}"),
}


def test_channel(name: str, config: Path, language: Language) -> int:
    """Send one marked message, past the outbox and whatever waits in it, and say what the other side answered."""
    settings = load_to_send(config, os.environ)
    channels = {} if settings.alerts is None else settings.alerts.channels
    if name not in channels:
        there = ", ".join(channels) or texts.NONE[language]
        raise UsageError(texts.NO_SUCH_CHANNEL[language].format(channel=name, there=there))
    answer = asyncio.run(_sent(channels[name], settings.town, ZoneInfo(settings.zone), language))
    wait = answer.wait.total_seconds()
    text = told(answer.text, language)
    print(f"{name} ({channels[name].kind}): {OUTCOMES[answer.outcome][language].format(text=text, wait=wait)}")
    return Exit.OK if answer.outcome is Outcome.SENT and not answer.missed else Exit.NO


def list_messages(config: Path, limit: int, language: Language) -> int:
    """What waits, and the latest messages, the newest first."""
    settings = load_settings(config, None)
    zone = ZoneInfo(settings.zone)
    outbox = Outbox.open_read_only(outbox_path(settings.ledger))
    try:
        print(WAITING[language].format(count=outbox.waiting().notices))
        for listed in outbox.listed(limit):
            message = listed.message
            at = f"{(listed.ended_at or message.made_at).astimezone(zone):%Y-%m-%d %H:%M:%S}"
            state = STATES[listed.state][language]
            answer = told(listed.answer, language)
            print(f"#{message.number}  {at}  {message.channel}  {state}  {message.title}  {answer}".rstrip())
    finally:
        outbox.close()
    return Exit.OK


async def _sent(channel: Channel, town: str, zone: ZoneInfo, language: Language) -> Answer:
    clock: Clock = SystemClock()
    message = _message(channel, town, clock.now(), zone, language)
    async with Carrier(clock) as carrier:
        return await carrier.send(channel, message)


def _message(channel: Channel, town: str, now: datetime, zone: ZoneInfo, language: Language) -> Message:
    title = texts.TEST_TITLE[language].format(town=town)
    at = f"{now.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    text = f"{title}\n{texts.TEST_TEXT[language].format(channel=channel.name, at=at)}"
    return Message(0, channel.name, title, text, Severity.WARNING, (), now)
