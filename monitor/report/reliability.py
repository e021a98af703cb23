"""From one camera's transitions to faults and how they are repaired. Pure sums: groups add, never average averages.

A *fault* is an outage together with those that follow before the camera is seen online again: if the monitor was
blind in between, nobody saw a repair. Its *down time* is the time the camera was known to be down without what people
took out of it, planned work that the contract excludes and exclusions that count; what nobody watched is not held
against anyone. A fault without any counted time in the period is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from monitor import sla
from monitor.model import MICROSECOND, Span, State, Step, Travelling

REPEAT_US = timedelta(days=7) // MICROSECOND  # 168 hours


class Fault(NamedTuple):
    """One camera's way from the first second down to being seen online again."""

    down: tuple[Span, ...]  # ascending, not empty; what lies between them nobody watched
    repaired_us: int | None  # when it was seen online; None: not yet

    @property
    def start_us(self) -> int:
        """The first second it was down."""
        return self.down[0].start


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


def faults(steps: Iterable[Step], until_us: int) -> list[Fault]:
    """One camera's faults as far as known at ``until_us``, by start; steps in their order."""
    found: list[Fault] = []
    down: list[Span] = []
    since: int | None = None
    for at, state, _, _ in steps:
        if at >= until_us:
            break
        if since is not None and since < at:
            _append(down, since, at)
        if state is State.DOWN:
            since = at
            continue
        since = None
        if down and state is not State.UNKNOWN:  # seen online
            found.append(Fault(tuple(down), at))
            down = []
    if since is not None and since < until_us:
        _append(down, since, until_us)
    return [*found, Fault(tuple(down), None)] if down else found


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


def _append(down: list[Span], start: int, end: int) -> None:
    """Add a span, joined with the one before where they touch."""
    if down and down[-1].end == start:
        start = down.pop().start
    down.append(Span(start, end))


def _touches(down: Sequence[Span], counts: Callable[[int], int]) -> bool:
    """Whether any of it counts."""
    if len(down) == 1:  # nearly every fault
        ((start, end),) = down
        return counts(end) > counts(start)
    return any(counts(end) > counts(start) for start, end in down)
