"""A picture of one colour: the blue, grey or green card an encoder shows when it has no signal."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.model import Cause, Finding

from .findings import weighed
from .frame import Plane, Reduced, count

LUMA_REACH = 6  # how far from the median luma a sample may lie and still be "the same colour" (of 255)
CHROMA_REACH = 4
DOMINANT_SHARE = 0.80  # leaves room for a caption such as "NO SIGNAL" over a fifth of the picture
FLAT_DEVIATION = 0.8  # a generated card is flat; fog, snow or a night sky keep a gradient and grain above this
# Where it is known what the camera should show, and nothing of it is left, less will do.
LOST = 0.85
DOMINANT_INSTEAD = 0.55
FLAT_INSTEAD = 2.5


def single_colour(picture: Reduced, lost: float) -> Finding:
    """Faulty when one flat colour fills the picture; the value is its share, 0 when what fills it is not flat.

    ``lost``: which share of the camera's view is gone, 0 where that is not known.
    """
    luma: Any = cv2.convertScaleAbs(picture.coarse)
    same = _near_the_middle(luma, LUMA_REACH)
    same &= _near_the_middle(picture.blue, CHROMA_REACH)
    same &= _near_the_middle(picture.red, CHROMA_REACH)
    share = count(same) / same.size
    _, deviation = cv2.meanStdDev(picture.coarse, mask=same.view(np.uint8))
    known = lost >= LOST
    flat = share > 0 and float(deviation[0, 0]) < (FLAT_INSTEAD if known else FLAT_DEVIATION)
    value, threshold = (share if flat else 0.0), (DOMINANT_INSTEAD if known else DOMINANT_SHARE)
    return weighed(Cause.PICTURE_SINGLE_COLOUR, "dominant_colour_share", value, threshold, value / threshold)


def _near_the_middle(plane: Plane, reach: int) -> NDArray[np.bool_]:
    """Where a sample lies within ``reach`` of the median."""
    ordered = plane.flatten()
    ordered.partition(plane.size // 2)
    middle = int(ordered[plane.size // 2])
    least = max(middle - reach, 0)
    near: NDArray[np.bool_] = plane - np.uint8(least) <= min(middle + reach, 255) - least  # what is below wraps around
    return near
