"""The short ways to reduce a picture give what the plain ones do."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from monitor.picture.frame import FINE, Frame, Plane, reduced
from monitor.picture.structure import per_block


def levels_of(y: Plane, *, full_range: bool) -> Plane:
    grey = np.full((45, 80), 128, np.uint8)
    return reduced(Frame(y, grey, grey, full_range)).levels


def noise(rows: int, columns: int) -> Plane:
    return np.random.default_rng(rows).integers(0, 256, (rows, columns), dtype=np.uint8)


def test_luma_as_broadcast_is_spread_over_all_levels_to_the_nearest() -> None:
    coded = np.arange(FINE[0] * FINE[1], dtype=np.uint32).reshape(FINE[::-1]).astype(np.uint8)
    wanted = np.clip(np.rint((coded.astype(np.float64) - 16) * (255 / 219)), 0, 255)
    assert np.array_equal(levels_of(coded, full_range=False), wanted)
    assert np.array_equal(levels_of(coded, full_range=True), coded)


@pytest.mark.parametrize(("rows", "columns", "step"), [(1080, 1920, 3), (1800, 3200, 5), (360, 640, 1), (720, 1280, 2)])
def test_levels_are_means_of_the_rows_that_are_read(rows: int, columns: int, step: int) -> None:
    y = noise(rows, columns)
    fours = cv2.resize(y[::step], (columns // 2, 180), interpolation=cv2.INTER_AREA)
    assert np.array_equal(levels_of(y, full_range=True), cv2.resize(fours, FINE, interpolation=cv2.INTER_AREA))


def test_blocks_of_several_planes_are_those_of_each() -> None:
    planes = np.random.default_rng(2).random((2, 3, 45, 80)).astype(np.float32)
    together = per_block(planes)
    assert together.shape == (2, 3, 9, 16)
    assert all(np.array_equal(together[at], per_block(planes[at])) for at in np.ndindex(2, 3))
    assert np.allclose(together, planes.reshape(2, 3, 9, 5, 16, 5).mean(axis=(3, 5)), atol=1e-6)
