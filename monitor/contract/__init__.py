"""What two parties agreed on, and the rules that apply it: exclusions, repair limits, points and money.

Pure, and exact: integer microseconds, fractions and decimals. Every step of a result is a value, so that a report can
show how it came about and either party can add it up again.
"""

from __future__ import annotations

from monitor.contract.deduction import Deduction, deduct
from monitor.contract.exclusions import Cut, Grant, OwedTime, counted_by_camera, grants
from monitor.contract.repairs import CameraFaults, Clocks, Crowd, Repair, RepairState, clocks, late_in, repairs
from monitor.contract.scorecard import Happened, LineScore, Rated, Score, Why, fault_us, score
from monitor.contract.values import (
    Contract,
    DeductionLadder,
    DeductionStep,
    ExclusionRule,
    ItemKind,
    LadderBy,
    Party,
    RateStep,
    RepairLimits,
    Scorecard,
    ScoreItem,
    SettlementPeriod,
    Together,
)

__all__ = [
    "CameraFaults",
    "Clocks",
    "Contract",
    "Crowd",
    "Cut",
    "Deduction",
    "DeductionLadder",
    "DeductionStep",
    "ExclusionRule",
    "Grant",
    "Happened",
    "ItemKind",
    "LadderBy",
    "LineScore",
    "OwedTime",
    "Party",
    "RateStep",
    "Rated",
    "Repair",
    "RepairLimits",
    "RepairState",
    "Score",
    "ScoreItem",
    "Scorecard",
    "SettlementPeriod",
    "Together",
    "Why",
    "clocks",
    "counted_by_camera",
    "deduct",
    "fault_us",
    "grants",
    "late_in",
    "repairs",
    "score",
]
