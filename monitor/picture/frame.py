"""A decoded key frame as the checks see it: three planes, reduced once and shared by every check."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8]
Field = NDArray[np.float32]

ENOUGH_ROWS = 360  # a sub-stream is read whole, of 1080p every third row: still two or three of each coded block
# Width and height. Fine shows defocus of two pixels in a thousand; coarse is the finest that is remembered.
FINE = (320, 180)
MIDDLE = (160, 90)
COARSE = (80, 45)
TILE = (320, 176)  # of the picture's centre, sample by sample: grain is not what is left of it after reducing


_BLACK = np.full(FINE[::-1], 16, np.uint8)  # as broadcast video is coded ...
_STEP = 255 / 219  # ... in so many levels


@dataclass(frozen=True, slots=True)
class Frame:
    """Luma ``y`` (height x width) and chroma ``u``, ``v`` (any subsampling), uint8.

    ``full_range``: luma 0..255 as in JPEG; otherwise 16 (black) .. 235 (white) as in broadcast video.
    """

    y: Plane = field(repr=False)
    u: Plane = field(repr=False)
    v: Plane = field(repr=False)
    full_range: bool

    @property
    def width(self) -> int:
        """Pixels per row."""
        return int(self.y.shape[1])

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.y.shape[0])


@dataclass(frozen=True, slots=True)
class Reduced:
    """The same picture, small. Luma in levels of 0 (black) .. 255 (white), chroma as coded around 128 (grey)."""

    levels: Plane = field(repr=False)  # 180 x 320
    fine: Field = field(repr=False)  # the same, to be reckoned with
    middle: Field = field(repr=False)  # 90 x 160
    coarse: Field = field(repr=False)  # 45 x 80
    blue: Plane = field(repr=False)  # 45 x 80
    red: Plane = field(repr=False)  # 45 x 80
    tile: Plane = field(repr=False)  # at most 176 x 320, as coded
    gain: float  # levels in one coded step of luma
    spread: NDArray[np.float64] = field(repr=False)  # 256: share of the fine picture at or below each level

    def quantile(self, share: float) -> int:
        """The level at or below which this share (0 to 1) of the picture lies."""
        return int(self.spread.searchsorted(share))


def reduced(frame: Frame) -> Reduced:
    """Area-averaged planes: sensor noise falls, so that a threshold speaks of the scene."""
    levels, gain = _fine(some_rows(frame.y, ENOUGH_ROWS)), 1.0
    if not frame.full_range:  # in arithmetic that ends at 0 and 255
        levels, gain = _bytes(cv2.convertScaleAbs(cv2.subtract(levels, _BLACK), alpha=_STEP)), _STEP
    fine = levels.astype(np.float32)
    middle = cv2.resize(fine, MIDDLE, interpolation=cv2.INTER_AREA)
    sample = levels[::2]
    counts = cv2.calcHist([sample], [0], None, [256], [0, 256])
    return Reduced(
        levels,
        fine,
        _field(middle),
        _field(cv2.resize(middle, COARSE, interpolation=cv2.INTER_AREA)),
        _chroma(frame.u),
        _chroma(frame.v),
        _centre(frame.y),
        gain,
        np.cumsum(counts.ravel(), dtype=np.float64) / sample.size,
    )


def _fine(rows: Plane) -> Plane:
    """Of a large picture each four samples first: that is what processors do fastest, and the mean stays the mean.

    Where three or five neighbours are left, the mean around the middle one is the same in half the time.
    """
    height, width = rows.shape
    if height % 2 == width % 2 == 0 and height >= 2 * FINE[1] and width >= 4 * FINE[0]:
        rows = _bytes(cv2.resize(rows, (width // 2, height // 2), interpolation=cv2.INTER_AREA))
    left, rest = divmod(rows.shape[1], FINE[0])
    if len(rows) == FINE[1] and left in (3, 5) and not rest:
        means = cv2.blur(rows, (left, 1)).reshape(FINE[1], FINE[0], left)
        return _bytes(cv2.extractChannel(means, left // 2))
    return _bytes(cv2.resize(rows, FINE, interpolation=cv2.INTER_AREA))


def count(these: NDArray[np.bool_]) -> int:
    """How many are true. Of so few as here in half of ``np.count_nonzero``'s time, and no number of numpy's."""
    return these.tobytes().count(1)


def some_rows(plane: Plane, enough: int) -> Plane:
    """A view on at least so many evenly spread rows: of a large picture not every row has to be read."""
    return plane[:: max(1, plane.shape[0] // enough)]


def _chroma(plane: Plane) -> Plane:
    return _bytes(cv2.resize(some_rows(plane, 2 * COARSE[1]), COARSE, interpolation=cv2.INTER_AREA))


def _centre(plane: Plane) -> Plane:
    (width, height), (rows, columns) = TILE, plane.shape
    top, left = max(0, rows - height) // 2, max(0, columns - width) // 2
    return plane[top : top + height, left : left + width]


def _bytes(plane: NDArray[Any]) -> Plane:
    return plane.astype(np.uint8, copy=False)


def _field(plane: NDArray[Any]) -> Field:
    return plane.astype(np.float32, copy=False)
