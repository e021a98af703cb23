"""A camera that turns on purpose: its view is not judged, everything else is."""

from __future__ import annotations

from datetime import datetime, timedelta

import cv2
import numpy as np

from monitor.model import Cause, Codec, FindingState, KeyFrame, Picture, View
from monitor.picture import Memory
from monitor.picture.memory import Reference
from monitor.probes.decode import LOOKS
from tests.picture.film import START, Pixels, shot

MINUTES = timedelta(minutes=10)
BY_VIEW = {
    Cause.PICTURE_MOVED,
    Cause.PICTURE_COVERED,
    Cause.PICTURE_BLURRED,
    Cause.PICTURE_VEILED,
    Cause.PICTURE_CAST,
    Cause.PICTURE_LOW_CONTRAST,
}


def preset(number: int) -> Pixels:
    """Three looks at one preset, three at the other."""
    return np.roll(shot(number), 60 * (number // 3 % 2), axis=1)


def black(number: int) -> Pixels:
    return np.random.default_rng(number).integers(0, 5, shot(0).shape, np.uint8)


def looked(pixels: Pixels, memory: Memory, at: datetime, view: View) -> tuple[Picture, Memory]:
    done, jpeg = cv2.imencode(".jpg", pixels)
    assert done
    seen = LOOKS[view](KeyFrame(Codec.MJPEG, jpeg.tobytes()), memory, at)
    assert seen.picture is not None
    assert seen.memory is not None
    return seen.picture, seen.memory


def watched(memory: Memory, view: View) -> tuple[list[Picture], Memory]:
    pictures = []
    for number in range(60):
        picture, memory = looked(preset(number), memory, START + number * MINUTES, view)
        pictures.append(picture)
    return pictures, memory


def test_presets_by_a_schedule_are_no_fault_of_a_camera_that_is_known_to_turn() -> None:
    fixed, _ = watched(Memory.fresh(), View.FIXED)
    assert Cause.PICTURE_MOVED in {event for picture in fixed for event in picture.events}, "or nothing is shown here"
    pictures, memory = watched(Memory.fresh(), View.MOVING)
    assert [picture.events for picture in pictures] == [()] * 60
    states = {finding.cause: finding.state for finding in pictures[-1].findings}
    assert {cause for cause, state in states.items() if state is FindingState.CANNOT_JUDGE} == BY_VIEW
    assert {found.measure for found in pictures[-1].findings if found.cause in BY_VIEW} == {"fixed_views"}
    assert (memory.colour, memory.infrared) == (Reference(), Reference())
    assert not memory.is_gathering


def test_what_one_key_frame_tells_is_told_of_it_after_as_many_as_usual() -> None:
    _, memory = watched(Memory.fresh(), View.MOVING)
    told = []
    for number in range(60, 64):
        picture, memory = looked(black(number), memory, START + number * MINUTES, View.MOVING)
        told.append(picture.active)
    assert told[0] == ()
    assert Cause.PICTURE_BLACK in told[-1]


def test_a_camera_that_is_listed_while_it_counts_as_moved_is_good_at_the_next_look_and_keeps_its_habits() -> None:
    memory, picture = Memory.fresh(), None
    for number in range(66):
        shown = shot(number) if number < 60 else np.roll(shot(number), 60, axis=1)
        picture, memory = looked(shown, memory, START + number * MINUTES, View.FIXED)
    assert picture is not None
    assert picture.active == (Cause.PICTURE_MOVED,)
    picture, after = looked(np.roll(shot(66), 60, axis=1), memory, START + 66 * MINUTES, View.MOVING)
    assert picture.active == ()
    assert after.stillness.looks == memory.stillness.looks + 1
