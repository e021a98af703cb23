"""A simulated camera, in linear light: lens, sensor, exposure, white balance, infra-red mode, burnt-in clock.

Light goes scene -> weather and passers-by -> (optical faults) -> sensor with shot and read noise, exposed automatically
within limits -> noise reduction, white balance, gamma -> clock -> (electronic faults). Where no figure is measured, it
is that of an ordinary 1/3 inch sensor.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.bench.picture_diagnosis.days import DARK_BELOW, Moment, Rng
from tests.bench.picture_diagnosis.scenes import CANVAS, VIEW, Light, Pixels, Scene
from tests.bench.picture_diagnosis.visitors import visited

WIDTH, HEIGHT = VIEW
GREY = 0.18  # mean the exposure aims at, of saturation
SHUTTER = 40.0  # how much longer than at noon it may expose without amplifying
AMPLIFIED = 16.0  # at most
FULL_WELL = 9000.0  # electrons at saturation
READ_NOISE = 6.0  # electrons
DENOISED = 0.35  # share of the temporal noise that noise reduction leaves
LUMA = np.array([0.0722, 0.7152, 0.2126], np.float32)  # of blue, green, red (BT.709)
NEAR_INFRARED = np.array([0.15, 0.35, 0.50], np.float32)
LAMPS = 4e-3  # light of street lamps, of the noon's, below one
IR_LAMPS = 3e-3

Optics = Callable[[Light], Light]
Electronics = Callable[[Pixels, Rng], Pixels]


@dataclass(frozen=True, slots=True)
class Aim:
    """Where the camera looks, against where it was mounted to look."""

    right: float = 0.0  # share of the picture's width
    down: float = 0.0  # share of its height
    turned: float = 0.0  # degrees
    nearer: float = 1.0  # zoom


STRAIGHT = Aim()


@dataclass(frozen=True, slots=True)
class Spoilt:
    """What is wrong with a camera, at each place where something can be."""

    aim: Aim = STRAIGHT
    optics: Optics | None = None
    exposure: Callable[[Light], float] | None = None  # factor on the exposed light, 1 = saturation
    gains: tuple[float, float, float] = (1.0, 1.0, 1.0)  # of blue, green, red behind the white balance
    electronics: Electronics | None = None


SOUND = Spoilt()


class Camera:
    """One camera at one scene."""

    def __init__(self, scene: Scene) -> None:
        rng = np.random.default_rng(scene.seed)
        self._light = scene.light()
        # Pixels, standard deviation: half of the cameras hang on a wall, half on a mast in the wind.
        self._sway = float(rng.uniform(0.2, 0.7)) if rng.random() < 0.5 else 0.0
        self._lamps = _pools(rng)
        self._falloff = _falloff(rng)
        self._noise = rng.standard_normal((HEIGHT + 64, WIDTH + 64, 3), np.float32)
        self._shadow = cv2.GaussianBlur(rng.standard_normal((HEIGHT, WIDTH + 400), np.float32), (0, 0), 30)
        self._green = _leaves(self._light)
        self._level = np.clip((np.arange(CANVAS[1], dtype=np.float32) / CANVAS[1] - 0.35) * 3, 0, 1)[:, None, None]
        self.denoised = DENOISED * float(rng.uniform(0.6, 1.6))
        self.colourful = float(np.abs(self._light - self._light.mean(axis=2, keepdims=True)).mean()) > 0.01

    def film(self, moment: Moment, rng: Rng, spoilt: Spoilt = SOUND) -> Pixels:
        """One picture, with the grain of this instant."""
        light = self._aimed(self._seasoned(moment), spoilt.aim, rng)
        light = self._lit(light, moment)
        if moment.haze:
            light = light * np.float32(1 - moment.haze) + np.float32(moment.haze * 1.5 * float(light.mean()))
        light = visited(light, moment, rng)
        if spoilt.optics is not None:
            light = spoilt.optics(light)
        picture = coded(self._exposed(light, moment, rng, spoilt))
        _write_clock(picture, moment)
        return picture if spoilt.electronics is None else spoilt.electronics(picture, rng)

    def _seasoned(self, moment: Moment) -> Light:
        light = self._light
        if moment.autumn:
            turned = light[:, :, 1:2] * np.array([0.35, 0.75, 1.15], np.float32)
            light = light + np.float32(moment.autumn) * self._green * (turned - light)
        if moment.whiteness:
            light = light + np.float32(moment.whiteness) * self._level * (np.float32(0.7) - light)
        return light

    def _aimed(self, light: Light, aim: Aim, rng: Rng) -> Light:
        """The part of the photograph that is in view; what is beyond its edge is mirrored."""
        if aim is STRAIGHT and not self._sway:
            left, top = (CANVAS[0] - WIDTH) // 2, (CANVAS[1] - HEIGHT) // 2
            return light[top : top + HEIGHT, left : left + WIDTH]
        sway = rng.normal(0, self._sway, 2)
        across = CANVAS[0] / 2 + aim.right * WIDTH + sway[0]
        down = CANVAS[1] / 2 + aim.down * HEIGHT + sway[1]
        matrix = cv2.getRotationMatrix2D((across, down), aim.turned, aim.nearer)
        matrix[:, 2] += (WIDTH / 2 - across, HEIGHT / 2 - down)
        view = cv2.warpAffine(light, matrix, VIEW, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
        return np.maximum(_light(view), np.float32(0))

    def _lit(self, light: Light, moment: Moment) -> Light:
        if moment.infrared:
            reflected = (light @ NEAR_INFRARED) * self._falloff * np.float32(IR_LAMPS) + np.float32(1e-5)
            return _alike(reflected)
        warm = np.float32(2 ** (moment.warmth / 2))
        field = np.full((HEIGHT, WIDTH), moment.daylight, np.float32)
        if moment.shadows:
            # Shadows wander through the picture with the sun, forty pixels an hour.
            moved = int((moment.at.hour + moment.at.minute / 60) * 40) % 400
            field *= 1 - np.float32(moment.shadows) * (self._shadow[:, moved : moved + WIDTH] > 0.02)
        if moment.daylight < DARK_BELOW:
            field += self._lamps * np.float32(LAMPS)
        return _light(cv2.multiply(light, cv2.merge((field / warm, field, field * warm))))

    def _exposed(self, light: Light, moment: Moment, rng: Rng, spoilt: Spoilt) -> Light:
        if moment.infrared:
            light = _alike(light[:, :, 1])  # whatever stands before the lens has no colour now, either
        mean = float((light[::4, ::4] @ LUMA).mean())
        factor = min(max(GREY / max(mean, 1e-9), 0.25), SHUTTER * AMPLIFIED)
        amplified = max(1.0, factor / SHUTTER)
        signal = _scaled(light, (factor, factor, factor))
        signal = _scaled(signal, _balance(signal, moment))
        if spoilt.exposure is not None:
            further = spoilt.exposure(signal)
            signal = _scaled(signal, (further, further, further))
        signal = _scaled(signal, spoilt.gains)
        down, right = rng.integers(0, 64, 2)
        grain = self._noise[down : down + HEIGHT, right : right + WIDTH]
        if moment.infrared:
            grain = _alike(grain[:, :, 0])  # one grain for all channels: the picture has no colour
        well = FULL_WELL / amplified
        spread = np.sqrt(np.clip(signal[:, :, 1], 0, 1) * np.float32(1 / well) + np.float32((READ_NOISE / well) ** 2))
        return _light(cv2.add(signal, cv2.multiply(grain, _alike(spread), scale=self.denoised)))


def coded(light: Light) -> Pixels:
    """Linear light, 1 = saturation, as it is displayed (IEC 61966-2-1)."""
    steps = light * np.float32(4095)
    np.clip(steps, 0, 4095, out=steps)
    return _CODED.take(steps.astype(np.uint16))


def _alike(plane: NDArray[np.float32]) -> Light:
    """The same plane in every channel."""
    return _light(cv2.merge((plane, plane, plane)))


def _scaled(light: Light, factors: tuple[float, float, float]) -> Light:
    """Each channel by its factor."""
    return light if factors == (1.0, 1.0, 1.0) else _light(cv2.multiply(light, np.array((*factors, 1.0))))


def _light(values: cv2.typing.MatLike) -> Light:
    """OpenCV does not say of what type its results are."""
    return values.astype(np.float32, copy=False)


def _balance(signal: Light, moment: Moment) -> tuple[float, float, float]:
    """White balance: half the way to grey, within limits; none in infra-red, where there is no colour."""
    if moment.infrared:
        return 1.0, 1.0, 1.0
    blue, green, red = (float(value) for value in np.clip(signal[::4, ::4], 0, 1).mean(axis=(0, 1)))
    return (
        min(max(math.sqrt(green / max(blue, 1e-6)), 0.7), 1.4),
        1.0,
        min(max(math.sqrt(green / max(red, 1e-6)), 0.7), 1.4),
    )


def _coded_table() -> Pixels:
    linear = np.arange(4096) / 4095
    shown = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    table: Pixels = np.rint(shown * 255).astype(np.uint8)
    return table


_CODED = _coded_table()


def _pools(rng: Rng) -> NDArray[np.float32]:
    """Two or three street lamps: pools of light, and the lamps themselves."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    field = np.full((HEIGHT, WIDTH), 0.08, np.float32)
    for _ in range(int(rng.integers(2, 4))):
        across, down, size = rng.uniform(0.1, 0.9) * WIDTH, rng.uniform(0.1, 0.5) * HEIGHT, rng.uniform(60, 160)
        field += np.exp(-(((columns - across) ** 2 + ((rows - down) / 1.3) ** 2) / size**2))
        field += 25 * np.exp(-(((columns - across) ** 2 + (rows - down * 0.6) ** 2) / 16))
    return field


def _falloff(rng: Rng) -> NDArray[np.float32]:
    """Infra-red lamps: bright in the middle and below, dark in the corners and far away."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    across = (columns / WIDTH - 0.5 - rng.uniform(-0.1, 0.1)) * 2
    down = (rows / HEIGHT - 0.6) * 1.8
    lit: NDArray[np.float32] = (0.12 + np.exp(-1.5 * (across**2 + down**2))).astype(np.float32)
    return lit


def _leaves(light: Light) -> Light:
    """1 where the photograph is green."""
    green = light[:, :, 1] - np.maximum(light[:, :, 0], light[:, :, 2])
    return np.clip(green / (0.1 * light[:, :, 1] + 1e-3), 0, 1)[:, :, None].astype(np.float32)


def _write_clock(picture: Pixels, moment: Moment) -> None:
    cv2.rectangle(picture, (6, 6), (222, 28), (0, 0, 0), -1)
    text = f"{moment.at:%Y-%m-%d %H:%M:%S}"
    cv2.putText(picture, text, (10, 23), cv2.FONT_HERSHEY_SIMPLEX, 0.55, (255, 255, 255), 1, cv2.LINE_AA)
