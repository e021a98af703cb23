"""Draws what the fake cameras look at: BGR pictures, always the same ones for the same arguments."""

from __future__ import annotations

import math
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Colour = tuple[int, int, int]  # blue, green, red

NOISE = 2.5  # usual standard deviation of the sensor noise, in grey levels
UNLIT: Colour = (5, 5, 5)
UNLIT_NOISE = 3.0  # of a sensor that gets no light; it must outlive the encoder, so that no two pictures are equal
NO_SIGNAL: Colour = (200, 30, 10)


class Scene(StrEnum):
    """What the camera sees."""

    LANE = "lane"
    POND = "pond"
    JUNCTION = "junction"
    NIGHT = "night"  # a lane by infra-red light
    STILL = "still"  # a pond without wind: what is nearest to a frozen picture
    BLACK = "black"  # a covered or dead sensor
    BLUE = "blue"  # what an encoder sends that has lost its sensor


LIVE_SCENES = (Scene.LANE, Scene.POND, Scene.JUNCTION)


def draw(scene: Scene, seconds: float, width: int, height: int, noise: float = NOISE) -> Pixels:
    """The picture ``seconds`` into the film; no two instants give the same one, except of ``BLUE``."""
    match scene:
        case Scene.LANE:
            return _filmed(_lane(seconds, width, height), seconds, noise)
        case Scene.POND:
            return _filmed(_pond(seconds, width, height), seconds, noise)
        case Scene.JUNCTION:
            return _filmed(_junction(seconds, width, height), seconds, noise)
        case Scene.NIGHT:
            return _filmed(_by_infrared(_lane(seconds, width, height)), seconds, 2 * noise)
        case Scene.STILL:
            return _with_noise(_mirror(width, height), seconds, noise)
        case Scene.BLACK:
            return _with_noise(_plain(UNLIT, width, height), seconds, UNLIT_NOISE)
        case Scene.BLUE:
            return _plain(NO_SIGNAL, width, height)


def _filmed(picture: Pixels, seconds: float, noise: float) -> Pixels:
    """With the traces of a camera: sensor noise, and above it the clock it burns in."""
    noisy = _with_noise(picture, seconds, noise)
    write_clock(noisy, seconds)
    return noisy


def _lane(seconds: float, width: int, height: int) -> Pixels:
    """A lane between two walls; a tricycle comes nearer."""
    picture = _outdoors(width, height, horizon=0.35, ground=(88, 112, 120))
    _polygon(picture, ((0.45, 0.35), (0.55, 0.35), (0.85, 1.0), (0.15, 1.0)), (150, 150, 146))
    _polygon(picture, ((0.0, 0.1), (0.4, 0.32), (0.4, 0.42), (0.0, 0.85)), (205, 214, 220))
    _polygon(picture, ((1.0, 0.05), (0.6, 0.3), (0.6, 0.42), (1.0, 0.9)), (120, 150, 190))
    for door in (0.06, 0.2, 0.31):
        _box(picture, door, 0.3, 0.04, 0.22 - door * 0.3, (60, 70, 96))
    near = seconds % 7 / 7
    size = 0.04 + 0.16 * near
    _box(picture, 0.5 - size / 2 + 0.08 * math.sin(seconds), 0.4 + 0.35 * near, size, size, (50, 60, 190))
    _box(picture, 0.5 - size / 4 + 0.08 * math.sin(seconds), 0.37 + 0.33 * near, size / 2, size / 2, (190, 120, 40))
    return picture


def _pond(seconds: float, width: int, height: int) -> Pixels:
    """A pond with ripples; two ducks cross it."""
    picture = _outdoors(width, height, horizon=0.3, ground=(70, 130, 96))
    _polygon(picture, ((0.1, 0.5), (0.85, 0.45), (0.98, 0.8), (0.6, 0.97), (0.05, 0.88)), (150, 128, 92))
    for ripple in range(9):
        left = 0.14 + 0.07 * ripple + 0.015 * math.sin(2 * seconds + ripple)
        _box(picture, left, 0.54 + 0.035 * ripple, 0.16, 0.006, (186, 170, 140))
    for post in range(7):
        _box(picture, 0.08 + 0.13 * post, 0.4, 0.012, 0.1, (210, 210, 205))
    for duck in (0.0, 0.09):
        swim = (seconds / 9 + duck) % 1.0
        _box(picture, 0.2 + 0.55 * swim, 0.62 + duck, 0.035, 0.025, (235, 240, 240))
    return picture


def _mirror(width: int, height: int) -> Pixels:
    """A pond without a breath of wind: bank, posts and sky stand upside down in it. No clock is burnt in either."""
    picture = _outdoors(width, height, horizon=0.3, ground=(70, 130, 96))
    for post in range(9):
        _box(picture, 0.05 + 0.1 * post, 0.28, 0.012, 0.16, (210, 210, 205))
    for house in range(3):
        _box(picture, 0.1 + 0.3 * house, 0.16, 0.12, 0.15, (80, 120 + 25 * house, 170))
    water = 0.7 * picture[: height // 2][::-1] + np.array((42, 36, 24))
    picture[height - height // 2 :] = water.astype(np.uint8)
    return picture


def _junction(seconds: float, width: int, height: int) -> Pixels:
    """Two roads that cross; a van drives over the crossing, a lamp turns red and green."""
    picture = _outdoors(width, height, horizon=0.25, ground=(104, 124, 116))
    _polygon(picture, ((0.0, 0.52), (1.0, 0.52), (1.0, 0.74), (0.0, 0.74)), (112, 110, 108))
    _polygon(picture, ((0.42, 0.25), (0.58, 0.25), (0.8, 1.0), (0.2, 1.0)), (112, 110, 108))
    for stripe in range(8):
        _box(picture, 0.22 + 0.072 * stripe, 0.78, 0.036, 0.07, (222, 224, 224))
    for house in range(4):
        _box(picture, 0.02 + 0.27 * house, 0.12 + 0.03 * (house % 2), 0.15, 0.25, (90 + 30 * house, 140, 190))
    _box(picture, -0.15 + 1.3 * (seconds / 5 % 1.0), 0.55, 0.15, 0.13, (214, 196, 60))
    _box(picture, 0.64, 0.3, 0.025, 0.06, (40, 200, 40) if int(seconds / 3) % 2 else (40, 40, 220))
    return picture


def _by_infrared(picture: Pixels) -> Pixels:
    """In shades of grey, by the camera's own lamp: bright before it, dark towards the edges and the distance."""
    height, width = picture.shape[:2]
    grey = picture.mean(axis=2, dtype=np.float32)
    x, y = np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-0.6, 1.2, height, dtype=np.float32)
    lamp = 0.15 + 0.95 * np.exp(-1.6 * (x[None, :] ** 2 + (y[:, None] - 0.6) ** 2))
    lit = np.clip(grey * lamp, 0, 255).astype(np.uint8)
    return np.ascontiguousarray(np.repeat(lit[:, :, None], 3, axis=2))


def _outdoors(width: int, height: int, horizon: float, ground: Colour) -> Pixels:
    """Sky that grows lighter towards the horizon, and rough ground below it."""
    picture = _plain(ground, width, height)
    edge = int(horizon * height)
    light = np.linspace(150, 225, edge)[:, None]
    picture[:edge] = np.stack((light + 25, light + 5, light - 15), axis=-1).astype(np.uint8)
    grass = np.random.default_rng(7).integers(-14, 15, (height - edge, width, 1))
    picture[edge:] = np.clip(picture[edge:] + grass, 0, 255).astype(np.uint8)
    return picture


def _with_noise(picture: Pixels, seconds: float, sigma: float) -> Pixels:
    grain = np.random.default_rng(round(seconds * 1000))
    noise = grain.standard_normal(picture.shape[:2], dtype=np.float32) * np.float32(sigma)
    return np.clip(np.rint(picture + noise[:, :, None]), 0, 255).astype(np.uint8)


def write_clock(picture: Pixels, seconds: float) -> None:
    """The running clock most cameras burn into the picture."""
    import cv2

    scale = picture.shape[0] / 360
    minutes, rest = divmod(seconds, 60)
    text = f"2026-01-01 08:{int(minutes):02d}:{rest:04.1f}"
    _box(picture, 0.01, 0.02, 0.34, 0.07, (0, 0, 0))
    origin = (int(12 * scale), int(26 * scale))
    cv2.putText(picture, text, origin, cv2.FONT_HERSHEY_SIMPLEX, 0.6 * scale, (255, 255, 255), 1)


def _plain(colour: Colour, width: int, height: int) -> Pixels:
    return np.full((height, width, 3), colour, np.uint8)


def _polygon(picture: Pixels, corners: tuple[tuple[float, float], ...], colour: Colour) -> None:
    """Corners are shares of width and height."""
    import cv2

    height, width = picture.shape[:2]
    cv2.fillPoly(picture, [np.array([(int(x * width), int(y * height)) for x, y in corners], np.int32)], colour)


def _box(picture: Pixels, left: float, top: float, wide: float, high: float, colour: Colour) -> None:
    _polygon(picture, ((left, top), (left + wide, top), (left + wide, top + high), (left, top + high)), colour)
