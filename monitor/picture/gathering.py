"""The first key frames of a camera: a reference begins with their median, so that who stood there is not in it.

A mean would show whoever was there at the first look, and for hours whoever was there at five of them. The median of
five medians of three (remedian: Rousseeuw and Bassett, JASA 85(409) 1990) is another's only where he stood in two looks
of each of three threes, so in six of the fifteen at least; whoever came for five, in a row or not, left nothing. At
most six looks are held at a time, and only in the memory of a process: nothing of them is ever written.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .memory import Reference, changed

THREES: Final = 5
GATHERED: Final = 3 * THREES  # looks


def gathered(before: Reference, look: Reference) -> Reference:
    """``before`` with one look more; with the last one, what the looks have in common, and none of them.

    ``look``: a reference made of that look alone. Held are the medians of the whole threes, then the looks of the three
    that has begun.
    """
    seen, held = before.seen + 1, (*before.gathered, _row(look))
    if seen % 3 == 0:
        held = (*held[:-3], _median(held[-3:]))
    after = changed(before, seen=seen, updated_us=look.updated_us, gathered=held)
    return after if seen < GATHERED else _reference(after, _median(held))


def _row(look: Reference) -> bytes:
    return look.structure + look.profile + _shifted(look.texture)


def _reference(gathered: Reference, row: bytes) -> Reference:
    profile, texture = len(gathered.structure), len(gathered.structure) + len(gathered.profile)
    return changed(
        gathered, structure=row[:profile], profile=row[profile:texture], texture=_shifted(row[texture:]), gathered=()
    )


def _shifted(texture: bytes) -> bytes:
    """uint8 as int8 of the same order, and back."""
    return (np.frombuffer(texture, np.uint8) ^ np.uint8(0x80)).tobytes()


def _median(rows: Sequence[bytes]) -> bytes:
    """Of an odd number of rows of int8, one by one."""
    values: NDArray[np.int8] = np.sort(np.stack([np.frombuffer(row, np.int8) for row in rows]), axis=0)
    row: bytes = values[len(rows) // 2].tobytes()
    return row
