"""What weather, seasons and night do to a picture is told from what a lens, a cover and an exposure do."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from monitor.model import Cause, FindingState, Picture
from monitor.picture import Memory
from monitor.picture.blurred import SHARPER, SOFT, blurred
from monitor.picture.exposure import BRIGHTEST_OF_DARK, DARK_OF_BRIGHT, dark
from monitor.picture.memory import Mode
from monitor.picture.striped import UNKNOWN, striped
from monitor.picture.structure import GRID
from monitor.picture.texture import Sharpness
from monitor.simulator.scenes import Scene
from tests.picture.film import Pixels, began, infrared, watched

LEARNT = 56
NOTHING = np.zeros(GRID, bool)
CLEAR = Sharpness(100, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, NOTHING, NOTHING, b"", b"")


@pytest.fixture(scope="module")
def known() -> Memory:
    """A camera at the junction that was seen well for half an hour."""
    return watched(Memory.fresh(), range(LEARNT), scene=Scene.JUNCTION)[1]


def told(pictures: list[Picture], cause: Cause) -> list[FindingState]:
    return [finding.state for picture in pictures for finding in picture.findings if finding.cause is cause]


def test_turned_leaves_that_are_soft_beside_roofs_that_are_sharper_than_ever_are_no_defocus() -> None:
    soft = replace(CLEAR, soft=SOFT + 0.2, soft_now=SOFT + 0.2)
    assert blurred(replace(soft, clearest=-0.2), 0.0, 0.0, 0.0).state is FindingState.FAULT
    assert blurred(replace(soft, clearest=SHARPER + 0.01), 0.0, 0.0, 0.0).state is FindingState.OK


def test_a_camera_known_to_be_bright_is_dark_sooner_than_one_nobody_knows() -> None:
    between = (BRIGHTEST_OF_DARK + DARK_OF_BRIGHT) / 2
    assert dark(between, 200.0).faulty
    assert not dark(between, None).faulty
    assert not dark(between, between).faulty


def test_slats_that_a_new_camera_sees_are_told_and_do_not_keep_it_from_learning() -> None:
    assert striped(3 * UNKNOWN, None, hidden=False).state is FindingState.WARNING
    assert striped(3 * UNKNOWN, 1.0, hidden=False).state is FindingState.FAULT


def hazed(picture: Pixels, share: float) -> Pixels:
    """A share of the light is scattered."""
    return cv2.addWeighted(picture, 1 - share, np.full_like(picture, 150), share, 0).astype(np.uint8, copy=False)


def test_grey_foil_that_takes_the_colours_as_well_is_a_veil_and_no_infra_red_light(known: Memory) -> None:
    def foil(picture: Pixels, _: int) -> Pixels:
        return infrared(hazed(cv2.GaussianBlur(picture, (0, 0), 2).astype(np.uint8, copy=False), 0.8))

    pictures, memory = watched(known, range(LEARNT, LEARNT + 8), foil, scene=Scene.JUNCTION)
    assert memory.mode is Mode.COLOUR
    assert {Cause.PICTURE_VEILED, Cause.PICTURE_BLURRED} & set(began(pictures))


def test_rain_that_swells_from_one_key_frame_to_the_next_is_no_veil(known: Memory) -> None:
    def swelling(picture: Pixels, number: int) -> Pixels:
        return hazed(picture, min((number - LEARNT) * 0.06, 0.7))

    pictures, _ = watched(known, range(LEARNT, LEARNT + 16), swelling, scene=Scene.JUNCTION)
    assert FindingState.FAULT not in told(pictures, Cause.PICTURE_VEILED)
    assert FindingState.WARNING in told(pictures, Cause.PICTURE_LOW_CONTRAST)
    assert began(pictures) == []
