"""Colour cast: one colour far too strong in the whole picture. By day only: an infra-red picture has no colour.

How far all tints of a picture have moved together, and that it is neither haze nor leaves nor daylight, is told in
``tint``.
"""

from __future__ import annotations

import numpy as np

from monitor.model import Cause, Finding, FindingState

from .findings import unjudged, weighed
from .frame import Reduced, count
from .tint import Tints

# ln of a ratio of channels as coded: one channel twice as strong in linear light moves tints by 0.17 to 0.35, a
# beginning rain or snowfall by 0.09 at most, in photographs of scenes of all colours.
AWAY = 0.14
LAMPLIT = -0.2  # ln of contrast below which lamps make the colours, or so dense a fog that there are none
DEVIATIONS = 5.0  # beyond the camera's own wandering
COLOURLESS = 3  # 95th percentile of |u - 128| + |v - 128| below which a picture is taken by infra-red light
_MEASURE = "tint_shift"


def colourless(picture: Reduced) -> bool:
    """Whether the picture is in shades of grey."""
    blue, red = picture.blue[::2, ::2].astype(np.int16) - 128, picture.red[::2, ::2].astype(np.int16) - 128
    grey = np.abs(blue) + np.abs(red) < COLOURLESS
    return count(grey) > grey.size * 95 // 100


def cast(tints: Tints | None, shifted: float | None, usual: float | None, deviation: float) -> Finding:
    """``tints``: of this picture, ``None`` where none can be told; ``shifted``: how far, against the usual ones.

    ``usual`` and ``deviation``: of ``shifted`` in this camera's good pictures, ``None`` while it is learnt.
    """
    if tints is not None and usual is None:
        return unjudged(Cause.PICTURE_CAST, FindingState.LEARNING, _MEASURE, 0.0, AWAY)
    if usual is None or shifted is None:
        return unjudged(Cause.PICTURE_CAST, FindingState.CANNOT_JUDGE, _MEASURE, 0.0, AWAY)
    threshold = max(AWAY, usual + DEVIATIONS * deviation)
    return weighed(Cause.PICTURE_CAST, _MEASURE, shifted, threshold, shifted / threshold)
