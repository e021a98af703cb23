"""Every statement the ledger asks of its table.

``:vantage`` is always the chain that is meant, ``:upto`` the number of the last entry that is looked at.
"""
# ruff: noqa: S608 - the statements are put together from the constants of this file alone

from __future__ import annotations

from typing import Final

from monitor.ledger.chain import Row
from monitor.model import State

_COLUMNS: Final = ", ".join(Row._fields)
_SELECT: Final = f"SELECT {_COLUMNS} FROM events"
_UPTO: Final = "vantage = :vantage AND seq <= :upto"
# The plus keeps SQLite from walking the whole chain by its numbers instead of the index by kind.
_TRANSITIONS: Final = "vantage = :vantage AND +seq <= :upto AND kind = 'transition'"
NEWEST: Final = 2**63 - 1  # ``:upto`` for the whole chain

INSERT: Final = f"INSERT INTO events ({_COLUMNS}) VALUES ({', '.join('?' * len(Row._fields))})"
END: Final = f"SELECT seq, hash, recorded_at FROM events WHERE {_UPTO} ORDER BY seq DESC LIMIT 1"
FOLLOWING_VANTAGE: Final = "SELECT min(vantage) FROM events WHERE vantage > :vantage"
HASH: Final = "SELECT hash FROM events WHERE vantage = :vantage AND seq = :seq"
EVERY_CHAIN: Final = f"{_SELECT} ORDER BY vantage, seq"
HAS_ENDS: Final = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'ends'"
ENDS: Final = "SELECT vantage, seq, hash FROM ends ORDER BY vantage"  # as they were written; older files have none
TRANSITIONS: Final = f"{_SELECT} WHERE {_TRANSITIONS} ORDER BY camera_id, seq"
LAST_TRANSITIONS: Final = f"""{_SELECT} WHERE {_UPTO}
    AND seq IN (SELECT max(seq) FROM events WHERE {_TRANSITIONS} GROUP BY camera_id)"""
# All entries of a rare kind: its index knows their numbers. Asked for them in order, SQLite would walk the whole chain.
OF_KIND: Final = f"""{_SELECT} WHERE vantage = :vantage AND seq IN (
        SELECT seq FROM events WHERE vantage = :vantage AND +seq <= :upto AND kind = :kind) ORDER BY seq"""
# Of arrivals, departures and changes of cameras only what is told of them: a town has ten thousand.
INVENTORY: Final = """SELECT seq, recorded_at, kind, body FROM events WHERE vantage = :vantage AND seq IN (
        SELECT seq FROM events WHERE vantage = :vantage AND +seq <= :upto
            AND kind IN ('camera_added', 'camera_changed', 'camera_removed')) ORDER BY seq"""
_LAST_BEFORE: Final = f"SELECT max(seq) FROM events WHERE {_TRANSITIONS} AND at < :start GROUP BY camera_id"
_CHOSEN: Final = "+camera_id >= :first_id AND +camera_id <= :last_id"
# Texts as bytes: turning each into a text costs a call for each of hundreds of thousands of rows.
_MOVES: Final = "SELECT CAST(camera_id AS BLOB), at, seq, CAST(body AS BLOB) FROM events"
MOVES_BEFORE: Final = f"{_MOVES} WHERE vantage = :vantage AND seq IN ({_LAST_BEFORE}) AND {_CHOSEN} ORDER BY seq"
# A month lies together in the chain: read from its first to its last entry, a page of the file is read once.
MOVES_WITHIN: Final = f"""
    WITH bounds (first, last) AS (
        SELECT min(seq), max(seq) FROM events WHERE {_TRANSITIONS} AND at >= :start AND at < :end)
    {_MOVES} WHERE vantage = :vantage AND seq >= (SELECT first FROM bounds) AND seq <= (SELECT last FROM bounds)
        AND +kind = 'transition' AND at >= :start AND at < :end AND {_CHOSEN} ORDER BY seq"""
MOVES_BACKWARDS: Final = f"""
    {_MOVES} WHERE {_TRANSITIONS} AND camera_id = :camera_id AND seq < :before_seq ORDER BY seq DESC"""
# The same and when each became known, for incidents; a stretch of the chain by its numbers.
_TOLD: Final = "SELECT CAST(camera_id AS BLOB), at, seq, CAST(body AS BLOB), recorded_at FROM events"
RECORDED_AT: Final = "SELECT recorded_at FROM events WHERE vantage = :vantage AND seq = :seq"
TOLD_BEFORE: Final = f"""{_TOLD} WHERE vantage = :vantage AND seq IN (
        SELECT max(seq) FROM events WHERE {_TRANSITIONS} AND +seq < :first GROUP BY camera_id) ORDER BY seq"""
TOLD_BACKWARDS: Final = f"""
    {_TOLD} WHERE {_TRANSITIONS} AND camera_id = :camera_id AND seq < :before_seq ORDER BY seq DESC"""
TOLD_WITHIN: Final = f"""
    {_TOLD} WHERE vantage = :vantage AND seq >= :first AND seq < :end AND +kind = 'transition' ORDER BY seq"""
STATES: Final = tuple(State)
_STATE: Final = " ".join(f"WHEN '{state.value}' THEN {number}" for number, state in enumerate(STATES))
# The new state as its number in ``STATES``, -1 for none of them: a text costs each of millions of rows a call.
STEPS_OF_PERIOD: Final = f"""
    SELECT camera_id, at, CASE json_extract(body, '$.transition.new') {_STATE} ELSE -1 END, seq
    FROM events WHERE {_TRANSITIONS} AND at < :end AND (at >= :start OR seq IN ({_LAST_BEFORE}))
    ORDER BY camera_id, seq"""


def entries(*, kind: bool, camera_id: bool) -> str:
    """Entries after ``:after_seq``, at most ``:limit`` (-1: all), filtered by ``:kind`` and ``:camera_id`` if asked."""
    return (
        f"{_SELECT} WHERE {_UPTO} AND seq > :after_seq"
        + (" AND kind = :kind" if kind else "")
        + (" AND camera_id = :camera_id" if camera_id else "")
        + " ORDER BY seq LIMIT :limit"
    )
