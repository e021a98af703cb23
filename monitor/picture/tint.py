"""The tint of each part of a picture, and by how much all of them have moved together.

A tint is r = ln(red / green) and b = ln(blue / green) of a block's mean, turned by 45 degrees: warmth (r - b) / sqrt 2
and purple (r + b) / sqrt 2. The sun, clouds, lamps and white balance wander along warmth, which therefore counts only
``WARMTH`` times; one channel too strong leaves that way, and shows as purple (or its reverse) at least as much.

A channel that is too strong multiplies: with T the usual tint of a block, every block has T + a, grey ones too. Haze,
rain and snow add grey: a block has T - s T, in which s is much the same everywhere and grey ones stay. So s is fitted
(least squares over the blocks; where all have one tint the two cannot be told apart, and what can be haze is haze) and
given back, or as much less as leaves the least; what then remains in nearly all blocks, and the same way, is a. Turned
leaves, a lorry, snow that lies and a patch of sun change some blocks; their tints are not the picture's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import hypot, sqrt

import numpy as np
from numpy.typing import NDArray

from .frame import Field, Reduced, count
from .structure import GRID, per_block

WARMTH = 2 / 3
MOST_HAZE = 0.8  # of a block's colour that may be given back
SHARED = 0.65  # of the blocks must have moved at least so far
_TRUST = 0.02  # in what was fitted, against what leaves the least; the square of a tint
ENOUGH_BLOCKS = 14  # of 144, whose colour can be told now and usually
_DIMMEST, _BRIGHTEST = 25.0, 240.0  # levels of luma between which it can
_LEAST = 4.0  # levels of a channel: below there is only rounding
_CHROMA_STEP = np.float32(255.0 / 224.0)  # levels in one coded step of chroma, as broadcast video is coded
# Green, red and blue of luma and chroma (BT.601).
_CHANNELS = np.array([[1, -0.344, -0.714], [1, 0, 1.402], [1, 1.772, 0]], np.float32)
# From ln of green, red and blue to warmth and purple.
_TURN = np.array([[0, WARMTH, -WARMTH], [-2, 1, 1]], np.float32) / np.float32(sqrt(2))


@dataclass(frozen=True, slots=True)
class Tints:
    """Of 9 x 16 blocks."""

    values: Field = field(repr=False)  # 2 x 9 x 16: warmth (times WARMTH), purple
    told: NDArray[np.bool_] = field(repr=False)  # 9 x 16: where these mean something


NO_TINTS = Tints(np.zeros((2, *GRID), np.float32), np.zeros(GRID, bool))


def tints(picture: Reduced) -> Tints | None:
    """Of blocks that are neither dark nor clipped; ``None`` where these are too few."""
    planes = np.empty((3, *picture.coarse.shape), np.float32)
    planes[0], planes[1], planes[2] = picture.coarse, picture.blue, picture.red
    blocks = per_block(planes)
    told = (blocks[0] > _DIMMEST) & (blocks[0] < _BRIGHTEST)
    if count(told) < ENOUGH_BLOCKS:
        return None
    blocks[1:] -= 128
    if picture.gain > 1:
        blocks[1:] *= _CHROMA_STEP
    channels = _CHANNELS @ blocks.reshape(3, -1)
    np.maximum(channels, np.float32(_LEAST), out=channels)
    values = _TURN @ np.log(channels, out=channels)
    return Tints(values.reshape(2, *GRID), told)


def shift(now: Tints, usual: Tints) -> float | None:
    """How far all tints have moved together, beyond haze: as ln of a ratio of channels; ``None`` where few are told."""
    told = np.flatnonzero(now.told & usual.told)
    if told.size < ENOUGH_BLOCKS:
        return None
    before = usual.values.reshape(2, -1).take(told, axis=1)
    away = now.values.reshape(2, -1).take(told, axis=1) - before
    spread = before - np.add.reduce(before, axis=1, keepdims=True) / np.float32(told.size)
    haze = -float(np.vdot(away, spread)) / max(float(np.vdot(spread, spread)), 1e-6)
    haze = min(max(haze, 0.0), MOST_HAZE)
    middle, usually = _median(away), _median(before)
    least = (_TRUST * haze - float(middle @ usually)) / (_TRUST + float(usually @ usually))
    away += min(max(least, 0.0), haze) * before
    middle = _median(away)
    along = middle @ away
    place = int((1 - SHARED) * (told.size - 1))
    along.partition(place)
    return max(float(along[place]), 0.0) / max(hypot(*middle.tolist()), 1e-6)


def _median(values: Field) -> Field:
    """Of each row."""
    place, ordered = values.shape[1] // 2, values.copy()
    ordered.partition(place, axis=1)
    return ordered[:, place]
