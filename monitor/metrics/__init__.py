"""Every metric of the monitor: what a scrape of ``/metrics`` shows.

It decides how figures are named, labelled and written, never what they are: states, sums and ratios come as given.
Labels are ids and names from the inventory, never URLs, and nothing here reads the network, the record or a file.
"""

from __future__ import annotations

from monitor.alerting import IncidentFigures, RepairClock, Severity
from monitor.metrics.own import Metrics
from monitor.metrics.text import CONTENT_TYPE
from monitor.metrics.view import (
    ALL_GROUPS,
    AREAS,
    AheadFigures,
    Ended,
    GroupFigures,
    PlaceFigures,
    Terms,
    TownView,
    TripFigures,
)

__all__ = [
    "ALL_GROUPS",
    "AREAS",
    "CONTENT_TYPE",
    "AheadFigures",
    "Ended",
    "GroupFigures",
    "IncidentFigures",
    "Metrics",
    "PlaceFigures",
    "RepairClock",
    "Severity",
    "Terms",
    "TownView",
    "TripFigures",
]
