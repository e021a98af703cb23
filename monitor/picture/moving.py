"""A camera whose view moves on purpose, as it turns or by a schedule: nothing is compared with what it showed before.

What a single key frame tells, and whether it repeats itself, is told of it as of every other.
"""

from __future__ import annotations

from dataclasses import replace

from monitor.model import FindingState, Picture

from .examine import approve_view
from .findings import unjudged
from .memory import Doubts, Memory, Reference

_MEASURE = "fixed_views"


def viewless(memory: Memory) -> Memory:
    """Before a look: without a view to compare with. What was learnt while its view still stood is forgotten."""
    known = memory.colour.seen or memory.infrared.seen or memory.doubts != Doubts()
    return approve_view(memory) if known else memory


def judged_viewless(picture: Picture, memory: Memory) -> tuple[Picture, Memory]:
    """After it: what would have to be learnt cannot be judged, and is not learnt."""
    findings = tuple(
        unjudged(found.cause, FindingState.CANNOT_JUDGE, _MEASURE, 0.0, 1.0)
        if found.state is FindingState.LEARNING
        else found
        for found in picture.findings
    )
    memory = replace(
        memory,
        colour=Reference(),
        infrared=Reference(),
        doubts=Doubts(),
        golden_doubts=Doubts(),
        clear_us=0,
        veiled=False,
    )
    return replace(picture, findings=findings), memory
