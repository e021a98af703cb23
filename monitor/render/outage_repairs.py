"""Which fault an outage belongs to: a fault may be several outages with nothing but unwatched time between them."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable

from monitor.contract import Repair
from monitor.report import OutageFigure, Report


def repair_finder(report: Report) -> Callable[[OutageFigure], Repair | None] | None:
    """What finds the fault, with its limit, that an outage belongs to; it finds none whose clock never ran.

    None where no limits are agreed.
    """
    if report.settlement is None or report.settlement.repairs is None:
        return None
    by_camera: dict[str, tuple[list[int], list[Repair]]] = defaultdict(lambda: ([], []))
    for repair in report.settlement.repairs.repairs:  # by start
        starts, faults = by_camera[repair.camera_id]
        starts.append(repair.start)
        faults.append(repair)

    def repair_of(outage: OutageFigure) -> Repair | None:
        starts, faults = by_camera[outage.camera.id]
        place = bisect_right(starts, outage.start)
        if not place:
            return None
        fault = faults[place - 1]
        return fault if fault.end is None or outage.start < fault.end else None

    return repair_of
