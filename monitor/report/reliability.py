"""From one camera's transitions to faults and how they are repaired. Pure sums: groups add, never average averages.

A *fault* is an outage together with those that follow before the camera is seen online again: if the monitor was
blind in between, nobody saw a repair. Its *down time* is the time the camera was known to be down without what people
took out of it, planned work that the contract excludes and exclusions that count; what nobody watched is not held
against anyone. A fault without any counted time in the period is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from monitor import sla
from monitor.model import MICROSECOND, Span, State, Transition, micros

REPEAT_US = timedelta(days=7) // MICROSECOND  # 168 hours


@dataclass(frozen=True, slots=True)
class Fault:
    """One camera's way from the first second down to being seen online again."""

    down: tuple[Span, ...]  # ascending, not empty; what lies between them nobody watched
    repaired_us: int | None  # when it was seen online; None: not yet

    @property
    def start_us(self) -> int:
        """The first second it was down."""
        return self.down[0].start


@dataclass(frozen=True, slots=True)
class Reliability:
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


def faults(transitions: Iterable[Transition], until_us: int) -> list[Fault]:
    """One camera's faults as far as known at ``until_us``, by start; transitions in their order."""
    found: list[Fault] = []
    down: list[Span] = []
    since: int | None = None
    for move in transitions:
        at = micros(move.at)
        if at >= until_us:
            break
        if since is not None and since < at:
            down.append(Span(since, at))
        since = at if move.new is State.DOWN else None
        if move.new.online and down:
            found.append(Fault(tuple(sla.merge(down)), at))
            down = []
    if since is not None and since < until_us:
        down.append(Span(since, until_us))
    return [*found, Fault(tuple(sla.merge(down)), None)] if down else found


def reliability(
    found: Sequence[Fault], period: Span, counting: Sequence[Span], excluded: Sequence[Span], online_us: int
) -> Reliability:
    """One camera's sums. ``counting`` is its scheduled time in the period that is not excluded.

    ``excluded`` reaches back to the first fault's first second; both as merged.
    """
    those = [fault for fault in found if sla.intersect(fault.down, counting)]
    begun = [fault for fault in those if period.start <= fault.start_us]
    repaired = [fault for fault in those if fault.repaired_us is not None and fault.repaired_us >= period.start]
    return Reliability(
        faults=len(begun),
        repeats=sum(_repeats(fault, before) for before, fault in pairwise(those)),
        repaired=len(repaired),
        repair_us=sum(sla.length(sla.subtract(fault.down, excluded)) for fault in repaired),
        unrepaired=sum(fault.repaired_us is None for fault in those),
        online_us=online_us,
    )


def _repeats(fault: Fault, before: Fault) -> bool:
    return before.repaired_us is not None and fault.start_us - before.repaired_us <= REPEAT_US
