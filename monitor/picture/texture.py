"""How much fine, middle and coarse detail each part of a picture has: what defocus, fog and glass take away.

Three bands by differences of reduced pictures: fine 320 - 160, middle 160 - 80, coarse 80 - its blur; the energy of a
band in a block is its mean square, in squared levels, kept as a logarithm to base 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import cv2
import numpy as np

from .frame import FINE, MIDDLE, Field, Reduced
from .structure import per_block

FLOOR = 0.25  # squared levels: below lies the rounding of the decoder
# White grain of deviation s at 640 x 360 leaves s^2/4, s^2/16 and s^2/64 in the three reduced pictures, of which about
# 3/4, 3/4 and 24/25 lie in the band.
_GRAIN = np.array([0.19, 0.047, 0.015], np.float32)[:, None, None]
CLEAR = 4.0  # a block's energy is detail, not grain, when it is this much above what grain may be
# log2 of the energy of the fine bands relative to the coarse one, against the reference. A disc of 3 samples at 320
# takes 0.9 to 2.2 from photographs of scenes, of 2 samples 0.5 to 1.5; light, haze and passers-by 0.1.
SOFTER = -0.75
DIMMED = -2.6  # log2 of energy: 40 % of the amplitude is left
GAINED = 1.0  # log2 of energy: 1.4 times the amplitude


@dataclass(frozen=True, slots=True)
class Sharpness:
    """A picture's detail against its reference."""

    blocks: int  # how many have detail to judge by
    soft: float  # share of them that lost their fine detail and kept the coarse, 0 to 1
    contrast: float  # the coarse and middle detail that is left, as ln of amplitude; 0 as usual, negative less
    dimmed: float  # share of the blocks with coarse detail that lost more than DIMMED of it, 0 to 1
    gained: float  # share of them that have more than GAINED, 0 to 1


def texture(picture: Reduced) -> Field:
    """3 x 9 x 16: log2 of energy plus FLOOR of the fine, middle and coarse band."""
    bands = (
        picture.fine - cv2.resize(picture.middle, FINE, interpolation=cv2.INTER_LINEAR),
        picture.middle - cv2.resize(picture.coarse, MIDDLE, interpolation=cv2.INTER_LINEAR),
        picture.coarse - cv2.blur(picture.coarse, (5, 5)),
    )
    energies = np.stack([per_block(band * band) for band in bands])
    logarithms: Field = np.log2(energies + np.float32(FLOOR))
    return logarithms


def sharpness(now: Field, reference: Field, grain: float) -> Sharpness:
    """``grain``: the larger of this picture's and the usual deviation of its noise, in levels, at 640 x 360."""
    noise = FLOOR + _GRAIN * grain * grain
    have, had = np.exp2(now), np.exp2(reference)
    detail = np.maximum(had - noise, 1e-3)
    gain = np.log2(np.maximum(have - noise, 0.02 * detail) / detail)
    coarse = gain[2]
    clear = had > CLEAR * noise
    # What must still be above the grain, were only the contrast lower: else its absence says nothing about focus.
    shown = clear & (had * np.exp2(np.minimum(coarse, 0)) > CLEAR * noise)
    judged = clear[2] & shown[1] & (have[2] > 2 * noise[2])
    fine = np.where(shown[0], (gain[0] + gain[1]) / 2, gain[1])
    soft = judged & (fine - coarse < SOFTER)
    some = ((gain[1] + coarse) / 2)[clear[1] & clear[2]]
    blocks, seen = int(np.count_nonzero(judged)), max(int(np.count_nonzero(clear[2])), 1)
    return Sharpness(
        blocks,
        int(np.count_nonzero(soft)) / max(blocks, 1),
        # Of energy, as a logarithm to base 2: half of it is that of amplitude.
        log(2) / 2 * float(np.partition(some, some.size // 2)[some.size // 2]) if some.size else 0.0,
        int(np.count_nonzero(coarse[clear[2]] < DIMMED)) / seen,
        int(np.count_nonzero(coarse[clear[2]] > GAINED)) / seen,
    )
