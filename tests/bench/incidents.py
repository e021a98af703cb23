"""What working out incidents costs: ten thousand cameras, of which three thousand go down within twenty seconds.

Every uplink has a probe address: each answered before, and those of the lost ones fall silent. Also in a town
whose inventory names no uplinks, or one for each camera: then a carrier has thousands of lines.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from rich.progress import Progress

from monitor.incidents import Incidents, Origin, Reach, Rules
from tests.bench.tables import Check, Findings, Table, number
from tests.incidents.town import Line, Told, a_camera, cameras, second

UPLINKS, PER_UPLINK, FALLING = 250, 40, 75
SECONDS = 20
SILENT_AFTER = 30  # seconds, as long as the address of a lost uplink is believed to answer
PROMISED_CPU = 2.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one reading of a record came to."""

    cpu: float  # seconds
    lines: int
    uplinks: int  # incidents of an uplink, each with all its cameras
    others: int


def measure(progress: Progress) -> Findings:
    """One town after the other, twice as large each time."""
    sizes = (UPLINKS // 4, UPLINKS // 2, UPLINKS)
    task = progress.add_task("incidents", total=len(sizes))
    found: dict[int, Outcome] = {}
    for uplinks in sizes:
        found[uplinks] = outcome(falling(uplinks, FALLING * uplinks // UPLINKS))
        progress.advance(task)
    single = {
        label: outcome(falling_alone(UPLINKS * PER_UPLINK, FALLING * PER_UPLINK, uplinks))
        for label, uplinks in (("no uplinks", False), ("an uplink a camera", True))
    }
    rows = tuple(
        (
            f"{uplinks * PER_UPLINK:,}",
            number(one.uplinks * PER_UPLINK),
            number(one.lines),
            number(one.cpu, 2),
            number(one.cpu / one.lines * 1e6),
            number(one.uplinks),
            number(one.others),
        )
        for uplinks, one in found.items()
    )
    head = ("cameras", "go down", "changes told", "CPU, s", "CPU a change, µs", "incidents of uplinks", "others")
    whole = found[UPLINKS]
    checks = (
        Check("incidents worked out", f"≤ {PROMISED_CPU} s CPU", f"{whole.cpu:.2f} s", whole.cpu <= PROMISED_CPU),
        Check(
            "one incident for each uplink",
            f"{FALLING}",
            f"{whole.uplinks}",
            (whole.uplinks, whole.others) == (FALLING, 0),
        ),
        *(
            Check(
                f"incidents worked out, {label}", f"≤ {PROMISED_CPU} s CPU", f"{one.cpu:.2f} s", one.cpu <= PROMISED_CPU
            )
            for label, one in single.items()
        ),
    )
    alone = tuple(
        (label, number(one.lines), number(one.cpu, 2), number(one.cpu / one.lines * 1e6), number(one.others))
        for label, one in single.items()
    )
    return Findings(
        (
            Table(
                f"Uplinks of {PER_UPLINK}, each with an address, cut within {SECONDS} s; each change told alone",
                head,
                rows,
            ),
            Table(
                f"{UPLINKS * PER_UPLINK:,} cameras that share no line, {FALLING * PER_UPLINK:,} down in {SECONDS} s",
                ("inventory", "changes told", "CPU, s", "CPU a change, µs", "incidents"),
                alone,
            ),
        ),
        checks,
    )


def falling(uplinks: int, cut: int) -> list[Line]:
    """A town in which so many of its uplinks are cut; the outages come evenly, line by line in turn."""
    town = [
        camera
        for uplink in range(uplinks)
        for camera in cameras(PER_UPLINK, f"u{uplink:03}", carrier="移动" if uplink % 2 else "电信")
    ]
    told = Told(town)
    lost = [f"u{uplink:03}-{nth:03}" for nth in range(1, PER_UPLINK + 1) for uplink in range(cut)]
    for nth, camera_id in enumerate(lost):
        told.down(camera_id, nth * SECONDS / len(lost))
    for uplink in range(uplinks):
        told.tell(-500 + uplink / uplinks, Reach(Origin.UPLINK, f"u{uplink:03}", True))
    for uplink in range(cut):
        told.tell(SILENT_AFTER + uplink * SECONDS / cut, Reach(Origin.UPLINK, f"u{uplink:03}", False))
    return sorted(told.lines, key=lambda line: line[0])


def falling_alone(count: int, down: int, uplinks: bool) -> list[Line]:
    """A town of two carriers in which no two cameras share a line, whether or not the inventory names it."""
    town = [
        a_camera(f"c{nth:05}", f"u{nth:05}" if uplinks else "", carrier="移动" if nth % 2 else "电信")
        for nth in range(count)
    ]
    told = Told(town)
    for nth in range(down):
        told.down(f"c{nth:05}", nth * SECONDS / down)
    return sorted(told.lines, key=lambda line: line[0])


def outcome(lines: list[Line]) -> Outcome:
    """The CPU time of telling all of it, and what is open afterwards."""
    began = time.process_time()
    found = Incidents(Rules())
    for known_at, news in lines:
        found.note(known_at, news)
    found.advance(second(120))
    shown = tuple(found.open())
    cpu = time.process_time() - began
    uplinks = [one for one in shown if one.suspect.origin is Origin.UPLINK and len(one.camera_ids) == PER_UPLINK]
    return Outcome(cpu, len(lines), len(uplinks), len(shown) - len(uplinks))
