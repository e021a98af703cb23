"""Was everything recorded as it happened, and nothing else? Compares the ledger with the simulator's own log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.demo.place import ZONE
from monitor.model import Cause, State, Transition
from monitor.simulator.faults import FaultRecord


@dataclass(frozen=True, slots=True)
class Trouble:
    """A span in which a camera was not UP, as recorded or as it truly was."""

    camera_id: str
    cause: Cause
    start_at: datetime
    end_at: datetime | None

    def __str__(self) -> str:
        return f"{self.camera_id} {self.cause.value} {self.span}"

    @property
    def span(self) -> str:
        """From when to when, in the town's local time."""
        zone = ZoneInfo(ZONE)
        end = f"{self.end_at.astimezone(zone):%H:%M:%S}" if self.end_at else "…"
        return f"{self.start_at.astimezone(zone):%H:%M:%S} – {end}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was recorded beside what happened. As told: nothing missing, nothing extra."""

    found: tuple[tuple[Trouble, Trouble], ...]  # (true, recorded)
    missing: tuple[Trouble, ...]
    extra: tuple[Trouble, ...]

    @property
    def as_told(self) -> bool:
        """Whether the record says exactly what happened."""
        return not self.missing and not self.extra


def recorded_troubles(transitions: Sequence[Transition]) -> list[Trouble]:
    """Spans outside UP, per camera in order; time that nobody was to watch (before the first result) is left out."""
    troubles: list[Trouble] = []
    open_: dict[str, Trouble] = {}
    for transition in transitions:
        begun = open_.pop(transition.camera_id, None)
        if begun is not None and begun.start_at < transition.at:
            troubles.append(Trouble(begun.camera_id, begun.cause, begun.start_at, transition.at))
        if transition.new is not State.UP and transition.cause is not Cause.MONITOR_STOPPED:
            open_[transition.camera_id] = Trouble(transition.camera_id, transition.cause, transition.at, None)
    return troubles + list(open_.values())


def compare(log: Sequence[FaultRecord], transitions: Sequence[Transition], tolerance: timedelta) -> Comparison:
    """Match each true fault with one recorded span of the right cause whose ends differ by at most ``tolerance``."""
    left = recorded_troubles(transitions)
    found: list[tuple[Trouble, Trouble]] = []
    missing: list[Trouble] = []
    for record in log:
        trouble = Trouble(record.camera_id, record.cause, record.start_at, record.end_at)
        match = next((other for other in left if _same(record, other, tolerance)), None)
        if match is None:
            missing.append(trouble)
        else:
            left.remove(match)
            found.append((trouble, match))
    return Comparison(tuple(found), tuple(missing), tuple(left))


def _same(true: FaultRecord, recorded: Trouble, tolerance: timedelta) -> bool:
    if true.camera_id != recorded.camera_id or recorded.cause not in true.fault.causes:
        return False
    if abs(true.start_at - recorded.start_at) > tolerance:
        return False
    if true.end_at is None or recorded.end_at is None:
        return true.end_at is recorded.end_at
    return abs(true.end_at - recorded.end_at) <= tolerance
