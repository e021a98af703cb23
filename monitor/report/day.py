"""A record to one day's figures: a bulletin's, by the same sums as the month's report. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import chain
from zoneinfo import ZoneInfo

from monitor.calendar import day_span
from monitor.contract import Contract, counted_by_camera
from monitor.model import Span, instant
from monitor.report.cameras import (
    courses_of,
    due_cameras,
    figure_of,
    frame_of,
    outages_of,
    sums_of,
    time_of,
)
from monitor.report.exclusions import granted
from monitor.report.groups import group_of
from monitor.report.offline import Outages
from monitor.report.values import GroupFigure, GroupKind, OutageFigure, Record


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One local day of the contract's zone, as far as it is recorded."""

    day: date
    period: Span
    total: GroupFigure
    outages: tuple[OutageFigure, ...]  # that touch the day's scheduled time, by start and then by camera

    @property
    def fell(self) -> int:
        """Outages that began that day."""
        return sum(self.period.start <= outage.start for outage in self.outages)

    @property
    def returned(self) -> int:
        """Outages that ended that day."""
        return sum(outage.end is not None and outage.end < self.period.end for outage in self.outages)


def build_day(record: Record, contract: Contract, *, town: str, day: date) -> DayFigures:
    """The day's figures from the record of its month, in which exclusions count as they do there."""
    terms, zone = contract.terms, ZoneInfo(contract.terms.zone)
    period = day_span(day, zone)
    exclusions = counted_by_camera(granted(record, contract, (day.year, day.month), zone))
    frame = frame_of(record, terms, period, exclusions, instant(period.end))
    courses = courses_of(record)
    its = (known for known in record.cameras if contract.about(known.camera))
    times = [time_of(known, owed, courses[known.camera.id], frame) for known, owed in due_cameras(its, frame)]
    figures = [figure_of(time.known, sums_of(time, time.excluded, frame), terms) for time in times]
    found = chain.from_iterable(outages_of(time, frame) for time in times)
    cameras = {time.known.camera.id: time.known for time in times}
    return DayFigures(
        day=day,
        period=period,
        total=group_of(GroupKind.TOWN, town, town, figures, terms),
        outages=tuple(sorted(Outages(list(found), cameras), key=lambda outage: (outage.start, outage.camera.id))),
    )
