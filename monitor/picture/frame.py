"""A decoded key frame as the checks see it: three planes, reduced once and shared by every check."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8]

ENOUGH_ROWS = 360  # a sub-stream is read whole, of 1080p every third row: still two or three of each coded block
REDUCED_SIZE = (160, 90)  # width, height: enough for whole-picture checks, small enough to cost nothing


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
    """The same picture at 160 x 90, uint8: luma as coded, chroma around 128 (grey)."""

    luma: Plane = field(repr=False)
    blue: Plane = field(repr=False)
    red: Plane = field(repr=False)
    full_range: bool

    @property
    def gain(self) -> float:
        """Levels of 0 (black) .. 255 (white) in one coded step of luma."""
        return 1.0 if self.full_range else 255.0 / 219.0

    def level(self, coded: float) -> float:
        """A coded luma value on the scale from 0 (black) to 255 (white)."""
        return min(max((coded - (0 if self.full_range else 16)) * self.gain, 0.0), 255.0)


def reduced(frame: Frame) -> Reduced:
    """Area-averaged planes: sensor noise falls, so that a threshold speaks of the scene."""

    def small(plane: Plane) -> Plane:
        return cv2.resize(some_rows(plane), REDUCED_SIZE, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)

    return Reduced(small(frame.y), small(frame.u), small(frame.v), frame.full_range)


def fingerprint(frame: Frame) -> bytes:
    """16 bytes that two pictures share only if every luma sample looked at is equal (nothing can be read back).

    SHA-256, cut off: processors have instructions for it, which makes it twice as fast as BLAKE2b.
    """
    return sha256(np.ascontiguousarray(some_rows(frame.y)).data).digest()[:16]


def some_rows(plane: Plane) -> Plane:
    """A view on at least ENOUGH_ROWS evenly spread rows: of a large picture not every row has to be read."""
    return plane[:: max(1, plane.shape[0] // ENOUGH_ROWS)]


def quantile(plane: Plane, share: float) -> int:
    """The value below or at which this share (0 to 1) of the samples lies."""
    counts = cv2.calcHist([plane], [0], None, [256], [0, 256])
    return int(np.searchsorted(np.cumsum(counts), share * plane.size))
