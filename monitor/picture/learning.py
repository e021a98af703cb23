"""How a reference follows its camera: slowly, by time and not by frames, from good pictures only.

It begins with the median of the first key frames (``gathering``). From then on it is a mean that takes in each new one
with a share of 1 - exp(-dt / tau), a 48th at most: so much of whoever stood before the camera at one look is in it, and
soon nothing.
"""

from __future__ import annotations

from datetime import timedelta
from math import exp

import numpy as np

from monitor.model import MICROSECOND, SECOND_US

from .frame import Field
from .gathering import GATHERED, gathered
from .memory import (
    Golden,
    Measure,
    Reference,
    changed,
    golden_structure,
    mean_of,
    nearer,
    stored_tints,
    tints_of,
)
from .tint import Tints

LEARNT = 24  # good key frames, before anything is judged by a reference
COMMISSIONED = 48  # good key frames, of which the golden copy is made
STRUCTURE_TAU = timedelta(hours=12) // MICROSECOND  # a day's shadows in, a week's growth out
STATISTICS_TAU = timedelta(days=7) // MICROSECOND  # a white sky once a week is usual
# Once learnt, one picture in five minutes: a share far below the steps of the stored numbers would be lost in rounding,
# and pictures that near show the same passers-by.
_EVERY = 300 * SECOND_US
_LONGEST_GAP = STRUCTURE_TAU // 4  # after days without a picture, no single one may decide what is usual ...
_MOST = 1 / COMMISSIONED  # ... nor leave more of itself in the outlines


def learnt(
    before: Reference,
    structure: Field,
    texture: Field,
    profile: Field,
    tints: Tints | None,
    measures: dict[Measure, float],
    at_us: int,
) -> Reference:
    """The reference with one more good picture; ``tints`` are ``None`` where these are not the scene's."""
    gap = min(max(at_us - before.updated_us, 0), _LONGEST_GAP)
    if before.seen >= COMMISSIONED and gap < _EVERY:
        return before
    seen = before.seen + 1
    share = 1.0 if seen <= GATHERED else min(max(1 / seen, 1 - exp(-gap / STRUCTURE_TAU)), _MOST)
    slowly = 1 - exp(-gap / STATISTICS_TAU)
    # Which way a value is rounded must not be the same each time; the same memory must always give the same.
    dither = np.random.default_rng(seen).random(structure.size, np.float32)
    outlines, detail, rows = nearer(before, structure, texture, profile, share, dither)
    after = changed(
        before,
        seen=seen,
        updated_us=at_us,
        structure=outlines,
        texture=detail,
        profile=rows,
        tints=before.tints if tints is None else _coloured(before.tints, tints, max(1 / seen, slowly), dither),
    )
    if seen <= GATHERED:
        return gathered(changed(before, tints=after.tints), after)
    after = _with_statistics(after, measures, max(1 / (seen - GATHERED), slowly))
    if seen == COMMISSIONED:
        after = changed(after, golden=Golden(golden_structure(after.structure), after.texture))
    return after


def _coloured(stored: bytes, now: Tints, share: float, dither: Field) -> bytes:
    """Where a colour can be told for the first time, it is the usual one."""
    before = tints_of(stored)
    mean = np.where(before.told, mean_of(before.values, now.values, share), now.values)
    return stored_tints(Tints(np.where(now.told, mean, before.values), before.told | now.told), dither)


def _with_statistics(reference: Reference, measures: dict[Measure, float], share: float) -> Reference:
    means, variances = list(reference.means), list(reference.variances)
    for measure, value in measures.items():
        away = value - means[measure]
        means[measure] += share * away
        variances[measure] = (1 - share) * (variances[measure] + share * away * away)
    return changed(reference, means=tuple(means), variances=tuple(variances))
