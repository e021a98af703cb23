"""What was learnt about devices and is worth keeping over a restart: pauses after refused passwords, streams that work.

A small file beside the ledger and no part of the record: it can be deleted at any time, and what it held is learnt
again. A file that is missing, broken or cannot be written costs a warning and nothing else; memory then does alone.
What cannot be read is not written either, nor moved but by the monitor and where it is damaged: a file that another
process holds for a while has the pauses that keep a wrong password from going out again. It must never hold a password,
nor a URL a person wrote, which may carry one: accounts and such URLs are told apart by a digest whose key stands in the
file.
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
from typing import Final

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
WAIT: Final = 5.0  # seconds for another process that writes: on a busy disk it may hold the file for one or two
# A file that is none of ours says SQLITE_ERROR: it has other tables, or none.
_DAMAGE: Final = (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
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
        self._unread = self._damaged = False  # what stands in the file could not be read; because it is no such file
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

    def set_damaged_aside(self) -> None:
        """Begin a new file where this one is damaged. For the monitor alone: its commands come and go beside it."""
        if not self._damaged:
            return
        aside = self._path.with_name(f"{self._path.name}.damaged")
        try:
            self._path.replace(aside)
        except OSError as refused:
            log.warning("%s cannot be moved (%s); delete it", self._path, refused.strerror)
            return
        log.warning("%s is now %s, to be looked at or deleted: what it held is learnt again", self._path, aside.name)
        self._unread = self._damaged = self._warned = False

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
        try:
            if not self._path.is_file() or not self._path.stat().st_size:  # empty: another process is about to begin it
                return
            with closing(self._connection()) as connection:
                self._load(connection)
        except (sqlite3.Error, OSError, ValueError, TypeError, OverflowError) as error:
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
            self._unread, self._damaged = True, not isinstance(error, OSError) and code in _DAMAGE
            self.pauses, self.streams = {}, {}
            self._warn(
                f"cannot be read ({error}): pauses after refused passwords are not known now, nor what devices are"
            )

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
        if self._unread:  # its key is not ours: nobody could tell our accounts by it
            raise OSError("it could not be read when this process began; start it again when the file is free")
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
        # Must exist: whoever reads begins no file where another process has just moved one away.
        return sqlite3.connect(
            f"{self._path.absolute().as_uri()}?mode=rw", timeout=WAIT, isolation_level=None, uri=True
        )

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
