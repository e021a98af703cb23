"""What is remembered of every camera's picture, on disk: loaded for a look, kept after it, held by nobody in between.

A small file beside the ledger and no part of the record: numbers, no pictures (``picture.memory``). It may be deleted
at any time, and what it held is learnt again. Several processes may use one file. Only two things are held by a process
alone, for ``MOST_HELD`` cameras at a time, and gone with it: the first key frames of a new camera or a new light, which
no file may hold (``picture.gathering``), and everything where a file is missing or cannot be written.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from monitor.errors import PictureMemoryBroken
from monitor.model import MICROSECOND, micros
from monitor.picture import Memory, approve_view

log = logging.getLogger(__name__)

# Of up to 47 kB for each light that is gathered, and 32 kB more where there is no file. Others wait: were the oldest
# given up for them, none of ten thousand new cameras would ever be learnt.
MOST_HELD: Final = 1_000
GIVEN_UP: Final = timedelta(days=2) // MICROSECOND  # without a look; a night's camera is gathered over several nights
WAIT: Final = 5.0  # seconds for another process that writes
_OURS: Final = 0o600
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS memory (
    camera_id TEXT PRIMARY KEY, looked_us INTEGER NOT NULL, body BLOB NOT NULL, approved_us INTEGER
);
CREATE TABLE IF NOT EXISTS approved (camera_id TEXT PRIMARY KEY, at_us INTEGER NOT NULL) WITHOUT ROWID;
"""
# A camera's row lies in one page and is written over where it lies: a third of what it costs in a town whose rows link
# six pages of 4 kB each. A file of an earlier version keeps its own.
_PAGE: Final = 32_768
_KEPT_APART: Final = 125  # pages, about 4 MB, that SQLite writes beside the file before it copies them into it
_DAMAGE: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
# Whatever stands in it comes as what it should be: a text is then a memory that does not hold together.
_KEEP: Final = """INSERT INTO memory (camera_id, looked_us, body, approved_us) VALUES (?, ?, ?, ?)
    ON CONFLICT (camera_id) DO UPDATE
    SET looked_us = excluded.looked_us, body = excluded.body, approved_us = excluded.approved_us"""
# A row of an earlier version does not say which approval it followed: it was taken for every one before its last look.
_LOAD: Final = """SELECT coalesce((SELECT CAST(at_us AS INTEGER) FROM approved WHERE camera_id = :id), -1),
    coalesce(CAST(looked_us AS INTEGER), -1), CAST(body AS BLOB),
    coalesce(CAST(memory.approved_us AS INTEGER), CAST(looked_us AS INTEGER), -1)
    FROM (SELECT 1) LEFT JOIN memory ON camera_id = :id"""


class _Row(NamedTuple):
    """What the file says of one camera; instants in microseconds since 1970, -1: never."""

    approved_us: int = -1  # its view
    looked_us: int = -1
    body: bytes | None = None
    followed_us: int = -1  # the approval that the body followed last


def memories_path(ledger: Path) -> Path:
    """Where they are kept for a ledger."""
    return ledger.with_name(f"{ledger.name}.pictures.db")


class Memories:
    """All cameras'. May be used from several threads."""

    def __init__(self, path: Path | None) -> None:
        """``path`` None: nothing is kept beyond this process, and no more than ``MOST_HELD``."""
        self._path = path
        self._held: dict[str, tuple[Memory, int]] = {}  # what no file takes: and when it was seen
        self._lock = threading.Lock()
        self._warned = False
        self._file: sqlite3.Connection | None = None
        self._inode = 0  # of the file that was opened
        self._damaged = False
        self._open()

    def load(self, camera_id: str, approved_at: datetime | None = None) -> Memory:
        """What is remembered of the camera; fresh where nothing is, or nothing readable.

        ``approved_at``: when its view was approved, for whom no file told. A memory knows the approval it followed
        last, and a later one makes it new, whenever it was last looked at: looks go on while an approval is on its way
        from the record.
        """
        with self._lock:
            held, held_us = self._held.get(camera_id, (Memory.fresh(), -1))
            row = self._row(camera_id)
        approved_us = max(row.approved_us, micros(approved_at) if approved_at else -1)
        held = _following(held, approved_us)  # approved perhaps in another process
        if row.looked_us < held_us:  # the file could not be written, then
            return held
        try:
            kept = Memory.fresh() if row.body is None else Memory.from_bytes(row.body)
        except PictureMemoryBroken as error:
            log.warning("the picture of %s is learnt anew: %s", camera_id, error)
            kept = Memory.fresh()
        return _following(replace(kept, approved_us=row.followed_us), approved_us).gathering_of(held)

    def keep(self, camera_id: str, memory: Memory, looked_at: datetime) -> None:
        """After a look at the picture taken then."""
        looked_us, body = micros(looked_at), memory.to_bytes()
        with self._lock:
            written = self._write(_KEEP, camera_id, looked_us, body, memory.approved_us)
            if written and not memory.is_gathering:
                self._held.pop(camera_id, None)
            elif camera_id in self._held or self._has_room(looked_us):
                self._held[camera_id] = _gathering_alone(memory) if written else memory, looked_us

    def amend(self, camera_id: str, memory: Memory) -> None:
        """What was loaded, changed by something other than a look: an approval since that look still counts."""
        with self._lock:
            amended = memory.to_bytes(), memory.approved_us, camera_id
            written = self._write("UPDATE memory SET body = ?, approved_us = ? WHERE camera_id = ?", *amended)
            if camera_id in self._held:
                looked_us = self._held[camera_id][1]
                self._held[camera_id] = _gathering_alone(memory) if written else memory, looked_us

    def approve(self, camera_id: str, at: datetime) -> None:
        """What the camera shows from then on is its usual view; looks under way bring nothing old back.

        To say it again changes nothing.
        """
        with self._lock:
            if camera_id in self._held:
                memory, looked_us = self._held[camera_id]
                self._held[camera_id] = _following(memory, micros(at)), looked_us
            self._write("INSERT OR REPLACE INTO approved VALUES (?, ?)", camera_id, micros(at))

    def keep_only(self, camera_ids: Collection[str]) -> None:
        """Forget every other camera."""
        with self._lock, suppress(sqlite3.Error):
            self._held = {camera_id: held for camera_id, held in self._held.items() if camera_id in camera_ids}
            if self._file is not None:
                known = {row[0] for row in self._file.execute("SELECT camera_id FROM memory")}
                for gone in known - set(camera_ids):
                    self._write("DELETE FROM memory WHERE camera_id = ?", gone)

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None

    def _row(self, camera_id: str) -> _Row:
        row = _Row()
        if file := self._current():
            try:
                row = _Row(*file.execute(_LOAD, {"id": camera_id}).fetchone())
            except sqlite3.Error as error:
                self._failed(error)
        return row

    def _write(self, sql: str, *values: str | int | bytes) -> bool:
        """Whether it was; where the file is damaged, to a new one."""
        for _ in range(2):
            if file := self._current():
                try:
                    file.execute(sql, values)
                except sqlite3.Error as error:
                    self._failed(error)
                else:
                    return True
            if not self._damaged:
                return False
            self._set_aside()
        return False

    def _has_room(self, now_us: int) -> bool:
        if len(self._held) >= MOST_HELD:
            for camera_id in [each for each, (_, looked_us) in self._held.items() if looked_us < now_us - GIVEN_UP]:
                del self._held[camera_id]
        return len(self._held) < MOST_HELD

    def _current(self) -> sqlite3.Connection | None:
        """The file that lies there now: it may have been deleted, or set aside by another process."""
        if self._file is not None and self._path is not None and _inode(self._path) != self._inode:
            self._file.close()
            self._file = None
            self._open()
        return self._file

    def _open(self) -> None:
        if self._path is None:
            return
        try:
            self._inode = _inode(self._path)
            self._file = _opened(self._path)
            self._inode = _inode(self._path)
        except (sqlite3.Error, OSError) as error:
            self._failed(error)

    def _failed(self, error: Exception) -> None:
        """A damaged file is set aside by whoever writes next: a probe by hand only reads, and changes nothing."""
        self._damaged = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF in _DAMAGE
        self._warn(error)

    def _set_aside(self) -> None:
        """Begin a new file. Where another process was first, its is taken."""
        assert self._path is not None
        if self._file is not None:
            self._file.close()
        self._file, self._damaged, self._warned = None, False, False
        aside = self._path.with_name(f"{self._path.name}.damaged")
        try:
            if _inode(self._path) == self._inode:
                for part in ("", "-wal", "-shm"):
                    with suppress(FileNotFoundError):
                        self._path.with_name(self._path.name + part).replace(aside.with_name(aside.name + part))
                log.warning(
                    "%s was damaged and is now %s, to be looked at or deleted: every camera's picture is learnt anew",
                    self._path,
                    aside.name,
                )
        except OSError as error:
            self._warn(error)
            return
        self._open()

    def _warn(self, error: Exception) -> None:
        """Once: a full disk would say it with every look."""
        if not self._warned:
            self._warned = True
            log.warning(
                "%s: what cameras usually show cannot be kept (%s); see to the disk, or delete the file",
                self._path,
                error,
            )


def _following(memory: Memory, approved_us: int) -> Memory:
    """As it is after the approval of that instant, if it did not follow it before."""
    return memory if approved_us <= memory.approved_us else replace(approve_view(memory), approved_us=approved_us)


def _gathering_alone(memory: Memory) -> Memory:
    """What no file may hold of it."""
    return replace(Memory.fresh(), approved_us=memory.approved_us).gathering_of(memory)


def _inode(path: Path) -> int:
    """0 where there is no file."""
    try:
        return path.stat().st_ino
    except (FileNotFoundError, NotADirectoryError):
        return 0


def _opened(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    # It shows places (docs/picture.md). What SQLite puts beside it gets the same mode.
    path.touch(mode=_OURS)
    with suppress(PermissionError):  # another user's, who may let us read it
        path.chmod(_OURS)
    file = sqlite3.connect(path, timeout=WAIT, isolation_level=None, check_same_thread=False)
    try:
        file.execute(f"PRAGMA page_size = {_PAGE}")  # of a new file
        file.execute("PRAGMA journal_mode = WAL")
        file.execute(f"PRAGMA wal_autocheckpoint = {_KEPT_APART}")
        file.execute("PRAGMA synchronous = OFF")  # what a power cut takes is learnt again
        file.executescript(_SCHEMA)
        if not file.execute("SELECT 1 FROM pragma_table_info('memory') WHERE name = 'approved_us'").fetchone():
            with suppress(sqlite3.OperationalError):  # another process was first
                file.execute("ALTER TABLE memory ADD COLUMN approved_us INTEGER")
    except BaseException:
        file.close()
        raise
    return file
