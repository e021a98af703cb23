"""Ten thousand cameras on a machine that plays them as well: does everything stay on time, flat and small?"""

from __future__ import annotations

import statistics
from pathlib import Path

from rich.progress import Progress

from tests.bench.figures import Watch, on_time_checks, town_table
from tests.bench.samples import bounded, total
from tests.bench.tables import Check, Findings
from tests.bench.watching import Order, watched_town

LATE_LIMIT, LAG_LIMIT = 5.0, 0.025  # seconds, both bounds of buckets
MEMORY_LIMIT = 600_000_000  # bytes of all the monitor's processes together
RENDER_LIMIT = 0.060  # seconds
COVERAGE_LIMIT = 0.999


def measure(order: Order, folder: Path, progress: Progress) -> Findings:
    """Watch for as long as the order says."""
    with watched_town(order, folder, progress, progress.add_task("", total=None)) as watch:
        return Findings((town_table(watch),), promises(watch))


def promises(watch: Watch) -> tuple[Check, ...]:
    """What is promised at this size, beside what every town is promised."""
    late, lag = (
        watch.histogram(f"sharpeyes_{name}_seconds").at_most(0.99) for name in ("scheduler_lateness", "loop_lag")
    )
    most = max(memory.now for memory in watch.memory)
    written = [total(scrape.samples, "sharpeyes_exposition_render_seconds") for scrape in watch.scrapes]
    usual, worst = statistics.median(written), max(written)
    return (
        *on_time_checks(watch),
        Check("probes begin on time", f"p99 ≤ {LATE_LIMIT:g} s", bounded(late), late <= LATE_LIMIT),
        Check("memory stays small", f"below {MEMORY_LIMIT / 1e6:.0f} MB", f"{most / 1e6:.0f} MB", most < MEMORY_LIMIT),
        Check(
            "`/metrics` is written quickly",
            f"median below {RENDER_LIMIT * 1000:.0f} ms",
            f"{usual * 1000:.0f} ms, at most {worst * 1000:.0f} ms",
            usual < RENDER_LIMIT,
        ),
        Check("nothing waits for the event loop", f"p99 ≤ {LAG_LIMIT:g} s", bounded(lag), lag <= LAG_LIMIT),
        Check(
            "everything was watched",
            f"coverage at least {COVERAGE_LIMIT:.1%}",
            f"{watch.coverage:.3%}",
            watch.coverage >= COVERAGE_LIMIT,
        ),
    )
