"""Datagrams back in the order they were sent in: the network may deliver them otherwise, and that is no loss.

Decides whose turn it is, by the sequence number alone. Must never hold more than ``WINDOW`` packets, nor keep one back
once it is clear that the missing one will not come.
"""

from __future__ import annotations

from monitor.rtsp.rtp import MAX_LATE, parse

WINDOW = 8  # packets held while one before them is missing


class Ordering:
    """The datagrams of one stream."""

    __slots__ = ("_due", "_held", "_source")

    def __init__(self) -> None:
        self._due = 0  # the number whose turn it is
        self._source = -1  # -1 = none yet
        self._held: dict[int, bytes] = {}  # by number

    @property
    def held(self) -> int:
        """How many wait for one before them."""
        return len(self._held)

    def take(self, data: bytes) -> list[bytes]:
        """A datagram came: those whose turn it is now, in order. What is no RTP is nobody's to wait for."""
        packet = parse(data)
        if packet is None:
            return [data]
        ahead = (packet.sequence - self._due) & 0xFFFF
        if packet.source != self._source or MAX_LATE < 0x10000 - ahead <= 0x8000:  # a count that began anew
            rest = self.rest()
            self._source, self._due = packet.source, (packet.sequence + 1) & 0xFFFF
            return [*rest, data]
        if ahead >= 0x8000:  # late, or it came twice
            return [data]
        self._held[packet.sequence] = data
        if ahead and len(self._held) > WINDOW:
            self._due = min(self._held, key=self._distance)
        return self._in_turn()

    def rest(self) -> list[bytes]:
        """What is held, in order: the missing ones will not come."""
        rest = [self._held[number] for number in sorted(self._held, key=self._distance)]
        self._held.clear()
        return rest

    def _distance(self, number: int) -> int:
        return (number - self._due) & 0xFFFF

    def _in_turn(self) -> list[bytes]:
        found = []
        while self._due in self._held:
            found.append(self._held.pop(self._due))
            self._due = (self._due + 1) & 0xFFFF
        return found
