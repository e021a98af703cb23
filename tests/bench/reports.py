"""What the report of a month costs, each time in a process of its own: the figures alone, one format, all of them.

Run as a program it is such a process: it makes the report, writes what it is told to, and says what that took.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from monitor.cli.sharing import beside, by_two_processes
from monitor.contract import (
    Contract,
    DeductionLadder,
    ItemKind,
    RepairLimits,
    Scorecard,
    ScoreItem,
    Together,
)
from monitor.errors import SharpEyesError
from monitor.heap import resting_collector
from monitor.language import Language
from monitor.ledger import Ledger
from monitor.model import ContractTerms
from monitor.publishing import ALWAYS, Format, places_of, write_files
from monitor.reporting import month_report
from monitor.settings import Settings
from tests.bench import proc
from tests.bench.tables import Check, Row, Table, number

TERMS = ContractTerms(zone="UTC")
# Limits that many faults pass, and villages large enough for major ones.
SETTLED = Contract(
    terms=TERMS,
    repair=RepairLimits(timedelta(hours=2), timedelta(hours=3), major_cameras=8, major_within=Together.VILLAGE),
    scorecard=Scorecard((ScoreItem("late", ItemKind.LATE_REPAIR, points=Decimal("0.01")),)),
    deduction=DeductionLadder(Decimal("30000.00"), per_point=Fraction(1, 100)),
)
SLA_LIMIT, ALL_LIMIT, PEAK_LIMIT = 3.0, 15.0, 600_000_000  # seconds, seconds, bytes
PROMISED_FOR = 10_000  # cameras
ROUNDS = 3
FIGURES = "figures alone"
EVERYTHING = "all formats but pdf"
SETTLED_TOO = ", settled"  # with repair limits, points and money
LOOK_EVERY = 0.1  # seconds between two looks at the memory, each of which walks all pages: a quarter of a core


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds on the wall and of CPU, and the most memory the processes held together (bytes)."""

    wall: float
    cpu: float
    peak: int


def measured(ledger: Path, month: tuple[int, int], folder: Path, rounds: int = ROUNDS) -> dict[str, Cost]:
    """Of each piece of work the round with the median wall time; memory in a round of its own."""
    works: dict[str, Sequence[Format]] = {FIGURES: (), **{form.value: (form,) for form in Format}, EVERYTHING: ALWAYS}
    costs: dict[str, Cost] = {}
    for name, forms in works.items():
        costs[name] = _cost([str(ledger), f"{month[0]}-{month[1]}", str(folder), "plain", *forms], rounds)
        if name in (FIGURES, EVERYTHING):
            words = [str(ledger), f"{month[0]}-{month[1]}", str(folder), "settled", *forms]
            costs[name + SETTLED_TOO] = _cost(words, rounds)
    return costs


def table(costs: dict[str, Cost], caption: str) -> Table:
    """One row for each piece of work; a format's includes the figures."""
    return Table(caption, ("report", "wall s", "CPU s", "peak MB"), tuple(_rows(costs)))


def promises(costs: dict[str, Cost], cameras: int) -> tuple[Check, ...]:
    """Whether a large town's month is made in time; of a smaller one that says nothing."""
    peak = max(cost.peak for cost in costs.values())
    judged = cameras >= PROMISED_FOR

    def check(what: str, wanted: str, found: str, *, holds: bool) -> Check:
        return Check(f"{PROMISED_FOR:,} cameras: {what}", wanted, found, holds if judged else None)

    def within(limit: float, name: str) -> Check:
        wall = costs[name].wall
        return check(name, f"≤ {limit:g} s", f"{wall:.2f} s", holds=wall <= limit)

    return (
        within(SLA_LIMIT, FIGURES),
        within(ALL_LIMIT, EVERYTHING),
        within(ALL_LIMIT, EVERYTHING + SETTLED_TOO),
        check("memory", f"≤ {PEAK_LIMIT / 1e6:g} MB", f"{peak / 1e6:.0f} MB", holds=peak <= PEAK_LIMIT),
    )


def _rows(costs: dict[str, Cost]) -> Iterator[Row]:
    for name, cost in costs.items():
        yield name, number(cost.wall, 2), number(cost.cpu, 2), number(cost.peak / 1e6)


def _cost(words: Sequence[str], rounds: int) -> Cost:
    """Of one piece of work, as its process is told it. Whoever looks at the memory takes time from those two cores."""
    times = sorted((_spent(words, _in_peace) for _ in range(rounds)), key=lambda each: each["wall"])
    peak = 0

    def look(working: subprocess.Popen[bytes]) -> None:
        nonlocal peak
        while working.poll() is None:
            peak = max(peak, proc.proportional_memory_of(working.pid))  # of all processes; what they share counts once
            time.sleep(LOOK_EVERY)

    _spent(words, look)
    return Cost(**times[rounds // 2], peak=peak)


def _in_peace(working: subprocess.Popen[bytes]) -> None:
    working.wait()


def _spent(words: Sequence[str], meanwhile: Callable[[subprocess.Popen[bytes]], None]) -> dict[str, float]:
    """Seconds on the wall and of CPU, as ``Cost`` has them, of a process of its own."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.reports", *words], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    ) as working:
        meanwhile(working)
        assert working.stdout is not None, "a pipe was asked for"
        said = working.stdout.read()
    if working.returncode:
        raise SharpEyesError(f"the report could not be made: {' '.join(words)}")
    spent: dict[str, float] = json.loads(said)
    return spent


def _cpu() -> float:
    """Of this process and of those that helped it."""
    return sum(os.times()[:4])


def main() -> None:
    """Make the report and write it as the command does; the interpreter's start is not counted."""
    ledger, month, folder, settled, *formats = sys.argv[1:]
    year, number_of_month = map(int, month.split("-"))
    contract = SETTLED if settled == "settled" else Contract(terms=TERMS)
    settings = Settings(
        path=Path(ledger), inventory=(), ledger=Path(ledger), reports=Path(folder), town="Bench", contracts=(contract,)
    )
    with Ledger.open_read_only(settings.ledger) as opened:
        last = opened.last_recorded_at()
    assert last is not None, "an empty ledger has no month"
    now, when = last + timedelta(days=2), (year, number_of_month)
    wall, cpu = time.perf_counter(), _cpu()
    with resting_collector():
        report = month_report(settings, contract, when, now, beside=beside)
        if formats:
            places = places_of(settings, contract, when, [Format(form) for form in formats])
            write_files(report, places, Language.ZH, each=by_two_processes)
    spent = {"wall": time.perf_counter() - wall, "cpu": _cpu() - cpu}
    sys.stdout.write(json.dumps(spent))


if __name__ == "__main__":
    main()
