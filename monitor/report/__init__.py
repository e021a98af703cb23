"""A month's record to a Report: a value that says everything the two parties of the contract need to agree on."""

from __future__ import annotations

from monitor.report.ahead import Ahead, CameraAhead, GroupAhead, Repair, Trip
from monitor.report.build import build_report
from monitor.report.closing import agrees, closing, corrections, figures_digest
from monitor.report.day import DayFigures, build_day
from monitor.report.exclusions import absences_by_camera, excluded_by, granted
from monitor.report.fold import Folded, fold_cameras
from monitor.report.forecast import MonthForecast, PassShare, build_forecast
from monitor.report.offline import Outages
from monitor.report.reliability import Reliability
from monitor.report.settled import DeclaredFigure, LateRepair, RepairFigures, Settlement, Stop, StopKind
from monitor.report.settlement import recorded_span
from monitor.report.steps import StepFigure
from monitor.report.timelines import DETAILED
from monitor.report.trend import build_trend
from monitor.report.values import (
    BasisFigure,
    CameraFigure,
    ChangeFigure,
    ChangeKind,
    ClosingFigure,
    CorrectionFigure,
    ExclusionFigure,
    FieldChange,
    FindingFigure,
    GroupFigure,
    GroupKind,
    MaintenanceFigure,
    MovedBasis,
    MovedFigure,
    MovedLine,
    MovedRepair,
    MovedSum,
    OutageFigure,
    Past,
    Rates,
    Record,
    Report,
    SettledSum,
    TimeKind,
    Timeline,
    TrendMonth,
    VoidFigure,
)

__all__ = [
    "DETAILED",
    "Ahead",
    "BasisFigure",
    "CameraAhead",
    "CameraFigure",
    "ChangeFigure",
    "ChangeKind",
    "ClosingFigure",
    "CorrectionFigure",
    "DayFigures",
    "DeclaredFigure",
    "ExclusionFigure",
    "FieldChange",
    "FindingFigure",
    "Folded",
    "GroupAhead",
    "GroupFigure",
    "GroupKind",
    "LateRepair",
    "MaintenanceFigure",
    "MonthForecast",
    "MovedBasis",
    "MovedFigure",
    "MovedLine",
    "MovedRepair",
    "MovedSum",
    "OutageFigure",
    "Outages",
    "PassShare",
    "Past",
    "Rates",
    "Record",
    "Reliability",
    "Repair",
    "RepairFigures",
    "Report",
    "SettledSum",
    "Settlement",
    "StepFigure",
    "Stop",
    "StopKind",
    "TimeKind",
    "Timeline",
    "TrendMonth",
    "Trip",
    "VoidFigure",
    "absences_by_camera",
    "agrees",
    "build_day",
    "build_forecast",
    "build_report",
    "build_trend",
    "closing",
    "corrections",
    "excluded_by",
    "figures_digest",
    "fold_cameras",
    "granted",
    "recorded_span",
]
