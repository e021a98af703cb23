"""One channel's counter: takes what is due, at the channel's pace, and sees it through."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.alerting import Channel, Manner, back_off, drafts, free_at
from monitor.clock import Clock
from monitor.metrics import Metrics
from monitor.notify import Answer, Carrier, Message, Outcome
from monitor.relay.desk import Desk

log = logging.getLogger(__name__)

GATHER = timedelta(seconds=3)  # what comes within it goes into one message
IDLE = timedelta(minutes=1)  # between two looks where nobody calls
LAST_WORDS = timedelta(seconds=5)  # at the end, for the answer to a message that is under way
HAND_OVER = timedelta(minutes=10)  # after which another channel takes over what is news
GIVE_UP = timedelta(days=3)
REFUSED = timedelta(hours=1)  # between two tries of what is refused: somebody has to change something first
GIVEN_UP, PARTLY = "given_up", "partly"
NOT_HERE = (Outcome.REFUSED, Outcome.FOREIGN)  # another channel, which goes another way, takes over at once
REASONS = (*(outcome.value for outcome in Outcome if outcome is not Outcome.SENT), GIVEN_UP, PARTLY)


class Counter:
    """Sends for one channel, one message at a time."""

    def __init__(
        self, channel: Channel, desk: Desk, carrier: Carrier, manner: Manner, clock: Clock, metrics: Metrics
    ) -> None:
        self.channel = channel
        self.called = asyncio.Event()  # set where something may be due
        self._desk = desk
        self._carrier = carrier
        self._manner = manner
        self._clock = clock
        self._metrics = metrics
        self._failures = 0  # in a row
        self._muted_until = self._rests_until = clock.monotonic()  # for all, and for what gives way
        metrics.watch_channel(channel.name, REASONS)

    async def run(self) -> None:
        """For ever; OutboxUnavailable."""
        name = self.channel.name
        await self._desk.ask(lambda outbox: outbox.resume(name))
        self._metrics.channel_works(name, await self._desk.ask(lambda outbox: outbox.fails_since(name)) is None)
        while True:
            self.called.clear()
            now = self._clock.now()
            free = await self._free(now)
            if free > now:
                await self._pause(free - now)
                continue
            message = await self._message(now)
            if message is None:
                await self._pause(min(IDLE, self._to(self._rests_until)) or IDLE)
            else:
                await self._try(message)

    async def _free(self, now: datetime) -> datetime:
        """When the channel may be used: neither sooner than it bears nor before the message that all wait for."""
        name = self.channel.name
        attempts = await self._desk.ask(lambda outbox: outbox.attempts(name, now))
        held = await self._desk.ask(lambda outbox: outbox.held(name))
        return max(free_at(attempts, self.channel.windows, now), held or now, now + self._to(self._muted_until))

    async def _message(self, now: datetime) -> Message | None:
        """The message to try: an old one, or one made of all that is due, or in the end one that gives way.

        While the channel fails, one message of those that give way is tried every few minutes, and ends gather behind
        it: else they would use up what the channel bears, and news would have to wait.
        """
        name = self.channel.name
        message = await self._desk.ask(lambda outbox: outbox.next(name, now))
        if message is not None and not message.gives_way:
            return message
        rests = bool(self._to(self._rests_until))
        pending = await self._desk.ask(lambda outbox: outbox.pending(name))
        ends = bool(self.channel.fallback) and all(notice.stage.over for _, notice in pending)
        if not pending or (ends and (rests or message is not None)):
            return None if rests else message
        await self._clock.sleep(GATHER)
        now = self._clock.now()
        pending = await self._desk.ask(lambda outbox: outbox.pending(name))
        notices = [notice for _, notice in pending]
        down, most = self._desk.down, self.channel.most_bytes
        made = await asyncio.to_thread(drafts, notices, down, most, now, self._manner)
        await self._desk.ask(lambda outbox: outbox.compose(name, [number for number, _ in pending], made, now))
        return await self._desk.ask(lambda outbox: outbox.next(name, now))

    async def _try(self, message: Message) -> None:
        """One attempt. Where the monitor ends in order it is seen through, or it would have to be said twice."""
        attempt = asyncio.ensure_future(self._attempt(message))
        try:
            await asyncio.shield(attempt)
        except asyncio.CancelledError:
            await asyncio.wait((attempt,), timeout=LAST_WORDS.total_seconds())
            if not attempt.cancel() and not attempt.cancelled():
                attempt.exception()  # somebody has looked: nothing can be done about it now
            raise

    async def _attempt(self, message: Message) -> None:
        now = self._clock.now()
        await self._desk.ask(lambda outbox: outbox.begin(message, now))
        self._metrics.notification_tried(self.channel.name)
        answer = await self._carrier.send(self.channel, message)
        now = self._clock.now()
        self._metrics.channel_works(self.channel.name, answer.outcome is Outcome.SENT)
        if answer.outcome is Outcome.SENT:
            self._failures, self._rests_until = 0, self._clock.monotonic()
            await self._desk.insist(lambda outbox: outbox.sent(message, answer, now))
            if answer.missed:  # once more to all would tell the others twice
                self._metrics.notification_failed(self.channel.name, PARTLY)
            level = logging.WARNING if answer.missed else logging.INFO
            log.log(level, "%s: message %d is there: %s", self.channel.name, message.number, answer.text)
        else:
            self._failures += 1
            self._muted_until = self._clock.monotonic() + answer.wait.total_seconds()
            self._rests_until = self._clock.monotonic() + back_off(self._failures).total_seconds()
            self._metrics.notification_failed(self.channel.name, answer.outcome.value)
            await self._failed(message, answer, now)
        await self._desk.show()

    async def _failed(self, message: Message, answer: Answer, now: datetime) -> None:
        name, number, refused = self.channel.name, message.number, answer.outcome is Outcome.REFUSED
        said = f"{answer.outcome}: {answer.text}"
        until = await self._hand_over_at(message)
        if until is not None and (answer.outcome in NOT_HERE or now + answer.wait >= until):
            log.warning("%s: message %d goes by %s instead, %s", name, number, self.channel.fallback, said)
            await self._desk.move(message, self.channel.fallback, answer)
        elif now - message.made_at >= GIVE_UP:
            log.error("%s: message %d is given up, nobody has read it: %s: %s", name, number, message.title, said)
            self._metrics.notification_failed(name, GIVEN_UP)
            await self._desk.insist(lambda outbox: outbox.lose(message, answer, now))
        else:
            wait = back_off(message.tries + 1, REFUSED) if refused else back_off(message.tries + 1)
            due_at = now + max(answer.wait, wait)
            if until is not None:
                due_at = min(due_at, until)
            log.warning("%s: message %d is tried again at %s, %s", name, number, due_at.isoformat("T", "seconds"), said)
            later = replace(message, gives_way=refused or (bool(self.channel.fallback) and until is None))
            await self._desk.insist(lambda outbox: outbox.again(later, answer, due_at))

    async def _hand_over_at(self, message: Message) -> datetime | None:
        """When another channel takes over, unless this one delivers before; None: none does, or it carries ends alone.

        News wait no longer than ``HAND_OVER``, and not at all for a channel that has failed for as long.
        """
        if not self.channel.fallback:
            return None
        news_since = await self._desk.ask(lambda outbox: outbox.news_since(message))
        if news_since is None:
            return None
        fails_since = await self._desk.ask(lambda outbox: outbox.fails_since(self.channel.name))
        return min(news_since, fails_since or news_since) + HAND_OVER

    def _to(self, instant: float) -> timedelta:
        """How long it is until then, by the clock that never jumps; 0 where it is past."""
        return timedelta(seconds=max(0.0, instant - self._clock.monotonic()))

    async def _pause(self, most: timedelta) -> None:
        """Until somebody calls, at most so long."""
        async with asyncio.TaskGroup() as both:
            calling = both.create_task(self.called.wait())
            sleeping = both.create_task(self._clock.sleep(most))
            await asyncio.wait((calling, sleeping), return_when=asyncio.FIRST_COMPLETED)
            calling.cancel()
            sleeping.cancel()
