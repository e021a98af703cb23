"""The view is lost: what the camera usually shows is not to be seen where it was.

One score, two names: ``moved`` when the outlines are found again elsewhere or others stand in their place, ``covered``
when there is nothing instead. The names are a hint; people are called for either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import exp

import numpy as np

from monitor.model import Cause, Finding, FindingState

from .findings import doubted, unjudged, weighed
from .frame import Field, Reduced, count
from .memory import changed
from .motion import motion, turned
from .steady import steady
from .striped import GONE as GONE_FOR_STRIPES
from .structure import Blocks, Outlines, agreement, elsewhere, likeness, per_block
from .texture import Sharpness

GONE = 0.25  # of its usual agreement is left in a block whose outlines are lost; noise alone gives 0 +- 0.15
# ... times what is left of fine detail where most is, but no less than this (ln of amplitude): fog weakens outlines in
# all of a picture and leaves their directions; beside a cover they are as strong as ever.
WEAKEST = -0.7
# Share of the blocks beyond the usual; a lorry that passes near takes 0.2, lamps that go on 0.3. A view that is found
# again elsewhere needs none of this.
LOST_MORE = 0.35
LOST_IN_LOW_LIGHT = 0.45  # lamps light other sides of things than the sun does, and noise hides the rest
DEVIATIONS = 5.0
LOST_SINCE_GOLDEN = 0.6  # leaves coming out took 0.28 within a year from a street's outlines
ENOUGH_BLOCKS = 12  # of 144: a wall, water, snow or asphalt from above show no view that could be lost
SHIFT = 0.012  # of the width or height; a mast in the wind sways by 0.005
SHIFT_SINCE_GOLDEN = 0.02  # snow that lies for a day seems to move outlines by 0.016
# Of what changed. Weather and light that seem to move a view by SHIFT explain 0.14 at most, where outlines by and large
# (mean agreement above STANDING) are where they should be; a view that moved so little explains more.
EXPLAINED = 0.12
EXPLAINED_STANDING = 0.15
STANDING = 0.5
FAR = 0.025  # of the width or height: two coarse columns, for motions that are too large for a fit
ALIKE = 0.45  # of the outlines are found again at the new place
ALIKER = 0.15  # ... by a turn, more than where they should be
TURNED_AWAY = 0.1  # share lost by turns that are too large for a fit: 0.13 and more, so that others need not be tried
UNLIKE = 0.9  # mean agreement above which nobody need look for a motion ...
HERE = 0.75  # ... and above which outlines do not stand far away
DIM = 60.0  # 90th percentile of luma: by so little light outlines drown where it is darkest ...
DARK = 30.0  # ... which is below this level
_HIDDEN = 0.5  # of the usual amount of fine detail in the lost blocks: with less there is nothing instead
_SOME = 0.1  # of the blocks usually have fine detail, at least: else it would be noise that decides


@dataclass(frozen=True, slots=True)
class View:
    """What is left of a view."""

    blocks: int  # that can be judged
    lost: float  # share of them, 0 to 1
    lost_now: float  # the same of this key frame alone
    alike: float  # mean agreement of the outlines where they should be
    fresh: float  # share of the lost blocks with fine detail, over the usual share
    doubts: bytes = field(repr=False)  # of this key frame, as ``steady`` gives them
    shift: float = 0.0  # share of width and height, 0 where the outlines were not found elsewhere (``sought``)

    @property
    def hidden(self) -> bool:
        """Whether nothing stands where many outlines were."""
        return self.lost_now > LOST_MORE and self.fresh < _HIDDEN

    @property
    def another(self) -> bool:
        """Whether the outlines stand elsewhere, or are hidden."""
        return self.shift > 0 or self.hidden


def views(
    picture: Reduced,
    now: Outlines,
    references: Sequence[Outlines],
    sharp: Sequence[Sharpness],
    before: Sequence[bytes],
) -> tuple[View, ...]:
    """What is left of the view of each reference; it is not sought elsewhere yet.

    ``now``: the structure of ``picture``; ``sharp``: of the same picture against the same references; ``before``: the
    doubts of the last key frame.
    """
    found = agreement(now, references)
    lasting = found.lasting
    if picture.quantile(0.9) < DIM:
        lasting = lasting & (per_block(picture.coarse) > DARK)
    threshold = [1 - GONE * exp(max(min(each.clearest, 0.0), WEAKEST)) for each in sharp]
    doubts = (1 - found.kept) / np.array(threshold, np.float32)[:, None, None]
    gone = lasting & (doubts >= 1)
    both, remembered = steady(doubts, before)
    lost = lasting & (both >= 1)
    alike = np.minimum(np.maximum(found.kept, -1), 1) * lasting
    return tuple(map(_view, sharp, lasting, gone, lost, alike, remembered))


def _view(sharp: Sharpness, lasting: Blocks, gone: Blocks, lost: Blocks, alike: Field, doubts: bytes) -> View:
    """``gone``: which blocks have lost their outlines now, ``lost``: steadily; ``alike``: how far each keeps them."""
    blocks = count(lasting)
    most = max(blocks, 1)
    lost_now, fresh = count(gone) / most, 0.0
    if lost_now:  # what stands near the lens is out of focus, another view is not
        usual = max(count(lasting & sharp.fine_usual) / most, _SOME)
        fresh = count(gone & sharp.fine) / most / lost_now / usual
    return View(blocks, count(lost) / most, lost_now, float(np.add.reduce(alike, axis=None)) / most, fresh, doubts)


def sought(seen: View, now: Outlines, reference: Outlines, threshold: float) -> View:
    """The same, with how far its outlines have moved, where that can make a difference.

    ``threshold``: of the share that is lost. Where so much is, and other outlines stand in its place, it has moved
    however far; and to look for them elsewhere takes longer than all else.
    """
    if not seen.blocks or seen.alike >= UNLIKE or _is_another(seen, threshold):
        return seen
    return changed(seen, shift=_shift(now, reference, seen.alike))


def perhaps_turned(seen: View, now: Outlines, reference: Outlines, threshold: float) -> View:
    """The same, with a turn looked for that is too large for a fit, where outlines are lost and no motion tells why.

    That takes longer still. Only the reference needs it: what turns slowly passes through the turns that fit.
    """
    if seen.shift or seen.lost_now < TURNED_AWAY or not seen.blocks or _is_another(seen, threshold):
        return seen
    turn = turned(now, reference)
    found = turn.alike >= max(ALIKE, likeness(now, reference) + ALIKER)
    return changed(seen, shift=turn.by) if found else seen


def _is_another(seen: View, threshold: float) -> bool:
    """Whether the view is lost to another: then ``_both`` and ``striped`` call for people wherever its outlines are."""
    return seen.lost >= threshold and seen.fresh >= _HIDDEN and seen.lost_now > GONE_FOR_STRIPES


def _shift(now: Outlines, reference: Outlines, mean: float) -> float:
    """By how much the outlines have moved, as a share of width and height; 0 if they are not found again.

    ``mean``: their agreement where they should be.
    """
    near = motion(now, reference)
    if near.explained >= (EXPLAINED_STANDING if mean > STANDING else EXPLAINED) and near.by >= SHIFT:
        return near.by
    if mean > HERE:
        return 0.0
    far = elsewhere(now, reference)
    return far.shift if far.alike >= ALIKE and far.shift >= FAR else 0.0


def lost_threshold(usual: float, deviation: float, *, low_light: bool) -> float:
    """``usual`` and ``deviation``: of the share that is lost in this camera's good pictures."""
    more = LOST_IN_LOW_LIGHT if low_light else LOST_MORE
    return min(usual + max(more, DEVIATIONS * deviation), 0.95)


def view_lost(now: View, threshold: float) -> tuple[Finding, Finding]:
    """Moved, covered."""
    return _both(now, "view_lost", threshold, SHIFT)


def view_drifted(now: View) -> tuple[Finding, Finding]:
    """The same against the commissioning reference."""
    return _both(now, "view_lost_since_commissioning", LOST_SINCE_GOLDEN, SHIFT_SINCE_GOLDEN)


def _both(now: View, measure: str, threshold: float, least: float) -> tuple[Finding, Finding]:
    causes = (Cause.PICTURE_MOVED, Cause.PICTURE_COVERED)
    if now.blocks < ENOUGH_BLOCKS:
        state = FindingState.CANNOT_JUDGE
        moved, covered = (unjudged(cause, state, measure, now.lost, threshold) for cause in causes)
        return moved, covered
    score = now.lost / threshold
    if now.shift >= least:
        shifted = weighed(Cause.PICTURE_MOVED, "view_shift", now.shift, least, max(score, now.shift / least))
        return shifted, weighed(Cause.PICTURE_COVERED, measure, now.lost, threshold, 0.0)
    named = Cause.PICTURE_MOVED if now.fresh >= _HIDDEN else Cause.PICTURE_COVERED
    found = doubted(weighed(named, measure, now.lost, threshold, score), now.lost_now, now.lost_now / threshold)
    moved, covered = (
        found if cause is named else weighed(cause, measure, now.lost, threshold, 0.0) for cause in causes
    )
    return moved, covered
