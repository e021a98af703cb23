"""What statements find in an open ledger, up to the last entries that are looked at."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

from monitor.canonical import Unreadable
from monitor.errors import LedgerBroken, LedgerError, LedgerUnavailable
from monitor.ledger import queries
from monitor.ledger.chain import Breach, BrokenLink
from monitor.ledger.codec import decode
from monitor.ledger.events import Event


class Rows:
    """The rows of an open ledger's table."""

    def __init__(self, connection: sqlite3.Connection, path: Path, upto: Mapping[str, int] | None) -> None:
        self._connection, self._path = connection, path
        self._upto = upto  # by vantage, the last entry that is looked at; None: all there are

    def found(self, query: str, vantage: str, **values: str | int | None) -> Generator[tuple[Any, ...]]:
        """What one of ``queries`` finds in a chain. LedgerError: the file cannot be read."""
        upto = queries.NEWEST if self._upto is None else self._upto.get(vantage, 0)
        try:
            yield from self._connection.execute(query, {"vantage": vantage, "upto": upto, **values})
        except sqlite3.Error as error:
            raise self.named("cannot be read", error) from error

    def decoded(self, vantage: str, seq: int, kind: str, body: str) -> Event:
        """The event of an entry. LedgerBroken: it is none."""
        try:
            return decode(kind, body)
        except Unreadable as error:
            raise self.unreadable(vantage, seq, str(error)) from error

    def unreadable(self, vantage: str, seq: int, why: str) -> LedgerBroken:
        """An entry that is not what it must be."""
        broken = BrokenLink(vantage, seq, Breach.UNREADABLE, why)
        return LedgerBroken(f"{self._path}: {broken}; run `ledger verify`")

    def named(self, what: str, error: sqlite3.Error) -> LedgerError:
        """SQLite calls operational what may pass: a full disk, an I/O error, a lock held too long."""
        kind = LedgerUnavailable if isinstance(error, sqlite3.OperationalError) else LedgerError
        return kind(f"{self._path}: {what}: {error}")
