"""What two key frames in a row agree on: a lorry, streaks of rain and headlights are in one of them only.

How far a block, or a picture as a whole, is wrong is a doubt: 0 as ever, 1 at the threshold. What counts is the mean of
this key frame's doubt and the last one's, each taken no further than ``MOST``: none can reach 1 alone, and the grain of
both is averaged.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .frame import Field
from .structure import GRID

MOST = 1.9
_STEPS = 100.0  # of one
_BLOCKS = GRID[0] * GRID[1]
_NONE = bytes(_BLOCKS)


def steady(doubts: Field, before: Sequence[bytes]) -> tuple[Field, list[bytes]]:
    """n x 9 x 16, 0 to ``MOST``; and the doubts of this key frame in n times 144 bytes, for the next one.

    ``before``: those of the last key frame; b"" where there was none.
    """
    now = np.minimum(np.maximum(doubts, 0), np.float32(MOST))
    last = np.frombuffer(b"".join(each or _NONE for each in before), np.uint8).reshape(doubts.shape)
    mean = now + last.astype(np.float32) / np.float32(_STEPS)
    mean /= 2
    stored = (now * np.float32(_STEPS)).astype(np.uint8).tobytes()
    return mean, [stored[at : at + _BLOCKS] for at in range(0, len(stored), _BLOCKS)]
