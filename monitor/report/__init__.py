"""A month's record to a Report: a value that says everything the two parties of the contract need to agree on."""

from __future__ import annotations

from monitor.report.build import build_report
from monitor.report.values import (
    BasisFigure,
    CameraFigure,
    ChangeFigure,
    ChangeKind,
    FieldChange,
    GroupFigure,
    GroupKind,
    MaintenanceFigure,
    OutageFigure,
    Rates,
    Record,
    Report,
)

__all__ = [
    "BasisFigure",
    "CameraFigure",
    "ChangeFigure",
    "ChangeKind",
    "FieldChange",
    "GroupFigure",
    "GroupKind",
    "MaintenanceFigure",
    "OutageFigure",
    "Rates",
    "Record",
    "Report",
    "build_report",
]
