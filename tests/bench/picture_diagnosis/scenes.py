"""Scenes: what a simulated camera looks at, in linear light, and to which half each belongs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.errors import SharpEyesError
from tests.bench.picture_diagnosis.packages import PACKAGES, folder_of

Light = NDArray[np.float32]  # height x width x 3 (blue, green, red), linear, 1 = white paper in the sun
Pixels = NDArray[np.uint8]  # height x width x 3 (blue, green, red), as displayed

VIEW = (640, 360)  # width, height of what a camera shows
CANVAS = (832, 468)  # of what there is around it: a camera that is moved sees more of the same photograph
FEWEST = 60  # scenes; with fewer the figures would say little


class Half(StrEnum):
    """Thresholds are tuned on one half of the scenes; what is reported comes from the other."""

    TUNING = "tuning"
    REPORTED = "reported"


class Palette(StrEnum):
    """Other colours for the same places: rules of colour are tuned on all of them. What is reported is as it is."""

    TRUE = "as they are"
    TURNED = "other hues"
    VIVID = "more colour"
    PALE = "less colour"
    DIM = "less light, less colour"


@dataclass(frozen=True, slots=True)
class Scene:
    """One place. ``pixels``: a photograph of it at CANVAS size."""

    name: str
    package: str
    pixels: Pixels = field(repr=False)

    @property
    def half(self) -> Half:
        """Fixed for ever by the name."""
        return Half.REPORTED if self.seed & 1 else Half.TUNING

    @property
    def seed(self) -> int:
        """What everything random about the scene follows from."""
        return int.from_bytes(hashlib.sha256(self.name.encode()).digest()[:6], "big")

    def light(self) -> Light:
        """The photograph taken back to linear light (IEC 61966-2-1)."""
        return LINEAR[self.pixels]


# Degrees of hue, factors of saturation and of value.
_PAINTED = {
    Palette.TURNED: (120, 1.0, 1.0),
    Palette.VIVID: (60, 1.5, 0.8),
    Palette.PALE: (0, 0.35, 1.0),
    Palette.DIM: (240, 0.6, 0.35),
}


def painted(scene: Scene, palette: Palette) -> Scene:
    """The same place in other colours; what is random about it stays the same."""
    if palette is Palette.TRUE:
        return scene
    hue, saturation, value = _PAINTED[palette]
    colours = cv2.cvtColor(scene.pixels, cv2.COLOR_BGR2HSV).astype(np.float32)
    colours[:, :, 0] = (colours[:, :, 0] + hue / 2) % 180
    colours[:, :, 1:] = np.minimum(colours[:, :, 1:] * np.array([saturation, value], np.float32), 255)
    pixels = cv2.cvtColor(colours.astype(np.uint8), cv2.COLOR_HSV2BGR).astype(np.uint8, copy=False)
    return replace(scene, pixels=pixels)


def _linear_table() -> NDArray[np.float32]:
    coded = np.arange(256) / 255
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4).astype(np.float32)


LINEAR = _linear_table()


def scenes_of(cache: Path) -> list[Scene]:
    """Every photograph, and the first picture of every film, of the unpacked packages."""
    found = []
    for package in PACKAGES:
        folder = folder_of(package, cache)
        for name in package.photographs:
            picture = cv2.imread(str(folder / name), cv2.IMREAD_COLOR)
            if picture is not None:
                found.append(scene(f"{package.name}/{name}", package.name, picture.astype(np.uint8, copy=False)))
        for name in package.films:
            pictures = film(folder / name, 1, 1)
            found += [scene(f"{package.name}/{name}", package.name, picture) for picture in pictures]
    if len(found) < FEWEST:
        raise SharpEyesError(
            f"only {len(found)} scenes in {cache}, {FEWEST} are wanted: delete the folder, to fetch them anew"
        )
    return found


def scene(name: str, package: str, picture: Pixels) -> Scene:
    """A photograph of any size as a scene: the middle of it, as wide as may be."""
    width, height = CANVAS
    rows, columns = picture.shape[:2]
    scale = max(width / columns, height / rows)
    wide, high = round(width / scale), round(height / scale)
    left, top = (columns - wide) // 2, (rows - high) // 2
    middle = picture[top : top + high, left : left + wide]
    shrinks = scale < 1
    resized = cv2.resize(middle, CANVAS, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    return Scene(name, package, resized.astype(np.uint8, copy=False))


def film(path: Path, step: int, most: int) -> list[Pixels]:
    """At most ``most`` pictures of a film, every ``step``-th; none where there is no such film."""
    import av

    if not path.is_file():
        return []
    pictures: list[Pixels] = []
    with av.open(str(path)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number % step == 0:
                pictures.append(frame.to_ndarray(format="bgr24").astype(np.uint8, copy=False))
            if len(pictures) == most:
                break
    return pictures
