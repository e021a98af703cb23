"""Closed months: a digest of the figures, by which a changed one is noticed, and what a correction moved. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import TypeVar

from monitor.acts import PeriodClosed, PeriodCorrected, Step
from monitor.canonical import Json, canonical
from monitor.contract import LineScore, Repair
from monitor.model import Seconds
from monitor.report.settled import LateRepair, Settlement
from monitor.report.values import (
    BasisFigure,
    CameraFigure,
    ClosingFigure,
    CorrectionFigure,
    MovedBasis,
    MovedFigure,
    MovedLine,
    MovedRepair,
    MovedSum,
    Report,
    SettledSum,
)

Key = TypeVar("Key")
Thing = TypeVar("Thing")


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
            [figure.camera.id, *_sums_of(figure)]
            for figure in sorted(report.cameras, key=lambda figure: figure.camera.id)
        ],
        "bases": [[basis.basis.value, *_stands(basis)] for basis in report.bases],
    }


def _settled(settlement: Settlement | None) -> dict[str, Json]:
    """What is owed and why, without the words of the contract."""
    if settlement is None:
        return {}
    return {
        "late": [[each.camera.id, each.repair.start, *_ran(each)] for each in _late(settlement)],
        "lines": [[line.item.id, *_costs(line)] for line in _lines(settlement)],
        **{what.value: _written(value) for what, value in _sums(settlement).items()},
    }


def _late(settlement: Settlement | None) -> tuple[LateRepair, ...]:
    return () if settlement is None or settlement.repairs is None else settlement.repairs.late


def _lines(settlement: Settlement | None) -> tuple[LineScore, ...]:
    return () if settlement is None or settlement.score is None else settlement.score.lines


def _sums(settlement: Settlement | None) -> dict[SettledSum, Decimal | None]:
    score, deduction = (None, None) if settlement is None else (settlement.score, settlement.deduction)
    return {
        SettledSum.POINTS: None if score is None or not score.decided else score.points,
        SettledSum.AMOUNT: None if deduction is None else deduction.amount,
        SettledSum.PAYABLE: None if deduction is None else deduction.payable,
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
        bases=tuple(_moved_bases(before, after)),
        repairs=tuple(_moved_repairs(before.settlement, after.settlement)),
        lines=tuple(_moved_lines(before.settlement, after.settlement)),
        sums=tuple(
            MovedSum(what, was, now)
            for (what, was), now in zip(_sums(before.settlement).items(), _sums(after.settlement).values(), strict=True)
            if _written(was) != _written(now)
        ),
    )


def _moved(before: Report, after: Report) -> Iterator[MovedFigure]:
    """Every camera whose time or inspections are not what they were, by id; one that was not there had none."""
    old, new = ({figure.camera.id: figure for figure in side.cameras} for side in (before, after))
    for known, was, now in _differing(old, new, sorted(old.keys() | new.keys()), _sums_of):
        sums = ((Seconds(), Seconds()) if each is None else (each.seconds, each.looks) for each in (was, now))
        (time_before, looks_before), (time_after, looks_after) = sums
        yield MovedFigure(known.camera, time_before, time_after, looks_before, looks_after)


def _moved_bases(before: Report, after: Report) -> Iterator[MovedBasis]:
    for was, now in zip(before.bases, after.bases, strict=True):
        if _stands(was) != _stands(now):
            yield MovedBasis(now.basis, was, now)


def _moved_repairs(before: Settlement | None, after: Settlement | None) -> Iterator[MovedRepair]:
    old, new = ({(each.repair.start, each.camera.id): each for each in _late(side)} for side in (before, after))
    for known, was, now in _differing(old, new, sorted(old.keys() | new.keys()), _ran):
        yield MovedRepair(known.camera, known.repair.start, _repair(was), _repair(now))


def _moved_lines(before: Settlement | None, after: Settlement | None) -> Iterator[MovedLine]:
    old, new = ({line.item.id: line for line in _lines(side)} for side in (before, after))
    for known, was, now in _differing(old, new, new | old, _costs):
        yield MovedLine(known.item, was, now)


def _differing(
    old: Mapping[Key, Thing], new: Mapping[Key, Thing], order: Iterable[Key], settled_by: Callable[[Thing], object]
) -> Iterator[tuple[Thing, Thing | None, Thing | None]]:
    """Of each that is not what it was: as it last was, before, and after; None: it was not there."""
    for key in order:
        was, now = old.get(key), new.get(key)
        if was is None or now is None or settled_by(was) != settled_by(now):
            yield new[key] if key in new else old[key], was, now


def _repair(late: LateRepair | None) -> Repair | None:
    return None if late is None else late.repair


# ---------------------------------------------------------------- what counts: in the digest, and as moved


def _sums_of(figure: CameraFigure) -> list[Json]:
    return [_five(figure.seconds), _five(figure.looks)]


def _stands(basis: BasisFigure) -> list[Json]:
    return [basis.good, basis.counted, basis.verdict.value]


def _ran(late: LateRepair) -> list[Json]:
    return [late.repair.late_from, late.repair.ran_us]


def _costs(line: LineScore) -> list[Json]:
    return [line.why.value, line.count, str(line.points)]


def _written(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _five(seconds: Seconds) -> list[Json]:
    return [seconds.up, seconds.degraded, seconds.down, seconds.excluded, seconds.unobserved]
