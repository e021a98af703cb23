"""A view is sought elsewhere only where that can change what is said."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.picture.frame import reduced
from monitor.picture.striped import GONE, is_hidden
from monitor.picture.structure import Outlines, structure
from monitor.picture.view import SHIFT, View, perhaps_turned, sought, view_lost
from tests.picture.film import HEIGHT, WIDTH, frame_of, shot

LOST = 0.4  # the threshold
ANOTHER = View(blocks=100, lost=0.9, lost_now=0.9, alike=0.1, fresh=1.0, doubts=b"")

shares = st.floats(0, 1)


def outlines(right: float) -> Outlines:
    matrix = np.array([[1, 0, right * WIDTH], [0, 1, 0]], np.float32)
    picture = cv2.warpAffine(shot(5), matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)
    return Outlines(structure(reduced(frame_of(picture.astype(np.uint8, copy=False)))))


@given(st.floats(LOST, 1), st.floats(GONE, 1, exclude_min=True), st.floats(0.5, 2), shares)
def test_where_another_view_stands_the_same_is_faulty_wherever_the_outlines_are(
    lost: float, lost_now: float, fresh: float, shift: float
) -> None:
    here = replace(ANOTHER, lost=lost, lost_now=lost_now, fresh=fresh)
    moved = replace(here, shift=shift)
    states = [[found.state for found in view_lost(each, LOST)] for each in (here, moved)]
    assert states[0] == states[1]
    assert is_hidden(lost_now, 0.0, another=here.another) == is_hidden(lost_now, 0.0, another=moved.another)


def test_where_another_view_stands_it_is_not_sought() -> None:
    usual, now = outlines(0), outlines(0.03)
    assert sought(ANOTHER, now, usual, LOST) is ANOTHER
    assert perhaps_turned(ANOTHER, now, usual, LOST) is ANOTHER


@pytest.mark.parametrize(
    "seen",
    [
        replace(ANOTHER, lost=0.3),  # not steadily yet
        replace(ANOTHER, lost_now=0.5),  # stripes would still be told of what is left
        replace(ANOTHER, fresh=0.2),  # moved or covered: outlines found elsewhere tell
    ],
    ids=["lost now", "not all", "nothing instead"],
)
def test_else_it_is(seen: View) -> None:
    assert SHIFT < sought(seen, outlines(0.03), outlines(0), LOST).shift < 0.04


def test_what_is_alike_is_not_sought() -> None:
    alike = replace(ANOTHER, lost=0.0, lost_now=0.0, alike=0.95)
    assert sought(alike, outlines(0.03), outlines(0), LOST) is alike
