"""The outbox's file: where it is, how it is made, whether it is one, and what an older version wrote otherwise."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Final

from monitor.errors import OutboxError
from monitor.model import micros
from monitor.notify.codec import told_of, told_text

APPLICATION_ID: Final = int.from_bytes(b"ShrO")
SCHEMA_VERSION: Final = 2
BUSY_TIMEOUT_MS: Final = 2_000


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
