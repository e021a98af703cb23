"""What goes into a ledger comes out of it again: the whole of it, in order, and fast to find."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.errors import LedgerBroken, LedgerError
from monitor.ledger import (
    GENESIS,
    CameraAdded,
    CameraChanged,
    CameraRemoved,
    Heartbeat,
    Ledger,
    MaintenanceCancelled,
    MaintenancePlanned,
    Note,
    Started,
    TransitionRecorded,
)
from monitor.model import CameraRecord, InventoryChange, Span, State, micros
from tests.ledger.samples import CAMERA, NOON, ONE_OF_EACH, WORK, camera, transition

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with Ledger.open(path) as opened:
        yield opened


def test_a_new_ledger_is_empty_and_holds(ledger: Ledger) -> None:
    assert ledger.head() == (0, GENESIS)
    assert ledger.last_recorded_at() is None
    assert not list(ledger.entries())
    assert ledger.verify().ok


def test_entries_come_back_in_order_after_reopening(path: Path) -> None:
    with Ledger.open(path) as ledger:
        written = ledger.append(ONE_OF_EACH, NOON)
    with Ledger.open(path) as ledger:
        assert tuple(ledger.entries()) == written
        assert tuple(entry.event for entry in written) == ONE_OF_EACH
        assert ledger.head() == (len(ONE_OF_EACH), written[-1].hash)
        assert ledger.last_recorded_at() == NOON


def test_every_entry_carries_the_hash_of_the_one_before(ledger: Ledger) -> None:
    written = (*ledger.append(ONE_OF_EACH, NOON), *ledger.append([Heartbeat()], NOON))
    assert [entry.prev for entry in written] == [GENESIS, *(entry.hash for entry in written[:-1])]


def test_nothing_to_append_is_nothing(ledger: Ledger) -> None:
    assert ledger.append([], NOON) == ()
    assert ledger.head() == (0, GENESIS)


def test_recorded_at_never_goes_back(ledger: Ledger) -> None:
    ledger.append([Heartbeat()], LATER)
    (entry,) = ledger.append([Heartbeat()], NOON)
    assert entry.recorded_at == LATER
    assert ledger.verify().ok


def test_an_event_the_ledger_has_no_form_for_leaves_it_as_it_was(ledger: Ledger) -> None:
    with pytest.raises(TypeError):
        ledger.append([Heartbeat(), Note("a", 1.5)], NOON)  # type: ignore[arg-type]
    ledger.append([Heartbeat()], NOON)
    assert ledger.head()[0] == 1
    assert ledger.verify().ok


def test_entries_are_filtered_by_everything_given(ledger: Ledger) -> None:
    ledger.append([CameraAdded(camera(name)) for name in ("c1", "c2")], NOON)
    ledger.append([TransitionRecorded(transition(name, minute)) for minute in (1, 2) for name in ("c1", "c2")], NOON)
    assert [e.seq for e in ledger.entries(after_seq=4)] == [5, 6]
    assert [e.seq for e in ledger.entries(camera_id="c2")] == [2, 4, 6]
    assert [e.seq for e in ledger.entries(kind=CameraAdded)] == [1, 2]
    assert [e.seq for e in ledger.entries(kind=TransitionRecorded, camera_id="c1", limit=1)] == [3]


def test_transitions_come_by_camera_and_then_as_they_were_written(ledger: Ledger) -> None:
    moves = [transition("b", 1), transition("a", 2), transition("b", 3, State.UP), transition("a", 4, State.UP)]
    ledger.append([TransitionRecorded(move) for move in moves], NOON)
    assert list(ledger.transitions()) == [moves[1], moves[3], moves[0], moves[2]]


def test_a_period_starts_with_the_last_transition_before_it_and_is_half_open(ledger: Ledger) -> None:
    moves = [transition("a", minute, State.UP if minute % 2 else State.DOWN) for minute in range(6)]
    only_before = transition("b", 0)
    only_after = transition("c", 9)
    ledger.append([TransitionRecorded(move) for move in (*moves, only_before, only_after)], NOON)
    period = Span(micros(moves[2].at), micros(moves[4].at))
    assert list(ledger.transitions(period)) == [*moves[1:4], only_before]


def test_cameras_remember_when_they_came_and_went(ledger: Ledger) -> None:
    times = [NOON + timedelta(days=day) for day in range(5)]
    renamed = replace(CAMERA, name="新名")
    ledger.append([CameraAdded(CAMERA), CameraAdded(camera("c2"))], times[0])
    ledger.append([CameraChanged(renamed)], times[1])
    ledger.append([CameraRemoved("c1"), CameraRemoved("never there")], times[2])
    assert ledger.cameras() == (
        CameraRecord(renamed, times[0], times[0], times[2]),
        CameraRecord(camera("c2"), times[0], times[0], None),
    )
    ledger.append([CameraAdded(CAMERA), CameraAdded(CAMERA)], times[3])
    assert ledger.cameras()[0] == CameraRecord(CAMERA, times[0], times[3], None)
    assert ledger.inventory_changes(Span(micros(times[1]), micros(times[3]))) == (
        InventoryChange(times[1], "c1", CAMERA, renamed),
        InventoryChange(times[2], "c1", renamed, None),
    )
    assert ledger.inventory_changes()[-1] == InventoryChange(times[3], "c1", None, CAMERA)


def test_cancelled_maintenance_is_gone_and_a_new_plan_replaces_the_old(ledger: Ledger) -> None:
    early = replace(WORK, id="m0", start_at=NOON - timedelta(days=1))
    longer = replace(WORK, end_at=WORK.end_at + timedelta(hours=1))
    ledger.append([MaintenancePlanned(WORK), MaintenancePlanned(early), MaintenancePlanned(longer)], NOON)
    assert ledger.maintenance() == (early, longer)
    ledger.append([MaintenanceCancelled("m1")], NOON)
    assert ledger.maintenance() == (early,)


def test_one_simulated_run_marks_the_whole_record(ledger: Ledger) -> None:
    ledger.append([Started("0.1.0", simulated=False)], NOON)
    assert not ledger.simulated()
    ledger.append([Started("0.1.0", simulated=True), Started("0.1.0", simulated=False)], NOON)
    assert ledger.simulated()


def test_a_second_writer_is_refused_and_told_who_writes(path: Path, ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match=r"process \d+ is writing"):
        Ledger.open(path)
    ledger.close()
    Ledger.open(path).close()


def test_a_reader_sees_what_is_being_written_and_cannot_write(path: Path, ledger: Ledger) -> None:
    with Ledger.open_read_only(path) as reader:
        ledger.append([Heartbeat()], NOON)
        assert reader.head() == ledger.head()
        with pytest.raises(LedgerError, match="reading only"):
            reader.append([Heartbeat()], NOON)


def test_a_file_that_is_no_ledger_is_refused_and_left_alone(path: Path) -> None:
    path.write_bytes(b"one,two,three\n" * 100)
    with pytest.raises(LedgerError, match="cannot be opened as a ledger"):
        Ledger.open(path)
    assert path.read_bytes() == b"one,two,three\n" * 100


def test_another_programs_database_is_refused_and_left_alone(path: Path) -> None:
    foreign = sqlite3.connect(path)
    foreign.executescript("CREATE TABLE events (id); INSERT INTO events VALUES (1);")
    foreign.close()
    before = path.read_bytes()
    for opening in (Ledger.open, Ledger.open_read_only):
        with pytest.raises(LedgerError, match="is not a ledger"):
            opening(path)
    assert path.read_bytes() == before


def test_an_empty_file_is_no_ledger_to_read_but_one_may_begin_in_it(path: Path) -> None:
    path.touch()
    with pytest.raises(LedgerError, match="is not a ledger"):
        Ledger.open_read_only(path)
    with Ledger.open(path) as ledger:
        assert ledger.head() == (0, GENESIS)


def test_every_transaction_waits_for_the_disk(ledger: Ledger) -> None:
    full = 2
    assert ledger._connection.execute("PRAGMA synchronous").fetchone() == (full,)
    assert ledger._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_newer_versions_ledger_is_refused(path: Path) -> None:
    Ledger.open(path).close()
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 4")
    newer.close()
    with pytest.raises(LedgerError, match=r"newer version .*schema 4"):
        Ledger.open(path)


def test_there_is_nothing_to_read_where_nothing_was_written(path: Path) -> None:
    with pytest.raises(LedgerError, match="there is no ledger"):
        Ledger.open_read_only(path)
    assert not path.exists()


def test_a_folder_is_no_ledger(tmp_path: Path) -> None:
    with pytest.raises(LedgerError):
        Ledger.open(tmp_path)


@pytest.mark.parametrize("vantage", ["", "a\nb", "村", "x" * 65])
def test_a_vantage_is_a_plain_name(path: Path, vantage: str) -> None:
    with pytest.raises(LedgerError, match="vantage"):
        Ledger.open(path, vantage)


def test_each_vantage_has_its_own_chain(path: Path) -> None:
    with Ledger.open(path, "north") as north:
        north.append([Heartbeat(), TransitionRecorded(transition("a", 1))], NOON)
    with Ledger.open(path, "south") as south:
        (entry,) = south.append([Heartbeat()], NOON)
        assert (entry.seq, entry.prev) == (1, GENESIS)
        assert not list(south.transitions())
        verification = south.verify()
        assert verification.ok
        assert verification.entries == 3
        assert verification.head == entry.hash


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET body = '{}'",
        "DELETE FROM events WHERE seq = 2",
        "INSERT OR REPLACE INTO events SELECT * FROM events WHERE seq = 1",
        "INSERT INTO events SELECT vantage, 9, recorded_at, kind, camera_id, at, body, prev, hash FROM events LIMIT 1",
    ],
)
def test_the_database_itself_refuses_to_change_the_past(path: Path, ledger: Ledger, statement: str) -> None:
    ledger.append(ONE_OF_EACH, NOON)
    ledger.close()
    database = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        database.execute(statement)
    database.close()


def test_an_entry_that_cannot_be_read_is_named(path: Path, ledger: Ledger) -> None:
    ledger.append([MaintenancePlanned(WORK)], NOON)
    ledger.close()
    database = sqlite3.connect(path)
    database.execute("DROP TRIGGER events_are_never_updated")
    database.execute("UPDATE events SET body = '{}'")
    database.commit()
    database.close()
    with Ledger.open(path) as damaged, pytest.raises(LedgerBroken, match="seq 1: unreadable"):
        damaged.maintenance()


def test_a_ledger_may_be_used_from_a_worker_thread(ledger: Ledger) -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(ledger.append, [Heartbeat()], NOON).result()
    assert ledger.head()[0] == 1


def test_half_a_surrogate_pair_in_a_camera_id_does_no_harm(ledger: Ledger) -> None:
    ledger.append([CameraRemoved("a\ud800")], NOON)
    assert ledger.verify().ok
    assert [e.event for e in ledger.entries(camera_id="a?")] == [CameraRemoved("a?")]
