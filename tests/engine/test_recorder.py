"""The one way into the ledger: what takes long to read keeps no write waiting."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from monitor.engine.recorder import Recorder
from monitor.engine.timeline import Timeline
from monitor.errors import LedgerUnavailable
from monitor.ledger import Heartbeat, Ledger
from monitor.metrics import Metrics
from tests.driven import DrivenClock


def recorder_of(ledger: Ledger) -> Recorder:
    clock = DrivenClock()
    return Recorder(ledger, clock, Timeline(clock), Metrics("1", clock))


async def test_a_long_question_beside_keeps_no_write_waiting(tmp_path: Path) -> None:
    """It sees the record as it was when it was asked."""
    asked, written = threading.Event(), threading.Event()

    def seen(ledger: Ledger) -> list[int]:
        asked.set()
        assert written.wait(20), "the write waited for the question"
        return [entry.seq for entry in ledger.entries()]

    with Ledger.open(tmp_path / "l.db") as ledger:
        recorder = recorder_of(ledger)
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(recorder.run())
            await recorder.append([Heartbeat()])
            answer = tasks.create_task(recorder.ask_beside(seen))
            await asyncio.to_thread(asked.wait, 20)
            await recorder.append([Heartbeat()])
            written.set()
            assert await answer == [1]
            assert await recorder.ask_beside(lambda then: then.head()[0]) == 2
            running.cancel()
        recorder.close()


async def test_a_ledger_that_was_moved_away_cannot_be_asked_beside_for_a_while(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "l.db") as ledger:
        recorder = recorder_of(ledger)
        (tmp_path / "l.db").rename(tmp_path / "away.db")
        with pytest.raises(LedgerUnavailable, match="there is no ledger"):
            await recorder.ask_beside(Ledger.people_head)
        recorder.close()
