"""Ours and the peers side by side: same servers, same run, each contestant in a fresh process for each cell."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.progress import Progress

from monitor.errors import SharpEyesError
from tests.bench import proc
from tests.bench.cells import PEERS, Cell, Contestant, Outcome, Results, Scenery, Source, probes_of
from tests.bench.children import pinned, python_module
from tests.bench.promises import promises
from tests.bench.rivals import FFMPEG_SETTINGS, OPENCV_SETTINGS, PYAV_SETTINGS
from tests.bench.servers import Place, Serving, serving
from tests.bench.tables import Findings, Row, Table, number

SETTINGS: Mapping[Contestant, Iterable[str]] = {
    Contestant.OPENCV: OPENCV_SETTINGS,
    Contestant.PYAV: PYAV_SETTINGS,
    Contestant.FFMPEG: FFMPEG_SETTINGS,
}
LOOK_EVERY = 0.2  # seconds between two looks at the memory
PATIENCE = 900.0  # seconds for one contestant in one cell
TRIAL = 8  # probes at least for choosing between settings


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared, and where."""

    cells: Sequence[Cell]
    place: Place
    cores: frozenset[int]  # of the contestants


def measure(comparison: Comparison, progress: Progress) -> Findings:
    """Every contestant in every cell."""
    task = progress.add_task("comparing", total=len(comparison.cells) * len(Contestant))
    results: Results = {}
    for scenery, cells in groupby(comparison.cells, key=lambda cell: cell.scenery):
        with serving(scenery, comparison.place) as server:
            for cell in cells:
                results[cell] = {}
                for contestant in Contestant:
                    progress.update(task, description=f"{cell}: {contestant.value}")
                    results[cell][contestant] = _best(cell, contestant, server, comparison.cores, results[cell])
                    progress.advance(task)
    return Findings((summary(results), *details(results)), promises(results))


def _best(
    cell: Cell, contestant: Contestant, server: Serving, cores: frozenset[int], so_far: Mapping[Contestant, Outcome]
) -> Outcome:
    """The outcome with the setting that is best in this cell; a short trial finds it."""
    probes = probes_of(cell, contestant)
    if contestant not in PEERS:
        ours = so_far.get(Contestant.OURS)
        pace = ours.elapsed / (len(ours.walls) + ours.failed) if ours is not None else 0.0
        return shown_by(contestant, "", cell, server, cores, probes, pace)
    trials = [
        shown_by(contestant, setting, cell, server, cores, max(TRIAL, cell.at_once), 0.0)
        for setting in SETTINGS[contestant]
    ]
    return shown_by(contestant, min(trials, key=lambda trial: trial.rank).setting, cell, server, cores, probes, 0.0)


def shown_by(
    contestant: Contestant, setting: str, cell: Cell, server: Serving, cores: frozenset[int], probes: int, pace: float
) -> Outcome:
    """Run one contestant in a process of its own, on its cores. SharpEyesError when it breaks or does not end."""
    server.child.check()
    task = {
        "contestant": contestant.value,
        "setting": setting,
        "urls": list(server.urls),
        "username": server.login.username if server.login else "",
        "password": server.login.password.reveal() if server.login else "",
        "probes": probes,
        "at_once": cell.at_once,
        "pace": pace,
    }
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        with pinned(cores):
            process = subprocess.Popen(
                python_module("tests.bench.contest"),
                stdin=subprocess.PIPE,
                stdout=said,  # files, so that it never waits for us to read
                stderr=complained,
                start_new_session=True,
            )
        with process:
            try:
                assert process.stdin is not None
                process.stdin.write(json.dumps(task).encode())
                process.stdin.close()
                peak = _watched(process)
            finally:
                process.kill()
        for file in (said, complained):
            file.seek(0)
        if process.returncode:
            last_words = complained.read().decode("utf-8", "replace").strip()[-2000:]
            raise SharpEyesError(f"{contestant.value} broke in {cell}:\n{last_words}")
        shown = json.loads(said.read().splitlines()[-1])
    return Outcome(
        setting,
        shown["cpu"],
        tuple(shown["walls"]),
        shown["failed"],
        shown["complaint"],
        shown["elapsed"],
        max(peak, shown["peak"]),
    )


def _watched(process: subprocess.Popen[bytes]) -> int:
    """The most memory it and its children held at one of the looks; returns when it has ended."""
    peak, deadline = 0, time.monotonic() + PATIENCE
    while process.poll() is None:
        if time.monotonic() > deadline:
            raise SharpEyesError(f"a contestant did not end within {PATIENCE:.0f} s")
        peak = max(peak, proc.memory_of(process.pid).now)
        time.sleep(LOOK_EVERY)
    return peak


def summary(results: Results) -> Table:
    """CPU milliseconds for each success: cells down, contestants across."""
    names = (
        *("ours, decoded", "ours, received", "OpenCV", "PyAV", "ffmpeg", "blackbox (OPTIONS)"),
        *("bare exchanges", "bare decode", "bare + diagnosis"),
    )
    rows = tuple(
        (str(cell), *(number(shown[contestant].each * 1000, 2) for contestant in Contestant))
        for cell, shown in results.items()
    )
    return Table("CPU for each success, ms, children included", ("cell", *names), rows)


def details(results: Results) -> Iterable[Table]:
    """One table for each server: everything that was measured."""
    head = ("at once: contestant", "CPU ms", "wall p50 s", "wall p95 s", "peak MB", "successes", "best setting")
    by_scenery: dict[Scenery, list[Row]] = {}
    for cell, shown in results.items():
        rows = by_scenery.setdefault(cell.scenery, [])
        rows += [_detail(cell, contestant, outcome) for contestant, outcome in shown.items()]
    return [Table(_caption(scenery), head, tuple(rows)) for scenery, rows in by_scenery.items()]


def _caption(scenery: Scenery) -> str:
    server = "GStreamer's server" if scenery.source is Source.GSTREAMER else "load generator"
    return f"{scenery} ({server})"


def _detail(cell: Cell, contestant: Contestant, outcome: Outcome) -> Row:
    return (
        f"{cell.at_once}: {contestant.value}",
        number(outcome.each * 1000, 2),
        f"{outcome.wall(0.5):.3f}",
        f"{outcome.wall(0.95):.3f}",
        number(outcome.peak / 1e6),
        f"{len(outcome.walls)} of {len(outcome.walls) + outcome.failed}"
        + (f" ({outcome.complaint[:80]})" if outcome.failed else ""),
        outcome.setting or "–",
    )
