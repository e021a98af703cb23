"""What the record costs: making an event durable, verifying the chain, and the report of a busy month."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.progress import Progress

from monitor import __version__
from monitor.acts import ActTerms
from monitor.calendar import month_span
from monitor.contract import Contract
from monitor.ledger import CameraAdded, Event, Heartbeat, Ledger, Started, TransitionRecorded
from monitor.model import Camera, Cause, State, Transition
from monitor.report import Report, build_report
from monitor.simulator.town import build_town
from tests.bench import reports
from tests.bench.machine import filesystem_of
from tests.bench.tables import Findings, Row, Table, number

BEGIN_AT = datetime(2026, 7, 1, tzinfo=UTC)
DAYS = 31
CAMERAS_OF_A_VILLAGE = 100  # in a town that is too large for 27 villages
OUTAGES = 10  # of each camera in the month
SINGLES, BATCH = 200, 10_000
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds on the wall, and of CPU."""

    wall: float
    cpu: float


def measure(cameras: int, folder: Path, progress: Progress) -> Findings:
    """Appending, verifying and reporting, each in a ledger of its own."""
    task = progress.add_task("the record", total=5)
    appended = _appended(folder / "appended.db")
    progress.update(task, advance=1, description=f"a month of {cameras:,} cameras: writing")
    path = folder / "month.db"
    with Ledger.open(path) as ledger:
        for day, events in enumerate(
            month_of_events(build_town(cameras, max(27, cameras // CAMERAS_OF_A_VILLAGE)).cameras)
        ):
            ledger.append(events, BEGIN_AT + timedelta(days=day))
        entries, _ = ledger.head()
        progress.update(task, advance=1, description="verifying")
        verified = _median(ledger.verify)
    progress.update(task, advance=1, description="reporting")
    reported = _reported(path)
    progress.advance(task)
    costs = reports.measured(path, (BEGIN_AT.year, BEGIN_AT.month), folder)
    progress.advance(task)
    what = f"{cameras:,} cameras, {OUTAGES} outages each, a heartbeat a minute: {entries:,} entries"
    size = number(path.stat().st_size / 1e6)
    month = Table(
        f"One month: {what}, {size} MB",
        ("work", "wall ms", "CPU ms", "entries/s"),
        (_row("verify every entry", verified, entries), *(_row(name, spent) for name, spent in reported)),
    )
    made = reports.table(costs, "The report of that month, in a process of its own; formats include the figures")
    return Findings((appended, month, made), reports.promises(costs, cameras))


def month_of_events(cameras: tuple[Camera, ...]) -> Iterator[list[Event]]:
    """What is written on the day before the month, and on each of its days, in the order of time."""
    dice = random.Random(1)
    yield [Started("bench", simulated=True), *map(CameraAdded, cameras)]
    days: list[list[tuple[datetime, Event]]] = [
        [(_at(nth, minute), Heartbeat()) for minute in range(24 * 60)] for nth in range(DAYS)
    ]
    for camera in cameras:
        # One outage at most in each tenth of the month, so that they never overlap.
        for tenth in range(OUTAGES):
            day = tenth * DAYS // OUTAGES
            start, lasts = dice.randrange(1, 20 * 60), dice.randrange(5, 180)
            for at, move in _outage(camera.id, _at(day, start), timedelta(minutes=lasts), first=tenth == 0):
                days[day].append((at, TransitionRecorded(move)))
    for dated_events in days:
        yield [event for _, event in sorted(dated_events, key=lambda dated: dated[0])]


def _at(day: int, minute: int) -> datetime:
    return BEGIN_AT + timedelta(days=day, minutes=minute)


def _outage(camera_id: str, at: datetime, lasts: timedelta, *, first: bool) -> Iterator[tuple[datetime, Transition]]:
    """Down and up again; the first one is preceded by the camera's first result."""
    seen, decides = at - timedelta(minutes=1), timedelta(seconds=20)
    if first:
        yield seen, Transition(camera_id, seen, seen, State.UNKNOWN, State.UP, Cause.OK)
    yield at, Transition(camera_id, at, at + decides, State.UP, State.DOWN, Cause.TCP_TIMEOUT, "no answer within 5 s")
    yield at + lasts, Transition(camera_id, at + lasts, at + lasts, State.DOWN, State.UP, Cause.OK)


def _appended(path: Path) -> Table:
    move = Transition("QX-01-01", BEGIN_AT, BEGIN_AT, State.UP, State.DOWN, Cause.TCP_TIMEOUT, "no answer within 5 s")
    event = TransitionRecorded(move)
    with Ledger.open(path) as ledger:
        singles = [_timed(lambda: ledger.append((event,), BEGIN_AT)) for _ in range(SINGLES)]
        batch = _median(lambda: ledger.append((event,) * BATCH, BEGIN_AT))
    walls = sorted(single.wall for single in singles)
    median = Spent(statistics.median(walls), statistics.median(single.cpu for single in singles))
    slowest = Spent(walls[int(len(walls) * 0.95)], max(single.cpu for single in singles))
    return Table(
        f"Events made durable, on {filesystem_of(path.parent)}",
        ("work", "wall ms", "CPU ms", "entries/s"),
        (
            _row(f"1 event, median of {SINGLES}", median, 1),
            (f"1 event, 95th percentile of {SINGLES}", number(slowest.wall * 1000, 2), "–", "–"),
            _row(f"{BATCH:,} events in one transaction", batch, BATCH),
        ),
    )


def _reported(path: Path) -> Iterator[tuple[str, Spent]]:
    month = (BEGIN_AT.year, BEGIN_AT.month)
    span = month_span(*month, ZoneInfo(reports.TERMS.zone))
    now = BEGIN_AT + timedelta(days=DAYS + 1)
    with Ledger.open_read_only(path) as ledger:
        yield "report: read the month", _median(lambda: ledger.record(span, ActTerms("default")))
        record = ledger.record(span, ActTerms("default"))

    def build(contract: Contract) -> Report:
        return build_report(record, contract, town="Bench", month=month, now=now, version=__version__)

    yield "report: all figures", _median(lambda: build(Contract(terms=reports.TERMS)))
    yield "report: all figures, settled", _median(lambda: build(reports.SETTLED))


def _row(name: str, spent: Spent, entries: int | None = None) -> Row:
    rate = "–" if entries is None else number(entries / spent.wall)
    return name, number(spent.wall * 1000, 2), number(spent.cpu * 1000, 2), rate


def _median(work: Callable[[], object]) -> Spent:
    """The round with the median wall time."""
    rounds = sorted((_timed(work) for _ in range(ROUNDS)), key=lambda spent: spent.wall)
    return rounds[ROUNDS // 2]


def _timed(work: Callable[[], object]) -> Spent:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - wall, time.process_time() - cpu)
