"""A picture of one colour: the blue, grey or green card an encoder shows when it has no signal."""

from __future__ import annotations

import cv2
import numpy as np

from monitor.model import Cause, Finding

from .findings import weighed
from .frame import Plane, Reduced

LUMA_REACH = 6.0  # how far from the median luma a sample may lie and still be "the same colour" (of 255)
CHROMA_REACH = 4.0
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
    luma = cv2.convertScaleAbs(picture.coarse)
    same = cv2.bitwise_and(
        _near_the_middle(luma, LUMA_REACH),
        cv2.bitwise_and(_near_the_middle(picture.blue, CHROMA_REACH), _near_the_middle(picture.red, CHROMA_REACH)),
    )
    share = cv2.countNonZero(same) / same.size
    _, deviation = cv2.meanStdDev(picture.coarse, mask=same)
    known = lost >= LOST
    flat = share > 0 and float(deviation[0, 0]) < (FLAT_INSTEAD if known else FLAT_DEVIATION)
    value, threshold = (share if flat else 0.0), (DOMINANT_INSTEAD if known else DOMINANT_SHARE)
    return weighed(Cause.PICTURE_SINGLE_COLOUR, "dominant_colour_share", value, threshold, value / threshold)


def _near_the_middle(plane: Plane | np.ndarray, reach: float) -> Plane:
    """255 where a sample lies within ``reach`` of the median, else 0."""
    ordered = plane.flatten()
    ordered.partition(plane.size // 2)
    middle = float(ordered[plane.size // 2])
    return cv2.inRange(plane, np.array(middle - reach), np.array(middle + reach)).astype(np.uint8, copy=False)
