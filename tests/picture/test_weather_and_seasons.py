"""What weather, seasons and night do to a picture is told from what a lens, a cover and an exposure do."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from monitor.model import Cause, FindingState, Picture
from monitor.picture import Memory
from monitor.picture.blurred import blurred
from monitor.picture.contrast import low_contrast
from monitor.picture.exposure import BRIGHTEST_OF_DARK, DARK_OF_BRIGHT, dark
from monitor.picture.frame import Field, reduced
from monitor.picture.memory import TEXTURE_SHAPE, Doubts, Mode
from monitor.picture.motion import Motion
from monitor.picture.striped import UNKNOWN, striped
from monitor.picture.structure import Outlines, structure
from monitor.picture.texture import Sharpness, sharpness
from monitor.picture.view import sought, views
from monitor.simulator.scenes import Scene
from tests.picture.film import Pixels, began, frame_of, infrared, shot, watched

LEARNT = 56
LOWEST, STEPS = -2.0, 15  # of a stored texture: the least energy told, and steps to an octave


@pytest.fixture(scope="module")
def known() -> Memory:
    """A camera at the junction that was seen well for half an hour."""
    return watched(Memory.fresh(), range(LEARNT), scene=Scene.JUNCTION)[1]


def told(pictures: list[Picture], cause: Cause) -> list[FindingState]:
    return [finding.state for picture in pictures for finding in picture.findings if finding.cause is cause]


def seen(fine: float, middle: float, coarse: float) -> Field:
    """A texture of these energies, log2 of squared levels, in every block."""
    return np.broadcast_to(np.array([fine, middle, coarse], np.float32)[:, None, None], TEXTURE_SHAPE).copy()


def sharp(now: Field, usual: Field) -> Sharpness:
    """The second of two key frames that look the same."""
    reference = np.round((usual - LOWEST) * STEPS).astype(np.uint8).tobytes()
    (first,) = sharpness(now, [reference], 1.0, [Doubts()])
    doubts = Doubts(b"", first.softness, first.dimming, first.contrast_now)
    (second,) = sharpness(now, [reference], 1.0, [doubts])
    return second


def state(now: Sharpness) -> FindingState:
    return blurred(now, 0.0, 0.0, 0.0).state


def test_a_lens_out_of_focus_takes_fine_detail_and_leaves_the_coarse() -> None:
    assert state(sharp(seen(2, 5, 7.8), seen(5, 7, 8))) is FindingState.FAULT
    assert state(sharp(seen(5, 7, 8), seen(5, 7, 8))) is FindingState.OK


def test_turned_leaves_and_snow_that_lies_add_coarse_contrast_and_take_no_fine_detail() -> None:
    assert sharp(seen(5, 7, 10), seen(5, 7, 8)).soft == 0
    assert state(sharp(seen(5, 7, 10), seen(5, 7, 8))) is FindingState.OK


def test_where_contrast_fell_so_far_that_encoders_drop_fine_detail_nothing_is_said_of_focus() -> None:
    thin = sharp(seen(0, 0.5, 5.5), seen(4, 4, 8))
    assert state(thin) is FindingState.CANNOT_JUDGE
    assert low_contrast(thin, 0.0, low_light=False).state is FindingState.WARNING


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


@pytest.mark.parametrize(
    ("there", "explained", "moved"), [(0.7, 0.135, False), (0.7, 0.2, True), (0.3, 0.135, True), (0.3, 0.1, False)]
)
def test_fog_over_turned_leaves_that_leaves_outlines_in_their_places_has_moved_nothing(
    monkeypatch: pytest.MonkeyPatch, there: float, explained: float, moved: bool
) -> None:
    """``there``: how far outlines are where they should be; ``explained``: share of the change, by the best motion."""
    picture = reduced(frame_of(shot(0, Scene.JUNCTION)))
    values = structure(picture)
    monkeypatch.setattr("monitor.picture.view.motion", lambda *_: Motion(0.02, explained))
    usual, now = Outlines(values), Outlines(values * np.float32(there))
    (found,) = views(picture, now, [usual], [sharp(seen(5, 7, 8), seen(5, 7, 8))], [b""])
    assert (sought(found, now, usual, 0.95).shift > 0) is moved
