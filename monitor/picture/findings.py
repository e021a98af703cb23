"""Makes findings: one scale for every defect, on which 1 is its threshold."""

from __future__ import annotations

from monitor.model import Cause, Finding, FindingState

WARNED = 0.7  # of the way to the threshold: what a person should know before it is a fault


def weighed(cause: Cause, measure: str, value: float, threshold: float, score: float) -> Finding:
    """A finding by its ``score``: 0 (nothing), 1 (the threshold), beyond; gates stand in the score, not the value."""
    state = FindingState.FAULT if score >= 1 else FindingState.WARNING if score >= WARNED else FindingState.OK
    return Finding(cause, state, measure, value, threshold, min(max(score / 2, 0.0), 1.0))


def unjudged(cause: Cause, state: FindingState, measure: str, value: float, threshold: float) -> Finding:
    """A finding that says why nothing is said: ``CANNOT_JUDGE`` or ``LEARNING``."""
    return Finding(cause, state, measure, value, threshold)
