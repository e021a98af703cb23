"""The ledger: events go in at the end, in one durable transaction at a time, and never change afterwards.

One process writes a ledger (an exclusive lock on ``<ledger>.lock``, which the system releases even after ``kill -9``);
any number may read. A ``Ledger`` may be used from several threads, but by one at a time, and an iterator it returned is
finished or dropped before the next call. Writing and reading concern the chain of the ledger's own vantage;
``verify`` checks every chain in the file. It judges nothing about cameras.
"""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, TextIO
from zoneinfo import ZoneInfo

from monitor.calendar import month_span
from monitor.errors import LedgerBroken, LedgerError, LedgerUnavailable
from monitor.ledger import queries
from monitor.ledger.chain import VANTAGE, Breach, BrokenLink, Link, Row, link_hash
from monitor.ledger.codec import Unreadable, clean, decode, encode
from monitor.ledger.events import (
    KIND_OF,
    CameraAdded,
    CameraChanged,
    CameraRemoved,
    Event,
    MaintenanceCancelled,
    MaintenancePlanned,
    Started,
    TransitionRecorded,
    subject,
)
from monitor.ledger.opening import connect, lock_for_writing
from monitor.ledger.verification import Verification, verified
from monitor.ledger.views import Entry, camera_records, inventory_changes, planned_maintenance
from monitor.model import CameraRecord, InventoryChange, Maintenance, Span, Step, Transition, instant, micros
from monitor.report import Past, Record


class Ledger:
    """An open ledger; use ``open`` or ``open_read_only``."""

    def __init__(self, connection: sqlite3.Connection, path: Path, vantage: str, lock: TextIO | None) -> None:
        self._connection = connection
        self._lock = lock  # None: read-only
        self.path: Final = path
        self.vantage: Final = vantage

    # ------------------------------------------------------------ opening and closing

    @classmethod
    def open(cls, path: Path, vantage: str = "local") -> Ledger:
        """Open for writing, creating the file and its folder.

        LedgerError: another process writes it, it is not a ledger, or a newer version wrote it.
        """
        if not VANTAGE.fullmatch(vantage):
            raise LedgerError(f"vantage {vantage!r}: use 1 to 64 letters, digits, dots, dashes or underscores")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = lock_for_writing(path)
        except OSError as error:
            raise LedgerError(f"{path}: cannot be opened for writing: {error.strerror}") from error
        try:
            return cls(connect(path, read_only=False), path, vantage, lock)
        except BaseException:
            lock.close()
            raise

    @classmethod
    def open_read_only(cls, path: Path, vantage: str = "local") -> Ledger:
        """Open an existing ledger for reading, also while another process writes it.

        LedgerError: there is none, it is not a ledger, or a newer version wrote it.
        """
        if not path.is_file():
            raise LedgerError(f"{path}: there is no ledger")
        return cls(connect(path, read_only=True), path, vantage, None)

    def close(self) -> None:
        """Release the file; closing twice is harmless."""
        self._connection.close()
        if self._lock is not None:
            self._lock.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ------------------------------------------------------------ writing

    def append(self, events: Sequence[Event], recorded_at: datetime) -> tuple[Entry, ...]:
        """Add events to the end of the chain; when this returns they are on the disk, all of them.

        ``recorded_at`` is raised to that of the last entry where it lies before it. LedgerUnavailable: nothing was
        written (disk full, I/O error); keep the events and call again.
        """
        if self._lock is None:
            raise LedgerError(f"{self.path}: was opened for reading only")
        if not events:
            return ()
        try:
            with self._transaction("BEGIN IMMEDIATE"):
                rows = tuple(self._chained(events, recorded_at))
                self._connection.executemany(queries.INSERT, rows)
        except sqlite3.Error as error:
            raise self._named("nothing was written", error) from error
        return tuple(
            Entry(row.vantage, row.seq, instant(row.recorded_at), event, row.prev, row.hash)
            for row, event in zip(rows, events, strict=True)
        )

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        self._connection.execute(begin)
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # SQLite has rolled back by itself after some errors
                self._connection.execute("ROLLBACK")
            raise

    def _chained(self, events: Sequence[Event], recorded_at: datetime) -> Iterator[Row]:
        last = self._end()
        recorded_us = micros(recorded_at) if last.recorded_at is None else max(micros(recorded_at), last.recorded_at)
        prev = last.hash
        for seq, event in enumerate(events, start=last.seq + 1):
            kind, body = KIND_OF[type(event)], encode(event)
            camera_id, at = subject(event)
            link = link_hash(prev, self.vantage, seq, recorded_us, kind, body)
            yield Row(
                self.vantage,
                seq,
                recorded_us,
                kind,
                None if camera_id is None else clean(camera_id),
                None if at is None else micros(at),
                body,
                prev,
                link,
            )
            prev = link

    # ------------------------------------------------------------ reading

    def head(self) -> tuple[int, str]:
        """Number and hash of the last entry; ``(0, 64 zeros)`` when there is none."""
        end = self._end()
        return end.seq, end.hash

    def last_recorded_at(self) -> datetime | None:
        """When the last entry was recorded."""
        recorded_us = self._end().recorded_at
        return None if recorded_us is None else instant(recorded_us)

    def entries(
        self,
        *,
        after_seq: int = 0,
        kind: type[Event] | None = None,
        camera_id: str | None = None,
        limit: int | None = None,
    ) -> Iterator[Entry]:
        """Entries in the order they were written, filtered by everything given."""
        return self._entries(
            queries.entries(kind=kind is not None, camera_id=camera_id is not None),
            after_seq=after_seq,
            kind=KIND_OF[kind] if kind else None,
            camera_id=camera_id,
            limit=-1 if limit is None else limit,
        )

    def transitions(self, period: Span | None = None) -> Iterator[Transition]:
        """Transitions by camera, then in the order they were written.

        With a period: those whose ``at`` lies inside it, and for each camera the last one before it; if it was not
        online then, all since it was last seen online, so that an outage has its first second.
        """
        if period is None:
            return self._transitions(queries.TRANSITIONS)
        return self._transitions_of(period)

    def _transitions_of(self, period: Span) -> Iterator[Transition]:
        camera_id = None
        with closing(self._entries(queries.TRANSITIONS_OF_PERIOD, start=period.start, end=period.end)) as entries:
            for entry in entries:
                if isinstance(entry.event, TransitionRecorded):
                    move = entry.event.transition
                    if move.camera_id != camera_id and micros(move.at) < period.start and not move.new.online:
                        yield from reversed(self._back_to_online(move.camera_id, entry.seq))
                    camera_id = move.camera_id
                    yield move

    def _back_to_online(self, camera_id: str, before_seq: int) -> list[Transition]:
        """The camera's transitions before an entry, latest first, down to the one after which it was offline."""
        found: list[Transition] = []
        query = self._entries(queries.TRANSITIONS_BACKWARDS, camera_id=camera_id, before_seq=before_seq)
        with closing(query) as entries:
            for entry in entries:
                if isinstance(entry.event, TransitionRecorded):
                    if entry.event.transition.new.online:
                        break
                    found.append(entry.event.transition)
        return found

    def last_transitions(self) -> dict[str, Transition]:
        """The latest transition of each camera that has one."""
        return {transition.camera_id: transition for transition in self._transitions(queries.LAST_TRANSITIONS)}

    def change_counts(self) -> dict[str, int]:
        """How many transitions each camera has in the whole record."""
        return dict(self._rows(queries.CHANGE_COUNTS))

    def cameras(self) -> tuple[CameraRecord, ...]:
        """Every camera there ever was, by id, also those that were removed."""
        return camera_records(self._inventory_changes())

    def inventory_changes(self, period: Span | None = None) -> tuple[InventoryChange, ...]:
        """Arrivals, departures and changes of cameras that were recorded within the period."""
        return tuple(
            change
            for change in self._inventory_changes()
            if period is None or period.start <= micros(change.at) < period.end
        )

    def maintenance(self) -> tuple[Maintenance, ...]:
        """Planned work that was not cancelled, by start."""
        return planned_maintenance(self._entries_of(MaintenancePlanned, MaintenanceCancelled))

    def simulated(self) -> bool:
        """Whether any run that wrote into this record watched simulated cameras."""
        return any(isinstance(e.event, Started) and e.event.simulated for e in self._entries_of(Started))

    def record(self, period: Span) -> Record:
        """What a report about the period is made from, all of one moment even while another process writes.

        Cameras have the wording they had when the period ended: what is written about them later changes no old month.
        """
        with self._transaction("BEGIN"):
            seq, head = self.head()
            return Record(
                cameras=camera_records(
                    change for change in self._inventory_changes() if micros(change.at) < period.end
                ),
                transitions=tuple(self.transitions(period)),
                maintenance=self.maintenance(),
                changes=self.inventory_changes(period),
                recorded_until=self.last_recorded_at(),
                head_seq=seq,
                head_hash=head,
                simulated=self.simulated(),
            )

    def past(self, months: Sequence[tuple[int, int]], zone: ZoneInfo, last_seq: int) -> Past:
        """What a trend is made from: those calendar months of the zone, ascending; entries after ``last_seq`` left out.

        A record's ``head_seq`` makes it the past of that record, whoever writes meanwhile. Only what sums need is read
        of each transition.
        """
        spans = [month_span(*month, zone) for month in months]
        changes = list(self._inventory_changes())
        window = Span(spans[0].start, spans[-1].end) if spans else Span(0, 0)
        return Past(
            tuple(months),
            tuple(camera_records(change for change in changes if micros(change.at) < span.end) for span in spans),
            self._courses(window, last_seq),
        )

    def _courses(self, window: Span, last_seq: int) -> Iterator[tuple[str, list[Step]]]:
        rows = self._rows(queries.STEPS_OF_PERIOD, start=window.start, end=window.end, last_seq=last_seq)
        with closing(rows):
            for camera_id, of_camera in groupby(rows, key=itemgetter(0)):
                yield camera_id, [self._step(at, number, seq) for _, at, number, seq in of_camera]

    def _step(self, at: int, number: int, seq: int) -> Step:
        if number < 0:
            raise self._unreadable(self.vantage, seq, "its new state is none of ours")
        return Step(at, queries.STATES[number])

    # ------------------------------------------------------------ verifying

    def verify(
        self, expect_head: str | None = None, progress: Callable[[int, int], None] | None = None
    ) -> Verification:
        """Check every chain from its first entry, and stop at the first broken link.

        ``expect_head`` is a hash noted or printed earlier: it must still be in a chain, which is how a record whose
        end was cut off is found. ``progress`` is told (entries checked, entries in all).
        """
        return verified(self._connection, self.vantage, expect_head, progress)

    # ------------------------------------------------------------ queries

    def _end(self) -> Link:
        return next((Link._make(row) for row in self._rows(queries.END)), Link())

    def _inventory_changes(self) -> Iterator[InventoryChange]:
        return inventory_changes(self._entries_of(CameraAdded, CameraChanged, CameraRemoved))

    def _entries_of(self, *events: type[Event]) -> Iterator[Entry]:
        return heapq.merge(*(self.entries(kind=event) for event in events), key=lambda entry: entry.seq)

    def _transitions(self, query: str, **values: int) -> Iterator[Transition]:
        for entry in self._entries(query, **values):
            if isinstance(entry.event, TransitionRecorded):
                yield entry.event.transition

    def _entries(self, query: str, **values: str | int | None) -> Generator[Entry]:
        for row in map(Row._make, self._rows(query, **values)):
            try:
                event = decode(row.kind, row.body)
            except Unreadable as error:
                raise self._unreadable(row.vantage, row.seq, str(error)) from error
            yield Entry(row.vantage, row.seq, instant(row.recorded_at), event, row.prev, row.hash)

    def _unreadable(self, vantage: str, seq: int, why: str) -> LedgerBroken:
        broken = BrokenLink(vantage, seq, Breach.UNREADABLE, why)
        return LedgerBroken(f"{self.path}: {broken}; run `ledger verify`")

    def _rows(self, query: str, **values: str | int | None) -> Generator[tuple[Any, ...]]:
        try:
            yield from self._connection.execute(query, {"vantage": self.vantage, **values})
        except sqlite3.Error as error:
            raise self._named("cannot be read", error) from error

    def _named(self, what: str, error: sqlite3.Error) -> LedgerError:
        """SQLite calls operational what may pass: a full disk, an I/O error, a lock held too long."""
        kind = LedgerUnavailable if isinstance(error, sqlite3.OperationalError) else LedgerError
        return kind(f"{self.path}: {what}: {error}")
