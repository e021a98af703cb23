"""What the diagnosis of a decoded key frame costs once its camera is known: CPU time, memory loaded and stored.

Two things are shown to a camera that has learnt its view and has a golden copy of it: that view, and another one, which
costs more because it is looked for elsewhere. No key frame is shown twice: a camera that repeats itself is frozen and
learns nothing.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from monitor.memories import Memories
from monitor.picture import NO_EVIDENCE, Frame, examine
from monitor.simulator.scenes import Scene, draw
from tests.bench.tables import Check, Row, Table, number

LEARNING = 54  # key frames, ten minutes apart: a golden copy is there, so that both references are compared
MEASURED = 42  # of each
ROUND = 6  # of which the mean is taken: to ask for the time takes a tenth of what is measured
BEGIN = datetime(2026, 3, 4, 8, tzinfo=UTC)
SMALL, LARGE = 2.0, 3.0  # ms for a picture of 640 x 360, and for a larger one
HEAD = ("picture", "rounds of six", "median, ms", "least, ms")


def cost_of_diagnosis(sizes: Sequence[tuple[int, int]]) -> tuple[Table, tuple[Check, ...]]:
    """The table for these sizes, and the promises."""
    rows: list[Row] = []
    checks: list[Check] = []
    for width, height in sizes:
        most = SMALL if width * height <= 640 * 360 else LARGE
        for name, spent in zip(("its view", "another view"), _spent(width, height), strict=True):
            what = f"{width}x{height}, {name}"
            median = 1000 * statistics.median(spent)
            rows.append((what, number(len(spent)), number(median, 2), number(1000 * min(spent), 2)))
            checks.append(
                Check(f"diagnosis with memory: {what}", f"≤ {most:.0f} ms", f"{median:.2f} ms", median <= most)
            )
    return Table("Diagnosis by a camera that is known, memory loaded and stored", HEAD, tuple(rows)), tuple(checks)


def _spent(width: int, height: int) -> tuple[list[float], list[float]]:
    """CPU seconds for each key frame, of the view that was learnt and of another."""

    def own(look: int) -> Frame:
        return _frame(draw(Scene.JUNCTION, 30.0 * look, width, height))

    with TemporaryDirectory() as folder:
        memories = Memories(Path(folder) / "memories.db")
        try:
            _looks(memories, own, 0, LEARNING)
            assert memories.load("camera").colour.golden is not None, "the camera is known"
            good = _looks(memories, own, LEARNING, MEASURED)
            assert not any(tally.bad for tally in memories.load("camera").tallies), "its view is good"
            other = _looks(memories, lambda look: _turned(own(look)), LEARNING + MEASURED, MEASURED)
            assert any(tally.active for tally in memories.load("camera").tallies), "another view is a fault"
            return good, other
        finally:
            memories.close()


def _looks(memories: Memories, picture: Callable[[int], Frame], first: int, count: int) -> list[float]:
    """Of each round the mean: ``count`` looks, ten minutes apart, the first of them with this number."""
    spent: list[float] = []
    for begin in range(first, first + count, ROUND):
        frames = [picture(look) for look in range(begin, begin + ROUND)]
        began = time.process_time()
        for look, frame in enumerate(frames, begin):
            at = BEGIN + look * timedelta(minutes=10)
            _, memory = examine(frame, NO_EVIDENCE, memories.load("camera"), at)
            memories.keep("camera", memory, at)
        spent.append((time.process_time() - began) / ROUND)
    return spent


def _turned(frame: Frame) -> Frame:
    """Upside down."""
    y, u, v = (np.ascontiguousarray(plane[::-1, ::-1]) for plane in (frame.y, frame.u, frame.v))
    return Frame(y, u, v, frame.full_range)


def _frame(picture: np.ndarray) -> Frame:
    height, width = picture.shape[:2]
    yuv = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420).astype(np.uint8, copy=False)
    u, v = yuv[height:].reshape(2, height // 2, width // 2)
    return Frame(yuv[:height], u, v, full_range=False)
