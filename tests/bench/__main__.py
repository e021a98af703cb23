"""``python -m tests.bench``: run one section or all, show progress on stderr, print tables as Markdown on stdout."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from monitor.errors import SharpEyesError
from monitor.parsing.scalars import duration
from monitor.simulator.auth import Scheme
from monitor.simulator.clips import ClipSize, Grade
from monitor.simulator.layout import LARGEST, Makeup
from monitor.simulator.server import Join
from tests.bench import (
    engine_scale,
    exposition,
    hostile,
    incidents,
    onvif,
    peers,
    picture,
    record,
    reports,
    rules,
    tenthousand,
    town,
)
from tests.bench.cells import CELL_SETS
from tests.bench.machine import Cores, machine, shared_cores, split_cores
from tests.bench.picture_diagnosis import measure as diagnosis
from tests.bench.picture_diagnosis.scenes import Half, Palette
from tests.bench.servers import Place
from tests.bench.tables import Findings, with_section
from tests.bench.watching import Order

DOCUMENT = Path(__file__).parents[2] / "docs" / "benchmarks.md"
TITLES = {
    "peers": "Side by side with the peers",
    "town": "A town watched on one core",
    "load": "The same town in a hurry",
    "tenthousand": "Ten thousand cameras on a shared machine",
    "hostile": "A thousand hostile devices among a thousand cameras",
    "picture": "Decoding one key frame",
    "picture-diagnosis": "Telling faults of the picture",
    "metrics": "Writing `/metrics`",
    "engine": "Ten thousand cameras in one process",
    "prometheus": "Prometheus at ten thousand cameras",
    "record": "Keeping the record",
    "incidents": "Working out incidents",
    "onvif": "A round over ONVIF",
}
FAILED, NOT_MEASURED = 1, 2
EVERY_PROBE = timedelta(0)
PARTS = 2  # processes that play ten thousand cameras: one would need more open files than usual limits allow
# So many groups that no two looks at a camera, five sessions apart, meet the same picture: that would be frozen.
SUB_STREAM = ClipSize(640, 360, fps=25, groups=23, gop=2, grade=Grade.CAMERA)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0, 1 when a promise is not kept, 2 after a ``SharpEyesError`` whose text goes to standard error."""
    given = sys.argv[1:] if arguments is None else arguments
    options = _parser().parse_args(given)
    names = tuple(TITLES) if options.section == "all" else (options.section,)
    try:
        passed = [_run(name, options, shlex.join(["python", "-m", "tests.bench", *given])) for name in names]
    except SharpEyesError as error:
        sys.stderr.write(f"{error}\n")
        return NOT_MEASURED
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return NOT_MEASURED
    return 0 if all(passed) else FAILED


def _run(name: str, options: argparse.Namespace, command: str) -> bool:
    """One section: measured, printed, saved; whether its promises are kept."""
    if not sys.stderr.isatty():
        sys.stderr.write(f"measuring: {TITLES[name]}\n")  # a bar needs a terminal
    conditions = [
        f"`{command}`",
        f"{datetime.now(UTC):%Y-%m-%d}, {machine()}",
        f"load average at the start: {os.getloadavg()[0]:.2f}" + (f"; {options.note}" if options.note else ""),
    ]
    if name in ("town", "load", "hostile", "peers") and split_cores().shared:
        conditions.append("only one core: the monitor shares it with the simulator and the bench")
    with tempfile.TemporaryDirectory(prefix="sharp-eyes-bench-", dir=options.folder) as folder, _progress() as progress:
        findings = _measurement(name, options, Path(folder))(progress)
    text = findings.markdown(conditions)
    sys.stdout.write(f"## {TITLES[name]}\n\n{text}\n")
    sys.stdout.flush()
    if options.save:
        DOCUMENT.write_text(with_section(DOCUMENT.read_text("utf-8"), name, text), "utf-8")
    return findings.passed


def _measurement(name: str, options: argparse.Namespace, folder: Path) -> Callable[[Progress], Findings]:
    match name:
        case "peers":
            cores = split_cores()
            place = Place(cores.others, options.base, options.port, options.scheme, folder)
            comparison = peers.Comparison(CELL_SETS[options.cells], place, cores.monitor)
            return lambda progress: peers.measure(comparison, progress)
        case "picture":
            return lambda progress: picture.measure(options.sizes, options.base, options.port, progress)
        case "picture-diagnosis":
            trying = diagnosis.Order(
                options.half,
                replace(diagnosis.QUICK if options.quick else diagnosis.FULL, harder=options.harder),
                diagnosis.QUICK_SCENES if options.quick else None,
                options.misses,
                Palette[options.palette.upper()],
            )
            return lambda progress: diagnosis.measure(trying, progress)
        case "metrics":
            return lambda progress: exposition.measure(options.series, progress)
        case "incidents":
            return incidents.measure
        case "onvif":
            return lambda progress: onvif.measure(folder, progress)
        case _:
            return _made_up(name, options, folder)


def _made_up(name: str, options: argparse.Namespace, folder: Path) -> Callable[[Progress], Findings]:
    """The sections in which a large town is made up, and no camera is asked."""
    match name:
        case "engine":
            scale = engine_scale.Order(
                options.false_cameras, options.interval, options.scrape, timedelta(minutes=min(1.0, options.minutes))
            )
            return lambda progress: engine_scale.measure(scale, folder, progress)
        case "prometheus":
            judged = rules.Order(options.false_cameras, timedelta(minutes=options.minutes))
            return lambda progress: rules.measure(judged, folder, progress)
        case "record":
            return lambda progress: record.measure(options.month_cameras, folder, progress)
        case _:
            return _watched(name, options, folder)


def _watched(name: str, options: argparse.Namespace, folder: Path) -> Callable[[Progress], Findings]:
    """The sections in which the real monitor watches a simulated town."""
    match name:
        case "town":
            order = replace(_order(options, options.interval, split_cores()), decoded_every=EVERY_PROBE)
            return lambda progress: town.measure(order, folder, progress)
        case "load":
            order = replace(_order(options, options.hurry, split_cores()), decoded_every=EVERY_PROBE)
            hurried = replace(order, lasts=timedelta(minutes=min(1.0, options.minutes)))
            return lambda progress: town.measure(hurried, folder, progress)
        case "tenthousand":
            crowd = replace(
                _order(options, timedelta(seconds=60), shared_cores()),
                cameras=options.crowd,
                villages=options.crowd_villages,
                lasts=timedelta(minutes=options.crowd_minutes),
                parts=PARTS,
                makeup=Makeup(join=Join.LIVE),
                film=SUB_STREAM,
                decoded_every=timedelta(minutes=5),
                workers=options.workers,
            )
            return lambda progress: tenthousand.measure(crowd, folder, progress)
        case _:
            mixed = replace(
                _order(options, options.interval, split_cores()),
                cameras=2 * options.cameras,
                villages=min(LARGEST, 2 * options.villages),
                makeup=Makeup(hostile=options.cameras),
            )
            return lambda progress: hostile.measure(mixed, folder, progress)


def _order(options: argparse.Namespace, interval: timedelta, cores: Cores) -> Order:
    width, height = options.size
    return Order(
        cameras=options.cameras,
        villages=options.villages,
        interval=interval,
        lasts=timedelta(minutes=options.minutes),
        scrape_every=options.scrape,
        film=ClipSize(width, height),
        base=options.base,
        port=options.port,
        cores=cores,
    )


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    return Progress(
        *columns,
        console=console,
        redirect_stdout=False,
        refresh_per_second=2,
        transient=True,
        disable=not console.is_terminal,
    )


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{2,4})x(\d{2,4})", text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r}: write width x height, such as 640x360")
    return int(match[1]), int(match[2])


def _duration(text: str) -> timedelta:
    try:
        found = duration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if found < timedelta(seconds=1):
        raise argparse.ArgumentTypeError("must be at least 1s")
    return found


def _minutes(text: str) -> float:
    found = float(text)
    if not 0.1 <= found <= 600:
        raise argparse.ArgumentTypeError("must be 0.1 to 600")
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.bench", description="What the monitor costs on this machine.")
    parser.add_argument("section", nargs="?", default="all", choices=(*TITLES, "all"))
    parser.add_argument("--save", action="store_true", help="put the tables into docs/benchmarks.md")
    parser.add_argument("--note", default="", help="a word on the machine's state, printed with the tables")
    parser.add_argument("--folder", type=Path, help="where the temporary folder is made (default: the system's)")
    parser.add_argument("--base", default="127.40", help="first two octets of the simulated cameras' addresses")
    parser.add_argument("--port", type=int, default=8554, help="of the simulated cameras")
    group = parser.add_argument_group("town, load, hostile")
    group.add_argument("--cameras", type=int, default=1000)
    group.add_argument("--villages", type=int, default=27)
    group.add_argument("--interval", type=_duration, default=timedelta(seconds=60), help="between two probes of one")
    group.add_argument("--hurry", type=_duration, default=timedelta(seconds=4), help="interval of the section load")
    group.add_argument("--minutes", type=_minutes, default=3.0, help="how long to measure after the first round")
    group.add_argument("--scrape", type=_duration, default=timedelta(seconds=15), help="how often /metrics is asked")
    group.add_argument("--size", type=_size, default=(640, 360), help="of every picture")
    group = parser.add_argument_group("tenthousand")
    group.add_argument("--crowd", type=int, default=10_000, help="how many cameras")
    group.add_argument("--crowd-villages", type=int, default=200)
    group.add_argument("--crowd-minutes", type=_minutes, default=15.0, help="how long to measure after the first round")
    group.add_argument("--workers", type=int, default=0, help="processes of the monitor that probe; 0: its own does")
    group = parser.add_argument_group("peers")
    group.add_argument("--cells", choices=tuple(CELL_SETS), default="quick", help="which cases are compared")
    group.add_argument("--scheme", type=Scheme, choices=tuple(Scheme), default=Scheme.DIGEST_MD5, help="of our cameras")
    group = parser.add_argument_group("picture")
    group.add_argument("--sizes", type=_size, nargs="+", default=[(640, 360), (1280, 720), (1920, 1080)])
    group = parser.add_argument_group("picture-diagnosis")
    group.add_argument("--half", type=Half, choices=tuple(Half), default=Half.REPORTED, help="which half of the scenes")
    group.add_argument("--quick", action="store_true", help="a few scenes, about a minute")
    group.add_argument("--misses", action="store_true", help="list every fault that was missed")
    palettes = tuple(palette.name.lower() for palette in Palette)
    group.add_argument("--palette", choices=palettes, default="true", help="the same scenes in other colours")
    group.add_argument("--harder", type=float, default=1.0, help="times as much rain and snow where they begin")
    group = parser.add_argument_group("metrics")
    group.add_argument("--series", type=int, nargs="+", default=[1000, 10_000], help="sizes of the towns")
    group = parser.add_argument_group("engine, prometheus")
    group.add_argument("--false-cameras", type=int, default=10_000, help="cameras that need no network")
    group = parser.add_argument_group("record")
    group.add_argument("--month-cameras", type=int, default=reports.PROMISED_FOR, help="of the month that is reported")
    return parser


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _: sys.exit(128 + received))  # so that children and folders go, too
    sys.exit(main())
