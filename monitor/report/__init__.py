"""A month's record to a Report: a value that says everything the two parties of the contract need to agree on."""

from __future__ import annotations

from monitor.report.build import build_report, build_trend
from monitor.report.closing import closing, corrections, figures_digest
from monitor.report.reliability import Reliability
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
    StepFigure,
    TimeKind,
    Timeline,
    TrendMonth,
)

__all__ = [
    "DETAILED",
    "BasisFigure",
    "CameraFigure",
    "ChangeFigure",
    "ChangeKind",
    "ClosingFigure",
    "CorrectionFigure",
    "ExclusionFigure",
    "FieldChange",
    "GroupFigure",
    "GroupKind",
    "MaintenanceFigure",
    "MovedFigure",
    "OutageFigure",
    "Past",
    "Rates",
    "Record",
    "Reliability",
    "Report",
    "StepFigure",
    "TimeKind",
    "Timeline",
    "TrendMonth",
    "build_report",
    "build_trend",
    "closing",
    "corrections",
    "figures_digest",
]
