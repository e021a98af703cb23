"""Last month's record, and this month's up to now, made up but lifelike; the ledger is marked as simulated.

Deterministic for the same cameras and instant. It shows what a month looks like: many short faults, a few cameras
nobody repairs, one village cut off for a day and a half, agreed maintenance, and a gap in which the monitor was off.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

from monitor import __version__
from monitor.calendar import month_before, month_span
from monitor.demo.place import ZONE
from monitor.ledger import CameraAdded, Event, Heartbeat, Ledger, MaintenancePlanned, Note, Started, Stopped
from monitor.ledger import TransitionRecorded as Recorded
from monitor.model import Camera, Cause, Maintenance, Scope, State, Transition, instant

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
DECIDED_AFTER = timedelta(seconds=20)

FAULTS = (
    (Cause.TCP_TIMEOUT, State.DOWN, 10),
    (Cause.TCP_REFUSED, State.DOWN, 3),
    (Cause.NO_MEDIA, State.DOWN, 2),
    (Cause.PATH_NOT_FOUND, State.DOWN, 1),
    (Cause.PICTURE_BLACK, State.DEGRADED, 3),
    (Cause.PICTURE_FROZEN, State.DEGRADED, 2),
    (Cause.CREDENTIALS_REFUSED, State.UNKNOWN, 1),
)

Trouble = tuple[datetime, datetime, State, Cause]


def seed(ledger: Ledger, cameras: Sequence[Camera], now: datetime) -> None:
    """Write the record from the beginning of last month until ``now``."""
    year, month = month_before(now, ZoneInfo(ZONE))
    begin = instant(month_span(year, month, ZoneInfo(ZONE)).start)
    dated: list[tuple[datetime, Event]] = [
        (begin, Started(__version__, simulated=True)),
        (begin, Note("demo", "模拟数据 simulated record")),
        *((begin, CameraAdded(camera)) for camera in cameras),
        *((at, Heartbeat()) for at in _every(HOUR, begin, now)),
    ]
    works = _maintenance(cameras, begin)
    dated.append((begin + 3 * DAY, MaintenancePlanned(works)))
    off = (begin + 12 * DAY + 2 * HOUR, begin + 12 * DAY + 5 * HOUR)
    dated += [(off[0], Stopped("simulated upgrade")), (off[1], Started(__version__, simulated=True))]
    dated.append((now, Stopped("the simulated record ends")))
    for number, camera in enumerate(cameras):
        troubles = _troubles(camera, number, cameras, begin, now)
        if works.scope.covers(camera):
            troubles.append((works.start_at, works.end_at, State.DOWN, Cause.TCP_REFUSED))
        troubles.append((*off, State.UNKNOWN, Cause.MONITOR_STOPPED))
        dated += [(change.decided_at, Recorded(change)) for change in _changes(camera.id, begin, troubles, now)]
    _write(ledger, sorted(dated, key=lambda entry: entry[0]))


def _every(step: timedelta, begin: datetime, end: datetime) -> list[datetime]:
    return [begin + step * n for n in range(1, int((end - begin) / step) + 1)]


def _maintenance(cameras: Sequence[Camera], begin: datetime) -> Maintenance:
    village = cameras[-1].site.village
    start = begin + 4 * DAY + HOUR
    return Maintenance(
        "demo/rewiring", "线路改造 rewiring", Scope(villages=frozenset({village})), start, start + 9 * HOUR
    )


def _troubles(camera: Camera, number: int, cameras: Sequence[Camera], begin: datetime, now: datetime) -> list[Trouble]:
    """One camera's faults: a short one every week or so, a long one for every ninth, a cut line for one village."""
    chance = random.Random(camera.id)  # noqa: S311  # a story, not a secret
    found: list[Trouble] = []
    at = begin + timedelta(hours=chance.expovariate(1 / 120))
    while at < now - DAY:
        cause, state, _ = chance.choices(FAULTS, weights=[weight for _, _, weight in FAULTS])[0]
        end = at + timedelta(hours=min(30.0, 0.1 + chance.expovariate(1 / 3.5)))
        found.append((at, min(end, now - HOUR), state, cause))
        at = end + timedelta(hours=chance.expovariate(1 / 160))
    if number % 9 == 4:
        start = begin + timedelta(days=chance.uniform(2, 15))
        end = min(start + timedelta(days=chance.uniform(2, 9)), now - HOUR)
        found.append((start, end, State.DOWN, Cause.TCP_TIMEOUT))
    if camera.site.village == cameras[len(cameras) // 2].site.village:
        start = begin + 20 * DAY + 7 * HOUR
        found.append((start, min(start + 36 * HOUR, now - HOUR), State.DOWN, Cause.TCP_TIMEOUT))
    return found


def _changes(camera_id: str, begin: datetime, troubles: Sequence[Trouble], now: datetime) -> list[Transition]:
    """Transitions of the layered spans: where they overlap, the one named last counts."""
    edges = sorted({begin + timedelta(minutes=1), now, *(at for trouble in troubles for at in trouble[:2])})
    changes: list[Transition] = []
    state, cause = State.UNKNOWN, Cause.NOT_YET_OBSERVED
    for start, _ in pairwise(edges):
        new, why = State.UP, Cause.OK
        for begins, ends, troubled, reason in troubles:
            if begins <= start < ends:
                new, why = troubled, reason
        if (new, why) != (state, cause) and start > begin:
            decided = min(start + DECIDED_AFTER, now)
            changes.append(Transition(camera_id, start, decided, state, new, why))
            state, cause = new, why
    return changes


def _write(ledger: Ledger, dated: Sequence[tuple[datetime, Event]]) -> None:
    """Append in order, one write per hour of the record."""
    for _, hour in groupby(dated, key=lambda entry: (entry[0] - dated[0][0]) // HOUR):
        entries = list(hour)
        ledger.append([event for _, event in entries], entries[-1][0])
