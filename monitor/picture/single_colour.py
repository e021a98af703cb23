"""A picture of one colour: the blue, grey or green card an encoder shows when it has no signal."""

from __future__ import annotations

import numpy as np

from monitor.model import Cause, Finding

from .frame import Reduced

LUMA_REACH = 6.0  # how far from the median luma a sample may lie and still be "the same colour" (of 255)
CHROMA_REACH = 4.0
DOMINANT_SHARE = 0.80  # leaves room for a caption such as "NO SIGNAL" over a fifth of the picture
FLAT_DEVIATION = 0.8  # a generated card is flat; fog, snow or a night sky keep a gradient and grain above this


def single_colour(picture: Reduced) -> Finding:
    """Faulty when one flat colour fills the picture; the value is its share, 0 when what fills it is not flat."""
    same = (
        (np.abs(picture.luma - np.median(picture.luma)) <= LUMA_REACH)
        & (np.abs(picture.blue - np.median(picture.blue)) <= CHROMA_REACH)
        & (np.abs(picture.red - np.median(picture.red)) <= CHROMA_REACH)
    )
    share = float(same.mean())
    flat = share > 0 and float(picture.luma[same].std()) < FLAT_DEVIATION
    value = share if flat else 0.0
    return Finding(Cause.PICTURE_SINGLE_COLOUR, value >= DOMINANT_SHARE, "dominant_colour_share", value, DOMINANT_SHARE)
