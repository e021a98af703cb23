"""Which time people took out of a month: planned work, and exclusions as far as the contract grants them. Pure.

Caps hold for a whole settlement period, so exclusions are granted over all of it, of which the month may be a part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from monitor import sla
from monitor.acts import ExclusionProposed
from monitor.calendar import contract_spans, in_service_span, month_before
from monitor.contract import Contract, Cut, Grant, OwedTime, counted_by_camera, grants
from monitor.model import Camera, CameraRecord, ContractTerms, Exclusion, Maintenance, Span, instant, micros
from monitor.report.steps import step_figure
from monitor.report.values import ExclusionFigure, Record


def owed_time(
    record: CameraRecord, service: Sequence[Span], absences: Mapping[str, list[Span]], zone: ZoneInfo
) -> list[Span]:
    """When the camera had to be online within these service hours."""
    # The first addition counts: leaving the inventory and coming back must not wipe out what was owed in between.
    in_service = in_service_span(record.camera, record.first_added_at, None, zone)
    return sla.subtract(sla.intersect(service, [in_service]), sla.merge(absences.get(record.camera.id, ())))


def absences_by_camera(record: Record) -> dict[str, list[Span]]:
    """When each camera was allowed to be gone."""
    found: dict[str, list[Span]] = {}
    for camera_id, gone in record.absences:
        found.setdefault(camera_id, []).append(gone)
    return found


def planned_time(camera: Camera, maintenance: Iterable[Maintenance], terms: ContractTerms) -> list[Span]:
    """What planned work takes out of the camera's time by itself."""
    if not terms.maintenance_excludes:
        return []
    return sla.merge(span_of(work) for work in maintenance if work.scope.covers(camera))


def taken_out(
    camera: Camera, maintenance: Iterable[Maintenance], terms: ContractTerms, granted_: Mapping[str, Sequence[Span]]
) -> list[Span]:
    """Planned work and what is granted of exclusions, by camera, together."""
    return sla.merge([*planned_time(camera, maintenance, terms), *granted_.get(camera.id, ())])


def granted(record: Record, contract: Contract, month: tuple[int, int], zone: ZoneInfo) -> tuple[Grant, ...]:
    """What the contract grants of every exclusion in the settlement period."""
    if not record.exclusions:
        return ()
    times = owed_times(record, contract, month, zone)
    return grants((history.exclusion for history in record.exclusions), times, contract)


def excluded_by(record: Record, contract: Contract, month: tuple[int, int]) -> Callable[[Camera], list[Span]]:
    """What people took out of a camera's time, planned work and what is granted of exclusions."""
    taken = counted_by_camera(granted(record, contract, month, ZoneInfo(contract.terms.zone)))
    return lambda camera: taken_out(camera, record.maintenance, contract.terms, taken)


def owed_times(record: Record, contract: Contract, month: tuple[int, int], zone: ZoneInfo) -> list[OwedTime]:
    """What each camera of the contract owes in the settlement period of the month, from which exclusions may take."""
    service = contract_spans(contract.settlement(*month), contract.terms, zone)
    absences = absences_by_camera(record)
    return [
        OwedTime(
            known.camera,
            owed_time(known, service, absences, zone),
            planned_time(known.camera, record.maintenance, contract.terms),
        )
        for known in record.cameras
        if contract.about(known.camera)
    ]


def granted_back(
    record: Record, contract: Contract, month: tuple[int, int], reach: int
) -> Iterator[tuple[Span, tuple[Grant, ...]]]:
    """Settlement periods and what is granted in them: the month's own, then those before, to the one of ``reach``.

    A fault that lasts longer than a period takes with it what was granted then; before the first exclusion was nothing.
    """
    zone = ZoneInfo(contract.terms.zone)
    reach = max(reach, min((micros(each.exclusion.start_at) for each in record.exclusions), default=reach))
    period = contract.settlement(*month)
    yield period, granted(record, contract, month, zone)
    while record.exclusions and reach < period.start:
        month = month_before(instant(period.start), zone)
        period = contract.settlement(*month)
        yield period, granted(record, contract, month, zone)


def exclusion_figures(record: Record, found: Sequence[Grant], period: Span) -> tuple[ExclusionFigure, ...]:
    """Every exclusion that touches the month, with what of it counts and why the rest does not."""
    by_exclusion: dict[str, list[Grant]] = {}
    for grant in found:
        by_exclusion.setdefault(grant.exclusion_id, []).append(grant)
    figures = []
    for history in sorted(record.exclusions, key=lambda each: each.exclusion.start_at):
        span = span_of(history.exclusion)
        if span.start < period.end and span.end > period.start:
            its = by_exclusion.get(history.exclusion.id, [])
            taken = sum(sla.length(sla.intersect(grant.counted, [period])) for grant in its)
            figures.append(
                ExclusionFigure(history.exclusion, tuple(map(step_figure, history.steps)), len(its), taken, _cuts(its))
            )
    return tuple(figures)


def span_of(laid: Maintenance | Exclusion | ExclusionProposed) -> Span:
    """From when until when."""
    return Span(micros(laid.start_at), micros(laid.end_at))


def _cuts(found: Iterable[Grant]) -> tuple[tuple[Cut, int], ...]:
    sums: dict[Cut, int] = {}
    for grant in found:
        for cut, us in grant.cuts:
            sums[cut] = sums.get(cut, 0) + us
    return tuple((cut, sums[cut]) for cut in Cut if cut in sums)
