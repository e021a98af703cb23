"""What the wall clock of a zone has shown so far, minute by minute. Part of the oracle: it imports nothing of ours.

A local time means the first instant at which the clock has reached it. So somebody writes down, for every minute, the
latest local time seen until then: an hour that is lived twice does not go on in it, one that is skipped is jumped over.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

EPOCH = date(1970, 1, 1)
DAY = 86_400
Minutes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Wall:
    """The local minutes since 1970-01-01 00:00 shown so far, for each minute of ``[first, last)``, UTC seconds."""

    def __init__(self, zone: str, first: int, last: int) -> None:
        assert first % 3600 == last % 3600 == 0
        self.first, self.last = first, last
        minutes = np.arange(first // 60, last // 60, dtype=np.int64)
        self.shown: Minutes = np.maximum.accumulate(minutes + _offsets(ZoneInfo(zone), first, last))
        self._minute: Minutes = self.shown % 1440

    def reached(self, day: date, minute: int = 0) -> int:
        """The second at which it is that time; the nearest end where it never is."""
        wanted = (day - EPOCH).days * 1440 + minute
        return self.first + 60 * int(np.searchsorted(self.shown, wanted))

    def today(self, second: int) -> date:
        """The local day at that second."""
        return EPOCH + timedelta(days=int(self.shown[min(second, self.last - 1) // 60 - self.first // 60]) // 1440)

    def within(self, hours: tuple[tuple[int, int], ...]) -> Mask:
        """For each minute, whether it is within any of those daily hours; without hours every one is."""
        inside: Mask = np.full(len(self.shown), not hours)
        for start, end in hours:
            if start < end:
                inside |= (self._minute >= start) & (self._minute < end)
            else:  # over midnight: today's have begun, or yesterday's last
                inside |= (self._minute >= start) | (self._minute < end)
        return inside


def _offsets(zone: ZoneInfo, first: int, last: int) -> Minutes:
    """Minutes between local time and UTC, asked once an hour, and every minute where the hour has two answers."""
    marks = [_offset(zone, at) for at in range(first, last + 1, 3600)]
    found: Minutes = np.repeat(np.array(marks[:-1], dtype=np.int64), 60)
    for hour, (before, after) in enumerate(pairwise(marks)):
        if before != after:
            start = first + hour * 3600
            found[hour * 60 : hour * 60 + 60] = [_offset(zone, start + 60 * minute) for minute in range(60)]
    return found


def _offset(zone: ZoneInfo, at: int) -> int:
    offset = datetime.fromtimestamp(at, UTC).astimezone(zone).utcoffset()
    assert offset is not None
    assert offset.seconds % 60 == 0, "a zone of odd seconds needs a finer clock"
    return offset // timedelta(minutes=1)
