"""What a round over ONVIF costs, beside onvif-zeep-async: one device, which runs in a process that is not counted."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from rich.progress import Progress

from monitor.errors import SharpEyesError
from tests.bench.children import python_module, running
from tests.bench.machine import split_cores
from tests.bench.onvif_asker import AT_ONCE, TIMES, Asker
from tests.bench.tables import Check, Findings, Table, number

PROMISED = 0.6e-3  # CPU seconds a round of five calls, where five bare requests took 0.28e-3
TIMES_BARE = 2.1  # the same promise on any machine
REPEATS = 3
ROUNDS = {Asker.ZEEP_NEW: 24, Asker.ZEEP_KEPT: 48}
USUAL_ROUNDS = 240
WITHIN = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds a round, and resident memory in bytes."""

    user: float
    system: float
    memory: float

    @property
    def cpu(self) -> float:
        """All of it."""
        return self.user + self.system


def measure(folder: Path, progress: Progress) -> Findings:
    """Everybody in turn, several times; the least disturbed of each counts."""
    cores = split_cores()
    task = progress.add_task("onvif", total=REPEATS * len(Asker))
    found: dict[Asker, list[Cost]] = {asker: [] for asker in Asker}
    with running("ONVIF device", python_module("tests.bench.onvif_asker", "serve"), cores.others, folder / "log") as it:
        port = it.first_line(WITHIN)
        for _ in range(REPEATS):
            for asker in Asker:
                found[asker].append(cost_of(asker, port))
                progress.advance(task)
    return findings({asker: min(costs, key=lambda cost: cost.cpu) for asker, costs in found.items()})


def cost_of(asker: Asker, port: str) -> Cost:
    """One contestant in a fresh process. SharpEyesError with its last words when it fails."""
    command = python_module("tests.bench.onvif_asker", asker.value, port, str(ROUNDS.get(asker, USUAL_ROUNDS)))
    done = subprocess.run(command, capture_output=True, check=False, timeout=WITHIN.total_seconds())
    if done.returncode:
        raise SharpEyesError(f"{asker.value}: {done.stderr.decode('utf-8', 'replace')[-2000:]}")
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


def findings(found: dict[Asker, Cost]) -> Findings:
    """The table, with everybody beside ours."""
    ours = found[Asker.OURS]
    rows = tuple(
        (
            asker.value,
            number(cost.user * 1e3, 2),
            number(cost.system * 1e3, 2),
            number(cost.cpu * 1e3, 2),
            number(cost.cpu / ours.cpu, 2),
            number(cost.memory / 1e6),
        )
        for asker, cost in found.items()
    )
    head = ("asker", "user ms", "system ms", "CPU ms", "to ours", "MB")
    best = min(found[Asker.ZEEP_NEW].cpu, found[Asker.ZEEP_KEPT].cpu)
    times = ours.cpu / found[Asker.BARE].cpu
    checks = (
        Check(
            "a round of five calls", f"≤ {PROMISED * 1e3:g} ms CPU", f"{ours.cpu * 1e3:.2f} ms", ours.cpu <= PROMISED
        ),
        Check("the same, in bare requests", f"≤ {TIMES_BARE:g} times", f"{times:.2f}", times <= TIMES_BARE),
        Check("less than onvif-zeep-async at its best", "< 1", f"{ours.cpu / best:.2f}", ours.cpu < best),
    )
    caption = f"CPU of one round, {AT_ONCE} at once, on uvloop; the least of {TIMES} times in {REPEATS} processes each"
    return Findings((Table(caption, head, rows),), checks)
