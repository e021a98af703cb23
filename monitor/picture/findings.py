"""Makes findings: one scale for every defect, on which 1 is its threshold."""

from __future__ import annotations

from dataclasses import replace

from monitor.model import Cause, Finding, FindingState

_OK, _WARNING, _FAULT = FindingState.OK, FindingState.WARNING, FindingState.FAULT  # looking them up takes longer
WARNED = 0.7  # of the way to the threshold: what a person should know before it is a fault


def weighed(cause: Cause, measure: str, value: float, threshold: float, score: float) -> Finding:
    """A finding by its ``score``: 0 (nothing), 1 (the threshold), beyond; gates stand in the score, not the value."""
    if score <= 0:
        return Finding(cause, _OK, measure, value, threshold)
    state = _FAULT if score >= 1 else _WARNING if score >= WARNED else _OK
    return Finding(cause, state, measure, value, threshold, score / 2 if score < 2 else 1.0)


def unjudged(cause: Cause, state: FindingState, measure: str, value: float, threshold: float) -> Finding:
    """A finding that says why nothing is said: ``CANNOT_JUDGE`` or ``LEARNING``."""
    return Finding(cause, state, measure, value, threshold)


def doubted(found: Finding, now: float, score: float) -> Finding:
    """The finding of two key frames, or a warning with the value and the score of this one, which alone is beyond.

    A passer-by, or the first key frame of a fault: worth another look soon, and its beginning if it goes on.
    """
    if found.faulty or score < 1:
        return found
    return replace(found, state=FindingState.WARNING, value=now, severity=min(score / 2, 1.0))


def weight(found: Finding) -> tuple[bool, float]:
    """By which findings of one thing are compared: a fault of two key frames outweighs any doubt of one."""
    return found.faulty, found.severity


def is_doubt(found: Finding) -> bool:
    """Whether it is such a warning."""
    return found.state is FindingState.WARNING and found.severity >= 0.5
