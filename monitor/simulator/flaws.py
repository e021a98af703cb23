"""What can be wrong with a picture: done to drawn pictures, optical flaws before the sensor's noise, electronic after.

The simulator's own: nothing here is shared with the code that recognises them.
"""

from __future__ import annotations

from enum import StrEnum

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
    STUCK = "stuck"


_GAINS = {
    Flaw.DARK: 0.01,  # the lens is shut all but a slit; what is left is noise and the clock's glow
    Flaw.BRIGHT: 6.0,  # the exposure is stuck wide open
}


def draw_flawed(scene: Scene, flaw: Flaw, seconds: float, width: int, height: int, noise: float = NOISE) -> Pixels:
    """The picture ``seconds`` into the film as a camera with the flaw sends it."""
    match flaw:
        case Flaw.DARK | Flaw.BRIGHT:
            return _exposed(draw(scene, seconds, width, height, noise), _GAINS[flaw])
        case Flaw.BLURRED:  # out of focus by a disc of 2 % of the width
            return _grained(_defocused(draw(scene, seconds, width, height, 0.0), width // 50), seconds, noise)
        case Flaw.COVERED:  # something hangs before most of the lens
            return _grained(_covered(draw(scene, seconds, width, height, 0.0)), seconds, noise)
        case Flaw.MOVED:  # the bracket gave way: a fifth of the view to the side, and turned
            return _grained(_turned(draw(scene, seconds, width, height, 0.0)), seconds, noise)
        case Flaw.NOISY:
            return _grained(draw(scene, seconds, width, height, 0.0), seconds, 45.0)
        case Flaw.STRIPED:
            return _striped(draw(scene, seconds, width, height, noise), seconds)
        case Flaw.CAST:  # the blue channel lost most of its gain
            picture = draw(scene, seconds, width, height, noise)
            picture[:, :, 0] = (picture[:, :, 0] * 0.35).astype(np.uint8)
            return picture
        case Flaw.STUCK:  # the sensor hangs; the clock, burnt in behind it, ticks on
            picture = draw(scene, 0.0, width, height, noise)
            write_clock(picture, seconds)
            return picture


def _exposed(picture: Pixels, gain: float) -> Pixels:
    """With so much more light, by linear light (sRGB taken for a power of 2.2)."""
    table = np.clip(255 * (np.arange(256) / 255 * gain ** (1 / 2.2)), 0, 255)
    return np.asarray(table[picture], np.uint8)


def _defocused(picture: Pixels, radius: int) -> Pixels:
    import cv2

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
