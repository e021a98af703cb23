"""From one camera's faults to how they are repaired. Pure sums: groups add, never average averages.

The *down time* of a fault is the time the camera was known to be down without what people
took out of it, planned work that the contract excludes and exclusions that count; what nobody watched is not held
against anyone. A fault without any counted time in the period is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from monitor import sla
from monitor.model import MICROSECOND, Span, Travelling
from monitor.outages import Fault

REPEAT_US = timedelta(days=7) // MICROSECOND  # 168 hours


@dataclass(frozen=True, slots=True)
class Reliability(Travelling):
    """Sums over cameras from which the two mean times are made."""

    faults: int = 0  # that began within the period
    repeats: int = 0  # of them, at most ``REPEAT_US`` after the repair of the same camera's fault before
    repaired: int = 0  # faults whose repair was seen within the period, whenever they began
    repair_us: int = 0  # down time of the repaired ones, from their first second, even before the period
    unrepaired: int = 0  # faults not seen repaired where the period ends
    online_us: int = 0  # up and degraded within the period

    def __add__(self, other: Reliability) -> Reliability:
        return Reliability(
            self.faults + other.faults,
            self.repeats + other.repeats,
            self.repaired + other.repaired,
            self.repair_us + other.repair_us,
            self.unrepaired + other.unrepaired,
            self.online_us + other.online_us,
        )

    @property
    def mttr_us(self) -> int | None:
        """Mean time to repair, cut; None if nothing was repaired."""
        return self.repair_us // self.repaired if self.repaired else None

    @property
    def mtbf_us(self) -> int | None:
        """Mean time online between faults, cut; None if there was no fault."""
        return self.online_us // self.faults if self.faults else None


def reliability(
    found: Iterable[Fault], period: Span, counting: Sequence[Span], excluded: Sequence[Span], online_us: int
) -> Reliability:
    """One camera's sums. ``counting`` is its scheduled time in the period that is not excluded.

    ``excluded`` reaches back to the first fault's first second; both as merged.
    """
    counts, stands = sla.clock(counting), sla.clock(excluded)
    begun = repeats = repaired = repair_us = unrepaired = 0
    before: int | None = None  # when the fault before this one was repaired
    for fault in found:
        down, repaired_at = fault
        if not _touches(down, counts):
            continue
        started_at = down[0].start
        begun += started_at >= period.start
        repeats += before is not None and started_at - before <= REPEAT_US
        before = repaired_at
        if repaired_at is None:
            unrepaired += 1
        elif repaired_at >= period.start:
            repaired += 1
            for start, end in down:
                repair_us += end - start - (stands(end) - stands(start) if excluded else 0)
    return Reliability(begun, repeats, repaired, repair_us, unrepaired, online_us)


def together(cameras: Iterable[Reliability]) -> Reliability:
    """The sum over cameras."""
    faults = repeats = repaired = repair_us = unrepaired = online_us = 0
    for each in cameras:
        faults += each.faults
        repeats += each.repeats
        repaired += each.repaired
        repair_us += each.repair_us
        unrepaired += each.unrepaired
        online_us += each.online_us
    return Reliability(faults, repeats, repaired, repair_us, unrepaired, online_us)


def _touches(down: Sequence[Span], counts: Callable[[int], int]) -> bool:
    """Whether any of it counts."""
    if len(down) == 1:  # nearly every fault
        ((start, end),) = down
        return counts(end) > counts(start)
    return any(counts(end) > counts(start) for start, end in down)
