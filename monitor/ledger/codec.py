"""Events to their bodies and back, in canonical JSON (``monitor.canonical`` says what that is)."""

from __future__ import annotations

from monitor.canonical import Unreadable, read, written
from monitor.ledger.events import KINDS, Event


def encode(event: Event) -> str:
    """An event's body."""
    return written(event)


def decode(kind: str, body: str) -> Event:
    """The event of a stored kind and body; Unreadable when they do not fit."""
    wanted = KINDS.get(kind)
    if wanted is None:
        raise Unreadable(f"unknown kind {kind!r}")
    event: Event = read(wanted, body)
    return event
