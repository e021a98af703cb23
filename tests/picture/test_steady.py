"""What one key frame alone shows does not count; what two in a row show does; a motion is told from everything else."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.picture.frame import COARSE, Field, reduced
from monitor.picture.motion import motion
from monitor.picture.motion import turned as best_turn
from monitor.picture.steady import MOST, steady
from monitor.picture.structure import GRID, Outlines, elsewhere, likeness, structure
from monitor.picture.view import ALIKE, ALIKER, EXPLAINED, SHIFT
from tests.picture.film import HEIGHT, WIDTH, Pixels, frame_of, shot

doubts = st.floats(-50, 50).map(lambda value: np.full((1, *GRID), value, np.float32))


@given(doubts)
def test_no_key_frame_reaches_the_threshold_alone(now: Field) -> None:
    alone, stored = steady(now, [b""])
    assert alone.max() < 1
    assert steady(np.zeros_like(now), stored)[0].max() < 1


@given(doubts, doubts)
def test_two_in_a_row_count_with_their_mean(now: Field, before: Field) -> None:
    wanted = (np.clip(now, 0, MOST) + np.clip(before, 0, MOST)) / 2
    assert np.allclose(steady(now, steady(before, [b""])[1])[0], wanted, atol=0.006)


def test_several_at_once_are_what_they_are_one_by_one() -> None:
    both = np.random.default_rng(3).uniform(-1, 3, (2, *GRID)).astype(np.float32)
    before = steady(both[::-1], [b"", b""])[1]
    together, stored = steady(both, [before[0], b""])
    for at, last in enumerate((before[0], b"")):
        alone, (kept,) = steady(both[at : at + 1], [last])
        assert np.array_equal(together[at : at + 1], alone)
        assert stored[at] == kept


def seen(picture: Pixels) -> Outlines:
    return Outlines(structure(reduced(frame_of(picture))))


def turned(degrees: float, right: float = 0.0, nearer: float = 1.0) -> Outlines:
    matrix = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), degrees, nearer)
    matrix[0, 2] += right * WIDTH
    picture = cv2.warpAffine(shot(7), matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)
    return seen(picture.astype(np.uint8, copy=False))


@pytest.mark.parametrize(
    ("now", "by"),
    [(turned(0, right=0.03), 0.03), (turned(4), np.radians(4) / 2), (turned(0, nearer=1.08), 0.04)],
    ids=["shifted", "turned", "nearer"],
)
def test_a_small_motion_is_found_and_not_made_larger(now: Outlines, by: float) -> None:
    found = motion(now, seen(shot(5)))
    assert found.explained > EXPLAINED
    assert SHIFT < found.by < 1.1 * by


@pytest.mark.parametrize("degrees", [-8, -5, 5, 8])
def test_a_turn_that_is_too_large_for_a_fit_is_found(degrees: int) -> None:
    usual = seen(shot(5))
    found = best_turn(turned(degrees), usual)
    assert found.alike > max(ALIKE, likeness(turned(degrees), usual) + ALIKER)
    assert found.by == pytest.approx(np.radians(abs(degrees)) / 2, abs=np.radians(1.5))


def turned_one_by_one(outlines: Outlines, degrees: float) -> Outlines:
    """Every outline turned, and its place: what ``motion.turned`` does at once, slowly."""
    matrix = cv2.getRotationMatrix2D((COARSE[0] / 2 - 0.5, COARSE[1] / 2 - 0.5), degrees, 1.0)
    across, down = (cv2.warpAffine(plane, matrix, COARSE) for plane in outlines.values)
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return Outlines(np.stack((cosine * across + sine * down, cosine * down - sine * across)).astype(np.float32))


@pytest.mark.parametrize("degrees", [-8, 0, 5])
def test_turning_the_correlation_is_turning_every_outline(degrees: int) -> None:
    now, usual = turned(degrees), seen(shot(5))
    slowly = [elsewhere(now, turned_one_by_one(usual, by)).alike for by in (-9, -6, -3, 3, 6, 9)]
    assert best_turn(now, usual).alike == pytest.approx(max(slowly), abs=1e-3)


def test_a_view_that_was_not_turned_is_nowhere_more_alike() -> None:
    usual, now = seen(shot(5)), seen(shot(9))
    assert best_turn(now, usual).alike < likeness(now, usual) + ALIKER


def test_what_is_no_motion_is_not_explained_by_one() -> None:
    usual = seen(shot(5))
    still = motion(seen(shot(9)), usual)
    assert still.by < SHIFT / 2
    noise = np.random.default_rng(1).uniform(-1, 1, usual.values.shape).astype(np.float32)
    assert motion(Outlines(noise), usual).explained < EXPLAINED
    flat = motion(Outlines(np.zeros_like(noise)), Outlines(np.zeros_like(noise)))
    assert flat.explained < EXPLAINED
