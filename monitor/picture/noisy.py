"""Snow and noise: grain far above what this camera has.

Grain by Immerkaer, Fast Noise Variance Estimation, CVIU 64(2) 1996: sigma = sqrt(pi/2) / 6 * mean |I * N| with
N = [1 -2 1; -2 4 -2; 1 -2 1], which answers neither to slopes nor to straight edges. It over-reads on texture, so the
lower quartile of blocks of 16 x 16 samples is taken, sample by sample from the picture's centre.
"""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

import cv2
import numpy as np

from monitor.model import Cause, Finding

from .findings import weighed
from .frame import Reduced

_SECOND = np.array([1, -2, 1], np.float32)  # N is its product with itself
_SCALE = sqrt(pi / 2) / 6

LEAST = 4.6  # levels: below, nobody calls it noise
TIMES = 2.9  # more than usual; infra-red nights are known apart
LOW_LIGHT = 1.6  # times more than usual: the camera amplifies because it has little light
UNKNOWN = 14.0  # levels, while it is not known what is usual: leaf litter reads 8, infra-red at its gain's limit 10


def grain(picture: Reduced) -> float:
    """The deviation of the noise in levels of 0..255."""
    height, width = picture.tile.shape
    rows, tall = max(1, height // 16), min(16, height)
    answer: Any = cv2.sepFilter2D(picture.tile, cv2.CV_16S, _SECOND, _SECOND)
    blocks = np.abs(answer[: rows * tall]).reshape(rows, tall, width)
    sums = np.add.reduce(blocks, axis=1, dtype=np.int16).astype(np.float32)  # 16 x 8 x 255 at most
    means = cv2.resize(sums, (max(1, width // 16), rows), interpolation=cv2.INTER_AREA).ravel()
    means.partition(means.size // 4)
    lower_quartile: float = means[means.size // 4].item() / tall
    return lower_quartile * _SCALE * picture.gain


def noisy(now: float, usual: float | None) -> Finding:
    """``usual``: the camera's own mean in this mode, ``None`` while it is learnt."""
    threshold = UNKNOWN if usual is None else max(LEAST, TIMES * usual)
    return weighed(Cause.PICTURE_NOISY, "grain", now, threshold, now / threshold)
