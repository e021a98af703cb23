"""What one run may cost: the bytes taken in, and the pieces looked at, however small they are.

Decides when a device costs too much. Bytes are cheap in large packets and dear in small ones: each packet, and each
unit inside one, takes us some microseconds. So each counts for ``PIECE`` bytes at the least. Must be told of every
piece by whoever takes it, best of many at once.
"""

from __future__ import annotations

PIECE = 150  # bytes: a stream of smaller packets than these is looked at for the sake of its count


class Budget:
    """The account of one run."""

    __slots__ = ("_limit", "pieces", "received")

    def __init__(self, limit: int) -> None:
        """``limit`` is in bytes."""
        self.received = 0  # bytes
        self.pieces = 0  # packets on any channel, datagrams, units of an aggregate, parts of a unit
        self._limit = limit

    def excess(self) -> str:
        """What there is more of than may be, for people; "" while all is well."""
        if self.received > self._limit:
            return f"{self._limit} bytes"
        if self.pieces * PIECE > self._limit:
            return f"{self._limit // PIECE} packets and units"
        return ""
