"""How entries are chained, and what is wrong with a chain that does not hold. Pure: rows in, words out.

The hash of an entry is SHA-256 over six lines joined by a line feed: the hash before it, vantage, seq, recorded_at,
kind, body. None of the six can hold a line feed, so no two entries share these bytes.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from monitor.canonical import Unreadable, is_canonical
from monitor.ledger.codec import decode
from monitor.ledger.events import subject
from monitor.model import micros

GENESIS = "0" * 64
VANTAGE = re.compile(r"[A-Za-z0-9._-]{1,64}")
PEOPLE = ".people"


def people_of(vantage: str) -> str:
    """The chain in which people act beside the prober's own."""
    return vantage[: 64 - len(PEOPLE)] + PEOPLE


class Row(NamedTuple):
    """One stored entry, as it lies in the table; ``recorded_at`` and ``at`` are integer microseconds."""

    vantage: str
    seq: int
    recorded_at: int
    kind: str
    camera_id: str | None
    at: int | None
    body: str
    prev: str
    hash: str


class Breach(StrEnum):
    """The ways in which a chain does not hold; the value is shown to people."""

    SEQ_MISSING = "seq missing"
    PREV_DIFFERS = "prev differs"
    HASH_DIFFERS = "hash differs"
    TIME_GOES_BACK = "recorded_at goes back"
    NOT_CANONICAL = "not canonical"
    UNREADABLE = "unreadable"
    INDEX_DIFFERS = "camera_id or at differs from the body"
    END_MISSING = "the end of the chain was cut off or exchanged"
    HEAD_MISSING = "the expected head is not in the chain"
    CLOSED_ON_OTHER = "a month was closed on another entry than this"
    FILE_DAMAGED = "the database file is damaged"


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """The first place where a chain does not hold."""

    vantage: str
    seq: int
    breach: Breach
    detail: str = ""

    def __str__(self) -> str:
        where = f"vantage {self.vantage}, seq {self.seq}: {self.breach}"
        return f"{where} ({self.detail})" if self.detail else where


class Link(NamedTuple):
    """The end of a chain so far."""

    seq: int = 0
    hash: str = GENESIS
    recorded_at: int | None = None


def link_hash(prev: str, vantage: str, seq: int, recorded_at: int, kind: str, body: str) -> str:
    """The hash of an entry as 64 lowercase hex digits."""
    lines = "\n".join((prev, vantage, str(seq), str(recorded_at), kind, body))
    return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()


def breach(last: Link, row: Row) -> BrokenLink | None:
    """What is wrong with ``row`` as the successor of ``last``, or None."""
    if row.seq != last.seq + 1:
        return BrokenLink(row.vantage, last.seq + 1, Breach.SEQ_MISSING, f"{row.seq} is next")
    found, detail = _fault(last, row)
    return BrokenLink(row.vantage, row.seq, found, detail) if found else None


def _fault(last: Link, row: Row) -> tuple[Breach | None, str]:
    if row.prev != last.hash:
        return Breach.PREV_DIFFERS, ""
    if row.hash != link_hash(row.prev, row.vantage, row.seq, row.recorded_at, row.kind, row.body):
        return Breach.HASH_DIFFERS, ""
    if last.recorded_at is not None and row.recorded_at < last.recorded_at:
        return Breach.TIME_GOES_BACK, ""
    if not is_canonical(row.body):
        return Breach.NOT_CANONICAL, ""
    try:
        camera_id, at = subject(decode(row.kind, row.body))
    except Unreadable as error:
        return Breach.UNREADABLE, str(error)
    if (row.camera_id, row.at) != (camera_id, None if at is None else micros(at)):
        return Breach.INDEX_DIFFERS, ""
    return None, ""
