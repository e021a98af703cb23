"""Black, single-colour and frozen pictures are told; night, fog and a still pond are not faults."""

from __future__ import annotations

from datetime import timedelta

import cv2
import numpy as np
import pytest

from monitor.model import Cause, FindingState, Picture
from monitor.picture import NO_EVIDENCE, Frame, Memory, examine
from monitor.picture.frame import Plane
from monitor.picture.verdict import cause_of
from tests.driven import START

HEIGHT, WIDTH = 360, 640


def frame_of(luma: np.ndarray, u: float = 128, v: float = 128, grain: float = 2.0, seed: int = 0) -> Frame:
    """A broadcast-range frame from luma 16..235, with sensor grain on every plane."""
    noise = np.random.default_rng(seed)

    def grainy(plane: np.ndarray) -> Plane:
        return np.clip(np.rint(plane + noise.normal(0, grain, plane.shape)), 0, 255).astype(np.uint8)

    half = (HEIGHT // 2, WIDTH // 2)
    return Frame(grainy(luma), grainy(np.full(half, u)), grainy(np.full(half, v)), full_range=False)


def flat(level: float) -> np.ndarray:
    return np.full((HEIGHT, WIDTH), level, float)


def gradient(low: float, high: float) -> np.ndarray:
    return np.repeat(np.linspace(low, high, HEIGHT)[:, None], WIDTH, axis=1)


def looked(*frames: Frame) -> Picture:
    """What the last of these key frames, a minute apart, shows of a camera never seen before."""
    memory, picture = Memory.fresh(), None
    for minute, frame in enumerate(frames):
        picture, memory = examine(frame, NO_EVIDENCE, memory, START + minute * timedelta(minutes=1))
    assert picture is not None
    return picture


def cause(*frames: Frame) -> Cause:
    return cause_of(looked(*frames))


def lane_at_night() -> np.ndarray:
    picture = gradient(18, 30)
    cv2.circle(picture, (420, 60), 40, 190, -1)
    return cv2.GaussianBlur(picture, (0, 0), 9)


@pytest.mark.parametrize("grain", [0.0, 1.0, 3.0])
def test_a_covered_sensor_is_black(grain: float) -> None:
    assert cause(frame_of(flat(17), grain=grain)) is Cause.PICTURE_BLACK


def test_a_full_range_black_jpeg_is_black() -> None:
    plane = np.zeros((HEIGHT, WIDTH), np.uint8)
    chroma = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    assert cause(Frame(plane, chroma, chroma, full_range=True)) is Cause.PICTURE_BLACK


@pytest.mark.parametrize(
    ("y", "u", "v"), [(41, 240, 110), (126, 128, 128), (145, 54, 34)], ids=["blue", "grey", "green"]
)
def test_a_no_signal_card_is_a_single_colour(y: float, u: float, v: float) -> None:
    caption = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.putText(caption, "NO SIGNAL", (200, 190), cv2.FONT_HERSHEY_SIMPLEX, 1.5, 255, 3)
    card = np.where(caption > 0, 235.0, flat(y))
    assert cause(frame_of(card, u, v, grain=0.5)) is Cause.PICTURE_SINGLE_COLOUR


def test_a_lane_at_night_with_one_lamp_is_good() -> None:
    assert cause(frame_of(lane_at_night())) is Cause.OK


def test_fog_is_not_a_single_colour() -> None:
    assert cause(frame_of(gradient(150, 175), grain=3)) is Cause.OK


def test_a_white_sky_over_a_roof_is_good() -> None:
    picture = flat(225)
    picture[250:] = gradient(40, 120)[250:]
    assert cause(frame_of(picture)) is Cause.OK


def test_the_same_key_frame_again_raises_a_doubt_that_holds_when_it_goes_on() -> None:
    alive = [frame_of(gradient(40, 200), seed=seed) for seed in range(12)]
    assert cause(*alive) is Cause.OK
    again = [*alive, alive[-1]]
    assert (cause(*again), looked(*again).active) == (Cause.PICTURE_FROZEN, ())
    assert looked(*again, *[alive[-1]] * 11).active == ()
    assert looked(*again, *[alive[-1]] * 12).active == (Cause.PICTURE_FROZEN,)


def test_a_camera_that_never_showed_that_it_lives_is_suspected_and_not_called_frozen() -> None:
    same = frame_of(gradient(40, 200))
    assert cause(*[same] * 30) is Cause.OK
    still = next(finding for finding in looked(*[same] * 30).findings if finding.cause is Cause.PICTURE_FROZEN)
    assert still.state is FindingState.WARNING


def test_a_still_pond_with_grain_is_not_frozen() -> None:
    assert cause(*(frame_of(gradient(60, 90), grain=0.5, seed=seed) for seed in range(8))) is Cause.OK


def test_a_black_picture_that_repeats_is_called_black() -> None:
    assert cause(*[frame_of(flat(16), grain=0)] * 6) is Cause.PICTURE_BLACK


def test_one_changed_sample_changes_the_fingerprint() -> None:
    frame = frame_of(gradient(40, 200))
    changed = frame.y.copy()
    changed[100, 100] ^= 1
    other = Frame(changed, frame.u, frame.v, frame.full_range)
    assert looked(frame).fingerprint != looked(other).fingerprint
