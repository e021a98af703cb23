"""The months before a report's own, added up by the terms of today. Pure; the courses are walked once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from zoneinfo import ZoneInfo

from monitor import sla
from monitor.calendar import month_span
from monitor.contract import Contract, counted_by_camera
from monitor.model import CameraRecord, ContractTerms, Seconds, Step
from monitor.outages import spans_of_steps
from monitor.report.cameras import Frame, excluded_time, frame_of
from monitor.report.exclusions import granted, owed_time
from monitor.report.groups import rates_of
from monitor.report.values import Past, Report, TrendMonth

_seq = attrgetter("seq")


@dataclass(frozen=True, slots=True)
class _PastMonth:
    """A month of the trend while it is added up."""

    frame: Frame
    head_seq: int  # later entries are not looked at
    waiting: dict[str, CameraRecord]  # cameras in the contract that are not added yet
    sums: list[Seconds]

    def add(self, camera_id: str, course: Sequence[Step]) -> None:
        """Take in the camera's month, if it is in the contract and owes any."""
        camera, frame = self.waiting.pop(camera_id, None), self.frame
        if camera is not None and (owed := owed_time(camera, frame.service, frame.absences, frame.zone)):
            states = spans_of_steps(course[: bisect_right(course, self.head_seq, key=_seq)], frame.known)
            scheduled = sla.intersect(owed, [frame.elapsed])
            self.sums.append(sla.account(states, scheduled, excluded_time(camera.camera, frame)))


def build_trend(report: Report, contract: Contract, past: Past, now: datetime) -> tuple[TrendMonth, ...]:
    """The months before and the report's own, oldest first; a month in which nothing was owed is left out.

    Each month has the seconds of its own report made now: cameras as they were written down when it ended, terms as
    they are today, exclusions, planned work and absences by the same rules. A closed month is read as far as it was
    closed, so what was written afterwards moves nothing; that it still gives the figures it was closed with is a
    question to its own report. ``past.courses`` is walked once and never held.
    """
    terms, zone = contract.terms, ZoneInfo(contract.terms.zone)
    months = [
        _PastMonth(
            frame_of(
                record,
                terms,
                month_span(*month, zone),
                counted_by_camera(granted(record, contract, month, zone)),
                now,
            ),
            record.head_seq,
            {known.camera.id: known for known in record.cameras if contract.about(known.camera)},
            [],
        )
        for month, record in zip(past.months, past.records, strict=True)
    ]
    for camera_id, course in past.courses:
        for month in months:
            month.add(camera_id, course)
    for month in months:
        for camera_id in list(month.waiting):  # nothing was ever recorded of these
            month.add(camera_id, ())
    before = [
        _trend_month(date, month.sums, _passed(month.sums, terms), terms)
        for date, month in zip(past.months, months, strict=True)
        if month.sums
    ]

    passed = [not figure.below_target for figure in report.cameras if figure.rates.online is not None]
    own = (report.year, report.month)
    return (*before, _trend_month(own, [figure.seconds for figure in report.cameras], passed, terms))


def _passed(cameras: Iterable[Seconds], terms: ContractTerms) -> list[bool]:
    """Whether each camera that has a rate reaches the target."""
    reached = (sla.reaches(each, terms.target, terms.blind_time) for each in cameras)
    return [enough for enough in reached if enough is not None]


def _trend_month(
    month: tuple[int, int], cameras: Sequence[Seconds], passed: Sequence[bool], terms: ContractTerms
) -> TrendMonth:
    seconds = sla.total(cameras)
    return TrendMonth(*month, len(cameras), sum(passed), len(passed), seconds, rates_of(seconds, terms))
