"""Too dark and too bright: exposure that hides what should be seen."""

from __future__ import annotations

import numpy as np

from monitor.model import Cause, Finding

from .findings import weighed
from .frame import Reduced, count

# Levels of the 99th percentile. The darkest lane with one lamp is above 60, infra-red far above.
BRIGHTEST_OF_DARK = 40.0
DARK_OF_BRIGHT = 48.0  # where the camera is known to show more: grain lifts a percentile by as much as 5
ALWAYS_DARK = 0.6  # times what is usual, where the camera has never shown more
WHITE = 250  # a level that is called clipped ...
NEARLY_WHITE = 244.0  # ... and one of the coarse picture, which grain and codec blur
CLIPPED_MORE = 0.30  # share of the picture beyond the usual; an overcast sky over snow adds 0.15 to 0.25
CLIPPED_STUCK = 0.15  # or this, where the exposure did not answer to it: the whole picture is brighter as well ...
BRIGHTER = 50.0  # ... by so many levels on the mean
CLIPPED_UNKNOWN = 0.55  # share, while it is not known what is usual
DAZZLED = 0.02  # share beyond the usual: headlights, to which exposure answers, so that all else is dim ...
AMPLIFYING = 1.2  # ... by night, when grain is so many times the usual, if not by infra-red light
BRIGHT_MEAN = 228.0


def brightest(picture: Reduced) -> float:
    """The 99th percentile of luma, 0 to 255."""
    return float(picture.quantile(0.99))


def clipped(picture: Reduced) -> float:
    """The share of the picture that has a channel at the white limit, 0 to 1.

    A red roof loses its red long before its luma is at the limit, so the brightest of the three channels counts.
    """
    blue = picture.coarse + 1.772 * (picture.blue.astype(np.float32) - 128)
    red = picture.coarse + 1.402 * (picture.red.astype(np.float32) - 128)
    coloured = count(np.maximum(np.maximum(red, blue), picture.coarse) > NEARLY_WHITE) / blue.size
    return max(1.0 - float(picture.spread[WHITE - 1]), coloured)


def dark(now: float, usual: float | None) -> Finding:
    """``now``, ``usual``: of ``brightest``; ``usual`` is ``None`` while it is learnt."""
    threshold = BRIGHTEST_OF_DARK if usual is None else min(DARK_OF_BRIGHT, ALWAYS_DARK * usual)
    return weighed(Cause.PICTURE_DARK, "luma_p99", now, threshold, 2 - now / max(threshold, 1.0))


def bright(now: float, mean: float, usual: float | None, usual_mean: float) -> Finding:
    """``now``, ``usual``: of ``clipped``; ``mean``: of luma. ``usual`` is ``None`` while they are learnt."""
    threshold = CLIPPED_UNKNOWN if usual is None else min(usual + CLIPPED_MORE, 0.9)
    if usual is not None and mean >= usual_mean + BRIGHTER:
        threshold = min(usual + CLIPPED_STUCK, 0.9)
    by_mean = (mean / BRIGHT_MEAN) ** 4  # the fourth power, so that a bright sky of 190 is not yet a warning
    if by_mean > now / threshold:
        return weighed(Cause.PICTURE_BRIGHT, "luma_mean", mean, BRIGHT_MEAN, by_mean)
    return weighed(Cause.PICTURE_BRIGHT, "clipped_share", now, threshold, now / threshold)
