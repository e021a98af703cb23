"""Colour cast: one colour far too strong in the whole picture. By day only: an infra-red picture has no colour."""

from __future__ import annotations

from math import hypot

import numpy as np

from monitor.model import Cause, Finding, FindingState

from .findings import unjudged, weighed
from .frame import Reduced

# Of the natural logarithm of a ratio of channels as coded: clouds and low sun change it by 0.15, one channel twice as
# strong in linear light by 0.31.
MOST = 0.25
HAZY = -0.07  # ln of contrast below which fog, rain or snow lies over the scene and takes its colours
DEVIATIONS = 6.0  # beyond the camera's own wandering
_DIMMEST, _BRIGHTEST = 25.0, 240.0  # levels between which a sample's colour can be told
_ENOUGH = 0.1  # of the samples must lie there
COLOURLESS = 5  # 95th percentile of |u - 128| + |v - 128| below which a picture is taken by infra-red light


def colourless(picture: Reduced) -> bool:
    """Whether the picture is in shades of grey."""
    blue, red = picture.blue[::2, ::2].astype(np.int16) - 128, picture.red[::2, ::2].astype(np.int16) - 128
    colour = (np.abs(blue) + np.abs(red)).ravel()
    place = colour.size * 95 // 100
    return int(np.partition(colour, place)[place]) < COLOURLESS


def tint(picture: Reduced) -> tuple[float, float] | None:
    """Medians of ln(red / green) and ln(blue / green) over the samples that are neither dark nor clipped (BT.601)."""
    luma = picture.coarse[::2, ::2]  # a quarter of the samples has the same medians
    usable = (luma > _DIMMEST) & (luma < _BRIGHTEST)
    if np.count_nonzero(usable) < _ENOUGH * usable.size:
        return None
    y = luma[usable]
    chroma = np.float32(255.0 / 224.0 if picture.gain > 1 else 1.0)
    cb = (picture.blue[::2, ::2][usable].astype(np.float32) - 128) * chroma
    cr = (picture.red[::2, ::2][usable].astype(np.float32) - 128) * chroma
    red, blue = y + 1.402 * cr, y + 1.772 * cb
    green = y - 0.344 * cb - 0.714 * cr
    ratios = np.log(np.maximum(np.stack((red, blue)), 4.0) / np.maximum(green, 4.0))
    middle = np.partition(ratios, y.size // 2, axis=1)[:, y.size // 2]
    return float(middle[0]), float(middle[1])


def cast(
    now: tuple[float, float] | None, usual: tuple[float, float] | None, deviation: float, *, hazy: bool
) -> Finding:
    """``usual``: the camera's mean tint, ``None`` while it is learnt; ``deviation``: of its distance from that.

    ``hazy``: contrast is below the usual (``HAZY``).
    """
    measure = "tint_change"
    if now is None or usual is None:
        state = FindingState.CANNOT_JUDGE if now is None else FindingState.LEARNING
        return unjudged(Cause.PICTURE_CAST, state, measure, 0.0, MOST)
    distance = tint_change(now, usual, hazy=hazy)
    threshold = max(MOST, DEVIATIONS * deviation)
    return weighed(Cause.PICTURE_CAST, measure, distance, threshold, distance / threshold)


def tint_change(now: tuple[float, float], usual: tuple[float, float], *, hazy: bool) -> float:
    """How far a tint is from the usual one; by haze, from all that lie between it and grey as well."""
    if not hazy:
        return hypot(now[0] - usual[0], now[1] - usual[1])
    length = usual[0] ** 2 + usual[1] ** 2
    share = min(max((now[0] * usual[0] + now[1] * usual[1]) / length, 0.0), 1.0) if length else 0.0
    return hypot(now[0] - share * usual[0], now[1] - share * usual[1])
