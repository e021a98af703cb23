"""What can be wrong with a picture: done to drawn pictures, optical flaws before the sensor's noise, electronic after.

The simulator's own: nothing here is shared with the code that recognises them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

import numpy as np

from monitor.simulator.scenes import NOISE, Pixels, Scene, draw, write_clock

SEED = 11


class Flaw(StrEnum):
    """The closed list."""

    DARK = "dark"
    BRIGHT = "bright"
    BLURRED = "blurred"
    COVERED = "covered"
    MOVED = "moved"
    NOISY = "noisy"
    STRIPED = "striped"
    CAST = "cast"
    MOSAIC = "mosaic"
    VEILED = "veiled"
    STUCK = "stuck"
    FOGGED = "fogged"  # weather, and no fault


def draw_flawed(scene: Scene, flaw: Flaw, seconds: float, width: int, height: int, noise: float = NOISE) -> Pixels:
    """The picture ``seconds`` into the film as a camera with the flaw sends it."""
    if flaw in _OPTICAL:
        return _grained(_OPTICAL[flaw](draw(scene, seconds, width, height, 0.0)), seconds, noise)
    if flaw is Flaw.NOISY:
        return _grained(draw(scene, seconds, width, height, 0.0), seconds, 45.0)
    if flaw is Flaw.STUCK:  # the sensor hangs; the clock, burnt in behind it, ticks on
        picture = draw(scene, 0.0, width, height, noise)
        write_clock(picture, seconds)
        return picture
    return _ELECTRONIC[flaw](draw(scene, seconds, width, height, noise), seconds)


def _underexposed(picture: Pixels, _: float) -> Pixels:
    """The lens is shut all but a slit; what is left is noise and the clock's glow."""
    return _exposed(picture, 0.01)


def _overexposed(picture: Pixels, _: float) -> Pixels:
    """The exposure is stuck wide open."""
    return _exposed(picture, 6.0)


def _yellow(picture: Pixels, _: float) -> Pixels:
    """The blue channel lost most of its gain."""
    picture[:, :, 0] = (picture[:, :, 0] * 0.35).astype(np.uint8)
    return picture


def _exposed(picture: Pixels, gain: float) -> Pixels:
    """With so much more light, by linear light (sRGB taken for a power of 2.2)."""
    table = np.clip(255 * (np.arange(256) / 255 * gain ** (1 / 2.2)), 0, 255)
    return np.asarray(table[picture], np.uint8)


def _defocused(picture: Pixels) -> Pixels:
    """By a disc of 2 % of the width."""
    import cv2

    radius = picture.shape[1] // 50
    size = 2 * radius + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)).astype(np.float32)
    return np.asarray(cv2.filter2D(picture, -1, disc / disc.sum()), np.uint8)


def _covered(picture: Pixels) -> Pixels:
    """Cloth before most of the view, far too near to be sharp."""
    import cv2

    height, width = picture.shape[:2]
    light = np.linspace(0.4, 1.6, height, dtype=np.float32)[:, None, None]
    cloth = light * np.array((70, 82, 96), np.float32)
    edge = (np.arange(width) < 0.85 * width).astype(np.float32)[None, :, None]
    share = cv2.GaussianBlur(np.broadcast_to(edge, (height, width, 1)).copy(), (0, 0), width / 40)[:, :, None]
    return np.asarray(np.clip(share * cloth + (1 - share) * picture, 0, 255), np.uint8)


def _turned(picture: Pixels) -> Pixels:
    """The bracket gave way: a fifth of the view to the side, and turned."""
    import cv2

    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 9, 1.15)
    turn[:, 2] += (0.2 * width, 0.06 * height)
    return np.asarray(cv2.warpAffine(picture, turn, (width, height), borderMode=cv2.BORDER_REFLECT), np.uint8)


def _grained(picture: Pixels, seconds: float, sigma: float) -> Pixels:
    grain = np.random.default_rng(round(seconds * 1000) + SEED)
    noise = grain.standard_normal(picture.shape[:2], dtype=np.float32) * np.float32(sigma)
    return np.clip(np.rint(picture + noise[:, :, None]), 0, 255).astype(np.uint8)


def _striped(picture: Pixels, seconds: float) -> Pixels:
    """Bands of mains hum over the whole width, at another place in each picture."""
    rows = np.arange(picture.shape[0]) / picture.shape[0]
    bands = 26 * np.sin(2 * np.pi * (7 * rows + 0.37 * seconds))
    return np.asarray(np.clip(picture + bands[:, None, None], 0, 255), np.uint8)


def _displaced(picture: Pixels, seconds: float) -> Pixels:
    """Damaged in a recorder, whose stream is sound again: of coded blocks half are grey or out of place."""
    height, width = picture.shape[:2]
    chance = np.random.default_rng(round(seconds * 1000) + SEED).random((-(-height // 16), -(-width // 16)))
    which = np.kron(chance, np.ones((16, 16)))[:height, :width, None]
    elsewhere = np.roll(picture, (height // 3, width // 5), (0, 1))
    return np.where(which < 0.25, np.uint8(128), np.where(which < 0.5, elsewhere, picture)).astype(np.uint8)


def _veiled(picture: Pixels) -> Pixels:
    """Foil before the lens: of linear light (sRGB taken for a power of 2.2) seven tenths are scattered."""
    light = (picture / 255.0) ** 2.2
    return np.asarray(255 * (light + 0.7 * (light.mean() - light)) ** (1 / 2.2), np.uint8)


def _fogged(picture: Pixels) -> Pixels:
    """Fog: half of the contrast is left, and what is far away is paler still."""
    left = np.linspace(0.48, 0.56, picture.shape[0], dtype=np.float32)[:, None, None]
    return np.asarray(left * picture + (1 - left) * 190, np.uint8)


_OPTICAL: Mapping[Flaw, Callable[[Pixels], Pixels]] = MappingProxyType(
    {
        Flaw.BLURRED: _defocused,
        Flaw.COVERED: _covered,
        Flaw.MOVED: _turned,
        Flaw.VEILED: _veiled,
        Flaw.FOGGED: _fogged,
    }
)
_ELECTRONIC: Mapping[Flaw, Callable[[Pixels, float], Pixels]] = MappingProxyType(
    {
        Flaw.DARK: _underexposed,
        Flaw.BRIGHT: _overexposed,
        Flaw.CAST: _yellow,
        Flaw.STRIPED: _striped,
        Flaw.MOSAIC: _displaced,
    }
)
