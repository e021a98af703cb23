"""What goes wrong with a camera's picture, in which strengths, and which findings would be right.

Optical faults lie before the sensor, so exposure and noise answer to them; electronic ones behind it. What stays the
same while a fault lasts (the shape of a cover, the place of the drops) is drawn once for each trial.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.model import Cause
from tests.bench.picture_diagnosis.camera import LUMA, Aim, Electronics, Optics, Spoilt
from tests.bench.picture_diagnosis.days import Rng
from tests.bench.picture_diagnosis.scenes import LINEAR, VIEW, Light, Pixels

WIDTH, HEIGHT = VIEW

NO_SIGNAL = frozenset({Cause.PICTURE_BLACK, Cause.PICTURE_SINGLE_COLOUR})
DARK = frozenset({Cause.PICTURE_DARK, Cause.PICTURE_BLACK})  # a night without a lamp and a dead sensor look alike
VEILED = frozenset({Cause.PICTURE_VEILED, Cause.PICTURE_COVERED, Cause.PICTURE_BLURRED})
MOSAIC = frozenset({Cause.PICTURE_CORRUPT})
VIEW_LOST = frozenset({Cause.PICTURE_COVERED, Cause.PICTURE_MOVED})


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault in one strength."""

    kind: str
    strength: str
    right: frozenset[Cause]  # the causes that name it
    spoil: Callable[[Rng], Spoilt] = field(repr=False)
    by_day: bool = True
    in_infrared: bool = True
    promised: bool = True  # whether the strength is one of the contract's table


def _fixed(spoilt: Spoilt) -> Callable[[Rng], Spoilt]:
    return lambda _: spoilt


# ---------------------------------------------------------------- no signal


def _card(colour: tuple[int, int, int], words: str = "") -> Callable[[Rng], Spoilt]:
    """What an encoder sends that has lost its sensor. The words stay below a fifth of the picture."""

    def shown(picture: Pixels, rng: Rng) -> Pixels:
        card = np.full_like(picture, colour)
        if words:
            cv2.putText(card, words, (150, 200), cv2.FONT_HERSHEY_SIMPLEX, 1.8, (255, 255, 255), 4, cv2.LINE_AA)
        return card

    return _fixed(Spoilt(electronics=shown))


def _dead_sensor(picture: Pixels, rng: Rng) -> Pixels:
    """No light on a sensor at its highest gain."""
    return np.clip(rng.normal(6, 2.5, picture.shape[:2])[:, :, None] * np.ones(3), 0, 255).astype(np.uint8)


# ---------------------------------------------------------------- exposure


def _darkened(brightest: int) -> Callable[[Rng], Spoilt]:
    """The 99th percentile of the picture falls to this level: an iris that stays shut, a dead lamp."""

    def factor(signal: Light) -> float:
        return float(LINEAR[brightest]) / max(float(np.quantile(signal[::4, ::4] @ LUMA, 0.99)), 1e-6)

    return _fixed(Spoilt(exposure=factor))


def _overexposed(share: float) -> Callable[[Rng], Spoilt]:
    """This share of the picture is clipped: an exposure that hangs."""

    def factor(signal: Light) -> float:
        return 1.05 / max(float(np.quantile(signal[::4, ::4] @ LUMA, 1 - share)), 1e-6)

    return _fixed(Spoilt(exposure=factor))


# ---------------------------------------------------------------- noise, stripes


def _gaussian(sigma: float) -> Electronics:
    def noisy(picture: Pixels, rng: Rng) -> Pixels:
        grain = rng.standard_normal(picture.shape[:2], np.float32)[:, :, None] * np.float32(sigma)
        return np.clip(picture + grain, 0, 255).astype(np.uint8)

    return noisy


def _impulses(share: float) -> Electronics:
    def snowed(picture: Pixels, rng: Rng) -> Pixels:
        drawn = rng.random(picture.shape[:2], np.float32)
        snowy = picture.copy()
        snowy[drawn < share / 2] = 0
        snowy[drawn > 1 - share / 2] = 255
        return snowy

    return snowed


def _analogue(strength: float) -> Electronics:
    """A weak analogue signal: rows slip sideways, and snow lies over them."""

    def weak(picture: Pixels, rng: Rng) -> Pixels:
        slips = rng.normal(0, 6, HEIGHT).astype(int)
        rows = np.stack([np.roll(row, slip, axis=0) for row, slip in zip(picture, slips, strict=True)])
        snow = rng.integers(0, 256, picture.shape[:2])[:, :, None]
        return ((1 - strength) * rows + strength * snow).astype(np.uint8)

    return weak


def _stripes(amplitude: float, *, columns: bool) -> Callable[[Rng], Spoilt]:
    """Bands across the whole picture that wander, as a ground loop or a failing supply makes them."""

    def spoil(rng: Rng) -> Spoilt:
        period = float(rng.uniform(8, 40))

        def striped(picture: Pixels, grain: Rng) -> Pixels:
            length = WIDTH if columns else HEIGHT
            wave = np.sin(2 * np.pi * (np.arange(length) / period + grain.random())) * amplitude
            return np.clip(picture + (wave[None, :, None] if columns else wave[:, None, None]), 0, 255).astype(np.uint8)

        return Spoilt(electronics=striped)

    return spoil


# ---------------------------------------------------------------- the view


def _covered(share: float) -> Callable[[Rng], Spoilt]:
    """Something near the lens, out of focus: a bag, a leaf, a hand; it takes this share of the picture."""

    def spoil(rng: Rng) -> Spoilt:
        slope = rng.uniform(-1, 1, 2)
        rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
        lump = cv2.GaussianBlur(rng.standard_normal((HEIGHT, WIDTH), np.float32), (0, 0), 60)
        order = slope[0] * columns / WIDTH + slope[1] * rows / HEIGHT + 6 * lump
        hidden = (order <= np.quantile(order, share)).astype(np.float32)
        part = cv2.GaussianBlur(hidden, (0, 0), 7)[:, :, None]
        texture = cv2.GaussianBlur(rng.standard_normal((HEIGHT, WIDTH, 3), np.float32), (0, 0), 14)
        cloth = np.clip(1 + 4 * texture, 0.2, 2).astype(np.float32) * np.float32(rng.uniform(0.15, 0.8))
        return Spoilt(optics=lambda light: light + part * (cloth * np.float32(light.mean()) - light))

    return spoil


def _shifted(share: float) -> Callable[[Rng], Spoilt]:
    """Turned sideways or down by this share of the picture."""

    def spoil(rng: Rng) -> Spoilt:
        turn = rng.uniform(0, 2 * np.pi)
        return Spoilt(aim=Aim(share * float(np.cos(turn)), share * float(np.sin(turn)), 0.0))

    return spoil


def _turned(degrees: float) -> Callable[[Rng], Spoilt]:
    return lambda rng: Spoilt(aim=Aim(turned=degrees * (1 if rng.random() < 0.5 else -1)))


def _defocused(radius: float) -> Callable[[Rng], Spoilt]:
    """A disc of confusion of this radius, in pixels of a picture 320 wide."""
    return _fixed(Spoilt(optics=defocus(radius)))


def defocus(radius: float) -> Optics:
    """The lens out of focus, in linear light; ``radius`` in pixels of a picture 320 wide."""
    reach = radius * WIDTH / 320
    side = 2 * int(np.ceil(reach)) + 1
    rows, columns = np.mgrid[0:side, 0:side] - side // 2
    disc = np.clip(reach + 0.5 - np.hypot(rows, columns), 0, 1)
    kernel: NDArray[np.float32] = (disc / disc.sum()).astype(np.float32)
    return lambda light: cv2.filter2D(light, -1, kernel, borderType=cv2.BORDER_REFLECT).astype(np.float32, copy=False)


def _sprayed(share: float) -> Callable[[Rng], Spoilt]:
    """Drops of paint, mud or water on the glass, out of focus, over this share of the picture."""

    def spoil(rng: Rng) -> Spoilt:
        drops = np.zeros((HEIGHT, WIDTH), np.uint8)
        while cv2.countNonZero(drops) < share * drops.size:
            place = (int(rng.integers(0, WIDTH)), int(rng.integers(0, HEIGHT)))
            cv2.circle(drops, place, int(rng.integers(8, 60)), (255,), -1)
        part = 0.85 * cv2.GaussianBlur(drops.astype(np.float32) / 255, (0, 0), 6)[:, :, None]
        level = float(rng.uniform(0.5, 1.5))

        def behind_drops(light: Light) -> Light:
            behind = cv2.GaussianBlur(light, (0, 0), 10)
            through = 0.3 * behind + 0.7 * level * light.mean()
            seen: Light = (light + part * (through - light)).astype(np.float32, copy=False)
            return seen

        return Spoilt(optics=behind_drops)

    return spoil


def _breathed(share: float) -> Callable[[Rng], Spoilt]:
    """Foil or condensation before the whole lens: this share of the light is scattered."""

    def seen(light: Light) -> Light:
        soft = cv2.GaussianBlur(light, (0, 0), 3)
        scattered: Light = (soft + share * (light.mean() - soft)).astype(np.float32, copy=False)
        return scattered

    return _fixed(Spoilt(optics=seen))


def _cast(factor: float) -> Callable[[Rng], Spoilt]:
    """One channel amplified by this factor, in linear light."""

    def spoil(rng: Rng) -> Spoilt:
        gains = [1.0, 1.0, 1.0]
        gains[int(rng.integers(0, 3))] = factor
        return Spoilt(gains=(gains[0], gains[1], gains[2]))

    return spoil


def _electronic(electronics: Electronics) -> Callable[[Rng], Spoilt]:
    return _fixed(Spoilt(electronics=electronics))


def _mosaic(share: float, *, grey: bool) -> Callable[[Rng], Spoilt]:
    """Other coded blocks with each key frame, damaged in a recorder: its stream is sound again."""

    def damaged(picture: Pixels, rng: Rng) -> Pixels:
        blocks = (rng.random((-(-HEIGHT // 16), WIDTH // 16)) < share).astype(np.uint8)
        where = np.kron(blocks, np.ones((16, 16), np.uint8))[:HEIGHT, :, None] > 0
        instead = np.full_like(picture, 128) if grey else np.roll(picture, (48, 80), (0, 1))
        return np.where(where, instead, picture).astype(np.uint8, copy=False)

    return _electronic(damaged)


FAULTS = (
    Fault("no signal", "black", NO_SIGNAL | DARK, _card((0, 0, 0))),
    Fault("no signal", "black with noise", NO_SIGNAL | DARK, _electronic(_dead_sensor)),
    Fault("no signal", "blue", NO_SIGNAL, _card((200, 30, 10))),
    Fault("no signal", "grey", NO_SIGNAL, _card((128, 128, 128))),
    Fault("no signal", "blue with words", NO_SIGNAL, _card((180, 20, 20), "NO SIGNAL")),
    Fault("too dark", "p99 20", DARK, _darkened(20)),
    Fault("too dark", "p99 35", DARK, _darkened(35)),
    Fault(
        "too bright", "80 % clipped", frozenset({Cause.PICTURE_BRIGHT, Cause.PICTURE_SINGLE_COLOUR}), _overexposed(0.8)
    ),
    Fault("too bright", "50 % clipped", frozenset({Cause.PICTURE_BRIGHT}), _overexposed(0.5)),
    Fault("snow, noise", "sigma 45", frozenset({Cause.PICTURE_NOISY}), _electronic(_gaussian(45))),
    Fault("snow, noise", "sigma 30", frozenset({Cause.PICTURE_NOISY}), _electronic(_gaussian(30))),
    Fault("snow, noise", "sigma 15", frozenset({Cause.PICTURE_NOISY}), _electronic(_gaussian(15)), promised=False),
    Fault("snow, noise", "12 % impulses", frozenset({Cause.PICTURE_NOISY}), _electronic(_impulses(0.12))),
    Fault("snow, noise", "weak analogue signal", frozenset({Cause.PICTURE_NOISY}), _electronic(_analogue(0.5))),
    Fault("stripes", "rows, amplitude 25", frozenset({Cause.PICTURE_STRIPED}), _stripes(25, columns=False)),
    Fault("stripes", "rows, amplitude 15", frozenset({Cause.PICTURE_STRIPED}), _stripes(15, columns=False)),
    Fault("stripes", "columns, amplitude 15", frozenset({Cause.PICTURE_STRIPED}), _stripes(15, columns=True)),
    Fault(
        "stripes", "rows, amplitude 8", frozenset({Cause.PICTURE_STRIPED}), _stripes(8, columns=False), promised=False
    ),
    Fault("view lost", "covered 90 %", VIEW_LOST, _covered(0.9)),
    Fault("view lost", "covered 60 %", VIEW_LOST, _covered(0.6)),
    Fault("view lost", "covered 40 %", VIEW_LOST, _covered(0.4), promised=False),
    Fault("view lost", "shifted 10 %", VIEW_LOST, _shifted(0.10)),
    Fault("view lost", "shifted 3 %", VIEW_LOST, _shifted(0.03)),
    Fault("view lost", "turned 8°", VIEW_LOST, _turned(8)),
    Fault("view lost", "turned 5°", VIEW_LOST, _turned(5)),
    Fault("defocus", "r 5 px", frozenset({Cause.PICTURE_BLURRED}), _defocused(5)),
    Fault("defocus", "r 3 px", frozenset({Cause.PICTURE_BLURRED}), _defocused(3)),
    Fault("defocus", "r 2 px", frozenset({Cause.PICTURE_BLURRED}), _defocused(2), promised=False),
    Fault("colour cast", "3 ×", frozenset({Cause.PICTURE_CAST}), _cast(3), in_infrared=False),
    Fault("colour cast", "2 ×", frozenset({Cause.PICTURE_CAST}), _cast(2), in_infrared=False),
    Fault("colour cast", "1.5 ×", frozenset({Cause.PICTURE_CAST}), _cast(1.5), in_infrared=False, promised=False),
    Fault("mosaic", "half of the blocks displaced", MOSAIC, _mosaic(0.5, grey=False), promised=False),
    Fault("mosaic", "a quarter of the blocks grey", MOSAIC, _mosaic(0.25, grey=True), promised=False),
    Fault("veil", "drops over 60 %", VEILED, _sprayed(0.6)),
    Fault("veil", "drops over 40 %", VEILED, _sprayed(0.4)),
    Fault("veil", "70 % scattered", VEILED, _breathed(0.7)),
)
