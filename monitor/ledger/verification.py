"""Does the whole record hold? Reads every entry of every chain and names the first broken link; mends nothing."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from monitor.acts import Head, PeriodClosed
from monitor.acts.events import KIND_OF
from monitor.ledger.chain import GENESIS, Breach, BrokenLink, Link, Row, breach
from monitor.ledger.codec import decode
from monitor.ledger.queries import ENDS, EVERY_CHAIN, HAS_ENDS, HASH

PROGRESS_EVERY: Final = 10_000  # entries
CLOSED: Final = KIND_OF[PeriodClosed]


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found. ``head`` is the last hash of the ledger's own vantage that still holds."""

    entries: int  # that hold, over all vantages
    head: str
    heads: tuple[Head, ...]  # of every vantage, as far as it holds
    broken: BrokenLink | None

    @property
    def ok(self) -> bool:
        """Whether every chain holds."""
        return self.broken is None


def verified(
    connection: sqlite3.Connection,
    vantage: str,
    expect_head: str | None,
    progress: Callable[[int, int], None] | None,
) -> Verification:
    """Walk every chain; ``Ledger.verify`` says what the arguments mean."""
    links: dict[str, Link] = {}
    checked, found = 0, expect_head in (None, GENESIS)
    closings: list[Row] = []

    def outcome(broken: BrokenLink | None) -> Verification:
        heads = tuple(Head(name, link.seq, link.hash) for name, link in sorted(links.items()))
        return Verification(checked, links.get(vantage, Link()).hash, heads, broken)

    try:
        ((total,),) = connection.execute("SELECT count(*) FROM events")
        for row in map(Row._make, connection.execute(EVERY_CHAIN)):
            broken = breach(links.get(row.vantage, Link()), row)
            if broken is not None:
                return outcome(broken)
            links[row.vantage] = Link(row.seq, row.hash, row.recorded_at)
            closings += [row] if row.kind == CLOSED else []
            found = found or row.hash == expect_head
            checked += 1
            if progress is not None and (checked % PROGRESS_EVERY == 0 or checked == total):
                progress(checked, total)
        for row in closings:
            if (missing := _cut_off(connection, row)) is not None:
                return outcome(missing)
        if (missing := _end_gone(connection, links)) is not None:
            return outcome(missing)
        ((state,),) = connection.execute("PRAGMA integrity_check(1)")
    except sqlite3.Error as error:
        state = str(error)
    if state != "ok":
        return outcome(BrokenLink(vantage, checked, Breach.FILE_DAMAGED, state))
    if not found:
        return outcome(BrokenLink(vantage, checked, Breach.HEAD_MISSING, expect_head or ""))
    return outcome(None)


def _end_gone(connection: sqlite3.Connection, links: Mapping[str, Link]) -> BrokenLink | None:
    """Whether a chain lacks an entry it ended with when it was last written to."""
    ((there,),) = connection.execute(HAS_ENDS)
    for end in itertools.starmap(Head, connection.execute(ENDS) if there else ()):
        reached = links.get(end.vantage, Link()).seq
        if reached < end.seq:
            return BrokenLink(end.vantage, reached + 1, Breach.END_MISSING, f"it ended with {end.seq}")
        if not _has(connection, end):
            return BrokenLink(end.vantage, end.seq, Breach.END_MISSING, f"it ended with {end.hash}")
    return None


def _has(connection: sqlite3.Connection, head: Head) -> bool:
    row = connection.execute(HASH, {"vantage": head.vantage, "seq": head.seq}).fetchone()
    return row is not None and row[0] == head.hash


def _cut_off(connection: sqlite3.Connection, closing: Row) -> BrokenLink | None:
    """Whether a chain has lost what a month was closed on: each closing names the ends of all chains."""
    closed = decode(closing.kind, closing.body)
    assert isinstance(closed, PeriodClosed)
    for head in closed.heads:
        if not _has(connection, head):
            return BrokenLink(head.vantage, head.seq, Breach.CLOSED_ON_OTHER, closed.month)
    return None
