"""What was learnt about devices and is worth keeping over a restart: pauses after refused passwords, streams that work.

A small file beside the ledger and no part of the record: it can be deleted at any time, and what it held is learnt
again. A file that is missing, broken or cannot be written costs a warning and nothing else; memory then does alone.
It must never hold a password, nor a URL a person wrote, which may carry one: accounts and such URLs are told apart by a
digest whose key stands in the file.
"""

from __future__ import annotations

import json
import logging
import secrets
import sqlite3
import threading
from collections.abc import Collection, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path

from monitor.model import EPOCH, Credentials, Transport, instant, micros

log = logging.getLogger(__name__)

SCHEMA = """
CREATE TABLE IF NOT EXISTS digest_key (key BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS pause (account BLOB PRIMARY KEY, until_us INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stream (
    camera_id TEXT PRIMARY KEY, written BLOB NOT NULL, transport TEXT NOT NULL, no_sub_until_us INTEGER NOT NULL,
    found TEXT NOT NULL, received INTEGER NOT NULL, took_us INTEGER NOT NULL
) WITHOUT ROWID;
"""
PUT_PAUSE = "INSERT OR REPLACE INTO pause VALUES (?, ?)"
PUT_STREAM = "INSERT OR REPLACE INTO stream VALUES (?, ?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Stream:
    """What is known about how one camera is best asked."""

    transport: Transport = Transport.TCP  # that worked last
    no_sub_until: datetime = EPOCH  # until then there is no sub-stream to ask for
    found: str = ""  # the URL of a small stream that ONVIF named; "" = none known
    received: int = 0  # bytes a probe takes, on average; 0 = not measured yet
    took: timedelta = timedelta(0)  # how long a probe holds the line, on average

    @property
    def rate(self) -> int:
        """What a probe takes on the line in bit/s; lines and their buffers bear bursts of less than a second."""
        return round(8 * self.received / max(1.0, self.took.total_seconds()))


UNKNOWN = Stream()


class Devices:
    """What is known, in memory; ``flush`` writes what changed. ``flush`` may run in another thread than the rest."""

    def __init__(self, path: Path) -> None:
        self.pauses: dict[bytes, datetime] = {}  # account -> until when it is not to be offered
        self.streams: dict[
            str, tuple[bytes, Stream]
        ] = {}  # camera id -> digest of its inventory URL then, and the rest
        self._path = path
        self._key = secrets.token_bytes(32)
        self._key_kept = False  # it stands in the file: whoever opens that later must tell accounts apart as we do
        self._changes: list[tuple[str, tuple[object, ...]]] = []
        self._writing = threading.Lock()
        self._warned = False
        self._read()

    # ------------------------------------------------------------ asking and noting

    def account(self, device: str, credentials: Credentials) -> bytes:
        """A name for these credentials at this device that tells nobody the password."""
        return self._digest(json.dumps([device, credentials.username, credentials.password.reveal()]))

    def stream(self, camera_id: str, written: str) -> Stream:
        """What is known about the camera whose inventory URL is ``written``; another URL makes all of that void."""
        digest, known = self.streams.get(camera_id, (b"", UNKNOWN))
        return known if digest and digest == self._digest(written) else UNKNOWN

    def pause(self, account: bytes, until: datetime) -> None:
        """Note that the account is not to be offered before that instant."""
        self.pauses[account] = until
        self._changes.append((PUT_PAUSE, (account, micros(until))))

    def learn(self, camera_id: str, written: str, stream: Stream) -> None:
        """Note how the camera whose inventory URL is ``written`` is best asked."""
        digest = self._digest(written)
        self.streams[camera_id] = digest, stream
        self._changes.append((PUT_STREAM, _row(camera_id, digest, stream)))

    @property
    def changed(self) -> bool:
        """Whether ``flush`` has anything to do."""
        return bool(self._changes) or not self._key_kept

    # ------------------------------------------------------------ the file

    def flush(self) -> None:
        """Write what changed, all or nothing; what the disk refuses stays in memory and is tried again."""
        with self._writing:
            changes = self._changes[:]
            if not self.changed:
                return
            try:
                self._write(changes)
            except (sqlite3.Error, OSError) as error:
                self._warn(f"cannot be written ({error}); what is learnt about devices is lost at the next restart")
                newest = {
                    (sql, values[0]): (sql, values) for sql, values in changes
                }  # so that a full disk fills no memory
                self._changes[: len(changes)] = newest.values()
            else:
                self._warned, self._key_kept = False, True
                del self._changes[: len(changes)]

    def forget(self, cameras: Collection[str], now: datetime) -> None:
        """Drop pauses that are over and cameras that are no longer among these."""
        over = [account for account, until in self.pauses.items() if until <= now]
        gone = [camera_id for camera_id in self.streams if camera_id not in cameras]
        for account in over:
            del self.pauses[account]
        for camera_id in gone:
            del self.streams[camera_id]
        self._changes += [("DELETE FROM pause WHERE account = ?", (account,)) for account in over]
        self._changes += [("DELETE FROM stream WHERE camera_id = ?", (camera_id,)) for camera_id in gone]

    def _digest(self, text: str) -> bytes:
        return blake2b(text.encode(), key=self._key, digest_size=16).digest()

    def _read(self) -> None:
        if not self._path.exists():
            return
        try:
            with closing(self._connection()) as connection:
                self._load(connection)
        except (sqlite3.Error, OSError, ValueError, TypeError, OverflowError) as error:
            self._warn(f"cannot be read ({error}); what it held is learnt again")
            self.pauses, self.streams, self._key_kept = {}, {}, False
            try:
                self._path.unlink()
            except OSError as refused:
                self._warn(f"cannot be removed ({refused.strerror})")

    def _load(self, connection: sqlite3.Connection) -> None:
        for (key,) in connection.execute("SELECT key FROM digest_key"):
            self._key = bytes(key)
            blake2b(key=self._key)  # ValueError when it is none
            self._key_kept = True
        for account, until_us in connection.execute("SELECT account, until_us FROM pause"):
            self.pauses[bytes(account)] = instant(until_us)
        rows: Iterable[tuple[str, bytes, str, int, str, int, int]] = connection.execute("SELECT * FROM stream")
        for camera_id, written, transport, no_sub_until_us, found, received, took_us in rows:
            until, took = instant(no_sub_until_us), timedelta(microseconds=took_us)
            self.streams[camera_id] = bytes(written), Stream(Transport(transport), until, found, int(received), took)

    def _write(self, changes: Iterable[tuple[str, tuple[object, ...]]]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.touch(mode=0o600)
        with closing(self._connection()) as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            for statement in filter(None, map(str.strip, SCHEMA.split(";"))):
                connection.execute(statement)
            if not connection.execute("SELECT count(*) FROM digest_key").fetchone()[0]:
                connection.execute("INSERT INTO digest_key VALUES (?)", (self._key,))
            for sql, values in changes:
                connection.execute(sql, values)

    def _connection(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=1.0, isolation_level=None)

    def _warn(self, what: str) -> None:
        if not self._warned:
            log.warning("%s %s", self._path, what)
        self._warned = True


def _row(camera_id: str, written: bytes, stream: Stream) -> tuple[object, ...]:
    took_us = stream.took // timedelta(microseconds=1)
    until_us = micros(stream.no_sub_until)
    return (camera_id, written, stream.transport.value, until_us, stream.found, stream.received, took_us)


def devices_path(ledger: Path) -> Path:
    """Where the file stands: beside the ledger."""
    return ledger.with_name(f"{ledger.name}.devices.db")
