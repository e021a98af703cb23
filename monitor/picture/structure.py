"""Where the outlines of a picture are: the one thing that light, weather and grain leave alone.

Structure is the gradient g of the coarse picture as u = g / (|g| + SOFT), 2 x 45 x 80 in -1..1: it has direction and
no brightness, though a coarse picture can be solved for from it (docs/picture.md, "What is remembered"). A camera's
reference R is the mean of u over hundreds of key frames: what moves averages out, and |R| is large only where an
outline always stands. (Direct ancestor: edge disappearance rate, Lee, Lee and Lim, Sensors 2015, 15(5) 10315.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import hypot, sqrt
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .frame import COARSE, Field, Reduced

COARSE_SHAPE = (2, COARSE[1], COARSE[0])
GRID = (9, 16)  # blocks of 5 x 5 coarse samples
Blocks = NDArray[np.bool_]  # GRID
_SMOOTH = (5, 5)  # samples; motions of up to as much are found (``motion``)
SOFT = 3.0  # levels per coarse sample; grain of 10 levels at 640 x 360 leaves 0.9
# Mean |R| from which a block counts: a fifth of its samples lie on an outline. Shading of a wall or a sky, which
# follows the sun, leaves 0.05 to 0.15.
LASTING = 0.20


class Outlines:
    """A structure, and what is reckoned of it once, where it is asked for at all."""

    def __init__(self, values: Field) -> None:
        """``values``: 2 x 45 x 80 in -1..1: across, down."""
        self.values = values

    @cached_property
    def pairs(self) -> NDArray[Any]:
        """As complex numbers: 45 x 80 x 2."""
        pairs: NDArray[Any] = cv2.merge((self.values[0], self.values[1]))
        return pairs

    @cached_property
    def spectrum(self) -> NDArray[Any]:
        """Of these."""
        return spectrum(self.pairs)

    @cached_property
    def smooth(self) -> Field:
        """The means of 5 x 5 neighbours: small motions leave them alike."""
        smooth = np.empty_like(self.values)
        for plane, to in zip(self.values, smooth, strict=True):
            cv2.blur(plane, _SMOOTH, to)
        return smooth

    @cached_property
    def energy(self) -> float:
        """The sum of their squares."""
        return energy(self.values)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far a picture has the outlines that each of n references has. Arrays are n x 9 x 16 blocks."""

    kept: Field = field(repr=False)  # sum of u.R over sum of R.R: 1 as ever, 0 nothing of it, below 0 the reverse
    lasting: Blocks = field(repr=False)  # where the reference has outlines at all, so that it can be judged


def structure(picture: Reduced) -> Field:
    """2 x 45 x 80 in -1..1: across, down."""
    beyond = cv2.copyMakeBorder(picture.coarse, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    outlines = np.empty(COARSE_SHAPE, np.float32)
    across, down = outlines
    np.subtract(beyond[1:-1, 2:], beyond[1:-1, :-2], out=across)
    np.subtract(beyond[2:, 1:-1], beyond[:-2, 1:-1], out=down)
    outlines /= cv2.magnitude(across, down) + 2 * SOFT  # steps over two samples are twice the gradient
    return outlines


def agreement(now: Outlines, references: Sequence[Outlines]) -> Agreement:
    """Of the structure of a picture and n references, reckoned at once."""
    usual = np.stack([each.values for each in references])
    planes = np.empty((3, len(usual), *COARSE_SHAPE[1:]), np.float32)
    products = usual * now.values
    np.add(products[:, 0], products[:, 1], out=planes[0])
    np.multiply(usual, usual, out=usual)
    np.add(usual[:, 0], usual[:, 1], out=planes[1])
    np.sqrt(planes[1], out=planes[2])
    kept, squares, strength = per_block(planes)
    kept /= np.maximum(squares, np.float32(1e-6))
    return Agreement(kept, strength >= LASTING)


def per_block(planes: Field) -> Field:
    """The mean of each of 9 x 16 blocks of a plane, or of each plane of a stack; 9 divides its rows."""
    *many, rows, columns = planes.shape
    one_below_another = planes.reshape(-1, columns)
    size = (GRID[1], len(one_below_another) * GRID[0] // rows)
    means: Any = cv2.resize(one_below_another, size, interpolation=cv2.INTER_AREA)
    blocks: Field = means.reshape(*many, *GRID)
    return blocks


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where outlines fit best."""

    shift: float  # in shares of width and height
    alike: float  # how far they are the same there, 0 to 1


def elsewhere(now: Outlines, reference: Outlines) -> Elsewhere:
    """The peak of the cross-correlation of two structures, read as complex numbers.

    By the fast Fourier transform, so the edges are joined; what is alike is a share of the energy of both.
    """
    plane = cv2.extractChannel(correlation(now.spectrum, reference.spectrum), 0)
    _, peak, _, (across, down) = cv2.minMaxLoc(plane)
    columns, rows = COARSE
    dy, dx = (down + rows // 2) % rows - rows // 2, (across + columns // 2) % columns - columns // 2
    return Elsewhere(hypot(dx / columns, dy / rows), peak / _most(now.energy, reference.energy))


def likeness(now: Outlines, reference: Outlines) -> float:
    """How far outlines are the same where they should be, 0 to 1."""
    return float(np.vdot(now.values, reference.values)) / _most(now.energy, reference.energy)


def _most(energy: float, other: float) -> float:
    """What the sum of their products would be, were they the same."""
    return max(sqrt(energy * other), 1e-6)


def spectrum(outlines: NDArray[Any]) -> NDArray[Any]:
    """Of outlines as complex numbers, 45 x 80 x 2."""
    return cv2.dft(outlines, flags=cv2.DFT_COMPLEX_OUTPUT)


def correlation(now: NDArray[Any], reference: NDArray[Any]) -> NDArray[Any]:
    """Of two spectra, for every shift: 45 x 80 complex numbers."""
    return cv2.dft(cv2.mulSpectrums(now, reference, 0, conjB=True), flags=cv2.DFT_INVERSE | cv2.DFT_SCALE)


def energy(outlines: NDArray[Any]) -> float:
    """The sum of their squares."""
    return float(np.vdot(outlines, outlines))
