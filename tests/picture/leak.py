"""The best picture anybody can make from what is remembered of a camera: the honest answer to "what does it leak?".

A reference holds u = g / (|g| + 3), averaged. Undoing that gives back g = 3 u / (1 - |u|), the gradient of luma at
80 x 45, where it was not averaged away; the picture with these gradients is the solution of Poisson's equation.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np

from monitor.picture import Memory
from monitor.picture.frame import Field, reduced
from monitor.picture.memory import Reference, structure_of
from monitor.picture.structure import SOFT
from tests.picture.film import Pixels, frame_of, shot, watched

_STEEPEST = 0.93  # |u| beyond: a share of the rounding would be a cliff


def reconstruction(reference: Reference) -> Field:
    """45 x 80 levels, of unknown mean and, where light changed, of unknown scale."""
    u = structure_of(reference.structure)
    length = np.minimum(np.hypot(u[0], u[1]), _STEEPEST)
    across, down = SOFT * u / (1 - length)
    rows, columns = across.shape
    # Mirrored, so that the Fourier transform has no edges to join (Frankot and Chellappa, IEEE PAMI 10(4) 1988).
    across = np.block([[across, -across[:, ::-1]], [across[::-1], -across[::-1, ::-1]]])
    down = np.block([[down, down[:, ::-1]], [-down[::-1], -down[::-1, ::-1]]])
    wx = 1j * np.sin(2 * np.pi * np.fft.fftfreq(2 * columns))[None, :]
    wy = 1j * np.sin(2 * np.pi * np.fft.fftfreq(2 * rows))[:, None]
    energy = np.abs(wx) ** 2 + np.abs(wy) ** 2
    spectrum = (np.conj(wx) * np.fft.fft2(across) + np.conj(wy) * np.fft.fft2(down)) / np.maximum(energy, 1e-3)
    spectrum[energy < 1e-3] = 0
    picture = np.fft.ifft2(spectrum).real[:rows, :columns]
    levels: Field = (picture - picture.mean() + 128).astype(np.float32)
    return levels


def alike(one: Field, other: Field) -> float:
    """Correlation of two planes of levels, -1 to 1."""
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def shown(scene: Pixels, reference: Reference) -> Pixels:
    """Side by side, 180 rows: the scene, the same at 80 x 45, and what is given back."""
    sides = [cv2.cvtColor(cv2.resize(scene, (320, 180), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)]
    for plane in (reduced(frame_of(scene)).coarse, reconstruction(reference)):
        levels = np.clip(plane, 0, 255).astype(np.uint8)
        sides.append(cv2.resize(levels, (320, 180), interpolation=cv2.INTER_NEAREST))
    return np.hstack(sides).astype(np.uint8, copy=False)


def main(path: Path) -> None:
    """Write the picture of the documentation."""
    _, memory = watched(Memory.fresh(), range(60))
    cv2.imwrite(str(path), shown(shot(3), memory.colour), [cv2.IMWRITE_PNG_COMPRESSION, 9])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
