"""Tampering is found and named: any byte changed, any entry dropped, moved or doubled, and an end cut off."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.ledger import Breach, BrokenLink, Heartbeat, Ledger, Note, Verification
from monitor.ledger.chain import GENESIS, link_hash
from monitor.model import micros
from tests.ledger.samples import NOON, ONE_OF_EACH

DOCUMENT = Path(__file__).parents[2] / "docs" / "ledger.md"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger of one entry of each kind, closed."""
    path = tmp_path / "ledger.db"
    with Ledger.open(path) as ledger:
        ledger.append(ONE_OF_EACH, NOON)
    return path


@contextmanager
def tampering(path: Path) -> Iterator[sqlite3.Connection]:
    """The database as somebody with a file editor has it: without its triggers."""
    with closing(sqlite3.connect(path)) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        yield database
        database.commit()


def verification(path: Path, expect_head: str | None = None) -> Verification:
    with Ledger.open_read_only(path) as ledger:
        return ledger.verify(expect_head)


def found(path: Path, expect_head: str | None = None) -> tuple[int, Breach] | None:
    broken = verification(path, expect_head).broken
    return None if broken is None else (broken.seq, broken.breach)


@pytest.mark.parametrize(
    ("change", "seq", "breach"),
    [
        ("UPDATE events SET body = replace(body, 'tcp_timeout', 'tcp_refused') WHERE seq = 4", 4, Breach.HASH_DIFFERS),
        ("UPDATE events SET kind = 'stopped' WHERE seq = 5", 5, Breach.HASH_DIFFERS),
        ("UPDATE events SET recorded_at = recorded_at + 1 WHERE seq = 5", 5, Breach.HASH_DIFFERS),
        ("UPDATE events SET hash = prev WHERE seq = 5", 5, Breach.HASH_DIFFERS),
        ("UPDATE events SET prev = hash WHERE seq = 5", 5, Breach.PREV_DIFFERS),
        ("UPDATE events SET seq = 99 WHERE seq = 5", 5, Breach.SEQ_MISSING),
        ("UPDATE events SET vantage = 'other' WHERE seq = 5", 5, Breach.SEQ_MISSING),
        ("UPDATE events SET camera_id = 'c2' WHERE seq = 4", 4, Breach.INDEX_DIFFERS),
        ("UPDATE events SET camera_id = NULL WHERE seq = 4", 4, Breach.INDEX_DIFFERS),
        ("UPDATE events SET at = at + 1 WHERE seq = 4", 4, Breach.INDEX_DIFFERS),
        ("UPDATE events SET body = CAST(x'7bff7d' AS TEXT) WHERE seq = 4", 4, Breach.HASH_DIFFERS),
        ("DELETE FROM events WHERE seq = 1", 1, Breach.SEQ_MISSING),
        ("DELETE FROM events WHERE seq = 7", 7, Breach.SEQ_MISSING),
    ],
)
def test_a_change_is_found_and_named(path: Path, change: str, seq: int, breach: Breach) -> None:
    with tampering(path) as database:
        assert database.execute(change).rowcount == 1
    if "vantage" in change:  # the stray entry makes a chain of its own that lacks its beginning
        assert found(path) in {(seq, breach), (1, breach)}
    else:
        assert found(path) == (seq, breach)


def test_an_untouched_ledger_holds(path: Path) -> None:
    result = verification(path)
    assert (result.ok, result.entries, result.broken) == (True, len(ONE_OF_EACH), None)


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_changed_byte_of_any_hashed_column_is_found(path: Path, data: st.DataObject) -> None:
    seq = data.draw(st.integers(1, len(ONE_OF_EACH)))
    column = data.draw(st.sampled_from(("body", "hash", "prev", "kind", "vantage")))
    with tampering(path) as database:
        (before,) = database.execute(f"SELECT CAST({column} AS BLOB) FROM events WHERE seq = ?", (seq,)).fetchone()
        place = data.draw(st.integers(0, len(before) - 1))
        byte = data.draw(st.integers(1, 255).filter(lambda value: value != before[place]))
        after = before[:place] + bytes([byte]) + before[place + 1 :]
        database.execute(f"UPDATE events SET {column} = CAST(? AS TEXT) WHERE seq = ?", (after, seq))
    assert found(path) is not None
    with tampering(path) as database:  # as it was
        undo = f"UPDATE events SET {column} = CAST(? AS TEXT) WHERE seq = ?"
        database.execute(undo, (before, seq))
    assert found(path) is None


def test_two_entries_in_each_others_place_are_found(path: Path) -> None:
    with tampering(path) as database:
        for old, new in ((4, 99), (5, 4), (99, 5)):
            database.execute("UPDATE events SET seq = ? WHERE seq = ?", (new, old))
    assert found(path) == (4, Breach.PREV_DIFFERS)


def test_an_entry_written_twice_is_found(path: Path) -> None:
    with tampering(path) as database:
        database.execute(
            "INSERT INTO events SELECT vantage, seq + 1, recorded_at, kind, camera_id, at, body, prev, hash"
            " FROM events ORDER BY seq DESC LIMIT 1"
        )
    assert found(path) == (len(ONE_OF_EACH) + 1, Breach.PREV_DIFFERS)


def test_an_end_cut_off_is_found_and_named(path: Path) -> None:
    with tampering(path) as database:
        database.execute("DELETE FROM events WHERE seq >= 11")
    assert found(path) == (11, Breach.END_MISSING)
    assert f"it ended with {len(ONE_OF_EACH)}" in str(verification(path).broken)
    with tampering(path) as database:
        database.execute("DELETE FROM events")
    assert found(path) == (1, Breach.END_MISSING)


def test_an_end_exchanged_for_another_is_found_and_named(path: Path) -> None:
    with tampering(path) as database:
        database.execute("DELETE FROM events WHERE seq = ?", (len(ONE_OF_EACH),))
    forge(path, "heartbeat", "{}", micros(NOON))
    assert found(path) == (len(ONE_OF_EACH), Breach.END_MISSING)


def test_an_end_cut_off_where_it_was_noted_too_is_found_by_a_head_printed_earlier(path: Path) -> None:
    with Ledger.open(path) as ledger:
        noted = ledger.head()[1]
        ledger.append([Heartbeat()], NOON)
    assert found(path, expect_head=noted) is None, "the record may have grown since"
    with tampering(path) as database:
        database.execute("DELETE FROM events WHERE seq >= 11")
        database.execute("UPDATE ends SET seq = 10, hash = (SELECT hash FROM events WHERE seq = 10)")
    assert found(path) is None, "a shorter chain holds by itself"
    assert found(path, expect_head=noted) == (10, Breach.HEAD_MISSING)


def test_a_file_of_before_notes_its_ends_from_the_next_entry_on(path: Path) -> None:
    with tampering(path) as database:
        database.execute("DROP TABLE ends")
    assert found(path) is None
    with Ledger.open(path) as ledger:
        assert ledger.verify().ok
        ledger.append([Heartbeat()], NOON)
    assert found(path) is None
    with tampering(path) as database:
        database.execute("DELETE FROM events WHERE seq > ?", (len(ONE_OF_EACH),))
    assert found(path) == (len(ONE_OF_EACH) + 1, Breach.END_MISSING)


def forge(path: Path, kind: str, body: str, recorded_at: int) -> None:
    """Append an entry whose hash is right, as somebody who knows the format can."""
    with tampering(path) as database:
        seq, prev = database.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
        link = link_hash(prev, "local", seq + 1, recorded_at, kind, body)
        row = ("local", seq + 1, recorded_at, kind, None, None, body, prev, link)
        database.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)


@pytest.mark.parametrize(
    ("kind", "body", "delay", "breach"),
    [
        ("heartbeat", "{}", -1, Breach.TIME_GOES_BACK),
        ("heartbeat", "{ }", 0, Breach.NOT_CANONICAL),
        ("note", '{"text":"b","author":"a"}', 0, Breach.NOT_CANONICAL),
        ("note", '{"author":"a"}', 0, Breach.UNREADABLE),
        ("confession", "{}", 0, Breach.UNREADABLE),
    ],
)
def test_a_well_hashed_entry_that_breaks_the_format_is_found(
    path: Path, kind: str, body: str, delay: int, breach: Breach
) -> None:
    forge(path, kind, body, micros(NOON) + delay)
    assert found(path) == (len(ONE_OF_EACH) + 1, breach)


def test_a_damaged_file_is_found(path: Path) -> None:
    with Ledger.open(path) as ledger:
        ledger.append([Note("a", "x" * 2000)] * 200, NOON)
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xff" * 8192)
    assert not verification(path).ok


def test_an_index_that_hides_entries_is_found(path: Path) -> None:
    with tampering(path) as database:
        (honest,) = database.execute("SELECT sql FROM sqlite_master WHERE name = 'events_by_kind'").fetchone()
        database.execute("DROP INDEX events_by_kind")
        database.execute(f"{honest} WHERE kind <> 'transition'")
        database.execute("PRAGMA writable_schema = ON")
        database.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'events_by_kind'", (honest,))
    with Ledger.open_read_only(path) as ledger:
        assert not list(ledger.transitions()), "the tampering does what it is meant to"
    assert found(path) == (len(ONE_OF_EACH), Breach.FILE_DAMAGED)


def test_the_broken_link_is_named_in_words() -> None:
    assert str(BrokenLink("local", 7, Breach.HASH_DIFFERS)) == "vantage local, seq 7: hash differs"
    assert str(BrokenLink("local", 7, Breach.SEQ_MISSING, "9 is next")).endswith("seq missing (9 is next)")


def test_progress_is_told_to_the_end(path: Path) -> None:
    told: list[tuple[int, int]] = []
    with Ledger.open_read_only(path) as ledger:
        ledger.verify(progress=lambda done, total: told.append((done, total)))
    assert told == [(len(ONE_OF_EACH), len(ONE_OF_EACH))]


def test_the_first_hash_is_the_one_in_the_documentation() -> None:
    first = link_hash(GENESIS, "local", 1, 1780286400000000, "heartbeat", "{}")
    assert first in DOCUMENT.read_text("utf-8")


def test_the_documented_program_verifies_a_ledger_and_finds_tampering(path: Path, tmp_path: Path) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert len(program.splitlines()) <= 30
    assert "monitor" not in program, "a third party does not have our code"
    script = tmp_path / "verify.py"
    script.write_text(program, "utf-8")

    def run() -> str:
        command = [sys.executable, str(script), str(path)]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    with Ledger.open_read_only(path) as ledger:
        assert ledger.head()[1] in run()
    with tampering(path) as database:
        database.execute("UPDATE events SET body = replace(body, 'c1', 'c2') WHERE seq = 4")
    assert "seq 4: broken" in run()
