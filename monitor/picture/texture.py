"""How much fine, middle and coarse detail each part of a picture has: what defocus, fog and glass take away.

Three bands by differences of reduced pictures: fine 320 - 160, middle 160 - 80, coarse 80 - its blur; the energy of a
band in a block is its mean square, in squared levels, kept as a logarithm to base 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log

import cv2
import numpy as np

from .frame import FINE, MIDDLE, Field, Reduced, count
from .memory import TEXTURE_SHAPE, Doubts, energies_of
from .steady import steady
from .structure import GRID, Blocks

BLOCKS = GRID[::-1]  # width and height
FLOOR = 0.25  # squared levels: below lies the rounding of the decoder
# White grain of deviation s at 640 x 360 leaves s^2/4, s^2/16 and s^2/64 in the three reduced pictures, of which about
# 3/4, 3/4 and 24/25 lie in the band.
_GRAIN = np.array([0.19, 0.047, 0.015], np.float32)[:, None, None]
CLEAR = 4.0  # a block's energy is detail, not grain, when it is this much above what grain may be
# log2 of the energy of the fine bands relative to the coarse one, against the reference. A disc of 3 samples at 320
# takes 0.9 to 2.2 from photographs of scenes, of 2 samples 0.5 to 1.5; light, haze and passers-by 0.1.
SOFTER = -0.6
# log2 of the energy of the middle band relative to the coarse one. Below the first it is what a soft edge leaves in the
# middle band, and a disc of 5 samples takes nothing from it; above the second it is writing on the picture.
_SHARP_FROM, _WRITTEN_FROM = -3.0, 0.5
DIMMED = -1.5  # log2 of energy: 60 % of the amplitude of fine detail is left, of what is left where most is
_CLEAREST = 0.8  # the quantile of the blocks that stands for what is not under the drops
_AMPLITUDE = log(2) / 2  # times a gain of energy (log2) is ln of amplitude, whose square energy is
GAINED = 1.0  # log2 of energy: 1.4 times the amplitude


@dataclass(frozen=True, slots=True)
class Sharpness:
    """A picture's detail against its reference."""

    blocks: int  # how many have fine detail to judge by, and contrast enough to show it
    detailed: int  # how many have detail in the reference, whatever the contrast is now
    soft: float  # share of them that lost their fine detail and kept the coarse, 0 to 1
    soft_now: float  # the same of this key frame alone
    contrast: float  # the coarse and middle detail that is left, as ln of amplitude; 0 as usual, negative less
    contrast_now: float  # the same of this key frame alone
    dimmed: float  # share of the blocks with detail that lost more than DIMMED of it against the clearest, 0 to 1
    dimmed_now: float  # the same of this key frame alone
    dull: float  # share of them that lost as much against the reference, in this key frame
    clearest: float  # what is left where most is, as ln of amplitude
    gained: float  # share of the blocks with coarse detail that have more than GAINED, 0 to 1
    fine: Blocks = field(repr=False)  # where there is fine detail now ...
    fine_usual: Blocks = field(repr=False)  # ... and where there usually is
    softness: bytes = field(repr=False)  # doubts of this key frame, as ``steady`` gives them
    dimming: bytes = field(repr=False)


def texture(picture: Reduced) -> Field:
    """3 x 9 x 16: log2 of energy plus FLOOR of the fine, middle and coarse band."""
    energies = np.empty(TEXTURE_SHAPE, np.float32)
    fine, middle, coarse = energies
    of_middle = _squares(picture.fine, cv2.resize(picture.middle, FINE, interpolation=cv2.INTER_LINEAR))
    cv2.resize(cv2.resize(of_middle, MIDDLE, interpolation=cv2.INTER_AREA), BLOCKS, fine, interpolation=cv2.INTER_AREA)
    of_coarse = _squares(picture.middle, cv2.resize(picture.coarse, MIDDLE, interpolation=cv2.INTER_LINEAR))
    cv2.resize(of_coarse, BLOCKS, middle, interpolation=cv2.INTER_AREA)
    of_blurred = _squares(picture.coarse, cv2.blur(picture.coarse, (5, 5)))
    cv2.resize(of_blurred, BLOCKS, coarse, interpolation=cv2.INTER_AREA)
    energies += np.float32(FLOOR)
    return np.log2(energies, out=energies)


def _squares(plane: Field, coarser: cv2.typing.MatLike) -> cv2.typing.MatLike:
    """Of what the coarser plane lacks, sample by sample. Reckoned in its place: large arrays cost more than sums."""
    np.subtract(plane, coarser, out=coarser)
    np.multiply(coarser, coarser, out=coarser)  # in a third of OpenCV's time
    return coarser


def sharpness(now: Field, references: Sequence[bytes], grain: float, before: Sequence[Doubts]) -> tuple[Sharpness, ...]:
    """A picture's against each of its references (``texture`` as stored), reckoned at once.

    ``grain``: the larger of this picture's and the usual deviation of its noise, in levels, at 640 x 360.
    ``before``: what the last key frame lacked against the same references.
    """
    noise = FLOOR + _GRAIN * grain * grain
    loud = CLEAR * noise
    have, had = np.exp2(now), energies_of(references)
    detail = np.maximum(had - noise, 1e-3)
    gain = np.log2(np.maximum(have - noise, 0.02 * detail) / detail)
    middle, coarse = gain[:, 1], gain[:, 2]
    clear = had > loud
    # Coarse detail that is gone tells how much of the fine a lower contrast took. What a block has more of than ever,
    # by turned leaves or snow that lies, says nothing of that: fine detail that stayed as it was is no blur beside it.
    fading = np.minimum(coarse, 0)
    # What must still be above the grain, were only the contrast lower: else its absence says nothing about focus. Twice
    # as much is asked, for encoders drop what is faint before it drowns.
    dimmer = np.exp2(2 * fading)[:, None]
    shown = clear[:, :2] & (had[:, :2] * dimmer > loud[:2])
    unwritten = detail[:, 1] <= 2**_WRITTEN_FROM * detail[:, 2]
    sharp = (detail[:, 1] > 2**_SHARP_FROM * detail[:, 2]) & unwritten
    judged = clear[:, 2] & shown[:, 1] & (have[2] > 2 * noise[2]) & sharp
    both = (gain[:, 0] + middle) / 2
    softness = np.where(judged, (np.where(shown[:, 0], both, middle) - fading) / np.float32(SOFTER), np.float32(0))
    fine = np.where(clear[:, 0], both, middle)
    some, contrasting = (middle + coarse) / 2, clear[:, 1] & clear[:, 2]
    detailed = contrasting & unwritten
    clearest = [_quantile(*each, _CLEAREST) for each in zip(fine, detailed, strict=True)]
    least = np.array([min(each, 0.0) for each in clearest], np.float32)[:, None, None]
    dimming = np.where(detailed, (fine - least) / np.float32(DIMMED), np.float32(0))
    doubts = np.concatenate((softness, dimming))
    lasting, stored = steady(doubts, [each.soft for each in before] + [each.dimmed for each in before])
    many = len(references)
    soft, dimmed = judged & (lasting[:many] >= 1), lasting[many:] >= 1
    soft_now, dimmed_now = doubts[:many] >= 1, doubts[many:] >= 1
    dull, gained = detailed & (fine <= DIMMED), clear[:, 2] & (coarse > GAINED)
    fine_now = have[0] > loud[0]
    found = []
    for at, last in enumerate(before):
        blocks, known = count(judged[at]), count(detailed[at])
        most = max(known, 1)
        contrast = _AMPLITUDE * _quantile(some[at], contrasting[at], 0.5)
        found.append(
            Sharpness(
                blocks,
                known,
                count(soft[at]) / max(blocks, 1),
                count(soft_now[at]) / max(blocks, 1),
                max(contrast, last.contrast),
                contrast,
                count(dimmed[at]) / most,
                count(dimmed_now[at]) / most,
                count(dull[at]) / most,
                _AMPLITUDE * clearest[at],
                count(gained[at]) / max(count(clear[at, 2]), 1),
                fine_now,
                clear[at, 0],
                stored[at],
                stored[many + at],
            )
        )
    return tuple(found)


def _quantile(gains: Field, of: Blocks, share: float) -> float:
    """Of the gains of these blocks; 0 where there are none."""
    these = gains[of]
    if not these.size:
        return 0.0
    place = int(share * (these.size - 1) + 0.5)
    these.partition(place)
    return float(these[place])
