"""What comes between a camera and its scene without being a fault: rain, snowfall, insects, passers-by, headlights."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.bench.picture_diagnosis.days import Moment, Rng
from tests.bench.picture_diagnosis.scenes import VIEW, Light

Mask = NDArray[np.float32]  # height x width, 0 .. 1

WIDTH, HEIGHT = VIEW


def visited(light: Light, moment: Moment, rng: Rng) -> Light:
    """The light with everything that is on its way through the picture now."""
    level = float(light.mean())
    for _ in range(moment.passers):
        light = _passer(light, rng)
    if moment.headlights:
        light = light + _headlights(moment.headlights, max(level, 0.002), rng)
    # Near the lens and lit by the camera's own lamps, all of these are brighter than the scene.
    glow = 4.0 if moment.infrared else 1.6
    if moment.rain:
        light = _laid(light, _streaks(moment.rain, rng), 0.35, level * glow)
    if moment.snow:
        light = _laid(light, _flakes(moment.snow, moment.infrared, rng), 0.85, level * glow * 1.3)
    if moment.insects:
        light = _laid(light, _insects(moment.insects, rng), 0.9, level * glow * 2)
    return light


def _laid(light: Light, mask: Mask, opacity: float, level: float) -> Light:
    part = cv2.merge((mask, mask, mask)) * np.float32(opacity)
    laid: Light = light * (1 - part) + part * np.float32(level)
    return laid


def _passer(light: Light, rng: Rng) -> Light:
    """Somebody or something: another part of the same photograph, lighter or darker, in the shape of an ellipse."""
    high = int(rng.integers(HEIGHT // 10, HEIGHT // 3))
    wide = int(high * rng.uniform(0.4, 1.8))
    left, top = int(rng.integers(0, WIDTH - wide)), int(rng.integers(HEIGHT // 4, HEIGHT - high))
    from_left, from_top = int(rng.integers(0, WIDTH - wide)), int(rng.integers(0, HEIGHT - high))
    shape = np.zeros((high, wide), np.uint8)
    cv2.ellipse(shape, ((wide / 2, high / 2), (wide - 2, high - 2), 0), (255,), -1)
    soft = cv2.GaussianBlur(shape, (5, 5), 0)[:, :, None].astype(np.float32) / 255
    seen = light[from_top : from_top + high, from_left : from_left + wide] * np.float32(rng.uniform(0.3, 1.6))
    passed = light.copy()
    behind = passed[top : top + high, left : left + wide]
    behind += soft * (seen - behind)
    return passed


def _headlights(nearness: float, level: float, rng: Rng) -> Light:
    """Two lamps with their glare, and the ground they light."""
    across = rng.uniform(0.2, 0.8) * WIDTH
    down = (0.35 + 0.4 * nearness) * HEIGHT
    apart, size = np.float32(10 + 90 * nearness), np.float32(6 + 40 * nearness)
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    glare = np.zeros((HEIGHT, WIDTH), np.float32)
    for side in (-apart / 2, apart / 2):
        far = (columns - across - side) ** 2 + (rows - down) ** 2
        glare += 30 * np.exp(-far / size**2) + 0.6 * np.exp(-np.sqrt(far) / (3 * size))
    cone = np.exp(-(((columns - across) / (60 + 200 * nearness)) ** 2)) * (rows > down)
    lamp: Mask = (glare + 0.8 * cone).astype(np.float32) * np.float32(level)
    lit: Light = cv2.merge((lamp, lamp, lamp)).astype(np.float32, copy=False)
    return lit


def _streaks(count: int, rng: Rng) -> Mask:
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    slant = rng.uniform(-0.3, 0.3)
    for x, y, length, depth in zip(
        *_places(count, rng), rng.integers(8, 28, count), rng.uniform(80, 255, count), strict=True
    ):
        cv2.line(mask, (int(x), int(y)), (int(x + slant * length), int(y + length)), (int(depth),), 1, cv2.LINE_AA)
    return _part(mask)


def _flakes(count: int, lit: bool, rng: Rng) -> Mask:
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    for x, y, size in zip(*_places(count, rng), rng.exponential(1.6 if lit else 1.0, count), strict=True):
        cv2.circle(mask, (int(x), int(y)), 1 + min(12, int(size)), (255,), -1, cv2.LINE_AA)
    return _part(cv2.GaussianBlur(mask, (5, 5), 0))


def _insects(count: int, rng: Rng) -> Mask:
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    for x, y in zip(*_places(count, rng), strict=True):
        to = (int(x + rng.integers(-60, 61)), int(y + rng.integers(-60, 61)))
        cv2.line(mask, (int(x), int(y)), to, (255,), int(rng.integers(3, 16)), cv2.LINE_AA)
    return _part(cv2.GaussianBlur(mask, (15, 15), 0))


def _part(mask: cv2.typing.MatLike) -> Mask:
    return mask.astype(np.float32) * np.float32(1 / 255)


def _places(count: int, rng: Rng) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return rng.integers(0, WIDTH, count), rng.integers(0, HEIGHT, count)
