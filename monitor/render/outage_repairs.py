"""Which fault an outage belongs to: a fault may be several outages with nothing but unwatched time between them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from operator import attrgetter

from monitor.contract import Repair
from monitor.model import micros
from monitor.report import OutageFigure, Report

_start = attrgetter("start")


def repair_finder(report: Report) -> Callable[[OutageFigure], Repair | None] | None:
    """What finds the fault, with its limit, that an outage belongs to; it finds none whose clock never ran.

    None where no limits are agreed.
    """
    if report.settlement is None or report.settlement.repairs is None:
        return None
    by_camera: dict[str, list[Repair]] = {}
    for repair in report.settlement.repairs.repairs:  # by start
        by_camera.setdefault(repair.camera_id, []).append(repair)

    def repair_of(outage: OutageFigure) -> Repair | None:
        faults, start = by_camera.get(outage.camera.id, []), micros(outage.start_at)
        place = bisect_right(faults, start, key=_start)
        if not place:
            return None
        fault = faults[place - 1]
        return fault if fault.end is None or start < fault.end else None

    return repair_of
