"""Stripes: bands across the whole width or height that the scene does not have.

The picture is cut into five strips. A scene's rows differ from strip to strip; a band runs through all five. With p_s
the high-passed row means of strip s and r the camera's usual mean profile, the value is the amplitude (deviation, in
levels) of what the strips have in common beyond r, times the share of energy they have in common; nothing where one
strip hardly has it, as a bus does not reach from edge to edge; and three times as much where it is a wave of one
length, as ground loops and failing supplies make it and scenes do not.
"""

from __future__ import annotations

import cv2
import numpy as np

from monitor.model import Cause, Finding, FindingState

from .findings import unjudged, weighed
from .frame import MIDDLE, Field, Reduced

STRIPS = 5
DULL = 0.5  # share of the blocks that lost fine detail
# Share of the outlines that are gone: bands of 40 levels leave nearly all in place in photographs (0.08 lost), and in a
# drawing with few outlines at least half; bars beside a picture of another shape, edges from top to bottom, take 0.64.
GONE = 0.55
# Of the mean band each strip has at least this much (0.52 to 1.1 for bands of 15 levels in 40 scenes, by day and night;
# the strip that a bus over 43 % of the view leaves free has 0.0 to 0.12).
THROUGHOUT = 0.3
ACROSS, DOWN = MIDDLE[1], MIDDLE[0]  # rows and columns of the middle picture: lengths of the two profiles
_SMOOTH = 15  # rows: slower changes are sky, not stripes
TIMES = 3.0  # beyond the usual value of this camera
LEAST = 2.6  # levels; bands of 15 levels at 640 x 360 leave 3.4 to 14, a scene that was turned by 5 degrees 0.3 to 2.5
# Levels, while the camera's profile is not known: blinds, steps and furrows give 10; then no more than a warning, for a
# wall of slats is learnt only if it is no fault.
UNKNOWN = 14.0
_WARNED = 0.99
# Share of the spectrum's energy in its highest line and the two beside it; sound pictures stay below 0.7.
_REGULAR = 0.75
_WEIGHT = 3.0  # of a regular wave
_SLOWEST = 4  # waves across the picture
_DEVIATION = 1.4826  # times the median of absolute values is a normal one's deviation
_MEAN = np.full(STRIPS, 1 / STRIPS, np.float32)  # times the strips is the mean one


def profiles(picture: Reduced) -> Field:
    """5 x (90 + 160): for each strip the high-passed means of the rows, then of the columns, in levels."""
    strips = np.empty((STRIPS, ACROSS + DOWN), np.float32)
    rows, columns = strips[:, :ACROSS], strips[:, ACROSS:]
    rows[:] = cv2.resize(picture.middle, (STRIPS, ACROSS), interpolation=cv2.INTER_AREA).T
    columns[:] = cv2.resize(picture.middle, (DOWN, STRIPS), interpolation=cv2.INTER_AREA)
    rows -= cv2.blur(rows, (_SMOOTH, 1), borderType=cv2.BORDER_REFLECT)
    columns -= cv2.blur(columns, (_SMOOTH, 1), borderType=cv2.BORDER_REFLECT)
    return strips


def stripes(strips: Field, usual: Field | None) -> float:
    """The amplitude in levels of what is common to all strips and not ``usual`` (a profile of 90 + 160 levels)."""
    rows, columns = (None, None) if usual is None else (usual[:ACROSS], usual[ACROSS:])
    across = _common(strips[:, :ACROSS], rows, 0.0)
    return max(across, _common(strips[:, ACROSS:], columns, across))


def is_hidden(lost: float, dull: float, *, another: bool) -> bool:
    """Whether something else is seen than bands would be seen over. Shares of this key frame, 0 to 1."""
    return another or lost > GONE or dull > DULL


def striped(now: float, usual: float | None, *, hidden: bool) -> Finding:
    """``usual``: the mean of ``stripes``, ``None`` while it is learnt.

    ``hidden``: it is another view, or its fine detail is gone: bands add detail, and what is left of ripples has bands.
    """
    threshold = UNKNOWN if usual is None else max(LEAST, TIMES * usual)
    if hidden:
        return unjudged(Cause.PICTURE_STRIPED, FindingState.CANNOT_JUDGE, "stripe_amplitude", now, threshold)
    score = now / threshold if usual is not None else min(now / threshold, _WARNED)
    return weighed(Cause.PICTURE_STRIPED, "stripe_amplitude", now, threshold, score)


def _common(strips: Field, usual: Field | None, least: float) -> float:
    """The amplitude; of one that cannot be more than ``least`` nobody need know whether it is a wave."""
    mean = _MEAN @ strips
    if usual is not None:
        share = float(mean @ usual) / max(float(usual @ usual), 1e-6)
        strips = strips - min(max(share, 0.0), 2.0) * usual
        mean = _MEAN @ strips
    if float((strips @ mean).min()) < THROUGHOUT * float(mean @ mean):
        return 0.0
    together = float(mean @ mean) / mean.size
    if usual is None:  # one level edge, a roof's or a wall's, is no band: most rows must have a part in it
        together = min(together, (_DEVIATION * float(np.median(np.abs(mean)))) ** 2)
    apart = float(np.vdot(strips, strips)) / strips.size
    amplitude = float(together**1.5 / max(apart, 1e-6))
    return amplitude * _WEIGHT if amplitude * _WEIGHT > least and _is_regular(mean) else amplitude


def _is_regular(profile: Field) -> bool:
    energy = np.abs(np.fft.rfft(profile)) ** 2
    line = int(energy.argmax())
    if line < _SLOWEST:
        return False
    return float(np.add.reduce(energy[line - 1 : line + 2])) >= _REGULAR * float(np.add.reduce(energy))
