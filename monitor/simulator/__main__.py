"""Runs a simulated town as a process of its own, for benches and for trying things out.

Prints ``ready`` when every camera listens, takes commands on standard input (``inject FAULT camera_id...``,
``clear camera_id...``), and says at the end what serving has cost, so that a bench can account for it apart.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import os
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from monitor.clock import cpu_seconds
from monitor.errors import SharpEyesError
from monitor.model import Camera, Codec
from monitor.simulator.auth import Scheme
from monitor.simulator.clips import ClipSize, Grade
from monitor.simulator.faults import Fault
from monitor.simulator.layout import CODECS, Makeup
from monitor.simulator.onvif_habits import Habit
from monitor.simulator.onvif_town import OnvifTown, service_place
from monitor.simulator.scenes import LIVE_SCENES, Scene
from monitor.simulator.server import Join
from monitor.simulator.town import WHOLE, SimulatedTown, build_town

INVENTORY_COLUMNS = (
    *("camera_id", "name", "site", "category", "village", "town", "county", "carrier", "uplink", "recorder"),
    *("url", "credentials", "in_contract", "onvif"),
)
FAULTS = {fault.value: fault for fault in Fault}


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0, or 2 after a ``SharpEyesError`` whose text goes to standard error."""
    options = _parser().parse_args(arguments)
    try:
        _refuse_habits_of_nobody(options)
        town = build_town(
            options.cameras,
            options.villages,
            base=options.base,
            port=options.port,
            clip_size=_clip_size(options),
            cache=options.cache,
            makeup=Makeup(
                tuple(options.codecs), tuple(options.scenes), options.scheme, options.join, hostile=options.hostile
            ),
            part=options.part,
        )
        if options.inventory:
            write_table(options.inventory, INVENTORY_COLUMNS, map(inventory_row, _inventory(town, options)))
        if options.passwords:
            rows = ((name, kept.username, kept.password.reveal()) for name, kept in town.credentials.items())
            write_table(options.passwords, ("name", "username", "password"), rows)
        with asyncio.Runner(loop_factory=fastest_loop()) as runner:
            runner.run(_run(town, options))
    except SharpEyesError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def fastest_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop where it is installed; ``None`` means asyncio's own."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A CSV file only its owner can read. Raises ``SharpEyesError`` when it cannot be written."""
    try:
        with open(path, "w", encoding="utf-8", newline="", opener=lambda p, flags: os.open(p, flags, 0o600)) as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(columns)
            table.writerows(rows)
    except OSError as error:
        raise SharpEyesError(f"cannot write {path}: {error.strerror}") from error


def obey(town: SimulatedTown, command: str) -> None:
    """Carry out one line of standard input. Raises ``SharpEyesError`` for one that makes no sense."""
    match command.split():
        case []:
            pass
        case ["inject", name, *camera_ids] if camera_ids:
            if name.lower() not in FAULTS:
                raise SharpEyesError(f"no fault is called {name!r}; there are {', '.join(FAULTS)}")
            town.inject(camera_ids, FAULTS[name.lower()])
        case ["clear", *camera_ids] if camera_ids:
            town.clear(camera_ids)
        case _:
            raise SharpEyesError(f"{command!r}: say 'inject FAULT camera_id...' or 'clear camera_id...'")


async def _run(town: SimulatedTown, options: argparse.Namespace) -> None:
    """Until a signal comes or ``--duration`` seconds are over."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    await town.start(dict(options.flawed))
    onvif = OnvifTown(town.played if options.onvif else (), _clip_size(options), town.flaw_of, habits=options.habits)
    try:
        await onvif.start()
        _say("ready")
        starting = cpu_seconds()
        commands = CommandReader(town)
        try:
            async with asyncio.timeout(options.duration):
                await stopped.wait()
        except TimeoutError:
            pass
        finally:
            commands.close()
        served, serving = town.served, cpu_seconds() - starting
        _say(f"cpu_seconds={serving:.3f} connections={served.connections} sessions={served.sessions}")
    finally:
        await onvif.stop()
        await town.stop()


class CommandReader:
    """Reads standard input as it comes, when it is a pipe or a terminal."""

    def __init__(self, town: SimulatedTown) -> None:
        self._town = town
        self._loop = asyncio.get_running_loop()
        self._file = sys.stdin.fileno()
        self._begun = b""
        try:
            self._loop.add_reader(self._file, self._readable)
        except OSError:  # a plain file or /dev/null cannot be waited for, and has nothing to say
            self._file = -1

    def close(self) -> None:
        """Read no more."""
        if self._file >= 0:
            self._loop.remove_reader(self._file)
            self._file = -1

    def _readable(self) -> None:
        data = os.read(self._file, 65536)
        if not data:
            self.close()
        *lines, self._begun = (self._begun + data).split(b"\n")
        for line in lines:
            try:
                obey(self._town, line.decode("utf-8", "replace"))
            except SharpEyesError as error:
                _say(f"error: {error}")
            else:
                _say(f"done: {line.decode('utf-8', 'replace').strip()}")


def _clip_size(options: argparse.Namespace) -> ClipSize:
    return ClipSize(
        options.width,
        options.height,
        fps=options.fps,
        groups=options.groups,
        gop=options.gop,
        grade=options.grade,
    )


def _refuse_habits_of_nobody(options: argparse.Namespace) -> None:
    if not options.onvif and any(habit is not Habit.NONE for habit in options.habits):
        raise SharpEyesError("--habits are those of ONVIF devices: add --onvif")


def _inventory(town: SimulatedTown, options: argparse.Namespace) -> Iterable[Camera]:
    """The cameras, with their device services where these are played."""
    if not options.onvif:
        return town.cameras
    return (replace(camera, onvif=service_place(camera)) for camera in town.cameras)


def inventory_row(camera: Camera) -> tuple[str, ...]:
    site = camera.site
    return (
        camera.id,
        camera.name,
        site.name,
        site.category.value,
        site.village,
        site.town,
        site.county,
        camera.carrier,
        camera.uplink,
        camera.recorder,
        camera.url,
        camera.credentials,
        "yes" if camera.in_contract else "no",
        camera.onvif,
    )


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _flawed(text: str) -> tuple[str, Fault]:
    camera_id, _, name = text.rpartition("=")
    if name.lower() not in FAULTS:
        raise argparse.ArgumentTypeError(f"no fault is called {name!r}; there are {', '.join(FAULTS)}")
    return camera_id, FAULTS[name.lower()]


def _part(text: str) -> tuple[int, int]:
    nth, _, of = text.partition("/")
    return int(nth), int(of)


def _parser() -> argparse.ArgumentParser:
    usual = ClipSize()
    parser = argparse.ArgumentParser("python -m monitor.simulator", description="A town of fake cameras on loopback.")
    parser.add_argument("--cameras", type=int, default=108)
    parser.add_argument("--villages", type=int, default=27)
    parser.add_argument("--base", default="127.20", help="first two octets of the cameras' addresses")
    parser.add_argument("--port", type=int, default=8554)
    parser.add_argument("--width", type=int, default=640, help="of every picture, in pixels")
    parser.add_argument("--height", type=int, default=360)
    parser.add_argument("--fps", type=int, default=usual.fps, help="pictures a second")
    parser.add_argument("--gop", type=int, default=usual.gop, help="seconds from key frame to key frame")
    parser.add_argument("--groups", type=int, default=usual.groups, help="groups of pictures of every film")
    parser.add_argument("--grade", type=Grade, choices=tuple(Grade), default=usual.grade, help="bits of the films")
    parser.add_argument("--codecs", type=Codec, nargs="+", default=CODECS, help="default: as vendors ship them")
    parser.add_argument("--scenes", type=Scene, nargs="+", default=LIVE_SCENES)
    parser.add_argument("--scheme", type=Scheme, choices=tuple(Scheme), help="of all cameras; default: by vendor")
    parser.add_argument("--join", type=Join, choices=tuple(Join), default=Join.AT_ONCE, help="where a session begins")
    parser.add_argument("--hostile", type=int, default=0, help="how many of the cameras are hostile devices (HX-...)")
    parser.add_argument("--part", type=_part, default=WHOLE, help="such as 2/3: play only every third, from the second")
    parser.add_argument(
        "--flawed",
        type=_flawed,
        nargs="+",
        metavar="CAMERA=FAULT",
        default=(),
        help="faults of pictures that can be injected, for their films are made at the start: QX-01-01=stuck (a freeze "
        "under a ticking clock, at a constant bit rate: add --groups 67)",
    )
    parser.add_argument("--inventory", type=Path, help="write the cameras to this CSV file")
    parser.add_argument("--passwords", type=Path, help="write name,username,password to this CSV file, for tests")
    parser.add_argument(
        "--onvif", action="store_true", help="answer WS-Discovery (UDP 3702), ONVIF (TCP 8000), snapshots (8001)"
    )
    parser.add_argument(
        "--habits",
        type=Habit,
        choices=tuple(Habit),
        nargs="+",
        metavar="HABIT",
        default=(Habit.NONE,),
        help=f"of the ONVIF devices, dealt to them in turn (needs --onvif): {', '.join(Habit)}",
    )
    parser.add_argument("--duration", type=float, help="seconds; without it until SIGTERM or SIGINT")
    parser.add_argument("--cache", type=Path, help="where encoded films are kept")
    return parser


if __name__ == "__main__":
    sys.exit(main())
