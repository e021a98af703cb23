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
STEP = DAY // 4
Minutes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Wall:
    """The local minutes since 1970-01-01 00:00 shown so far, for each minute of ``[first, last)``, UTC seconds."""

    def __init__(self, zone: str, first: int, last: int) -> None:
        assert first % DAY == last % DAY == 0
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
    """Minutes between local time and UTC, asked four times a day, and every minute where it is not the same after."""
    marks = [_offset(zone, at) for at in range(first, last + 1, STEP)]
    found: Minutes = np.repeat(np.array(marks[:-1], dtype=np.int64), STEP // 60)
    for number, (before, after) in enumerate(pairwise(marks)):
        if before != after:
            start = number * STEP
            exact = [_offset(zone, first + second) for second in range(start, start + STEP, 60)]
            found[start // 60 : (start + STEP) // 60] = exact
    return found


def _offset(zone: ZoneInfo, at: int) -> int:
    offset = datetime.fromtimestamp(at, UTC).astimezone(zone).utcoffset()
    assert offset is not None
    assert offset.seconds % 60 == 0, "a zone of odd seconds needs a finer clock"
    return offset // timedelta(minutes=1)
