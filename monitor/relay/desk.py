"""The desk: the outbox in a thread of its own, and what the channels were told, in memory."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import MappingProxyType
from typing import TypeVar

from monitor.alerting import Notice, Told
from monitor.clock import Clock
from monitor.errors import OutboxUnavailable
from monitor.metrics import Metrics
from monitor.notify import Answer, Message, Outbox

log = logging.getLogger(__name__)

Value = TypeVar("Value")
# The channel, what it knows from now on (None: a plain text), and the notice (None: nothing is said yet).
Due = tuple[str, Told | None, Notice | None]

PATIENCE = timedelta(seconds=2)  # between two tries to write down what has happened


class Desk:
    """What is due goes in here; it is in the outbox when ``put`` returns."""

    def __init__(self, outbox: Outbox, clock: Clock, metrics: Metrics) -> None:
        self._outbox = outbox
        self._clock = clock
        self._metrics = metrics
        self._thread = ThreadPoolExecutor(1, "outbox")
        self._told = outbox.told()
        self.down: int | None = None  # cameras, by the record as it was looked at last; None: it was not yet

    @property
    def told(self) -> Mapping[tuple[str, str], Told]:
        """What each channel knows, by channel and subject."""
        return MappingProxyType(self._told)

    async def put(self, dues: Sequence[Due]) -> int:
        """Make these due, all or none; OutboxUnavailable. Returns how many are new."""
        now = self._clock.now()
        new = await self.ask(lambda outbox: outbox.put(dues, now))
        self._told |= {(channel, told.subject): told for channel, told, _ in dues if told is not None}
        return new

    async def ask(self, what: Callable[[Outbox], Value]) -> Value:
        """What the outbox says; OutboxUnavailable, which is counted."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, what, self._outbox)
        except OutboxUnavailable:
            self._metrics.outbox_failed()
            raise

    async def move(self, message: Message, fallback: str, answer: Answer) -> None:
        """Another channel takes over what the message carries, and with it what its readers know."""
        now = self._clock.now()
        self._told |= await self.insist(lambda outbox: outbox.move(message, fallback, answer, now))

    async def insist(self, what: Callable[[Outbox], Value]) -> Value:
        """Write down what has happened, however long the disk refuses: forgotten, it would happen again."""
        while True:
            try:
                return await self.ask(what)
            except OutboxUnavailable as error:
                log.critical("%s; trying again", error)
            await self._clock.sleep(PATIENCE)

    async def keep(self, channels: Collection[str]) -> None:
        """Give up what waits for a channel that the settings have no more."""
        now = self._clock.now()
        lost = await self.ask(lambda outbox: outbox.keep(channels, now))
        if lost:
            log.critical("%d notices are given up: their channel is in the settings no more", lost)
        self._told = await self.ask(Outbox.told)

    async def tidy(self) -> None:
        """Forget what is over and old, and show what waits."""
        now = self._clock.now()
        for key in await self.ask(lambda outbox: outbox.prune(now)):
            self._told.pop(key, None)

    async def show(self) -> None:
        """Tell the metrics what waits."""
        waiting = await self.ask(Outbox.waiting)
        self._metrics.outbox_holds(waiting.notices, waiting.oldest_at)

    def close(self) -> None:
        """Finish what is being written and let go of the file."""
        self._thread.shutdown()
        self._outbox.close()
