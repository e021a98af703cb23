"""Repair limits: decides when a fault's clock runs, whether the fault is major, and when its limit was passed.

A fault is one camera's outages with nothing but unobserved time between them: only a result that shows the camera
online ends it, so that our own restart gives nobody a new clock. The clock starts with the first failing second and
runs while the camera is down, by night and outside the service hours too; excluded and unobserved time stops it.
A limit is passed in one instant, so a late repair belongs to exactly one period.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from monitor.contract.values import RepairLimits, Together
from monitor.model import MICROSECOND, Camera, Outage, Span, micros
from monitor.sla import length, subtract


class RepairState(StrEnum):
    """What became of a repair limit."""

    KEPT = "kept"
    RUNNING = "running"  # still down and within its limit
    LATE = "late"  # repaired after it, or still down beyond it


@dataclass(frozen=True, slots=True)
class CameraFaults:
    """One camera's outages and what lies over them; spans ascending and disjoint, reaching back as far as the outages.

    ``outages`` ascend. ``unobserved`` is every span the camera was UNKNOWN; ``excluded`` what planned work and granted
    exclusions take out.
    """

    camera: Camera
    outages: Sequence[Outage]
    unobserved: Sequence[Span] = ()
    excluded: Sequence[Span] = ()


@dataclass(frozen=True, slots=True)
class Repair:
    """One fault and its limit; instants and durations in microseconds."""

    camera_id: str
    start: int  # the first failing instant
    end: int | None  # None: still open
    major: bool
    limit_us: int
    ran_us: int  # on the clock
    late_from: int | None  # the instant the limit was passed; None: it was not
    state: RepairState

    @property
    def late_us(self) -> int:
        """By how much the limit was passed; 0 if it was kept, so far."""
        return max(0, self.ran_us - self.limit_us)


@dataclass(frozen=True, slots=True)
class _Fault:
    camera: Camera
    start: int
    end: int | None
    running: list[Span]  # the time on the clock


def repairs(cameras: Iterable[CameraFaults], limits: RepairLimits, until: int) -> tuple[Repair, ...]:
    """Every fault up to the instant ``until``, by start and camera. A limit reached to the microsecond is kept."""
    faults = [fault for camera in cameras for fault in _faults(camera, until)]
    crowded = _crowded(faults, limits)
    found = [_repair(fault, limits, crowded) for fault in faults]
    return tuple(sorted(found, key=lambda repair: (repair.start, repair.camera_id)))


def late_in(found: Iterable[Repair], period: Span) -> tuple[Repair, ...]:
    """Those whose limit was passed within the period."""
    return tuple(
        repair for repair in found if repair.late_from is not None and period.start <= repair.late_from < period.end
    )


def _faults(camera: CameraFaults, until: int) -> Iterable[_Fault]:
    runs: list[list[Span]] = []
    down_now = False
    for outage in camera.outages:
        start, end = micros(outage.start_at), until if outage.end_at is None else micros(outage.end_at)
        if start >= until:
            break
        down_now = outage.end_at is None or end > until
        span = Span(start, min(end, until))
        if runs and runs[-1][-1].end == start:  # only the cause changed
            runs[-1][-1] = Span(runs[-1][-1].start, span.end)
        elif runs and _unseen(Span(runs[-1][-1].end, start), camera.unobserved):
            runs[-1].append(span)
        else:
            runs.append([span])
    for run in runs:
        ended = run[-1].end
        lasts = run is runs[-1] and (down_now or (ended < until and _unseen(Span(ended, until), camera.unobserved)))
        yield _Fault(camera.camera, run[0].start, None if lasts else ended, subtract(run, camera.excluded))


def _unseen(gap: Span, unobserved: Sequence[Span]) -> bool:
    """Whether nobody watched in the whole gap, which is not empty."""
    last = _last_before(unobserved, gap.end)
    return last is not None and last.start <= gap.start and last.end >= gap.end


def _last_before(spans: Sequence[Span], at: int) -> Span | None:
    """The last of ascending disjoint spans that starts before the instant."""
    index = bisect_left(spans, Span(at, at))
    return spans[index - 1] if index else None


def _repair(fault: _Fault, limits: RepairLimits, crowded: dict[str, list[Span]]) -> Repair:
    group = _group_of(fault.camera, limits.major_within)
    major = group is not None and _touch(fault.running, crowded.get(group, []))
    agreed = limits.major if major and limits.major is not None else limits.normal
    limit, ran = agreed // MICROSECOND, length(fault.running)
    late_from = _instant_after(fault.running, limit) if ran > limit else None
    state = RepairState.LATE if ran > limit else RepairState.RUNNING if fault.end is None else RepairState.KEPT
    return Repair(fault.camera.id, fault.start, fault.end, major, limit, ran, late_from, state)


def _touch(running: Sequence[Span], crowd: Sequence[Span]) -> bool:
    """Whether the two lists have any time in common; of a large town the crowd is long and the fault short."""
    return bool(crowd) and any(
        (last := _last_before(crowd, end)) is not None and last.end > start for start, end in running
    )


def _instant_after(spans: Sequence[Span], us: int) -> int:
    """The instant at which the clock has run for ``us`` and goes on; the spans are longer than that."""
    ends: list[int] = []
    for start, end in spans:
        ends.append((ends[-1] if ends else 0) + end - start)
    index = bisect_right(ends, us)
    return spans[index].end - (ends[index] - us)


def _group_of(camera: Camera, within: Together) -> str | None:
    """The group in which a major fault may be; None for a camera whose line or recorder is unknown."""
    match within:
        case Together.CONTRACT:
            return ""
        case Together.VILLAGE:
            return camera.site.village
        case Together.UPLINK:
            return camera.uplink or None
        case Together.RECORDER:
            return camera.recorder or None


def _crowded(faults: Iterable[_Fault], limits: RepairLimits) -> dict[str, list[Span]]:
    """When at least ``major_cameras`` cameras of a group were down at once, excluded time left out."""
    if limits.major_cameras is None:
        return {}
    edges: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for fault in faults:
        group = _group_of(fault.camera, limits.major_within)
        if group is None:
            continue
        for start, end in fault.running:
            edges[group][start] += 1
            edges[group][end] -= 1
    return {group: _at_least(limits.major_cameras, steps) for group, steps in edges.items()}


def _at_least(wanted: int, steps: dict[int, int]) -> list[Span]:
    """When the running sum of the steps, by instant, is at least so much."""
    found: list[Span] = []
    down, since = 0, 0
    for at in sorted(steps):
        before, down = down, down + steps[at]
        if before < wanted <= down:
            since = at
        elif down < wanted <= before:
            found.append(Span(since, at))
    return found
