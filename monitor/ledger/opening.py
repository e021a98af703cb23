"""How a ledger's file is opened: one writer per chain, durable, and nothing that is not ours is touched."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from pathlib import Path
from typing import Final, TextIO

from monitor.errors import LedgerError

APPLICATION_ID: Final = int.from_bytes(b"Shrp")  # in the SQLite header: tells our files from others
SCHEMA_VERSION: Final = 3  # 2: acts of people, in a chain of their own; 3: declarations among them
BUSY_TIMEOUT_MS: Final = 5_000


def lock_for_writing(path: Path) -> TextIO:
    lock = path.with_name(path.name + ".lock").open("a+", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.seek(0)
        writer = lock.read(20).strip()
        lock.close()
        raise LedgerError(
            f"{path}: process {writer or 'unknown'} is writing this ledger; stop it first, or open it for reading only"
        ) from error
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock


def connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    mode = "ro" if read_only else "rwc"
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False
        )
    except sqlite3.Error as error:
        raise LedgerError(f"{path}: cannot be opened: {error}") from error
    connection.text_factory = text_of
    try:
        _prepare(connection, path, read_only=read_only)
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.Error):
            raise LedgerError(f"{path}: cannot be opened as a ledger: {error}") from error
        raise
    return connection


def text_of(raw: bytes) -> str:
    """A stored text. A byte that is no UTF-8 must reach the hash as it is, so that verify can name its entry."""
    return raw.decode("utf-8", "surrogateescape")


def _prepare(connection: sqlite3.Connection, path: Path, *, read_only: bool) -> None:
    """Refuse what is not ours before changing a byte of it; then bring the schema up."""
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA trusted_schema = OFF")
    ((application_id,),) = connection.execute("PRAGMA application_id")
    ((version,),) = connection.execute("PRAGMA user_version")
    ((tables,),) = connection.execute("SELECT count(*) FROM sqlite_master")
    empty = (application_id, version, tables) == (0, 0, 0)
    if application_id != APPLICATION_ID and not (empty and not read_only):
        raise LedgerError(f"{path}: is not a ledger of this program")
    if version > SCHEMA_VERSION:
        raise LedgerError(f"{path}: was written by a newer version of this program (schema {version}); update it")
    if read_only:
        return
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    schema = Path(__file__).with_name("schema.sql").read_text("utf-8")
    connection.executescript(
        f"BEGIN IMMEDIATE; {schema} PRAGMA application_id = {APPLICATION_ID};"
        f" PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
    )
