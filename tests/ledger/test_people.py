"""What people write beside the running monitor: a chain of its own, two processes at once, and older ledgers."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.acts import Act, Head, PeriodClosed, read_act, written_act
from monitor.acts.signing import Written
from monitor.errors import LedgerError, LedgerMoved
from monitor.ledger import Breach, Heartbeat, Ledger, Note
from tests.ledger.samples import ACTS, NOON, ONE_OF_EACH, STAMP
from tests.ledger.test_verification import found, tampering

WRITTEN = [written_act(act) for act in ACTS]
OLD = Path(__file__).parents[1] / "data" / "ledger-1.sql"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger of one entry, closed."""
    path = tmp_path / "ledger.db"
    with Ledger.open(path) as ledger:
        ledger.append([Heartbeat()], NOON)
    return path


def note(number: int) -> Act:
    return Note("李主任", "来过", replace(STAMP, id=f"{number:010x}"))


def test_acts_have_a_chain_of_their_own_while_the_monitor_writes(path: Path) -> None:
    with Ledger.open(path) as monitor, Ledger.open_beside(path) as person:
        written = person.add_acts(WRITTEN, NOON, 0)
        monitor.append([Heartbeat()], NOON)
        written += person.add_acts([written_act(note(1))], NOON, len(ACTS))
        assert [act.act for act in monitor.acts()] == [*ACTS, note(1)]
        assert {entry.vantage for entry in written} == {"local.people"}
        assert [entry.seq for entry in written] == list(range(1, len(ACTS) + 2))
        assert monitor.heads() == (
            Head("local", 2, monitor.head()[1]),
            Head("local.people", len(ACTS) + 1, written[-1].hash),
        )
        assert monitor.verify().ok
        assert monitor.verify().heads == monitor.heads()
        assert monitor.verify(written[2].hash).ok


def test_whoever_judged_by_less_than_the_record_has_to_judge_again(path: Path) -> None:
    with Ledger.open_beside(path) as first, Ledger.open_beside(path) as second:
        first.add_acts([written_act(note(1))], NOON, 0)
        with pytest.raises(LedgerMoved):
            second.add_acts([written_act(note(2))], NOON, 0)
        assert [act.act for act in second.acts()] == [note(1)]
        second.add_acts([written_act(note(2))], NOON, 1)
        assert first.verify().ok


def test_acts_stand_as_they_were_written(path: Path) -> None:
    with Ledger.open_beside(path) as person:
        person.add_acts(WRITTEN, NOON, 0)
        with closing(sqlite3.connect(path)) as raw:
            bodies = raw.execute("SELECT kind, body FROM events WHERE vantage = 'local.people' ORDER BY seq").fetchall()
        assert [(act.kind, act.body) for act in person.acts()] == bodies


def test_what_was_signed_by_another_version_goes_in_to_the_letter(path: Path) -> None:
    body = written_act(ACTS[1]).body.replace(',"text":""', "")
    assert body != written_act(ACTS[1]).body
    with Ledger.open_beside(path) as person:
        person.add_acts([Written("exclusion_approved", body, read_act("exclusion_approved", body))], NOON, 0)
        assert [act.body for act in person.acts()] == [body]
        assert person.verify().ok


def test_who_only_adds_acts_cannot_write_for_the_monitor(path: Path) -> None:
    with Ledger.open_beside(path) as person, pytest.raises(LedgerError, match="reading only"):
        person.append([Heartbeat()], NOON)
    with Ledger.open_read_only(path) as reader, pytest.raises(LedgerError):
        reader.add_acts([written_act(note(1))], NOON, 0)


def test_nobody_acts_on_a_ledger_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="there is no ledger"):
        Ledger.open_beside(tmp_path / "none.db")
    assert not list(tmp_path.iterdir())


def test_the_name_of_the_people_s_chain_is_not_a_prober_s(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="what people do"):
        Ledger.open(tmp_path / "ledger.db", "local.people")
    longest = "v" * 64
    with Ledger.open(tmp_path / "ledger.db", longest) as ledger:
        ledger.append([Heartbeat()], NOON)
        with Ledger.open_beside(tmp_path / "ledger.db", longest) as person:
            person.add_acts([written_act(note(1))], NOON, 0)
        assert len(ledger.heads()) == 2
        assert len(list(ledger.acts())) == 1


def test_a_ledger_is_read_as_it_was_at_given_heads(path: Path) -> None:
    with Ledger.open(path) as ledger:
        ledger.add_acts([written_act(note(1))], NOON, 0)
        then = ledger.heads()
        ledger.append(ONE_OF_EACH, NOON + timedelta(hours=1))
        ledger.add_acts([written_act(note(2))], NOON, 1)
        past = ledger.as_of(then)
        assert past.head() == (then[0].seq, then[0].hash)
        assert [act.act for act in past.acts()] == [note(1)]
        assert past.last_recorded_at() == NOON
        assert not list(past.transitions())
        assert not past.cameras()
        assert ledger.as_of([then[0]]).heads() == (then[0],)
        with pytest.raises(LedgerError):
            past.append([Heartbeat()], NOON)


# ---------------------------------------------------------------- two processes at once

PROBER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from monitor.ledger import Heartbeat, Ledger

with Ledger.open(Path(sys.argv[1])) as ledger:
    print("ready", flush=True)
    for _ in range(300):
        ledger.append([Heartbeat()], datetime(2026, 6, 1, tzinfo=UTC))
"""
PERSON = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from monitor.acts import Note, Stamp, written_act
from monitor.errors import LedgerMoved
from monitor.ledger import Ledger
from monitor.model import Actor, Role

name, moved = sys.argv[2], 0
now = datetime(2026, 6, 1, tzinfo=UTC)
for number in range(60):
    note = Note(name, str(number), Stamp(f"{name}-{number}", "c", now, Actor(Role.VENDOR, name)))
    while True:
        with Ledger.open_beside(Path(sys.argv[1])) as ledger:
            seen = sum(1 for _ in ledger.acts())
            try:
                ledger.add_acts([written_act(note)], now, seen)
                break
            except LedgerMoved:
                moved += 1
print("moved", moved, flush=True)
"""


def test_the_monitor_and_two_people_write_at_the_same_time_and_every_chain_holds(path: Path) -> None:
    def start(script: str, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", script, str(path), *words]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    writers = [start(PROBER), start(PERSON, "wang"), start(PERSON, "li")]
    spoken = [writer.communicate(timeout=100) for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0, 0], spoken
    with Ledger.open_read_only(path) as ledger:
        assert ledger.verify().ok
        local, people = ledger.heads()
        assert (local.seq, people.seq) == (301, 120)
        ids = [act.stamp.id for act in ledger.acts()]
    for name in ("wang", "li"):  # nobody's acts were lost, doubled or put out of order
        assert [id_ for id_ in ids if id_.startswith(name)] == [f"{name}-{number}" for number in range(60)]


# ---------------------------------------------------------------- proof over both chains


@pytest.fixture
def closed(path: Path) -> Path:
    """A ledger in which a month was closed on what stood in it then."""
    with Ledger.open(path) as ledger:
        ledger.append([Heartbeat()] * 3, NOON)
        ledger.add_acts([written_act(note(1))], NOON, 0)
        ledger.add_acts([written_act(PeriodClosed(STAMP, "2026-05", ledger.heads(), "cd" * 32))], NOON, 1)
        ledger.append([Heartbeat()], NOON)
    return path


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ("DELETE FROM events WHERE vantage = 'local' AND seq = 5", ("local", 5, Breach.END_MISSING)),
        ("DELETE FROM events WHERE vantage = 'local' AND seq >= 4", ("local", 4, Breach.CLOSED_ON_OTHER)),
        ("DELETE FROM events WHERE vantage = 'local'", ("local", 4, Breach.CLOSED_ON_OTHER)),
        (
            "UPDATE events SET body = replace(body, '来过', '走过') WHERE kind = 'note'",
            ("local.people", 1, Breach.HASH_DIFFERS),
        ),
        ("DELETE FROM events WHERE kind = 'note'", ("local.people", 1, Breach.SEQ_MISSING)),
        ("UPDATE events SET vantage = 'other' WHERE kind = 'note'", ("local.people", 1, Breach.SEQ_MISSING)),
    ],
)
def test_a_closed_month_holds_both_chains_together(
    closed: Path, change: str, place: tuple[str, int, Breach] | None
) -> None:
    with tampering(closed) as raw:
        raw.execute(change)
    with Ledger.open_read_only(closed) as ledger:
        broken = ledger.verify().broken
    assert (None if broken is None else (broken.vantage, broken.seq, broken.breach)) == place


# ---------------------------------------------------------------- older ledgers


def test_a_ledger_of_the_first_format_is_read_and_verified_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(OLD.read_text("utf-8"))
    with Ledger.open_read_only(path) as ledger:
        assert [entry.event for entry in ledger.entries()] == list(ONE_OF_EACH[:11])
        assert ledger.verify().head == "395a38cf02017d196d1a82ec93f3b7bb2" + ledger.head()[1][33:]
    assert found(path) is None
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (1,)


def test_acts_are_added_to_a_ledger_of_the_first_format_which_then_tells_older_programs_so(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(OLD.read_text("utf-8"))
    with Ledger.open_beside(path) as person:
        head = person.head()
        person.add_acts([written_act(note(1))], NOON, 0)
        assert person.head() == head
        assert person.verify().ok
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (3,)
