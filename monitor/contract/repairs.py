"""Repair limits: decides when a fault's clock runs, whether the fault is major, and when its limit was passed.

Only a result that shows the camera online ends a fault, so that our own restart gives nobody a new clock. The clock
starts with the first failing second and runs while the camera is down, by night and outside the service hours too;
excluded and unobserved time stops it. A limit is passed in one instant, so a late repair belongs to exactly one period:
once the normal limit has passed, what goes down later makes the fault major no more.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import NamedTuple

from monitor.contract.values import RepairLimits
from monitor.model import MICROSECOND, Camera, Span
from monitor.outages import Fault
from monitor.sla import length, subtract


class RepairState(StrEnum):
    """What became of a repair limit."""

    KEPT = "kept"
    RUNNING = "running"  # still down and within its limit
    LATE = "late"  # repaired after it, or still down beyond it


@dataclass(frozen=True, slots=True)
class CameraFaults:
    """One camera's faults, and what planned work and granted exclusions take out; spans ascending and disjoint.

    ``excluded`` reaches back as far as the faults. Faults ascend and end where the clocks are read.
    """

    camera: Camera
    faults: Sequence[Fault]
    excluded: Sequence[Span] = ()


class Repair(NamedTuple):
    """One fault and its limit; instants and durations in microseconds. A month of a large town has 100,000."""

    camera_id: str
    start: int  # the first failing instant
    end: int | None  # None: still open
    major: bool
    limit_us: int
    ran_us: int  # on the clock
    late_from: int | None  # the instant the limit was passed; None: it was not
    state: RepairState
    excluded_us: int = 0  # of its time down, that the clock stood still
    unobserved_us: int = 0  # in which nobody watched and the clock stood still
    crowd_from: int | None = None  # the start of the crowd that made it major; None: it is not

    @property
    def late_us(self) -> int:
        """By how much the limit was passed; 0 if it was kept, so far."""
        return max(0, self.ran_us - self.limit_us)


@dataclass(frozen=True, slots=True)
class Crowd:
    """So many cameras of one group down at once that their faults are major."""

    group: str  # the village, uplink or recorder; "" for the whole contract
    span: Span  # while it was so
    camera_ids: tuple[str, ...]  # down at its first instant, ascending


@dataclass(frozen=True, slots=True)
class Clocks:
    """What the repair clocks show at one instant."""

    repairs: tuple[Repair, ...]  # by start and camera
    crowds: tuple[Crowd, ...]  # by start and group


class _Fault(NamedTuple):
    camera_id: str
    group: str | None  # in which faults may be major
    start: int
    end: int | None
    running: Sequence[Span]  # the time on the clock
    excluded_us: int
    unobserved_us: int


def repairs(cameras: Iterable[CameraFaults], limits: RepairLimits, until: int) -> tuple[Repair, ...]:
    """Every fault up to the instant ``until``, by start and camera. A limit reached to the microsecond is kept."""
    return clocks(cameras, limits, until).repairs


def clocks(cameras: Iterable[CameraFaults], limits: RepairLimits, until: int) -> Clocks:
    """The same faults with the crowds that made some of them major."""
    in_turn = sorted(cameras, key=lambda each: each.camera.id)
    faults = [fault for camera in in_turn for fault in _faults(camera, limits.group_of(camera.camera), until)]
    crowds = {} if limits.major_cameras is None else _crowds(faults, limits.major_cameras)
    ends = {group: [crowd.span.end for crowd in of_group] for group, of_group in crowds.items()}
    found = [_repair(fault, limits, crowds, ends) for fault in faults]
    found.sort(key=attrgetter("start"))  # those that begin together stay in the order of their cameras
    told = [crowd for of_group in crowds.values() for crowd in of_group]
    return Clocks(tuple(found), tuple(sorted(told, key=lambda crowd: (crowd.span.start, crowd.group))))


def late_in(found: Iterable[Repair], period: Span) -> tuple[Repair, ...]:
    """Those whose limit was passed within the period."""
    return tuple(
        repair for repair in found if repair.late_from is not None and period.start <= repair.late_from < period.end
    )


def _faults(camera: CameraFaults, group: str | None, until: int) -> Iterable[_Fault]:
    for down, repaired in camera.faults:
        start, ended, whole = down[0].start, None if repaired is None else down[-1].end, length(down)
        running = subtract(down, camera.excluded) if camera.excluded else down
        excluded_us = whole - length(running) if camera.excluded else 0
        unobserved_us = (until if ended is None else ended) - start - whole
        yield _Fault(camera.camera.id, group, start, ended, running, excluded_us, unobserved_us)


def _repair(fault: _Fault, limits: RepairLimits, crowds: dict[str, list[Crowd]], ends: dict[str, list[int]]) -> Repair:
    group, crowd = fault.group, None
    if group is not None and group in crowds:
        crowd = _first_met(fault.running, limits.normal // MICROSECOND, crowds[group], ends[group])
    agreed = limits.major if crowd is not None and limits.major is not None else limits.normal
    limit, ran = agreed // MICROSECOND, length(fault.running)
    late = ran > limit
    return Repair(
        camera_id=fault.camera_id,
        start=fault.start,
        end=fault.end,
        major=crowd is not None,
        limit_us=limit,
        ran_us=ran,
        late_from=_instant_after(fault.running, limit) if late else None,
        state=RepairState.LATE if late else RepairState.RUNNING if fault.end is None else RepairState.KEPT,
        excluded_us=fault.excluded_us,
        unobserved_us=fault.unobserved_us,
        crowd_from=None if crowd is None else crowd.span.start,
    )


def _first_met(running: Sequence[Span], within: int, crowds: Sequence[Crowd], ends: Sequence[int]) -> Crowd | None:
    """The first crowd that has any time in common with the first so many microseconds on the clock.

    Of a large town there are many crowds, and the fault is short.
    """
    for start, end in running:
        index = bisect_right(ends, start)
        if index < len(crowds) and crowds[index].span.start < min(end, start + within):
            return crowds[index]
        within -= end - start
        if within <= 0:
            break
    return None


def _instant_after(spans: Sequence[Span], us: int) -> int:
    """The instant at which the clock has run for ``us`` and goes on; the spans are longer than that."""
    ends: list[int] = []
    for start, end in spans:
        ends.append((ends[-1] if ends else 0) + end - start)
    index = bisect_right(ends, us)
    return spans[index].end - (ends[index] - us)


def _crowds(faults: Iterable[_Fault], wanted: int) -> dict[str, list[Crowd]]:
    """When so many cameras of a group at least were down at once, excluded time left out, by group."""
    edges: dict[str, list[tuple[int, bool, str]]] = defaultdict(list)
    for fault in faults:
        if fault.group is not None:
            for start, end in fault.running:
                edges[fault.group] += ((start, True, fault.camera_id), (end, False, fault.camera_id))
    return {group: _at_least(wanted, group, steps) for group, steps in edges.items()}


def _at_least(wanted: int, group: str, steps: list[tuple[int, bool, str]]) -> list[Crowd]:
    """When so many cameras at least are down; ``steps`` say when which one goes (True) and comes back."""
    found: list[Crowd] = []
    down: set[str] = set()
    since: tuple[int, tuple[str, ...]] | None = None
    steps.sort(key=lambda step: 2 * step[0] + step[1])  # of one instant those that come back stand first
    for at, together in groupby(steps, key=itemgetter(0)):
        for _, goes, camera_id in together:
            (down.add if goes else down.discard)(camera_id)
        if since is None and len(down) >= wanted:
            since = at, tuple(sorted(down))
        elif since is not None and len(down) < wanted:
            found.append(Crowd(group, Span(since[0], at), since[1]))
            since = None
    return found
