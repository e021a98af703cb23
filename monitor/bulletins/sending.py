"""A bulletin on its way to people: both languages, about each contract, once for each day on which it is due.

That a text was sent stands in the outbox under its day, and nowhere else: so whoever asks again sends nothing twice,
and a monitor that was off at the hour makes up for it when it starts.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.alerting import Severity
from monitor.bulletins.gathering import bulletin
from monitor.clock import Clock
from monitor.errors import LedgerError, OutboxUnavailable
from monitor.language import Language, Phrase
from monitor.relay import Relay
from monitor.settings import BulletinPlan, Settings

log = logging.getLogger(__name__)

LATE = timedelta(hours=2)  # then a bulletin is of no use any more
AGAIN = timedelta(minutes=1)
EARLY = timedelta(minutes=1)  # whoever calls at the hour goes by another clock, which may be a little ahead of ours
LONGEST_MONTH = 31  # days


async def send_due(plan: BulletinPlan, settings: Settings, clock: Clock, relay: Relay) -> None:
    """Send what was due within the last two hours and has not been sent.

    A ledger or an outbox that refuses is asked again every minute until it is too late.
    """
    zone = ZoneInfo(settings.contract.terms.zone)
    due, waited = last_due(plan, clock.now() + EARLY, zone), False
    while clock.now() - due <= LATE:
        try:
            await send_bulletin(plan, settings, due, clock.now(), relay)
        except (LedgerError, OutboxUnavailable) as error:
            log.critical("the bulletin %s waits and is tried again: %s", plan.kind.value, error)
        else:
            return
        waited = True
        await clock.sleep(AGAIN)
    if waited:
        log.critical("the bulletin %s of %s was not sent: it is too late now", plan.kind.value, due.isoformat())


def last_due(plan: BulletinPlan, until: datetime, zone: ZoneInfo) -> datetime:
    """The last instant up to ``until`` at which the bulletin is due."""
    return next(at for at in _dues(plan, until.astimezone(zone).date(), zone) if at <= until)


def _dues(plan: BulletinPlan, day: date, zone: ZoneInfo) -> Iterator[datetime]:
    """Backwards from that day. A plan's days are in every month, so there is one in two months at the latest."""
    for back in range(2 * LONGEST_MONTH):
        then = day - timedelta(days=back)
        if (not plan.days or then.day in plan.days) and (not plan.weekdays or then.weekday() in plan.weekdays):
            yield datetime.combine(then, plan.at, zone)


async def send_bulletin(plan: BulletinPlan, settings: Settings, due: datetime, now: datetime, relay: Relay) -> None:
    """What was due then, with what is so now: durable in the outbox when it returns. LedgerError, OutboxUnavailable."""
    for contract in settings.contracts:
        day = due.astimezone(ZoneInfo(contract.terms.zone)).date()
        key = f"bulletin/{plan.kind.value}/{contract.id}/{day.isoformat()}"
        receivers = [receiver for receiver in plan.receivers if not await relay.had(receiver, key)]
        if not receivers:
            continue
        made = await asyncio.to_thread(bulletin, plan.kind, settings, contract, now, day)
        if not made.needed:
            continue
        pairs = zip(made.text(Language.ZH).splitlines(), made.text(Language.EN).splitlines(), strict=True)
        title, *lines = (Phrase(zh, en) for zh, en in pairs)
        for receiver in receivers:
            await relay.tell(receiver, key, title, lines, Severity.WARNING)
