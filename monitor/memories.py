"""What is remembered of every camera's picture, on disk: loaded for a look, kept after it, held by nobody in between.

A small file beside the ledger and no part of the record: numbers, no pictures (``picture.memory``). It may be deleted
at any time, and what it held is learnt again. A file that is missing, broken or cannot be written costs a warning; the
cameras looked at last are then remembered in this process alone. Several processes may use one file.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from monitor.errors import PictureMemoryBroken
from monitor.model import micros
from monitor.picture import Memory, approve_view

log = logging.getLogger(__name__)

MOST_HELD: Final = 1_000  # memories of up to 32 kB that no file takes
WAIT: Final = 5.0  # seconds for another process that writes
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS memory (
    camera_id TEXT PRIMARY KEY, looked_us INTEGER NOT NULL, body BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS approved (camera_id TEXT PRIMARY KEY, at_us INTEGER NOT NULL) WITHOUT ROWID;
"""
_LOAD: Final = """SELECT body, coalesce(at_us > looked_us, 0) FROM memory LEFT JOIN approved USING (camera_id)
    WHERE camera_id = ?"""


def memories_path(ledger: Path) -> Path:
    """Where they are kept for a ledger."""
    return ledger.with_name(f"{ledger.name}.pictures.db")


class Memories:
    """All cameras'. May be used from several threads."""

    def __init__(self, path: Path | None) -> None:
        """``path`` None: nothing is kept beyond this process, and no more than ``MOST_HELD``."""
        self._path = path
        self._held: OrderedDict[str, tuple[Memory, int]] = OrderedDict()  # what no file takes: and when it was seen
        self._lock = threading.Lock()
        self._warned = False
        self._file: sqlite3.Connection | None = None
        if path is not None:
            try:
                self._file = _opened(path)
            except (sqlite3.Error, OSError) as error:
                self._warn(error)

    def load(self, camera_id: str) -> Memory:
        """What is remembered of the camera; fresh where nothing is, or nothing readable."""
        with self._lock:
            if camera_id in self._held:
                return self._held[camera_id][0]
            row = self._row(camera_id)
        if row is None:
            return Memory.fresh()
        body, outdated = row
        try:
            memory = Memory.from_bytes(body)
        except PictureMemoryBroken as error:
            log.warning("the picture of %s is learnt anew: %s", camera_id, error)
            return Memory.fresh()
        return approve_view(memory) if outdated else memory

    def keep(self, camera_id: str, memory: Memory, looked_at: datetime) -> None:
        """After a look at the picture taken then."""
        with self._lock:
            if self._file is not None:
                try:
                    self._file.execute(
                        "INSERT OR REPLACE INTO memory VALUES (?, ?, ?)",
                        (camera_id, micros(looked_at), memory.to_bytes()),
                    )
                    self._held.pop(camera_id, None)
                except sqlite3.Error as error:
                    self._warn(error)
                else:
                    return
            self._held[camera_id] = memory, micros(looked_at)
            self._held.move_to_end(camera_id)
            if len(self._held) > MOST_HELD:
                self._held.popitem(last=False)

    def amend(self, camera_id: str, memory: Memory) -> None:
        """What was loaded, changed by something other than a look: an approval since that look still counts."""
        with self._lock:
            if camera_id in self._held:
                self._held[camera_id] = memory, self._held[camera_id][1]
            elif self._file is not None:
                try:
                    self._file.execute("UPDATE memory SET body = ? WHERE camera_id = ?", (memory.to_bytes(), camera_id))
                except sqlite3.Error as error:
                    self._warn(error)

    def approve(self, camera_id: str, at: datetime) -> None:
        """What the camera shows from then on is its usual view; looks at earlier pictures under way change nothing.

        To say it again changes nothing either.
        """
        with self._lock:
            if camera_id in self._held:
                memory, looked_us = self._held[camera_id]
                if looked_us < micros(at):
                    self._held[camera_id] = approve_view(memory), micros(at)
            if self._file is not None:
                try:
                    self._file.execute("INSERT OR REPLACE INTO approved VALUES (?, ?)", (camera_id, micros(at)))
                except sqlite3.Error as error:
                    self._warn(error)

    def keep_only(self, camera_ids: Collection[str]) -> None:
        """Forget every other camera."""
        with self._lock, suppress(sqlite3.Error):
            if self._file is not None:
                known = {row[0] for row in self._file.execute("SELECT camera_id FROM memory")}
                for gone in known - set(camera_ids):
                    self._file.execute("DELETE FROM memory WHERE camera_id = ?", (gone,))

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None

    def _row(self, camera_id: str) -> tuple[bytes, int] | None:
        if self._file is None:
            return None
        try:
            row: tuple[bytes, int] | None = self._file.execute(_LOAD, (camera_id,)).fetchone()
        except sqlite3.Error as error:
            self._warn(error)
            return None
        return row

    def _warn(self, error: Exception) -> None:
        """Once: a full disk would say it with every look."""
        if not self._warned:
            self._warned = True
            log.warning(
                "%s: what cameras usually show cannot be kept (%s); see to the disk, or delete the file",
                self._path,
                error,
            )


def _opened(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = sqlite3.connect(path, timeout=WAIT, isolation_level=None, check_same_thread=False)
    try:
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("PRAGMA synchronous = OFF")  # what a power cut takes is learnt again
        file.executescript(_SCHEMA)
    except BaseException:
        file.close()
        raise
    return file
