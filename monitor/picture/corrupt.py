"""A corrupt picture: mosaic and smears from lost or damaged data.

What the decoder says comes first: libavcodec flags a damaged H.264 key frame always, a JPEG one where it is asked to be
strict, an HEVC one hardly ever. A key frame that lost RTP packets is held back before it.

Pixels alone show only what concealment leaves: columns carried on downwards unchanged, where a scene has texture.
"""

from __future__ import annotations

import cv2

from monitor.model import Cause, Finding

from .evidence import Evidence
from .findings import weighed
from .frame import Reduced

SMEARED_MORE = 0.15  # share of the picture beyond the usual
SMEARED_UNKNOWN = 0.35  # while it is not known what is usual
_ACROSS = 3  # levels from column to column that are a texture ...
_DOWN = 0  # ... of which nothing changes from row to row


def smeared(picture: Reduced) -> float:
    """The share of the picture, 0 to 1, that changes from column to column and not from row to row."""
    levels = picture.levels
    across = cv2.absdiff(levels[:-1, 1:], levels[:-1, :-1])
    down = cv2.absdiff(levels[1:, :-1], levels[:-1, :-1])
    _, textured = cv2.threshold(across, _ACROSS, 255, cv2.THRESH_BINARY)
    _, unchanged = cv2.threshold(down, _DOWN, 255, cv2.THRESH_BINARY_INV)
    both = cv2.bitwise_and(textured, unchanged)
    return cv2.countNonZero(both) / both.size


def corrupt(now: float, usual: float | None, evidence: Evidence) -> Finding:
    """``now``, ``usual``: of ``smeared``; ``usual`` is ``None`` while it is learnt."""
    if evidence.decoder_flagged:
        return weighed(Cause.PICTURE_CORRUPT, "decoder_flagged", 1.0, 1.0, 2.0)
    threshold = SMEARED_UNKNOWN if usual is None else usual + SMEARED_MORE
    return weighed(Cause.PICTURE_CORRUPT, "smeared_share", now, threshold, now / threshold)
