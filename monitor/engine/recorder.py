"""Makes events durable before anyone hears of them: one writer, group commits, patience with a full disk.

Whoever appends waits until the events are on disk. While the disk refuses, writers wait, their cameras are not asked
again, and the time shows as lost coverage: nothing is lost, nothing is published early, and memory stays bounded by
one batch per camera.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from monitor.clock import Clock
from monitor.engine.timeline import Timeline
from monitor.errors import LedgerError, LedgerUnavailable
from monitor.ledger import Entry, Event, Ledger
from monitor.metrics import Metrics

log = logging.getLogger(__name__)

RETRY_AFTER = timedelta(seconds=2)

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class _Batch:
    events: tuple[Event, ...]
    durable: asyncio.Future[datetime]


class Recorder:
    """The one way into the ledger while the monitor runs."""

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        timeline: Timeline,
        metrics: Metrics,
        heard: Callable[[Sequence[Entry]], None] = lambda _: None,
    ) -> None:
        """``heard`` is told of all entries in the order of the chain, as soon as they are durable."""
        self._ledger = ledger
        self._clock = clock
        self._timeline = timeline
        self._metrics = metrics
        self._heard = heard
        self._writing_at: datetime | None = None
        self._waiting: list[_Batch] = []
        self._wake = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self.last_durable_at = ledger.last_recorded_at() or timeline.now()
        self.trouble: str | None = None  # why the ledger refuses at present

    @property
    def horizon(self) -> datetime:
        """Nothing will be recorded before this instant any more."""
        return self._writing_at or self._timeline.now()

    async def append(self, events: Sequence[Event]) -> datetime:
        """Wait until the events are durable, in the order of the calls; returns when they were recorded."""
        batch = _Batch(tuple(events), asyncio.get_running_loop().create_future())
        self._waiting.append(batch)
        self._wake.set()
        return await batch.durable

    async def ask(self, question: Callable[[Ledger], Answer]) -> Answer:
        """Read from the ledger on the thread that owns it, after the write under way."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, question, self._ledger)

    async def ask_beside(self, question: Callable[[Ledger], Answer]) -> Answer:
        """Read from the ledger as it is now without keeping writes waiting, for what takes long.

        LedgerUnavailable: it could not be opened a second time.
        """
        return await asyncio.to_thread(_asked, self._ledger.path, self._ledger.vantage, question)

    async def run(self) -> None:
        """Write what waits, for ever; whoever still waits when this is cancelled is cancelled too."""
        batches: list[_Batch] = []
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                batches, self._waiting = self._waiting, []
                if batches:
                    await self._write(batches)
        finally:
            for batch in (*batches, *self._waiting):
                batch.durable.cancel()

    def close(self) -> None:
        """Wait for the writing thread."""
        self._thread.shutdown()

    async def _write(self, batches: Sequence[_Batch]) -> None:
        events = [event for batch in batches for event in batch.events]
        while not await self._written(events):
            await self._clock.sleep(RETRY_AFTER)
        for batch in batches:
            if not batch.durable.done():
                batch.durable.set_result(self.last_durable_at)

    async def _written(self, events: Sequence[Event]) -> bool:
        """One attempt; whether the events are on the disk now."""
        self._writing_at = self._timeline.now()
        try:
            entries = await asyncio.get_running_loop().run_in_executor(
                self._thread, self._ledger.append, events, self._writing_at
            )
            self._heard(entries)
        except LedgerUnavailable as error:
            if self.trouble is None:
                log.warning("the ledger cannot be written, probing waits for it: %s", error)
            self.trouble = str(error)
            self._metrics.ledger_write_failed()
            return False
        finally:
            self._writing_at = None
        if self.trouble is not None:
            log.warning("the ledger can be written again")
        self.trouble = None
        if entries:
            self.last_durable_at = entries[-1].recorded_at
        return True


def _asked(path: Path, vantage: str, question: Callable[[Ledger], Answer]) -> Answer:
    try:
        ledger = Ledger.open_read_only(path, vantage)
    except LedgerError as error:  # it is open already, so this passes: too many files are open, or it was moved away
        raise LedgerUnavailable(str(error)) from error
    with ledger:
        return question(ledger.as_it_is())
