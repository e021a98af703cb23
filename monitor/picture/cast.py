"""Colour cast: one colour far too strong in the whole picture. By day only: an infra-red picture has no colour.

A tint is the medians r = ln(red / green) and b = ln(blue / green), turned by 45 degrees: warmth (r - b) / sqrt 2 and
purple (r + b) / sqrt 2. The sun, clouds and lamps wander along warmth; one channel too strong leaves that way, and
shows as purple (or its reverse) at least as much.

Haze, rain and snow take colour: every tint goes towards grey, and the tints of a picture lie closer together. A cast
moves them all alike and leaves their spread. So a tint is compared with what the usual one would be if it had lost any
share of its colour up to the one by which its spread fell.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, sqrt

import numpy as np

from monitor.model import Cause, Finding, FindingState

from .findings import unjudged, weighed
from .frame import Reduced

WARMER = 0.25  # ln of a ratio of channels as coded: clouds and low sun change it by 0.15
PURPLER = 0.17  # one channel twice as strong in linear light by 0.2, green by 0.4
LAMPLIT = -0.2  # ln of contrast below which lamps make the colours, or so dense a fog that there are none
CLOSER = 0.92  # times the usual spread: below it colour was taken, and not only by clouds
FURTHER = 0.15  # share of colour that may be lost beyond what spread tells: where it was strongest, most is lost
DEVIATIONS = 6.0  # beyond the camera's own wandering
_DIMMEST, _BRIGHTEST = 25.0, 240.0  # levels between which a sample's colour can be told
_ENOUGH = 0.1  # of the samples must lie there
COLOURLESS = 3  # 95th percentile of |u - 128| + |v - 128| below which a picture is taken by infra-red light


@dataclass(frozen=True, slots=True)
class Tint:
    """Of a picture, or of all good ones on the mean, or how far those deviate."""

    warmth: float
    purple: float
    spread: float  # between the lower and the upper quartile, of both ratios


def colourless(picture: Reduced) -> bool:
    """Whether the picture is in shades of grey."""
    blue, red = picture.blue[::2, ::2].astype(np.int16) - 128, picture.red[::2, ::2].astype(np.int16) - 128
    colour = (np.abs(blue) + np.abs(red)).ravel()
    place = colour.size * 95 // 100
    return int(np.partition(colour, place)[place]) < COLOURLESS


def tint(picture: Reduced) -> Tint | None:
    """Over the samples that are neither dark nor clipped (BT.601); ``None`` where these are too few."""
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
    quarters = [y.size // 4, y.size // 2, y.size * 3 // 4]
    lower, middle, upper = np.partition(ratios, quarters, axis=1)[:, quarters].T.tolist()
    return Tint(
        (middle[0] - middle[1]) / sqrt(2),
        (middle[0] + middle[1]) / sqrt(2),
        hypot(upper[0] - lower[0], upper[1] - lower[1]),
    )


def cast(now: Tint | None, usual: Tint | None, deviation: Tint) -> Finding:
    """``usual``: the camera's mean tint, ``None`` while it is learnt; ``deviation``: standard, of its good pictures."""
    if now is None or usual is None:
        state = FindingState.CANNOT_JUDGE if now is None else FindingState.LEARNING
        return unjudged(Cause.PICTURE_CAST, state, "tint_purpler", 0.0, PURPLER)
    left = _left(now, usual)
    warmer, purpler = abs(now.warmth - left * usual.warmth), abs(now.purple - left * usual.purple)
    by_warmth, by_purple = max(WARMER, DEVIATIONS * deviation.warmth), max(PURPLER, DEVIATIONS * deviation.purple)
    if warmer / by_warmth > purpler / by_purple:
        return weighed(Cause.PICTURE_CAST, "tint_warmer", warmer, by_warmth, warmer / by_warmth)
    return weighed(Cause.PICTURE_CAST, "tint_purpler", purpler, by_purple, purpler / by_purple)


def _left(now: Tint, usual: Tint) -> float:
    """The share of the usual colour, as far as spread allows for less than 1, that comes nearest to the tint of now."""
    closer = now.spread / usual.spread if usual.spread else 1.0
    least = max(closer - FURTHER, 0.0) if closer < CLOSER else 1.0
    strength = usual.warmth**2 + usual.purple**2
    nearest = (now.warmth * usual.warmth + now.purple * usual.purple) / strength if strength else 1.0
    return min(max(nearest, least), 1.0)
