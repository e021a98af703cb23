"""Was everything recorded as it happened, and nothing else? Compares the ledger with the simulator's own log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.demo.place import ZONE
from monitor.demo.witness import Lookalike
from monitor.model import Cause, State, Transition, Verdict
from monitor.simulator.faults import Fault, FaultRecord

LATE = frozenset({Fault.STUCK, Fault.LOOP})  # dated from when it is certain, and its end shows some key frames later
AFTERWARDS = 3  # times the tolerance: four key frames must be as live ones are


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
    lookalikes: tuple[Lookalike, ...] = ()

    @property
    def as_told(self) -> bool:
        """Whether the record says exactly what happened, and what looks like a fault and is none was recognised."""
        return not self.missing and not self.extra and all(each.recognised for each in self.lookalikes)

    @property
    def calm(self) -> int:
        """How many cameras look like a fault and have none."""
        return sum(each.cameras for each in self.lookalikes)


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


def compare(
    log: Sequence[FaultRecord],
    transitions: Sequence[Transition],
    tolerance: timedelta,
    lookalikes: Sequence[Lookalike] = (),
) -> Comparison:
    """Match each true fault with one recorded span of the right cause whose ends differ by at most ``tolerance``.

    What is told and is no fault, such as fog, must leave no trace.
    """
    left = recorded_troubles(transitions)
    found: list[tuple[Trouble, Trouble]] = []
    missing: list[Trouble] = []
    for record in log:
        if record.cause.verdict is Verdict.GOOD:
            continue
        trouble = Trouble(record.camera_id, record.cause, record.start_at, record.end_at)
        match = next((other for other in left if _same(record, other, tolerance)), None)
        if match is None:
            missing.append(trouble)
        else:
            left.remove(match)
            found.append((trouble, match))
    return Comparison(tuple(found), tuple(missing), tuple(left), tuple(lookalikes))


def _same(true: FaultRecord, recorded: Trouble, tolerance: timedelta) -> bool:
    if true.camera_id != recorded.camera_id or recorded.cause not in true.fault.causes:
        return False
    if true.fault in LATE:
        begins = true.start_at <= recorded.start_at <= (true.end_at or recorded.start_at)
    else:
        begins = abs(true.start_at - recorded.start_at) <= tolerance
    if true.end_at is None or recorded.end_at is None:
        return begins and true.end_at is recorded.end_at
    allowed = AFTERWARDS * tolerance if true.fault in LATE else tolerance
    return begins and abs(true.end_at - recorded.end_at) <= allowed
