"""What two key frames in a row agree on: a lorry, streaks of rain and headlights are in one of them only.

How far a block, or a picture as a whole, is wrong is a doubt: 0 as ever, 1 at the threshold. What counts is the mean of
this key frame's doubt and the last one's, each taken no further than ``MOST``: none can reach 1 alone, and the grain of
both is averaged.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .frame import Field
from .structure import GRID

MOST = 1.9
_STEPS = 100.0  # of one


def steady(doubts: Field, before: bytes) -> Field:
    """9 x 16, 0 to ``MOST``. ``before``: ``stored`` of the last key frame's; b"" where there was none."""
    now = doubts.clip(0, MOST)
    last = np.frombuffer(before, np.uint8).reshape(GRID) / np.float32(_STEPS) if before else 0.0
    return _single((now + last) / 2)


def stored(doubts: Field) -> bytes:
    """144 bytes."""
    return (doubts.clip(0, MOST) * _STEPS).astype(np.uint8).tobytes()


def _single(values: NDArray[Any]) -> Field:
    return values.astype(np.float32, copy=False)
