"""A month's record to a Report: a value that says everything the two parties of the contract need to agree on."""

from __future__ import annotations

from monitor.report.build import build_report
from monitor.report.closing import closing, corrections, figures_digest
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
    Rates,
    Record,
    Report,
    StepFigure,
)

__all__ = [
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
    "Rates",
    "Record",
    "Report",
    "StepFigure",
    "build_report",
    "closing",
    "corrections",
    "figures_digest",
]
