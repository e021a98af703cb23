"""What people did to the running month, as far as the contracts let it count.

Exclusions and absences are those of the month's report, by the same rules from the same record, so that what is shown
now is what will be settled. A camera of several contracts is judged by the first of them, as everywhere here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.acts import act_terms, standing
from monitor.calendar import month_of
from monitor.contract import Contract, counted_by_camera
from monitor.engine.plan import AHEAD
from monitor.ledger import Ledger
from monitor.model import Camera, Maintenance, Span, micros
from monitor.report import absences_by_camera, granted, recorded_span


@dataclass(frozen=True, slots=True)
class Acted:
    """What the acts of people come to."""

    head: int  # the number of the last act this was made from
    work: tuple[Maintenance, ...]  # planned by hand, some weeks ahead
    granted: Mapping[str, Sequence[Span]]  # by camera: what exclusions take out
    absent: Mapping[str, Sequence[Span]]  # by camera: when it was allowed to be gone
    views: Mapping[str, datetime]  # by camera: when what it shows was approved


def acted(ledger: Ledger, contracts: Sequence[Contract], now: datetime) -> Acted:
    """Everything people did that matters for the month in which ``now`` lies.

    Costs as little as a look at the acts where there is neither an exclusion nor a removal.
    """
    head, acts = ledger.people_head(), tuple(ledger.acts())  # in this order: an act in between is looked at again
    work: list[Maintenance] = []
    taken: dict[str, Sequence[Span]] = {}
    gone: dict[str, Sequence[Span]] = {}
    views: dict[str, datetime] = {}
    for nth, contract in enumerate(contracts):
        so_far = standing(acts, act_terms(contract))
        views |= so_far.views()
        work += so_far.windows(Span(0, micros(now + AHEAD)))
        if so_far.exclusions or so_far.removals:
            excluded, absent = _laid(ledger, contract, contracts[:nth], now)
            taken |= excluded
            gone |= absent
    return Acted(head, tuple(work), taken, gone, views)


def _laid(
    ledger: Ledger, contract: Contract, before: Sequence[Contract], now: datetime
) -> tuple[dict[str, Sequence[Span]], dict[str, Sequence[Span]]]:
    """What the contract lets count for cameras that none of those before it is about."""

    def its(camera: Camera) -> bool:
        return contract.about(camera) and not any(other.about(camera) for other in before)

    zone = ZoneInfo(contract.terms.zone)
    month = month_of(now, zone)
    record = ledger.without_transitions(recorded_span(contract, month), act_terms(contract))
    excluded, absent = counted_by_camera(granted(record, contract, month, zone)), absences_by_camera(record)
    ids = [known.camera.id for known in record.cameras if its(known.camera)]
    return (
        {camera_id: excluded[camera_id] for camera_id in ids if camera_id in excluded},
        {camera_id: absent[camera_id] for camera_id in ids if camera_id in absent},
    )
