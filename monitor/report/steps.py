"""One act of somebody as a report tells it: what, when, who, and whether it is signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.acts import (
    DeclarationWithdrawn,
    ExclusionApproved,
    ExclusionProposed,
    ExclusionRejected,
    ExclusionWithdrawn,
    ItemDeclared,
    Step,
)
from monitor.model import Actor

Told = (
    ExclusionProposed | ExclusionApproved | ExclusionRejected | ExclusionWithdrawn | ItemDeclared | DeclarationWithdrawn
)


@dataclass(frozen=True, slots=True)
class StepFigure:
    """One act about an exclusion or a declaration."""

    id: str
    kind: str  # of the ledger: exclusion_proposed, exclusion_approved ...
    at: datetime  # when it was recorded
    by: Actor
    text: str
    signed: bool


def step_figure(step: Step) -> StepFigure:
    """The act as it is told."""
    act, stamp = step.act.act, step.act.stamp
    assert isinstance(act, Told)
    return StepFigure(stamp.id, step.act.kind, step.act.recorded_at, stamp.by, act.text, step.signed)
