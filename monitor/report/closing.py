"""Closed months: a digest of the figures, by which a changed one is noticed, and what a correction moved. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import pairwise

from monitor.acts import PeriodClosed, PeriodCorrected, Step
from monitor.canonical import Json, canonical
from monitor.model import Seconds
from monitor.report.settled import Settlement
from monitor.report.values import ClosingFigure, CorrectionFigure, MovedFigure, Report


def figures_digest(report: Report) -> str:
    """64 hex digits that stand for every figure the month is settled by.

    Each camera's time, the three bases and, where the contract agrees them, late repairs, points and money.
    """
    settled = _settled(report.settlement)
    return _sealed(_figures(report) | ({"settlement": settled} if settled else {}))


def agrees(report: Report, figures: str) -> bool:
    """Whether the report gives the figures a month was closed with.

    Months that were closed before reports settled anything have a digest without late repairs, points and money.
    """
    return figures in (figures_digest(report), _sealed(_figures(report)))


def _sealed(figures: Json) -> str:
    return hashlib.sha256(canonical(figures).encode("utf-8")).hexdigest()


def _figures(report: Report) -> dict[str, Json]:
    return {
        "month": f"{report.year}-{report.month:02}",
        "cameras": [
            [figure.camera.id, _five(figure.seconds), _five(figure.looks)]
            for figure in sorted(report.cameras, key=lambda figure: figure.camera.id)
        ],
        "bases": [[basis.basis.value, basis.good, basis.counted, basis.verdict.value] for basis in report.bases],
    }


def _settled(settlement: Settlement | None) -> dict[str, Json]:
    """What is owed and why, without the words of the contract."""
    if settlement is None:
        return {}
    score, deduction = settlement.score, settlement.deduction
    late = [] if settlement.repairs is None else settlement.repairs.late
    lines = [] if score is None else score.lines
    return {
        "late": [[each.camera.id, each.repair.start, each.repair.late_from, each.repair.ran_us] for each in late],
        "lines": [[line.item.id, line.why.value, line.count, str(line.points)] for line in lines],
        "points": None if score is None or not score.decided else str(score.points),
        "amount": None if deduction is None else str(deduction.amount),
        "payable": None if deduction is None else str(deduction.payable),
    }


def closing(number: int, step: Step, report: Report) -> ClosingFigure:
    """How the month was closed for the ``number``-th time; ``report`` is what the record gives for it today."""
    act = step.act.act
    assert isinstance(act, PeriodClosed)
    figures = act.figures
    return ClosingFigure(number, step.act.recorded_at, act.stamp.by, step.signed, figures, agrees(report, figures))


def corrections(steps: Sequence[Step], versions: Sequence[Report], *, closed: bool) -> tuple[CorrectionFigure, ...]:
    """What each correction moved; ``versions`` are the reports before the first and after each of them.

    The last one is still open unless the month is ``closed``.
    """
    return tuple(
        _correction(step, before, after, done=closed or number < len(steps))
        for number, (step, (before, after)) in enumerate(zip(steps, pairwise(versions), strict=True), 1)
    )


def _correction(step: Step, before: Report, after: Report, *, done: bool) -> CorrectionFigure:
    act, at = step.act.act, step.act.recorded_at
    assert isinstance(act, PeriodCorrected)
    return CorrectionFigure(
        number=act.number,
        at=at,
        by=act.stamp.by,
        signed=step.signed,
        text=act.text,
        done=done,
        before=before.total.rates,
        after=after.total.rates,
        moved=tuple(_moved(before, after)),
    )


def _moved(before: Report, after: Report) -> list[MovedFigure]:
    """Every camera whose time is not what it was, by id; one that was not there had none."""
    old = {figure.camera.id: figure for figure in before.cameras}
    new = {figure.camera.id: figure for figure in after.cameras}
    found = []
    for camera_id in sorted(old.keys() | new.keys()):
        was = old[camera_id].seconds if camera_id in old else Seconds()
        now = new[camera_id].seconds if camera_id in new else Seconds()
        if was != now:
            found.append(MovedFigure((new.get(camera_id) or old[camera_id]).camera, was, now))
    return found


def _five(seconds: Seconds) -> list[Json]:
    return [seconds.up, seconds.degraded, seconds.down, seconds.excluded, seconds.unobserved]
