"""Instants for the record: the wall clock's, carried by the monotonic clock, and never going back.

A wall clock that jumps by more than ``TOLERANCE`` is noticed by ``check``. Forward, the skipped span was watched by
nobody. Backward, instants stand still until the wall clock has caught up: that span already has its record, and no
span may get a negative or a doubled length.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.clock import Clock

TOLERANCE = timedelta(seconds=2)
UNBELIEVABLE = timedelta(days=1)  # a clock this far ahead is wrong: following it would leave the record in the future


@dataclass(frozen=True, slots=True)
class Jump:
    """The wall clock left the monotonic one: it should have shown ``before_at`` and showed ``after_at``."""

    before_at: datetime
    after_at: datetime

    @property
    def forward(self) -> bool:
        """Whether time was skipped (as opposed to shown twice)."""
        return self.after_at > self.before_at


class Timeline:
    """Gives the instants of one process. ``not_before``: the last instant of the record, which nothing may precede."""

    def __init__(self, clock: Clock, not_before: datetime | None = None) -> None:
        self._clock = clock
        self._wall = clock.now()
        self._mono = clock.monotonic()
        self._last = max(self._wall, not_before) if not_before else self._wall
        self.trouble: str | None = None  # why the wall clock is not followed at present

    def now(self) -> datetime:
        """The present instant; never before any instant given earlier."""
        self._last = max(self._last, self._carried())
        return self._last

    def check(self) -> Jump | None:
        """Compare both clocks and follow the wall clock, unless it is unbelievable; a jump is returned once."""
        expected, shown = self._carried(), self._clock.now()
        self.trouble = None
        if shown - expected > UNBELIEVABLE:
            self.trouble = (
                f"the wall clock shows {shown:%Y-%m-%d %H:%M} UTC where {expected:%Y-%m-%d %H:%M} was expected, and is "
                "not followed: set it right; if it is right, restart the monitor"
            )
            return None
        self._wall, self._mono = shown, self._clock.monotonic()
        if abs(shown - expected) <= TOLERANCE:
            return None
        return Jump(expected, shown)

    def _carried(self) -> datetime:
        return self._wall + timedelta(seconds=self._clock.monotonic() - self._mono)
