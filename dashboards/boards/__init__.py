"""The six boards, the general first."""

from __future__ import annotations

from dashboards.boards.alerts import ALERTS
from dashboards.boards.area import AREA
from dashboards.boards.camera import CAMERA
from dashboards.boards.monitor import MONITOR
from dashboards.boards.overview import OVERVIEW
from dashboards.boards.sla import SLA

BOARDS = (OVERVIEW, AREA, CAMERA, SLA, MONITOR, ALERTS)

__all__ = ["BOARDS"]
