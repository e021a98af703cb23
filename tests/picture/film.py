"""Key frames of the simulator's scenes, with faults planted where nature and machines plant them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.model import Cause, Picture
from monitor.picture import NO_EVIDENCE, Evidence, Frame, Memory, examine
from monitor.simulator.scenes import Scene, draw

WIDTH, HEIGHT = 640, 360
START = datetime(2026, 3, 2, 4, tzinfo=UTC)
STEP = timedelta(seconds=30)

Pixels = NDArray[np.uint8]
Spoil = Callable[[Pixels, int], Pixels]


def frame_of(picture: Pixels) -> Frame:
    """BGR as a broadcast-range frame (BT.601)."""
    yuv = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420).astype(np.uint8, copy=False)
    half = (HEIGHT // 2, WIDTH // 2)
    quarter = HEIGHT // 4
    chroma = yuv[HEIGHT:]
    return Frame(yuv[:HEIGHT], chroma[:quarter].reshape(half), chroma[quarter:].reshape(half), full_range=False)


def shot(number: int, scene: Scene = Scene.POND, noise: float = 2.5) -> Pixels:
    """The picture of the key frame with that number, 30 s after the one before."""
    return draw(scene, 30.0 * number, WIDTH, HEIGHT, noise)


def infrared(picture: Pixels, _number: int = 0) -> Pixels:
    """In shades of grey, as by infra-red lamps."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return cv2.merge((grey, grey, grey)).astype(np.uint8, copy=False)


def unspoilt(picture: Pixels, _number: int) -> Pixels:
    return picture


def watched(
    memory: Memory,
    numbers: range,
    spoil: Spoil = unspoilt,
    evidence: Evidence = NO_EVIDENCE,
    scene: Scene = Scene.POND,
    step: timedelta = STEP,
) -> tuple[list[Picture], Memory]:
    """What the key frames with these numbers showed, and the memory after them."""
    pictures = []
    for number in numbers:
        frame = frame_of(spoil(shot(number, scene), number))
        picture, memory = examine(frame, evidence, memory, START + number * step)
        pictures.append(picture)
    return pictures, memory


def began(pictures: list[Picture]) -> list[Cause]:
    """Every event, in order."""
    return [cause for picture in pictures for cause in picture.events]
