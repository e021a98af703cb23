"""What is remembered of pictures: kept over restarts, shared by processes, and given up without harm."""

from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor import memories as module
from monitor.memories import Memories, memories_path
from monitor.model import micros
from monitor.picture import Memory, approve_view
from monitor.picture.memory import Reference, Stillness
from tests.driven import START

MINUTE = timedelta(minutes=1)
GATHERING = Memory(in_mode=9, colour=Reference(seen=2, gathered=(bytes(90), b"\1" * 90)))
KNOWN = Memory(in_mode=9, colour=Reference(seen=30), stillness=Stillness(run=2), clear_us=7)


def approved(memory: Memory, at: datetime) -> Memory:
    return replace(approve_view(memory), approved_us=micros(at))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return memories_path(tmp_path / "ledger.db")


def test_they_lie_beside_the_ledger(tmp_path: Path) -> None:
    assert memories_path(tmp_path / "ledger.db") == tmp_path / "ledger.db.pictures.db"


def test_they_can_be_read_by_the_monitors_own_user_alone(path: Path) -> None:
    path.touch(mode=0o644)  # as earlier versions made it
    Memories(path).keep("a", KNOWN, START)
    modes = {each.name.removeprefix(path.name): each.stat().st_mode & 0o777 for each in path.parent.iterdir()}
    assert modes == {"": 0o600, "-wal": 0o600, "-shm": 0o600}


def test_a_camera_never_seen_is_fresh(path: Path) -> None:
    assert Memories(path).load("a") == Memory.fresh()


def test_what_was_kept_is_there_after_a_restart(path: Path) -> None:
    before = Memories(path)
    before.keep("a", KNOWN, START)
    before.keep("b", replace(KNOWN, in_mode=1), START)
    before.close()
    after = Memories(path)
    assert (after.load("a"), after.load("b").in_mode) == (KNOWN, 1)


def test_an_approved_view_is_learnt_anew_and_what_has_nothing_to_do_with_it_stays(path: Path) -> None:
    kept = Memories(path)
    kept.keep("a", KNOWN, START)
    kept.keep("b", KNOWN, START)
    kept.approve("a", START + MINUTE)
    approved = kept.load("a")
    assert (approved.colour.seen, approved.stillness) == (0, KNOWN.stillness)
    assert kept.load("b") == KNOWN


def test_a_look_at_an_earlier_picture_that_ends_after_the_approval_brings_nothing_old_back(path: Path) -> None:
    kept = Memories(path)
    under_way = kept.load("a")
    kept.approve("a", START + MINUTE)
    kept.keep("a", replace(under_way, colour=Reference(seen=31)), START)  # taken before, judged after
    assert kept.load("a").colour.seen == 0


@pytest.mark.parametrize("on_disk", [True, False])
@pytest.mark.parametrize("told", ["by the file", "with the question"])
@pytest.mark.parametrize("order", ["act, look, notice", "act, begin, notice, end", "begin, act, look, notice, end"])
def test_an_approval_is_never_lost_whatever_comes_between_the_act_and_its_being_noticed(
    path: Path, order: str, told: str, *, on_disk: bool
) -> None:
    kept = Memories(path if on_disk else None)
    kept.keep("a", KNOWN, START - MINUTE / 2)
    under_way = kept.load("a")
    look, notice = START + timedelta(seconds=2), START + timedelta(seconds=5)
    for step in order.split(", "):
        match step:
            case "begin":
                under_way = kept.load("a")
            case "end":
                kept.keep("a", under_way, notice + timedelta(seconds=1))
            case "look":
                kept.keep("a", kept.load("a"), look)
            case "notice" if told == "by the file":
                kept.approve("a", START)
    if on_disk:
        kept.close()
        kept = Memories(path)  # and in every process to come
    asked = START if told == "with the question" or not on_disk else None
    assert kept.load("a", asked) == approved(KNOWN, START)
    learnt = replace(kept.load("a", asked), colour=Reference(seen=31))
    kept.keep("a", learnt, notice + MINUTE)
    assert kept.load("a", asked) == learnt, "and is followed once"


def test_an_approval_followed_stays_so_when_a_look_ends_before_it_by_the_clock(path: Path) -> None:
    kept = Memories(path)
    kept.approve("a", START)
    kept.keep("a", replace(kept.load("a"), colour=Reference(seen=31)), START - 60 * MINUTE)
    assert kept.load("a").colour.seen == 31


def test_two_snapshots_settled_while_an_approval_comes_take_nothing_from_it(path: Path) -> None:
    kept = Memories(path)
    kept.keep("a", KNOWN, START - MINUTE)
    before = kept.load("a")
    kept.approve("a", START)
    kept.keep("a", kept.load("a"), START + MINUTE)
    kept.amend("a", before)
    assert kept.load("a") == approved(KNOWN, START)


def test_the_file_of_an_earlier_version_is_taken_over_with_the_approvals_it_followed(path: Path) -> None:
    with sqlite3.connect(path) as file:
        file.executescript("""CREATE TABLE memory
            (camera_id TEXT PRIMARY KEY, looked_us INTEGER NOT NULL, body BLOB NOT NULL);
            CREATE TABLE approved (camera_id TEXT PRIMARY KEY, at_us INTEGER NOT NULL) WITHOUT ROWID""")
        for camera_id in "ab":
            file.execute("INSERT INTO memory VALUES (?, ?, ?)", (camera_id, micros(START), KNOWN.to_bytes()))
    file.close()
    for _ in range(2):
        kept = Memories(path)
        assert kept.load("a", START - MINUTE).colour == KNOWN.colour
        assert kept.load("b", START + MINUTE) == approved(KNOWN, START + MINUTE)
        kept.keep("a", kept.load("a", START - MINUTE), START + MINUTE)
        kept.close()


def test_what_is_learnt_after_the_approval_stays_though_it_is_said_again(path: Path) -> None:
    kept = Memories(path)
    kept.approve("a", START)
    learnt = replace(kept.load("a"), colour=Reference(seen=31))
    kept.keep("a", learnt, START + MINUTE)
    kept.approve("a", START)  # as after a restart, from the record
    assert kept.load("a") == learnt


@pytest.mark.parametrize("on_disk", [True, False])
def test_what_is_amended_between_two_looks_stays_and_takes_nothing_from_an_approval(
    path: Path, *, on_disk: bool
) -> None:
    kept = Memories(path if on_disk else None)
    kept.keep("a", KNOWN, START)
    confirmed = replace(KNOWN, stillness=replace(KNOWN.stillness, confirmed=True))
    kept.amend("a", confirmed)
    assert kept.load("a") == confirmed
    kept.approve("a", START + MINUTE)
    kept.amend("a", replace(kept.load("a"), in_mode=7))
    assert (kept.load("a").colour.seen, kept.load("a").in_mode) == (0, 7)
    kept.amend("b", KNOWN)
    assert kept.load("b") == Memory.fresh(), "of a camera nobody looked at nothing is remembered"


def test_an_approval_holds_without_a_file(caplog: pytest.LogCaptureFixture) -> None:
    kept = Memories(None)
    kept.keep("a", KNOWN, START)
    kept.approve("a", START + MINUTE)
    assert kept.load("a") == approved(KNOWN, START + MINUTE)
    learnt = replace(kept.load("a"), colour=Reference(seen=31))
    kept.keep("a", learnt, START + 2 * MINUTE)
    kept.approve("a", START + MINUTE)
    assert kept.load("a") == learnt
    assert not caplog.records


def test_an_approval_that_no_file_told_comes_with_the_question(path: Path) -> None:
    path.mkdir(parents=True)
    kept = Memories(path)
    kept.keep("a", KNOWN, START)
    assert kept.load("a", START + MINUTE) == approved(KNOWN, START + MINUTE)
    learnt = replace(kept.load("a", START + MINUTE), colour=Reference(seen=31))
    kept.keep("a", learnt, START + 2 * MINUTE)
    assert kept.load("a", START + MINUTE) == learnt


@pytest.mark.parametrize("damage", ["substr(body, 1, 200)", "'a text'", "7"], ids=["cut", "a text", "a number"])
def test_damaged_bytes_cost_one_camera_its_memory_and_say_so(
    path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    kept = Memories(path)
    kept.keep("a", KNOWN, START)
    kept.keep("b", KNOWN, START)
    with sqlite3.connect(path) as file:
        file.execute(f"UPDATE memory SET body = {damage} WHERE camera_id = 'a'")
    file.close()
    with caplog.at_level(logging.WARNING):
        assert (kept.load("a"), kept.load("b")) == (Memory.fresh(), KNOWN)
    assert "the picture of a is learnt anew" in caplog.text


def test_a_file_that_is_no_database_is_set_aside_for_a_new_one(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.write_bytes(b"not a database, and longer than its header would be" * 40)
    before = path.read_bytes()
    kept = Memories(path)
    assert kept.load("a") == Memory.fresh()
    assert path.read_bytes() == before, "reading changes nothing"
    for second in range(3):
        kept.keep("a", KNOWN, START + timedelta(seconds=second))
    assert Memories(path).load("a") == KNOWN
    assert path.with_name(path.name + ".damaged").read_bytes() == before
    assert "was damaged and is now ledger.db.pictures.db.damaged" in caplog.text


def test_a_file_that_is_damaged_while_it_is_in_use_is_set_aside_once_by_all_processes(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    one, other = Memories(path), Memories(path)
    for number in range(40):
        one.keep(f"c{number}", replace(KNOWN, stillness=Stillness(recent=bytes(4_000))), START)
    assert one._file is not None
    one._file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))
    other.keep("a", KNOWN, START)
    one.keep("b", KNOWN, START)
    assert [Memories(path).load(each) for each in "ab"] == [KNOWN] * 2
    assert caplog.text.count("was damaged and is now") == 1


def test_a_file_that_is_deleted_while_it_is_in_use_is_made_anew(path: Path) -> None:
    kept = Memories(path)
    kept.keep("a", KNOWN, START)
    for each in path.parent.iterdir():
        each.unlink()
    assert kept.load("a") == Memory.fresh()
    kept.keep("a", KNOWN, START)
    assert Memories(path).load("a") == KNOWN


def test_a_camera_whose_first_looks_are_gathered_is_held_by_the_process_alone(path: Path) -> None:
    kept = Memories(path)
    kept.keep("a", GATHERING, START)
    assert kept.load("a") == GATHERING
    assert Memories(path).load("a") == replace(GATHERING, colour=Reference()), "no file has it"
    Memories(path).keep("a", replace(GATHERING, colour=Reference(), in_mode=10), START + MINUTE)
    assert kept.load("a") == replace(GATHERING, in_mode=10), "what another process saw meanwhile counts"
    kept.keep("a", KNOWN, START + 2 * MINUTE)
    assert kept._held == {}
    assert kept.load("a") == Memories(path).load("a") == KNOWN


def test_what_the_file_took_is_held_no_more(path: Path) -> None:
    kept, alone = Memories(path), Memories(None)
    seen = replace(GATHERING, stillness=Stillness(recent=bytes(600)), infrared=Reference(seen=48))
    for each in (kept, alone):
        each.keep("a", seen, START)
        each.amend("a", replace(seen, stillness=Stillness(confirmed=True)))
        assert each.load("a") == replace(seen, stillness=Stillness(confirmed=True))
    assert kept._held["a"][0] == Memory(colour=GATHERING.colour)


def test_an_approval_forgets_what_is_gathered_and_keeps_what_the_file_has_of_stillness(path: Path) -> None:
    kept = Memories(path)
    kept.keep("a", replace(GATHERING, stillness=Stillness(looks=7)), START)
    kept.approve("a", START + MINUTE)
    assert kept.load("a") == approved(replace(GATHERING, stillness=Stillness(looks=7)), START + MINUTE)


def test_an_approval_by_another_process_reaches_what_is_held_by_this_one(path: Path) -> None:
    kept = Memories(path)
    kept.keep("a", GATHERING, START)
    Memories(path).approve("a", START + MINUTE)
    assert kept.load("a") == approved(GATHERING, START + MINUTE)


def test_on_a_full_disk_this_process_remembers_as_many_cameras_as_it_has_room_for(
    path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_HELD", 3)
    kept = Memories(path)
    kept.keep("a", KNOWN, START)
    assert kept._file is not None
    pages = kept._file.execute("PRAGMA page_count").fetchone()[0]
    kept._file.execute(f"PRAGMA max_page_count = {pages}")  # SQLite then says what it says of a full disk
    large = replace(KNOWN, stillness=Stillness(recent=bytes(16_000)))
    for camera_id in "bcdef":
        kept.keep(camera_id, large, START)
    assert [kept.load(camera_id) == large for camera_id in "bcdef"] == [True, True, True, False, False]
    assert kept.load("a") == KNOWN, "what lies in the file is still read"
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "see to the disk" in caplog.text
    kept.keep("f", large, START + timedelta(days=3))
    assert sorted(kept._held) == ["f"], "whom nobody looked at for days gives way"

    kept._file.execute("PRAGMA max_page_count = 100000")
    kept.keep("f", large, START + timedelta(days=4))
    assert kept._held == {}, "with room again, it goes to the file and is held no longer"
    kept.close()
    assert Memories(path).load("f") == large


def test_cameras_that_left_the_inventory_are_forgotten(path: Path) -> None:
    kept = Memories(path)
    for camera_id in "abc":
        kept.keep(camera_id, KNOWN, START)
    kept.keep_only({"b"})
    assert [kept.load(camera_id) == KNOWN for camera_id in "abc"] == [False, True, False]


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from monitor.memories import Memories
from monitor.picture import Memory
kept = Memories(Path(sys.argv[1]))
for number in range(200):
    camera_id = f"{sys.argv[2]}{number}"
    kept.keep(camera_id, Memory(in_mode=number), datetime(2026, 11, 2, tzinfo=UTC))
    assert kept.load(camera_id).in_mode == number
"""


def test_several_processes_keep_theirs_in_one_file(path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(path)]
    writers = [subprocess.Popen([*command, name], stderr=subprocess.PIPE) for name in "ab"]
    for writer in writers:
        _, complaints = writer.communicate(timeout=60)
        assert (writer.returncode, complaints) == (0, b"")
    kept = Memories(path)
    assert [kept.load(f"{name}{number}").in_mode for name in "ab" for number in range(200)] == 2 * list(range(200))
