"""A whole town watched by the real monitor on one core: what it costs, whether it keeps up, and what limits it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from rich.progress import Progress

from monitor.model import Camera
from monitor.simulator.town import SimulatedTown
from tests.bench.children import pinned
from tests.bench.figures import checks, ratio_table, town_table
from tests.bench.picture import cost_at_pace, costs_of, fetch_key_frames, limit_table
from tests.bench.tables import Findings
from tests.bench.watching import Order, watched_town

KEY_FRAMES = 300  # taken for the physical limit, evenly over the town


def measure(order: Order, folder: Path, progress: Progress) -> Findings:
    """Watch; then the physical limit with the same key frames."""
    town = order.town()
    task = progress.add_task("", total=None)
    with watched_town(order, folder, progress, task) as watch:
        progress.update(task, total=None, description="decoding the same key frames bare")
        key_frames = asyncio.run(fetch_key_frames(_sample(town), town.credentials))
    costs = costs_of(key_frames)
    with pinned(order.cores.monitor):
        paced = cost_at_pace(key_frames, order.interval / order.cameras)
    limit = limit_table("The limit by codec: key frames of this town, decoded one after the other", costs)
    return Findings((town_table(watch), ratio_table(watch, costs[-1], paced), limit), checks(watch))


def _sample(town: SimulatedTown) -> Sequence[Camera]:
    return town.cameras[:: max(1, len(town.cameras) // KEY_FRAMES)]
