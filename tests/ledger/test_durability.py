"""What append has returned is on the disk, whatever happens next: kill -9, a full disk, an I/O error."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.errors import LedgerUnavailable
from monitor.ledger import Heartbeat, Ledger, Note
from tests.ledger.samples import NOON, ONE_OF_EACH

WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from monitor.ledger import Heartbeat, Ledger, Note

ledger = Ledger.open(Path(sys.argv[1]))
while True:
    entries = ledger.append([Heartbeat(), Note("child", "x" * 500)], datetime(2026, 6, 1, tzinfo=UTC))
    print(entries[-1].seq, entries[-1].hash, flush=True)
"""


def test_a_writer_killed_at_any_moment_leaves_a_ledger_that_holds_all_it_confirmed(tmp_path: Path) -> None:
    path, dice = tmp_path / "ledger.db", random.Random(1)
    for _ in range(20):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            confirmed = [writer.stdout.readline() for _ in range(dice.randrange(1, 60))]
            writer.send_signal(signal.SIGKILL)
            confirmed += writer.stdout.readlines()
        with Ledger.open(path) as ledger:
            assert ledger.verify().ok
            assert ledger.head()[0] % 2 == 0, "a transaction was torn in two"
            present = {f"{entry.seq} {entry.hash}\n" for entry in ledger.entries()}
        assert {line for line in confirmed if line.endswith("\n")} <= present


def test_the_lock_of_a_killed_writer_is_free_at_once(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        writer.kill()
    with Ledger.open(path) as ledger:
        ledger.append([Heartbeat()], NOON)


def test_a_full_disk_writes_nothing_and_the_next_append_works_again(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        ledger.append(ONE_OF_EACH, NOON)
        head = ledger.head()
        ((pages,),) = ledger._connection.execute("PRAGMA page_count")
        ledger._connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(LedgerUnavailable, match="full"):
            ledger.append([Heartbeat(), *[Note("a", "x" * 1000)] * 100], NOON)
        assert ledger.head() == head
        ledger._connection.execute("PRAGMA max_page_count = 100000")
        ledger.append([Note("a", "x" * 1000)] * 100, NOON)
        assert ledger.head()[0] == head[0] + 100
        assert ledger.verify().ok


FILLER = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from monitor.errors import LedgerUnavailable
from monitor.ledger import Heartbeat, Ledger, Note

now = datetime(2026, 6, 1, tzinfo=UTC)
ledger = Ledger.open(Path(sys.argv[1]))
ledger.append([Heartbeat()], now)
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
try:
    ledger.append([Note("a", "x" * 1000)] * 200, now)
except LedgerUnavailable:
    print("unavailable", ledger.head()[0])
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
ledger.append([Heartbeat()], now)
print("works again", ledger.head()[0], ledger.verify().ok)
"""


def test_an_error_of_the_file_system_writes_nothing_and_the_next_append_works_again(tmp_path: Path) -> None:
    child = subprocess.run(
        [sys.executable, "-c", FILLER, str(tmp_path / "ledger.db")], capture_output=True, text=True, check=False
    )
    assert child.stderr == ""
    assert child.stdout.splitlines() == ["unavailable 1", "works again 2 True"]


def test_a_lock_held_by_somebody_else_for_too_long_is_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with Ledger.open(path) as ledger:
        ledger._connection.execute("PRAGMA busy_timeout = 1")
        meddler = sqlite3.connect(path, isolation_level=None)
        meddler.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerUnavailable, match="locked"):
            ledger.append([Heartbeat()], NOON)
        meddler.execute("ROLLBACK")
        meddler.close()
        ledger.append([Heartbeat()], NOON + timedelta(seconds=1))
        assert ledger.head()[0] == 1
