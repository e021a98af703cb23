"""The ledger: events go in at the end, in one durable transaction at a time, and never change afterwards.

One process writes a vantage's own chain (an exclusive lock on ``<ledger>.lock``, which the system releases even after
``kill -9``). What people do goes into a chain beside it, which any number of processes may lengthen meanwhile: none of
them remembers where it ends, each says what it has seen, and is told when that is no longer the end. Any number may
read. A ``Ledger`` may be used from several threads, but by one at a time, and an iterator it returned is finished or
dropped before the next call. ``verify`` checks every chain in the file. It judges nothing about cameras.
"""

from __future__ import annotations

import heapq
import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby, takewhile
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Final, NamedTuple, TextIO
from zoneinfo import ZoneInfo

from monitor.acts import Act, ActTerms, Head, Recorded, Standing, Written, standing
from monitor.acts.events import MaintenanceCancelled, MaintenancePlanned
from monitor.calendar import month_span
from monitor.canonical import clean
from monitor.errors import LedgerError, LedgerMoved
from monitor.incidents import News
from monitor.ledger import queries
from monitor.ledger.chain import PEOPLE, VANTAGE, Link, Row, link_hash, people_of
from monitor.ledger.codec import encode
from monitor.ledger.events import (
    KIND_OF,
    Event,
    FindingAppeared,
    FindingGone,
    Started,
    TransitionRecorded,
    subject,
)
from monitor.ledger.moves import Moves
from monitor.ledger.opening import connect, lock_for_writing
from monitor.ledger.rows import Rows
from monitor.ledger.telling import SURROUNDINGS, told
from monitor.ledger.verification import Verification, verified
from monitor.ledger.views import Entry, absences, camera_records, finding_spans, inventory_changes, planned_maintenance
from monitor.model import (
    MICROSECOND,
    CameraRecord,
    InventoryChange,
    Maintenance,
    Span,
    Step,
    Transition,
    instant,
    micros,
)
from monitor.report import Past, Record

QUARTER_US: Final = timedelta(days=92) // MICROSECOND
Form = tuple[str, str, Event]  # kind, body, and what they say
Seen = Callable[[int, int], None]


class Share(NamedTuple):
    """Of all cameras by id those from one percentage to another."""

    start: int
    end: int

    def of(self, cameras: Sequence[CameraRecord]) -> Sequence[CameraRecord]:
        """Those cameras; shares that meet leave none out and have none in common."""
        return cameras[len(cameras) * self.start // 100 : len(cameras) * self.end // 100]


class Ledger:
    """An open ledger; use ``open`` or ``open_read_only``."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        path: Path,
        vantage: str,
        lock: TextIO | None,
        upto: Mapping[str, int] | None = None,
    ) -> None:
        self._connection = connection
        self._lock = lock  # None: the vantage's own chain is not written
        self._upto = upto  # by vantage, the last entry that is looked at; None: all there are
        self._rows = Rows(connection, path, upto)
        self._moves = Moves(self._rows, vantage)
        # What stands before a fixed end never changes, so it is read and judged once.
        self._inventory: tuple[tuple[int, InventoryChange], ...] | None = None
        self._judged: tuple[ActTerms, Standing] | None = None
        self.path: Final = path
        self.vantage: Final = vantage
        self.people: Final = people_of(vantage)

    # ------------------------------------------------------------ opening and closing

    @classmethod
    def open(cls, path: Path, vantage: str = "local") -> Ledger:
        """Open for writing, creating the file and its folder.

        LedgerError: another process writes it, it is not a ledger, or a newer version wrote it.
        """
        if not VANTAGE.fullmatch(vantage):
            raise LedgerError(f"vantage {vantage!r}: use 1 to 64 letters, digits, dots, dashes or underscores")
        if vantage.endswith(PEOPLE):
            raise LedgerError(f"vantage {vantage!r}: names ending in {PEOPLE} are for what people do; use another one")
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

    @classmethod
    def open_beside(cls, path: Path, vantage: str = "local") -> Ledger:
        """Open an existing ledger to add acts of people, also while the monitor writes it.

        LedgerError: there is none, it is not a ledger, or a newer version wrote it.
        """
        if not path.is_file():
            raise LedgerError(f"{path}: there is no ledger")
        return cls(connect(path, read_only=False), path, vantage, None)

    def as_of(self, heads: Iterable[Head]) -> Ledger:
        """The ledger as it was when its chains ended there: a reader on the same connection.

        It remembers the inventory and what people did, so it is the one to ask about several things.
        """
        ends = {head.vantage: head.seq for head in heads}
        then = Ledger(self._connection, self.path, self.vantage, None, ends)
        end = ends.get(self.vantage, 0)
        if self._upto is not None and end <= self._upto.get(self.vantage, 0):
            inventory = self._inventory_changes()
            then._inventory = inventory[: bisect_right(inventory, end, key=itemgetter(0))]
        return then

    def as_it_is(self) -> Ledger:
        """The same as of this moment."""
        return self if self._upto is not None else self.as_of(self.heads())

    def opened_again(self) -> Ledger:
        """The same on a connection of its own, for reading, in whatever process: what is remembered is not read again.

        LedgerError as with ``open_read_only``.
        """
        again = Ledger(connect(self.path, read_only=True), self.path, self.vantage, None, self._upto)
        again._inventory, again._judged = self._inventory, self._judged
        return again

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
        forms = [(KIND_OF[type(event)], encode(event), event) for event in events]
        return self._inserted(self.vantage, forms, recorded_at, None)

    def add_acts(self, acts: Sequence[Written], recorded_at: datetime, seen: int) -> tuple[Entry, ...]:
        """Add acts of people to the end of their chain; when this returns they are on the disk, all of them.

        Their written form goes in as it is, because that is what was signed.

        ``seen`` is the number of the last act they were judged by. LedgerMoved: another one has come since, so they
        have to be judged again. LedgerUnavailable as with ``append``.
        """
        return self._inserted(self.people, [(act.kind, act.body, act.act) for act in acts], recorded_at, seen)

    def _inserted(
        self, vantage: str, forms: Sequence[Form], recorded_at: datetime, seen: int | None
    ) -> tuple[Entry, ...]:
        try:
            with self._transaction("BEGIN IMMEDIATE"):
                last = self._end(vantage)
                if seen is not None and last.seq != seen:
                    raise LedgerMoved(f"{self.path}: somebody else added to {vantage} meanwhile; try again")
                rows = tuple(_chained(vantage, last, forms, recorded_at))
                self._connection.executemany(queries.INSERT, rows)
        except sqlite3.Error as error:
            raise self._rows.named("nothing was written", error) from error
        return tuple(
            Entry(row.vantage, row.seq, instant(row.recorded_at), event, row.prev, row.hash)
            for row, (_, _, event) in zip(rows, forms, strict=True)
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

    # ------------------------------------------------------------ reading

    def head(self) -> tuple[int, str]:
        """Number and hash of the last entry; ``(0, 64 zeros)`` when there is none."""
        end = self._end(self.vantage)
        return end.seq, end.hash

    def heads(self) -> tuple[Head, ...]:
        """The end of every chain in the file, by vantage, all of one moment."""
        with nullcontext() if self._connection.in_transaction else self._transaction("BEGIN"):
            return tuple(Head(vantage, end.seq, end.hash) for vantage, end in self._ends())

    def holds(self, head: Head) -> bool:
        """Whether that chain has this entry: whether the record goes on from where it once ended."""
        return list(self._rows.found(queries.HASH, head.vantage, seq=head.seq)) == [(head.hash,)]

    def people_head(self) -> int:
        """Number of the last act of people; 0 when there is none."""
        return self._end(self.people).seq

    def last_recorded_at(self) -> datetime | None:
        """When the last entry was recorded."""
        recorded_us = self._end(self.vantage).recorded_at
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

    def rows(self, vantage: str, *, after_seq: int, camera_id: str | None, limit: int | None) -> Iterator[Row]:
        """Entries of a chain as they are stored, in their order."""
        return self._fetched(
            queries.entries(kind=False, camera_id=camera_id is not None),
            vantage,
            after_seq=after_seq,
            camera_id=camera_id,
            limit=-1 if limit is None else limit,
        )

    def transitions(self, period: Span | None = None) -> Iterator[Transition]:
        """Transitions by camera, then in the order they were written.

        With a period: those whose ``at`` lies inside it, and for each camera the last one before it; if it was not
        online then, all since it was last seen online, so that an outage has its first second.
        """
        if period is None:
            entries = self._entries(queries.TRANSITIONS)
            return (entry.event.transition for entry in entries if isinstance(entry.event, TransitionRecorded))
        return self._moves.transitions(period)

    def courses(self, period: Span) -> Iterator[tuple[str, list[Step]]]:
        """The same transitions of a period as steps, by camera."""
        return self._moves.courses(period)

    def news(self, period: Span) -> Iterator[tuple[datetime, News]]:
        """What incidents are told of the entries that were recorded within the period, and before that how it was then.

        Of a camera that was not online then, all since it last was: so an outage has its first second.
        """
        ends = self.head()[0] if self._upto is None else self._upto.get(self.vantage, 0)
        first, end = (bisect_left(range(1, ends + 1), us, key=self._recorded_at) + 1 for us in period)
        around = takewhile(lambda news: news[0] < instant(period.end), told(self.entries_of(*SURROUNDINGS)))
        return heapq.merge(around, self._moves.told(first, end), key=itemgetter(0))

    def _recorded_at(self, seq: int) -> int:
        ((us,),) = self._rows.found(queries.RECORDED_AT, self.vantage, seq=seq)
        return int(us)

    def last_transitions(self) -> dict[str, Transition]:
        """The latest transition of each camera that has one."""
        entries = self._entries(queries.LAST_TRANSITIONS)
        moves = (entry.event.transition for entry in entries if isinstance(entry.event, TransitionRecorded))
        return {move.camera_id: move for move in moves}

    def cameras(self) -> tuple[CameraRecord, ...]:
        """Every camera there ever was, by id, also those that were removed."""
        return camera_records(self.inventory_changes())

    def inventory_changes(self, period: Span | None = None) -> tuple[InventoryChange, ...]:
        """Arrivals, departures and changes of cameras that were recorded within the period."""
        changes = tuple(change for _, change in self._inventory_changes())
        return changes if period is None else _recorded_in(period, changes)

    def maintenance(self) -> tuple[Maintenance, ...]:
        """Planned work from the settings that was not cancelled, by start."""
        return planned_maintenance(self.entries_of(MaintenancePlanned, MaintenanceCancelled))

    def acts(self) -> Iterator[Recorded]:
        """What people did, as it stands in their chain, oldest first."""
        for row in self.rows(self.people, after_seq=0, camera_id=None, limit=None):
            act = self._rows.decoded(row.vantage, row.seq, row.kind, row.body)
            if isinstance(act, Act) and act.stamp is not None:
                yield Recorded(row.kind, row.body, act, instant(row.recorded_at))

    def standing(self, terms: ActTerms) -> Standing:
        """What people did under the contract so far, every act judged by its terms."""
        if self._judged is not None and self._judged[0] == terms:
            return self._judged[1]
        so_far = standing(self.acts(), terms)
        self._judged = None if self._upto is None else (terms, so_far)
        return so_far

    def simulated(self) -> bool:
        """Whether any run that wrote into this record watched simulated cameras."""
        return any(isinstance(e.event, Started) and e.event.simulated for e in self.entries_of(Started))

    def record(self, period: Span, terms: ActTerms, seen: Seen | None = None, share: Share | None = None) -> Record:
        """What a report about the period is made from, all of one moment even while another process writes.

        Acts of people are judged by ``terms``. Cameras have the wording they had when the period ended: what is written
        about them later changes no old month. ``seen`` is told (cameras read, cameras to be read). With a share only
        its cameras have courses.
        """
        if self._upto is None:
            return self.as_it_is().record(period, terms, seen, share)
        around = self.without_transitions(period, terms)
        cameras = around.cameras if share is None else share.of(around.cameras)
        courses: dict[str, Sequence[Step]] = {known.camera.id: () for known in cameras}
        if courses:
            read = self._moves.courses(period, (min(courses), max(courses)))
            for number, (camera_id, course) in enumerate(read, 1):
                courses[camera_id] = course
                if seen is not None:
                    seen(min(number, len(cameras)), len(cameras))
        down_from = self._moves.down_before(period) if share is not None and around.exclusions else None
        return replace(around, courses=courses, down_from=down_from)

    def without_transitions(self, period: Span, terms: ActTerms) -> Record:
        """The same but what the cameras did: who they are, what was planned, and what people did about the period."""
        return _around(self, period, self.inventory_changes(), self.standing(terms))

    def past(self, months: Sequence[tuple[int, int]], terms: ActTerms) -> Past:
        """What a trend is made from: those calendar months of the terms' zone, ascending.

        A closed month's record is the one it was closed with, as long as no correction opened it again. Of each
        transition only what sums need is read. ``as_of`` a record's heads it is the past of that record, whoever writes
        meanwhile.
        """
        if self._upto is None:
            return self.as_it_is().past(months, terms)
        zone, changes, so_far = ZoneInfo(terms.zone), self.inventory_changes(), self.standing(terms)

        def about(year: int, month: int) -> Record:
            span, closed = month_span(year, month, zone), so_far.closing(f"{year}-{month:02}")
            if closed is None:
                return _around(self, span, changes, so_far)
            then = self.as_of(closed.heads)
            return _around(then, span, then.inventory_changes(), then.standing(terms))

        records = tuple(about(*month) for month in months)
        spans = [month_span(*month, zone) for month, record in zip(months, records, strict=True) if record.cameras]
        courses = self._moves.past_courses(Span(spans[0].start, spans[-1].end)) if spans else iter(())
        return Past(tuple(months), records, courses)

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

    def _end(self, vantage: str) -> Link:
        return next((Link._make(row) for row in self._rows.found(queries.END, vantage)), Link())

    def _ends(self) -> Iterator[tuple[str, Link]]:
        vantage: str | None = ""
        while True:
            ((vantage,),) = self._rows.found(queries.FOLLOWING_VANTAGE, vantage or "")
            if vantage is None:
                return
            end = self._end(vantage)
            if end.seq:
                yield vantage, end

    def _inventory_changes(self) -> tuple[tuple[int, InventoryChange], ...]:
        """Every change with its entry's number."""
        if self._inventory is not None:
            return self._inventory
        changes = tuple(inventory_changes(self._inventory_told()))
        self._inventory = None if self._upto is None else changes
        return changes

    def _inventory_told(self) -> Iterator[tuple[int, datetime, Event]]:
        for recorded_us, rows in groupby(self._rows.found(queries.INVENTORY, self.vantage), key=itemgetter(1)):
            recorded_at = instant(recorded_us)
            for seq, _, kind, body in rows:
                yield seq, recorded_at, self._rows.decoded(self.vantage, seq, kind, body)

    def entries_of(self, *events: type[Event]) -> Iterator[Entry]:
        """Entries of the monitor's own chain of these kinds, in their order; the others are not read."""
        kinds = (self._entries(queries.OF_KIND, kind=KIND_OF[event]) for event in events)
        return heapq.merge(*kinds, key=attrgetter("seq"))

    def _entries(self, query: str, **values: str | int | None) -> Generator[Entry]:
        for row in self._fetched(query, self.vantage, **values):
            event = self._rows.decoded(row.vantage, row.seq, row.kind, row.body)
            yield Entry(row.vantage, row.seq, instant(row.recorded_at), event, row.prev, row.hash)

    def _fetched(self, query: str, vantage: str, **values: str | int | None) -> Iterator[Row]:
        return map(Row._make, self._rows.found(query, vantage, **values))


def _around(ledger: Ledger, period: Span, changes: Sequence[InventoryChange], so_far: Standing) -> Record:
    """The record of the period without its transitions."""
    seq, head = ledger.head()
    return Record(
        cameras=camera_records(_recorded_in(Span(0, period.end), changes)),
        transitions=(),
        maintenance=(*ledger.maintenance(), *so_far.windows(_settled_with(period))),
        changes=_recorded_in(period, changes),
        recorded_until=ledger.last_recorded_at(),
        head_seq=seq,
        head_hash=head,
        simulated=ledger.simulated(),
        exclusions=tuple(so_far.exclusions.values()),
        declarations=tuple(so_far.declarations.values()),
        void=tuple(so_far.void),
        absences=tuple(absences(so_far.removals, changes)),
        heads=ledger.heads(),
        findings=finding_spans(ledger.entries_of(FindingAppeared, FindingGone)),
    )


def _recorded_in(period: Span, changes: Sequence[InventoryChange]) -> tuple[InventoryChange, ...]:
    """Those of the period; they are in the order in which they were recorded."""
    first, end = (bisect_left(changes, us, key=lambda change: micros(change.at)) for us in period)
    return tuple(changes[first:end])


def _settled_with(period: Span) -> Span:
    """The period and what may be settled together with it: a quarter."""
    return Span(period.start - QUARTER_US, period.end + QUARTER_US)


def _chained(vantage: str, last: Link, forms: Sequence[Form], recorded_at: datetime) -> Iterator[Row]:
    """The events as rows that continue the chain after ``last``."""
    recorded_us = micros(recorded_at) if last.recorded_at is None else max(micros(recorded_at), last.recorded_at)
    prev = last.hash
    for seq, (kind, body, event) in enumerate(forms, start=last.seq + 1):
        camera_id, at = subject(event)
        link = link_hash(prev, vantage, seq, recorded_us, kind, body)
        yield Row(
            vantage,
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
