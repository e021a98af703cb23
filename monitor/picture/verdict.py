"""What a probe says of a picture: the one cause that its findings come to."""

from __future__ import annotations

from datetime import datetime

from monitor.model import Cause, Finding, FindingState, Picture, Sight

from .findings import is_doubt
from .frozen import ALIKE, EQUAL

SOON = 13  # equal key frames: where so few are enough, the first one already raises the doubt


def cause_of(picture: Picture) -> Cause:
    """OK, or what this key frame speaks for, be it the first of several or the last.

    What holds (``Picture.active``) is counted over key frames; a fault is dated from the first one that spoke for it,
    and its end from the first one that did not.
    """
    doubted = next((finding.cause for finding in picture.findings if _doubtful(finding)), Cause.OK)
    if not picture.active:
        return doubted
    its = (finding for finding in picture.findings if finding.cause in picture.active)
    holds = any(finding.state is not FindingState.OK for finding in its)
    return picture.active[0] if holds or doubted is not Cause.OK else Cause.OK


def leans_to_frozen(picture: Picture) -> bool:
    """Whether its key frames are more alike than this camera's ever were: the next one is worth a look."""
    return any(finding.measure == ALIKE for finding in picture.findings)


def suspects_frozen(picture: Picture) -> bool:
    """Whether that has lasted: two snapshots would tell."""
    return any(finding.measure == ALIKE and finding.state is FindingState.WARNING for finding in picture.findings)


def sight_of(picture: Picture, at: datetime) -> Sight:
    """What people are told of it although it is no fault. ``at``: when the probe that brought it began.

    Beside a fault, or a doubt of one, nothing is noticed: what is dazzled stands still, and a veil begins as fog does.
    """
    noticed = tuple(finding.cause for finding in picture.findings if _is_noticed(finding))
    return Sight(at, picture.unjudged, picture.unlearnt, noticed if cause_of(picture) is Cause.OK else ())


def _is_noticed(finding: Finding) -> bool:
    """A freeze that is not certain, or fog; other warnings are doubts of one key frame."""
    told = finding.cause in (Cause.PICTURE_FROZEN, Cause.PICTURE_LOW_CONTRAST)
    return told and finding.state is FindingState.WARNING


def _doubtful(finding: Finding) -> bool:
    """Whether this key frame is, or may be, the first one with a fault."""
    if finding.cause is Cause.PICTURE_FROZEN and finding.measure == EQUAL:
        return finding.faulty or (finding.value >= 1 and finding.threshold <= SOON)
    return finding.faulty or is_doubt(finding)
