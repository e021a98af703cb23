"""Blurred: the outlines are where they always are, their fine detail is gone. Defocus, wet or dirty glass."""

from __future__ import annotations

from monitor.model import Cause, Finding, FindingState

from .findings import doubted, unjudged, weighed
from .texture import Sharpness

SOFT = 0.55  # share of the blocks with detail; weather and seasons soften 0.4 for long, a disc of 3 samples 0.6 to 0.98
DEVIATIONS = 5.0
ENOUGH_BLOCKS = 8  # of 144 must have had fine detail, and light enough to show it
ELSEWHERE = 0.5  # of the view lost: then it is another view, and nothing can be said of its sharpness


def blurred(now: Sharpness, lost: float, usual: float, deviation: float) -> Finding:
    """``lost``: share of the view; ``usual`` and ``deviation``: of the soft share in this camera's good pictures."""
    return _by(now, lost, "soft_share", min(usual + max(SOFT, DEVIATIONS * deviation), 0.95))


def blurred_slowly(now: Sharpness, lost: float) -> Finding:
    """The same against the commissioning reference."""
    return _by(now, lost, "soft_share_since_commissioning", SOFT)


def _by(now: Sharpness, lost: float, measure: str, threshold: float) -> Finding:
    if now.blocks < ENOUGH_BLOCKS or lost > ELSEWHERE:
        return unjudged(Cause.PICTURE_BLURRED, FindingState.CANNOT_JUDGE, measure, now.soft, threshold)
    found = weighed(Cause.PICTURE_BLURRED, measure, now.soft, threshold, now.soft / threshold)
    return doubted(found, now.soft_now, now.soft_now / threshold)
