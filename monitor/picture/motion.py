"""By how much a view has moved, turned or come nearer: the small motion that explains what changed in its outlines.

With T the reference and S the picture's structure, both smoothed, a motion d(x) leaves S = a T - a (grad T) d. For a
camera d is a shift, a turn and a zoom about the middle, so a and d follow from one linear fit over the whole picture
(Lucas and Kanade, IJCAI 1981, in one step). Smooth scenes, in which blocks hardly miss their outlines, are those for
which the fit is best. Weather and light change much and are explained by no motion.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, hypot, radians, sin, sqrt

import cv2
import numpy as np

from .frame import COARSE
from .structure import COARSE_SHAPE, Outlines, correlation, energy, spectrum

_WIDTH, _HEIGHT = COARSE
_MIDDLE = np.array([_HEIGHT // 2, _WIDTH // 2], np.float32)[:, None, None]
_DOWN, _ACROSS = np.mgrid[0:_HEIGHT, 0:_WIDTH].astype(np.float32) - _MIDDLE
_LEAST = 0.2  # of the reference's strength: with less there is nothing that could have moved


_TURNS = (-9, -6, -3, 3, 6, 9)  # degrees; an outline at the edge is then off by one sample at most, in between
_MATRICES = {
    degrees: cv2.getRotationMatrix2D((_WIDTH / 2 - 0.5, _HEIGHT / 2 - 0.5), degrees, 1.0) for degrees in _TURNS
}


@dataclass(frozen=True, slots=True)
class Turn:
    """The best one of a few."""

    by: float  # share of width or height at the middle of the picture's edges
    alike: float  # how far outlines are the same then, 0 to 1


def turned(now: Outlines, reference: Outlines) -> Turn:
    """Turns that are too large for a fit: tried one by one, each with the shift that suits it best.

    Outlines turn in their places, and their directions with them. A direction is the angle of a complex number, so that
    it is the whole correlation that is turned, at the end, instead of every outline.
    """

    def tried(degrees: int) -> Turn:
        turning = cv2.warpAffine(reference.pairs, _MATRICES[degrees], COARSE)
        both = correlation(now.spectrum, spectrum(turning))
        real, imaginary = cv2.extractChannel(both, 0), cv2.extractChannel(both, 1)
        _, peak, _, _ = cv2.minMaxLoc(cos(radians(degrees)) * real - sin(radians(degrees)) * imaginary)
        return Turn(abs(radians(degrees)) / 2, peak / max(sqrt(now.energy * energy(turning)), 1e-6))

    return max(map(tried, _TURNS), key=lambda turn: turn.alike)


@dataclass(frozen=True, slots=True)
class Motion:
    """The best one."""

    by: float  # share of width or height at the middle of the picture's edges, the most of shift, turn and zoom
    explained: float  # share of the change that it explains, 0 to 1


def motion(now: Outlines, reference: Outlines) -> Motion:
    """From the reference to the picture."""
    seen = now.smooth
    # The reference, its slopes to the right and downwards, turned, and nearer: each is a row.
    planes = np.zeros((5, *COARSE_SHAPE), np.float32)
    usual, across, down, turn, nearer = planes
    usual[:] = reference.smooth
    np.subtract(usual[:, :, 2:], usual[:, :, :-2], out=across[:, :, 1:-1])
    np.subtract(usual[:, 2:], usual[:, :-2], out=down[:, 1:-1])
    planes[1:3] *= 0.5
    np.subtract(_DOWN * across, _ACROSS * down, out=turn)
    np.add(_ACROSS * across, _DOWN * down, out=nearer)
    columns = planes.reshape(5, -1)
    answers = columns @ seen.ravel()
    products = np.empty((5, 5), np.float32)
    for column, row in zip(columns, products, strict=True):  # twice as fast as one product of so few rows
        np.matmul(columns, column, out=row)
    whole = energy(seen)
    diagonal = products.reshape(-1)[::6]
    diagonal += 1e-6 * float(diagonal.sum()) + 1e-9  # a flat picture has no solution else
    fit = np.linalg.solve(products, answers)
    alike = float(answers[0] ** 2 / products[0, 0])
    change = max(whole - alike, 1e-6)
    strength = max(float(fit[0]), _LEAST)
    right, below, turned, zoomed = (abs(float(value)) / strength for value in fit[1:])
    by = max(hypot(right / _WIDTH, below / _HEIGHT), turned / 2, zoomed / 2)
    return Motion(by, min(max((float(answers @ fit) - alike) / change, 0.0), 1.0))
