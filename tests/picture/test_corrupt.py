"""Mosaic told from pixels alone: damaged macroblocks are, and whatever else breaks off on a grid is not."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from monitor.model import Codec, KeyFrame
from monitor.picture import Frame
from monitor.picture.corrupt import BLOCK, MORE, UNKNOWN, damaged, torn
from monitor.picture.frame import reduced
from tests.bench.picture_diagnosis.streams import Decoder, Encoder, Stream
from tests.picture.film import HEIGHT, WIDTH, Pixels

GRID = (-(-HEIGHT // BLOCK), WIDTH // BLOCK)


@cache
def street() -> Pixels:
    """Clouds of every size, as photographs have them (amplitude 1/f), and a few hundred sharp things, all lens-soft."""
    rng = np.random.default_rng(5)
    sums = np.zeros((HEIGHT, WIDTH, 3))
    for size in (4, 8, 16, 32, 64, 128):
        some = rng.normal(0, 40 / size**0.5, (size * 9 // 16 + 2, size + 2, 3)).astype(np.float32)
        sums += cv2.resize(some, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    picture = np.clip(128 + sums, 0, 255).astype(np.uint8)
    for x, y, wide, high in rng.integers((0, 0, 5, 5), (WIDTH, HEIGHT, 60, 60), (300, 4)):
        cv2.rectangle(picture, (x, y), (x + wide, y + high), rng.integers(40, 215, 3).tolist(), -1)
    return lens_soft(picture)


def lens_soft(picture: Pixels) -> Pixels:
    return cv2.GaussianBlur(picture, (0, 0), 0.7).astype(np.uint8, copy=False)


def coded(picture: Pixels, stream: Stream) -> Frame:
    """As it comes out of the decoder."""
    decoded = Decoder().decode(KeyFrame(stream.codec, Encoder(stream).encode(picture)))
    assert decoded is not None
    return decoded[0]


USUAL = Stream(Codec.H264, 26)


def share(picture: Pixels, stream: Stream = USUAL) -> float:
    frame = coded(picture, stream)
    return damaged(frame, reduced(frame))


def spread(values: NDArray[Any]) -> NDArray[Any]:
    """One value a block -> a picture."""
    return np.kron(values, np.ones((BLOCK, BLOCK, *(1,) * (values.ndim - 2)), values.dtype))[:HEIGHT]


DAMAGE: dict[str, Callable[[Pixels], Pixels]] = {
    "displaced": lambda picture: np.roll(picture, (48, 80), (0, 1)),
    "grey": lambda picture: np.full_like(picture, 128),
    "flattened": lambda picture: spread(np.asarray(cv2.resize(picture, GRID[::-1], interpolation=cv2.INTER_AREA))),
}


@pytest.mark.parametrize(
    ("damage", "part"),
    [(damage, part) for damage in DAMAGE for part in (0.24, 0.5, 0.8) if (damage, part) != ("flattened", 0.24)],
)
def test_damaged_blocks_are_seen_wherever_there_is_something_to_see(damage: str, part: float) -> None:
    where = spread(np.random.default_rng(2).random(GRID) < part)[:, :, None]
    hurt = np.where(where, DAMAGE[damage](street()), street()).astype(np.uint8)
    assert share(hurt) > UNKNOWN > 3 * share(street())
    assert share(hurt, Stream(Codec.MJPEG, 4)) > UNKNOWN


@pytest.mark.parametrize(
    "stream", [Stream(Codec.H264, 42), Stream(Codec.H265, 38), Stream(Codec.MJPEG, 28)], ids=lambda each: each.codec
)
def test_a_low_bit_rate_is_no_damage(stream: Stream) -> None:
    assert share(street(), stream) - share(street(), Stream(stream.codec, 4)) < MORE


def facade(across: int, down: int, shifted: bool) -> Pixels:
    """Slabs or bricks with dark joints, as wide as coded blocks but for what no tripod gets right: 1 % and 1 degree."""
    picture = street() // 4 + 120
    for row, top in enumerate(range(0, HEIGHT, down)):
        picture[top : top + 2] = 60
        for left in range(across // 2 * (row % 2 and shifted), WIDTH, across):
            picture[top : top + down, left : left + 2] = 60
    seen = cv2.getRotationMatrix2D((0, 0), 1.0, 1.01)
    return lens_soft(cv2.warpAffine(picture, seen, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT).astype(np.uint8))


def written(picture: Pixels) -> Pixels:
    """A burnt-in text of hard pixels, four times enlarged, over the lower sixth."""
    letters = np.zeros((15, WIDTH // 4, 3), np.uint8)
    cv2.putText(letters, "CAM 01 GATE 2026", (1, 12), cv2.FONT_HERSHEY_PLAIN, 0.9, (255, 255, 255), 1)
    laid = picture.copy()
    laid[-60:] = np.kron(letters, np.ones((4, 4, 1), np.uint8))
    return laid


@pytest.mark.parametrize(
    "picture",
    [facade(32, 32, False), facade(16, 16, False), facade(32, 16, True), facade(64, 48, False), written(street())],
    ids=["slabs", "tiles", "bricks", "windows", "text"],
)
def test_what_is_built_in_squares_is_no_damage(picture: Pixels) -> None:
    assert share(picture) < MORE + share(street())


@pytest.mark.parametrize("size", [(1, 1), (15, 400), (31, 31), (400, 17), (33, 32), (1080, 1920)])
def test_no_size_is_too_small_or_odd(size: tuple[int, int]) -> None:
    assert 0 <= torn(np.random.default_rng(1).integers(0, 256, size, np.uint8)) <= 1
