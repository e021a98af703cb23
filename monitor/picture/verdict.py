"""What a probe says of a picture: the one cause that its findings come to."""

from __future__ import annotations

from monitor.model import Cause, Finding, Picture

SOON = 6  # equal key frames: where so few are enough, the first one already raises the doubt


def cause_of(picture: Picture) -> Cause:
    """What holds, else what may turn out to hold (``confirmed`` tells them apart), else OK."""
    if picture.active:
        return picture.active[0]
    return next((finding.cause for finding in picture.findings if _doubtful(finding)), Cause.OK)


def _doubtful(finding: Finding) -> bool:
    """Whether this key frame is, or may be, the first one with a fault: from then on the fault is dated."""
    if finding.cause is Cause.PICTURE_FROZEN and finding.measure == "equal_key_frames":
        return finding.faulty or (finding.value >= 1 and finding.threshold <= SOON)
    return finding.faulty
