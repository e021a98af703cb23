"""A month's record to a Report: a value that says everything the two parties of the contract need to agree on."""

from __future__ import annotations

from monitor.report.build import build_report
from monitor.report.closing import agrees, closing, corrections, figures_digest
from monitor.report.settled import LateRepair, RepairFigures, Settlement, Stop, StopKind
from monitor.report.settlement import recorded_span
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
    "LateRepair",
    "MaintenanceFigure",
    "MovedFigure",
    "OutageFigure",
    "Rates",
    "Record",
    "RepairFigures",
    "Report",
    "Settlement",
    "StepFigure",
    "Stop",
    "StopKind",
    "agrees",
    "build_report",
    "closing",
    "corrections",
    "figures_digest",
    "recorded_span",
]
