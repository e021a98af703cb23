"""A decoded key frame as the checks see it: three planes, reduced once and shared by every check."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8]

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
    """The same picture at 160 x 90, float32; luma in 0 (black) .. 255 (white), chroma around 0 (grey)."""

    luma: NDArray[np.float32] = field(repr=False)
    blue: NDArray[np.float32] = field(repr=False)
    red: NDArray[np.float32] = field(repr=False)


def reduced(frame: Frame) -> Reduced:
    """Area-averaged planes: sensor noise falls, so that a threshold speaks of the scene."""

    def small(plane: Plane) -> NDArray[np.float32]:
        return cv2.resize(plane, REDUCED_SIZE, interpolation=cv2.INTER_AREA).astype(np.float32)

    luma = small(frame.y)
    if not frame.full_range:
        luma = np.clip((luma - 16.0) * (255.0 / 219.0), 0.0, 255.0).astype(np.float32)
    return Reduced(luma, small(frame.u) - np.float32(128), small(frame.v) - np.float32(128))


def fingerprint(frame: Frame) -> bytes:
    """16 bytes that two pictures share only if every luma sample is equal (BLAKE2b; nothing can be read back)."""
    return blake2b(np.ascontiguousarray(frame.y).data, digest_size=16).digest()
