"""A thousand good cameras alone, then with a thousand hostile devices among them: the good ones must not feel it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from rich.progress import Progress

from monitor.model import Camera
from monitor.simulator.layout import HOSTILE_PREFIX
from tests.bench.figures import GROWTH_LIMIT, LAST_PROBE, Watch, listed
from tests.bench.samples import Samples, bounded, of_metric
from tests.bench.tables import Check, Findings, Row, Table, number
from tests.bench.tenthousand import MEMORY_LIMIT
from tests.bench.watching import Order, watched_town

LAST_SUCCESS = "sharpeyes_camera_last_success_timestamp_seconds"
FAILED_PROBES = ("sharpeyes_camera_blips_total", "sharpeyes_camera_state_changes_total")
SHARES = (0.5, 0.95, 0.99)
STRETCH_LIMIT = 0.5  # seconds by which any of these quantiles of a good camera's gaps may grow: their lateness

Gaps = Sequence[float]


@dataclass(frozen=True, slots=True)
class Good:
    """How the good cameras fared during one watch."""

    watch: Watch
    cameras: int
    gaps: Gaps  # seconds from probe to probe of the same camera, sorted
    unwell: int  # cameras that failed a probe, changed state, or were not good at the end

    def gap(self, share: float) -> float:
        """The quantile of the gaps; NaN without any."""
        return self.gaps[max(0, math.ceil(share * len(self.gaps)) - 1)] if self.gaps else math.nan


def measure(order: Order, folder: Path, progress: Progress) -> Findings:
    """Both watches, the same town and the same simulator; first the monitor does not know the hostile devices."""
    task = progress.add_task("", total=None)
    found = []
    for name, watched in (("alone", is_good), ("among", everybody)):
        place = folder / name
        place.mkdir()
        with watched_town(replace(order, watched=watched), place, progress, task) as watch:
            found.append(fared(watch))
    alone, among = found
    return Findings((comparison(alone, among),), promises(alone, among))


def is_good(camera: Camera) -> bool:
    """Whether the camera is none of the hostile devices."""
    return not camera.id.startswith(HOSTILE_PREFIX)


def everybody(_: Camera) -> bool:
    """All of them."""
    return True


def fared(watch: Watch) -> Good:
    """Read the good cameras' series out of the scrapes."""
    last_probes = [_good(scrape.samples, LAST_PROBE) for scrape in watch.scrapes]
    first, last = watch.first.scrape.samples, watch.last.scrape.samples
    successes = _good(last, LAST_SUCCESS)
    failed = [(_good(first, name), _good(last, name)) for name in FAILED_PROBES]
    unwell = sum(
        successes.get(camera) != at or any(after.get(camera) != before.get(camera) for before, after in failed)
        for camera, at in last_probes[-1].items()
    )
    gaps = sorted(
        later[camera] - at
        for earlier, later in pairwise(last_probes)
        for camera, at in earlier.items()
        if later[camera] != at
    )
    return Good(watch, len(last_probes[-1]), gaps, unwell)


def promises(alone: Good, among: Good) -> tuple[Check, ...]:
    """Unchanged, but for what the clock of a busy machine blurs."""
    stretch = max(among.gap(share) - alone.gap(share) for share in SHARES)
    memory_alone, memory_among = (max(m.now for m in good.watch.memory) for good in (alone, among))
    return (
        Check("good cameras alone: all are good all the time", "0 unwell", str(alone.unwell), alone.unwell == 0),
        Check("good cameras among hostile devices: the same", "0 unwell", str(among.unwell), among.unwell == 0),
        Check(
            "good cameras are asked as often and as punctually",
            f"gap p50, p95 and p99 at most {STRETCH_LIMIT:g} s longer",
            f"{stretch:+.2f} s at most",
            stretch <= STRETCH_LIMIT,
        ),
        Check(
            "memory stays bounded",
            f"below {MEMORY_LIMIT / 1e6:.0f} MB",
            f"{memory_alone / 1e6:.0f} MB alone, {memory_among / 1e6:.0f} MB among",
            memory_among < MEMORY_LIMIT,
        ),
        Check(
            "memory does not grow",
            f"below {GROWTH_LIMIT:.0%}",
            f"{among.watch.growth:+.1%}",
            among.watch.growth < GROWTH_LIMIT,
        ),
    )


def comparison(alone: Good, among: Good) -> Table:
    """Both watches side by side."""
    rows: list[Row] = [
        (name, *map(figure, (alone, among)))
        for name, figure in (
            ("cameras watched", lambda good: number(good.watch.cameras)),
            ("good ones among them", lambda good: number(good.cameras)),
            ("good ones that were unwell", lambda good: number(good.unwell)),
            ("probes", lambda good: number(good.watch.probes)),
            ("results by cause", lambda good: listed(good.watch.causes)),
            *(
                (
                    f"lateness of all probes, p{share * 100:.0f} (bucket)",
                    lambda good, share=share: bounded(_late(good.watch, share)),
                )
                for share in SHARES
            ),
            *(
                (
                    f"gap between probes of a good camera, p{share * 100:.0f}",
                    lambda good, share=share: f"{good.gap(share):.2f} s",
                )
                for share in SHARES
            ),
            ("CPU of the monitor, of one core", lambda good: f"{good.watch.monitor_cpu / good.watch.seconds:.1%}"),
            ("memory, most", lambda good: f"{max(m.now for m in good.watch.memory) / 1e6:.0f} MB"),
            ("CPU of the simulator, of one core", lambda good: f"{good.watch.simulator_cpu / good.watch.seconds:.1%}"),
        )
    ]
    return Table("Good cameras alone and among hostile devices", ("figure", "alone", "among"), tuple(rows))


def _late(watch: Watch, share: float) -> float:
    return watch.histogram("sharpeyes_scheduler_lateness_seconds").at_most(share)


def _good(samples: Samples, metric: str) -> dict[str, float]:
    """By camera id."""
    found = {}
    for labels, value in of_metric(samples, metric).items():
        camera_id = labels.split('"')[1]
        if not camera_id.startswith(HOSTILE_PREFIX):
            found[camera_id] = value
    return found
