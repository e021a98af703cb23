"""Folds the picture checks into what a probe reports."""

from __future__ import annotations

from monitor.model import Cause, Picture

from .black import black
from .frame import Frame, fingerprint, reduced
from .frozen import frozen
from .single_colour import single_colour


def diagnose(frame: Frame, previous_fingerprint: bytes | None, *, repeated: bool = False) -> Picture:
    """Every check over one key frame, the most telling first: a black picture is also of one colour and still.

    ``repeated``: the key frame has the same bytes as the one before, which need not have been decoded.
    """
    small = reduced(frame)
    print_ = fingerprint(frame)
    previous = print_ if repeated else previous_fingerprint
    findings = (black(small), single_colour(small), frozen(print_, previous))
    return Picture(frame.width, frame.height, print_, findings)


def cause_of(picture: Picture) -> Cause:
    """The first faulty finding's cause, or OK."""
    return next((finding.cause for finding in picture.findings if finding.faulty), Cause.OK)
