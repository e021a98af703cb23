"""A corrupt picture: mosaic and smears from lost or damaged data.

What the decoder says comes first: libavcodec flags a damaged H.264 key frame always, a JPEG one where it is asked to be
strict, an HEVC one hardly ever. A key frame that lost RTP packets is held back before it.

Pixels show what damage leaves where nobody flags it, as inside a recorder. Concealment carries columns on downwards
unchanged, where a scene has texture. Displaced, grey and flattened macroblocks break off at their edges: with s the
step of luma across an edge of 16 x 16 samples and g the larger of the steps just before and behind it, an edge is torn
where the mean of max(0, s - g) along it is at least TORN. A scene's own edges lie anywhere, optics spread them over two
or three samples, and coarse quantisation breaks off each 8 samples alike (block-edge impairment: Wu and Yuen 1997). So
the share of torn edges in the middle of macroblocks is taken off.
"""

from __future__ import annotations

import cv2
import numpy as np

from monitor.model import Cause, Finding

from .evidence import Evidence
from .findings import weighed
from .frame import ENOUGH_ROWS, Frame, Plane, Reduced, count

MORE = 0.15  # share of the picture beyond the usual
UNKNOWN = 0.35  # while it is not known what is usual
_ACROSS = 3  # levels from column to column that are a texture ...
_DOWN = 0  # ... of which nothing changes from row to row
BLOCK = 16  # samples: a macroblock of H.264, four luma blocks of a JPEG, the smallest coding unit of most H.265
TORN = 12  # levels as coded; H.265 at a quantiser of 42 with its edges not smoothed leaves 0.1 of them torn
# Times the share of torn edges: of blocks damaged here and there those edges are torn that part them from sound ones,
# half of all where half of the blocks are, a third where four fifths are.
_WEIGHT = 2.2


def damaged(frame: Frame, picture: Reduced) -> float:
    """The share of the picture that looks damaged, 0 to 2.2."""
    smears = smeared(picture)
    return max(smears, _WEIGHT * torn(frame.y, smears / _WEIGHT))


def torn(y: Plane, least: float = 0.0) -> float:
    """The share of macroblock edges, 0 to 1, at which the picture breaks off, beyond what it does in their middle.

    Of large pictures not every row and column of blocks is looked at. 0 for a picture of a block or less, and where it
    cannot be more than ``least``.
    """
    height, width = y.shape[0] // BLOCK, y.shape[1] // BLOCK
    if height < 2 or width < 2:
        return 0.0
    step = max(1, y.shape[0] // ENOUGH_ROWS)
    level = y[: height * BLOCK, : width * BLOCK].reshape(height, BLOCK, width * BLOCK)
    # Every other row is enough for a mean, of every step-th row of blocks. Turned on their side, columns are rows.
    some = level[::step, ::2].reshape(-1, width * BLOCK)
    upright = cv2.transpose(some).astype(np.uint8, copy=False).reshape(width, BLOCK, len(some))
    at, inside = BLOCK - 1, BLOCK // 2
    edges = _torn((upright[:-1, at - 1], upright[:-1, at], upright[1:, 0], upright[1:, 1]), BLOCK // 2)
    edges += _torn((level[:-1:step, at - 1], level[:-1:step, at], level[1::step, 0], level[1::step, 1]), BLOCK)
    if edges / 2 <= least:
        return 0.0
    middles = _torn(tuple(upright[:, inside + by] for by in (-2, -1, 0, 1)), BLOCK // 2)
    middles += _torn(tuple(level[::step, inside + by] for by in (-2, -1, 0, 1)), BLOCK)
    return max(0.0, edges - middles) / 2


def _torn(lines: tuple[Plane, ...], length: int) -> float:
    """Of four lines of samples in a row, with the edge in their middle: the share of its pieces that are torn."""
    before, last, first, behind = lines
    inside = cv2.max(cv2.absdiff(before, last), cv2.absdiff(first, behind))
    beyond = cv2.subtract(cv2.absdiff(last, first), inside)
    pieces = cv2.resize(beyond, (beyond.shape[1] // length, beyond.shape[0]), interpolation=cv2.INTER_AREA)
    return count(pieces >= TORN) / pieces.size


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
    """``now``, ``usual``: of ``damaged``; ``usual`` is ``None`` while it is learnt."""
    if evidence.decoder_flagged:
        return weighed(Cause.PICTURE_CORRUPT, "decoder_flagged", 1.0, 1.0, 2.0)
    threshold = UNKNOWN if usual is None else usual + MORE
    return weighed(Cause.PICTURE_CORRUPT, "damaged_share", now, threshold, now / threshold)
