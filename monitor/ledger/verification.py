"""Does the whole record hold? Reads every entry of every chain and names the first broken link; mends nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from monitor.ledger.chain import GENESIS, Breach, BrokenLink, Link, Row, breach
from monitor.ledger.queries import EVERY_CHAIN

PROGRESS_EVERY: Final = 10_000  # entries


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found. ``head`` is the last hash of the ledger's own vantage that still holds."""

    entries: int  # that hold, over all vantages
    head: str
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
    heads: dict[str, Link] = {}
    checked, found = 0, expect_head in (None, GENESIS)

    def outcome(broken: BrokenLink | None) -> Verification:
        return Verification(checked, heads.get(vantage, Link()).hash, broken)

    try:
        ((total,),) = connection.execute("SELECT count(*) FROM events")
        for row in map(Row._make, connection.execute(EVERY_CHAIN)):
            broken = breach(heads.get(row.vantage, Link()), row)
            if broken is not None:
                return outcome(broken)
            heads[row.vantage] = Link(row.seq, row.hash, row.recorded_at)
            found = found or row.hash == expect_head
            checked += 1
            if progress is not None and (checked % PROGRESS_EVERY == 0 or checked == total):
                progress(checked, total)
        ((state,),) = connection.execute("PRAGMA integrity_check(1)")
    except sqlite3.Error as error:
        state = str(error)
    if state != "ok":
        return outcome(BrokenLink(vantage, checked, Breach.FILE_DAMAGED, state))
    if not found:
        return outcome(BrokenLink(vantage, checked, Breach.HEAD_MISSING, expect_head or ""))
    return outcome(None)
