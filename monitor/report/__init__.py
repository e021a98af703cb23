"""A month's record to a Report: a value that says everything the two parties of the contract need to agree on."""

from __future__ import annotations

from monitor.report.build import build_report, build_trend
from monitor.report.closing import agrees, closing, corrections, figures_digest
from monitor.report.reliability import Reliability
from monitor.report.settled import DeclaredFigure, LateRepair, RepairFigures, Settlement, Stop, StopKind
from monitor.report.settlement import recorded_span
from monitor.report.steps import StepFigure
from monitor.report.timelines import DETAILED
from monitor.report.values import (
    BasisFigure,
    CameraFigure,
    ChangeFigure,
    ChangeKind,
    ClosingFigure,
    CorrectionFigure,
    ExclusionFigure,
    FieldChange,
    GroupFigure,
    GroupKind,
    MaintenanceFigure,
    MovedFigure,
    OutageFigure,
    Past,
    Rates,
    Record,
    Report,
    TimeKind,
    Timeline,
    TrendMonth,
    VoidFigure,
)

__all__ = [
    "DETAILED",
    "BasisFigure",
    "CameraFigure",
    "ChangeFigure",
    "ChangeKind",
    "ClosingFigure",
    "CorrectionFigure",
    "DeclaredFigure",
    "ExclusionFigure",
    "FieldChange",
    "GroupFigure",
    "GroupKind",
    "LateRepair",
    "MaintenanceFigure",
    "MovedFigure",
    "OutageFigure",
    "Past",
    "Rates",
    "Record",
    "Reliability",
    "RepairFigures",
    "Report",
    "Settlement",
    "StepFigure",
    "Stop",
    "StopKind",
    "TimeKind",
    "Timeline",
    "TrendMonth",
    "VoidFigure",
    "agrees",
    "build_report",
    "build_trend",
    "closing",
    "corrections",
    "figures_digest",
    "recorded_span",
]
