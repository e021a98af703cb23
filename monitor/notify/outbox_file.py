"""The outbox's file: where it is, how it is made, who may write it, and what an older version wrote otherwise.

It knows transactions and no messages.
"""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, TextIO

from monitor.errors import OutboxError, OutboxUnavailable
from monitor.model import micros
from monitor.notify.codec import told_of, told_text

APPLICATION_ID: Final = int.from_bytes(b"ShrO")
SCHEMA_VERSION: Final = 2
BUSY_TIMEOUT_MS: Final = 2_000


class OutboxFile:
    """One open file. Not for two threads at once."""

    def __init__(self, connection: sqlite3.Connection, path: Path, lock: TextIO | None) -> None:
        self.connection = connection
        self.path = path
        self._lock = lock

    @classmethod
    def open(cls, path: Path) -> OutboxFile:
        """For the one process that sends.

        ``OutboxError``: another process has it open, or the file is not an outbox.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.with_name(path.name + ".lock").open("a+", encoding="ascii")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise OutboxError(f"{path}: another monitor is sending from this outbox; stop it first") from None
        try:
            return cls(connected(path, "rwc"), path, lock)
        except BaseException:
            lock.close()
            raise

    @classmethod
    def open_read_only(cls, path: Path) -> OutboxFile:
        """To look at it, beside a monitor that runs."""
        if not path.exists():
            raise OutboxError(f"{path}: there is no outbox yet: nothing was ever due")
        return cls(connected(path, "ro"), path, None)

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()
        if self._lock is not None:
            self._lock.close()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What it says; OutboxUnavailable."""
        try:
            return self.connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise OutboxUnavailable(f"{self.path}: cannot be read: {error}") from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, durable when it ends; after an error nothing of it is there."""
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            yield self.connection
            self.connection.execute("COMMIT")
        except BaseException as error:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise OutboxUnavailable(f"{self.path}: cannot be written: {error}") from error
            raise


def outbox_path(ledger: Path) -> Path:
    """The outbox of a ledger: beside it, in a file of its own."""
    return ledger.with_name(f"{ledger.stem}-outbox.db")


def _rename(connection: sqlite3.Connection) -> None:
    """An alert was once identified by its beginning, too: of what was told so, the latest is what the channel knows."""
    dated = "*/[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]T[0-9][0-9][0-9][0-9][0-9][0-9]Z"
    query = "SELECT channel, subject, value FROM told WHERE subject GLOB ? ORDER BY at"
    connection.execute("BEGIN IMMEDIATE")
    for channel, subject, value in connection.execute(query, (dated,)).fetchall():
        told = told_of(value)
        told = replace(told, subject=subject.rpartition("/")[0])
        row = (channel, told.subject, told.open, micros(told.at), told_text(told))
        connection.execute("INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?, ?)", row)
        connection.execute("DELETE FROM told WHERE channel = ? AND subject = ?", (channel, subject))
    connection.execute("COMMIT")


def connected(path: Path, mode: str) -> sqlite3.Connection:
    """The file, made where ``mode`` is ``rwc`` and there is none; ``OutboxError`` where it is none of this version."""
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False
        )
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if (application, version) != (APPLICATION_ID, SCHEMA_VERSION) and (tables or mode == "ro"):
            connection.close()
            raise OutboxError(f"{path}: is not an outbox this version can read: move it aside")
        if mode == "rwc":
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            if not tables:
                schema = (files("monitor.notify") / "outbox.sql").read_text("utf-8")
                connection.executescript(
                    f"BEGIN; {schema} PRAGMA application_id = {APPLICATION_ID};"
                    f" PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
                )
            _rename(connection)
    except sqlite3.Error as error:
        raise OutboxError(f"{path}: cannot be opened: {error}") from error
    return connection
