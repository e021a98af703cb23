"""A first look at a key frame without any memory of its camera, and which finding names the cause."""

from __future__ import annotations

from monitor.model import Cause, Picture

from .black import black
from .blocks import block_sums, fingerprint
from .exposure import brightest
from .findings import weighed
from .frame import Frame, reduced
from .single_colour import single_colour


def diagnose(frame: Frame, previous_fingerprint: bytes | None, *, repeated: bool = False) -> Picture:
    """Black, of one colour, or equal to the picture before, the most telling first.

    ``repeated``: the key frame has the same bytes as the one before, which need not have been decoded.
    """
    small = reduced(frame)
    print_ = fingerprint(block_sums(frame))
    same = repeated or previous_fingerprint == print_
    still = weighed(Cause.PICTURE_FROZEN, "identical_to_previous", float(same), 1.0, float(same))
    findings = (black(brightest(small)), single_colour(small, 0.0), still)
    return Picture(frame.width, frame.height, print_, findings)


def cause_of(picture: Picture) -> Cause:
    """The first faulty finding's cause, or OK."""
    return next((finding.cause for finding in picture.findings if finding.faulty), Cause.OK)
