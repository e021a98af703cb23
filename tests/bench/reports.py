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
from functools import partial
from pathlib import Path

from monitor.cli.sharing import beside, by_two_processes
from monitor.contract import Contract
from monitor.heap import resting_collector
from monitor.language import Language
from monitor.ledger import Ledger
from monitor.model import ContractTerms
from monitor.publishing import Format, places_of, write_files
from monitor.reporting import month_report
from monitor.settings import Settings
from tests.bench import proc
from tests.bench.tables import Check, Row, Table, number

ZONE = "UTC"  # of the contract and of the month that is written
SLA_LIMIT, ALL_LIMIT, PEAK_LIMIT = 3.0, 15.0, 600_000_000  # seconds, seconds, bytes
PROMISED_FOR = 10_000  # cameras
ROUNDS = 3
FIGURES = "figures alone"
EVERYTHING = "all formats"


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds on the wall and of CPU, and the most memory the process held (bytes)."""

    wall: float
    cpu: float
    peak: int


def measured(ledger: Path, month: tuple[int, int], folder: Path) -> dict[str, Cost]:
    """Of each piece of work the round with the median wall time."""
    works: dict[str, Sequence[Format]] = {
        FIGURES: (),
        **{form.value: (form,) for form in Format},
        EVERYTHING: tuple(Format),
    }
    return {name: _median(partial(_in_a_process, ledger, month, folder, forms)) for name, forms in works.items()}


def table(costs: dict[str, Cost], caption: str) -> Table:
    """One row for each piece of work; a format's includes the figures."""
    return Table(caption, ("report", "wall s", "CPU s", "peak MB"), tuple(_rows(costs)))


def promises(costs: dict[str, Cost], cameras: int) -> tuple[Check, ...]:
    """Whether a large town's month is made in time; of a smaller one that says nothing."""
    whole, peak = costs[EVERYTHING], max(cost.peak for cost in costs.values())
    judged = cameras >= PROMISED_FOR

    def check(what: str, wanted: str, found: str, *, holds: bool) -> Check:
        return Check(f"{PROMISED_FOR:,} cameras: {what}", wanted, found, holds if judged else None)

    sla = costs[FIGURES].wall
    return (
        check("the month's figures", f"< {SLA_LIMIT:g} s", f"{sla:.2f} s", holds=sla < SLA_LIMIT),
        check("the report in all formats", f"≤ {ALL_LIMIT:g} s", f"{whole.wall:.1f} s", holds=whole.wall <= ALL_LIMIT),
        check("memory", f"≤ {PEAK_LIMIT / 1e6:g} MB", f"{peak / 1e6:.0f} MB", holds=peak <= PEAK_LIMIT),
    )


def _rows(costs: dict[str, Cost]) -> Iterator[Row]:
    for name, cost in costs.items():
        yield name, number(cost.wall, 2), number(cost.cpu, 2), number(cost.peak / 1e6)


def _median(work: Callable[[], Cost]) -> Cost:
    return sorted((work() for _ in range(ROUNDS)), key=lambda cost: cost.wall)[ROUNDS // 2]


def _in_a_process(ledger: Path, month: tuple[int, int], folder: Path, formats: Sequence[Format]) -> Cost:
    words = [sys.executable, "-m", "tests.bench.reports", str(ledger), f"{month[0]}-{month[1]}", str(folder), *formats]
    said = subprocess.run(words, check=True, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    return Cost(**json.loads(said.stdout))


def main() -> None:
    """Make the report and write it as the command does; the interpreter's start is not counted."""
    ledger, month, folder, *formats = sys.argv[1:]
    year, number_of_month = map(int, month.split("-"))
    contract = Contract(terms=ContractTerms(zone=ZONE))
    settings = Settings(
        path=Path(ledger), inventory=(), ledger=Path(ledger), reports=Path(folder), town="Bench", contracts=(contract,)
    )
    with Ledger.open_read_only(settings.ledger) as opened:
        last = opened.last_recorded_at()
    assert last is not None, "an empty ledger has no month"
    now, when = last + timedelta(days=2), (year, number_of_month)
    wall, cpu = time.perf_counter(), time.process_time()
    with resting_collector():
        if formats:
            wanted = [Format(form) for form in formats]
            report = month_report(settings, contract, when, now, beside=beside)
            places = places_of(settings, contract, when, wanted)
            write_files(report, places, Language.ZH, each=by_two_processes)
        else:
            month_report(settings, contract, when, now, beside=beside)
    spent = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    peak = proc.memory_of(os.getpid()).peak
    sys.stdout.write(json.dumps({**spent, "peak": peak}))


if __name__ == "__main__":
    main()
