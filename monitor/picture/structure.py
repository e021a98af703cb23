"""Where the outlines of a picture are: the one thing that light, weather and grain leave alone.

Structure is the gradient g of the coarse picture as u = g / (|g| + SOFT), 2 x 45 x 80 in -1..1: it has direction and
no brightness, though a coarse picture can be solved for from it (docs/picture.md, "What is remembered"). A camera's
reference R is the mean of u over hundreds of key frames: what moves averages out, and |R| is large only where an
outline always stands. (Direct ancestor: edge disappearance rate, Lee, Lee and Lim, Sensors 2015, 15(5) 10315.)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import sqrt
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .frame import COARSE, Field, Reduced

COARSE_SHAPE = (2, COARSE[1], COARSE[0])
GRID = (9, 16)  # blocks of 5 x 5 coarse samples
Blocks = NDArray[np.bool_]  # GRID
SOFT = 3.0  # levels per coarse sample; grain of 10 levels at 640 x 360 leaves 0.9
# Mean |R| from which a block counts: a fifth of its samples lie on an outline. Shading of a wall or a sky, which
# follows the sun, leaves 0.05 to 0.15.
LASTING = 0.20


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far a picture has the outlines its reference has. Arrays are 9 x 16 blocks."""

    kept: Field = field(repr=False)  # sum of u.R over sum of R.R: 1 as ever, 0 nothing of it, below 0 the reverse
    lasting: Blocks = field(repr=False)  # where the reference has outlines at all, so that it can be judged


def structure(picture: Reduced) -> Field:
    """2 x 45 x 80 in -1..1: across, down."""
    outlines = np.empty(COARSE_SHAPE, np.float32)
    across, down = outlines
    cv2.Sobel(picture.coarse, cv2.CV_32F, 1, 0, across, ksize=1, scale=0.5, borderType=cv2.BORDER_REPLICATE)
    cv2.Sobel(picture.coarse, cv2.CV_32F, 0, 1, down, ksize=1, scale=0.5, borderType=cv2.BORDER_REPLICATE)
    outlines /= cv2.magnitude(across, down) + SOFT
    return outlines


def agreement(now: Field, reference: Field) -> Agreement:
    """Of the structure of a picture and a reference of the same shape."""
    squares = _products(reference, reference)
    kept = per_block(_products(now, reference))
    kept /= np.maximum(per_block(squares), np.float32(1e-6))
    return Agreement(kept, per_block(np.sqrt(squares, out=squares)) >= LASTING)


def _products(one: Field, other: Field) -> Field:
    """Of two structures, sample by sample."""
    both = one * other
    products: Field = np.add(both[0], both[1], out=both[0])
    return products


def per_block(plane: Field) -> Field:
    """The mean of each of 9 x 16 blocks of a plane of any size."""
    return cv2.resize(plane, GRID[::-1], interpolation=cv2.INTER_AREA).astype(np.float32, copy=False)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where outlines fit best."""

    shift: float  # in shares of width and height
    alike: float  # how far they are the same there, 0 to 1


def elsewhere(now: Field, reference: Field) -> Elsewhere:
    """The peak of the cross-correlation of two structures of the same shape, read as complex numbers.

    By the fast Fourier transform, so the edges are joined; what is alike is a share of the energy of both.
    """
    plane = correlation(*(spectrum(cv2.merge((each[0], each[1]))) for each in (now, reference)))[:, :, 0]
    down, across = np.unravel_index(int(plane.argmax()), plane.shape)
    rows, columns = plane.shape
    dy, dx = (int(down) + rows // 2) % rows - rows // 2, (int(across) + columns // 2) % columns - columns // 2
    most = max(sqrt(energy(now) * energy(reference)), 1e-6)
    return Elsewhere(float(np.hypot(dx / COARSE[0], dy / COARSE[1])), float(plane.max()) / most)


def likeness(now: Field, reference: Field) -> float:
    """How far outlines are the same where they should be, 0 to 1."""
    return float(np.vdot(now, reference)) / max(sqrt(energy(now) * energy(reference)), 1e-6)


def spectrum(outlines: cv2.typing.MatLike) -> cv2.typing.MatLike:
    """Of outlines as complex numbers, 45 x 80 x 2."""
    return cv2.dft(outlines, flags=cv2.DFT_COMPLEX_OUTPUT)


def correlation(now: cv2.typing.MatLike, reference: cv2.typing.MatLike) -> cv2.typing.MatLike:
    """Of two spectra, for every shift: 45 x 80 complex numbers."""
    return cv2.dft(cv2.mulSpectrums(now, reference, 0, conjB=True), flags=cv2.DFT_INVERSE | cv2.DFT_SCALE)


def energy(outlines: NDArray[Any]) -> float:
    """The sum of their squares."""
    return float(np.vdot(outlines, outlines))
