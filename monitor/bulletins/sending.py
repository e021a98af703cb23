"""A bulletin on its way to people: both languages, about each contract, once a day however often it is asked for."""

from __future__ import annotations

import asyncio
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.alerting import Severity
from monitor.bulletins.gathering import bulletin
from monitor.language import Language, Phrase
from monitor.relay import Relay
from monitor.settings import BulletinPlan, Settings


async def send_bulletin(plan: BulletinPlan, settings: Settings, now: datetime, relay: Relay) -> None:
    """Durable in the outbox when it returns. LedgerError, OutboxUnavailable, UnknownReceiver."""
    for contract in settings.contracts:
        day = now.astimezone(ZoneInfo(contract.terms.zone)).date()
        said = await asyncio.to_thread(bulletin, plan.kind, settings, contract, now)
        pairs = zip(said(Language.ZH).splitlines(), said(Language.EN).splitlines(), strict=True)
        title, *lines = (Phrase(zh, en) for zh, en in pairs)
        for receiver in plan.receivers:
            key = f"bulletin/{plan.kind.value}/{contract.id}/{day.isoformat()}"
            await relay.tell(receiver, key, title, lines, Severity.WARNING)
