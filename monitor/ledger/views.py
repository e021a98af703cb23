"""What a run of entries adds up to: cameras, changes of the inventory, planned work. Pure folds, oldest entry first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.acts.events import MaintenanceCancelled, MaintenancePlanned, RemovalConfirmed
from monitor.calendar import FOREVER
from monitor.ledger.events import (
    CameraAdded,
    CameraChanged,
    CameraRemoved,
    Event,
    FindingAppeared,
    FindingGone,
)
from monitor.model import Camera, CameraRecord, FindingKind, FindingSpan, InventoryChange, Maintenance, Span, micros


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as it stands in a chain; ``prev`` and ``hash`` are 64 hex digits."""

    vantage: str
    seq: int
    recorded_at: datetime
    event: Event
    prev: str
    hash: str


def inventory_changes(told: Iterable[tuple[int, datetime, Event]]) -> Iterator[tuple[int, InventoryChange]]:
    """Every arrival, departure and change with its entry's number; an entry that changes nothing is left out.

    Of each entry its number, when it was recorded, and the event are told.
    """
    known: dict[str, Camera] = {}
    for seq, recorded_at, event in told:
        match event:
            case CameraAdded(camera) | CameraChanged(camera):
                before = known.get(camera.id)
                known[camera.id] = camera
                if before != camera:
                    yield seq, InventoryChange(recorded_at, camera.id, before, camera)
            case CameraRemoved(camera_id):
                before = known.pop(camera_id, None)
                if before is not None:
                    yield seq, InventoryChange(recorded_at, camera_id, before, None)
            case _:
                pass


def camera_records(changes: Iterable[InventoryChange]) -> tuple[CameraRecord, ...]:
    """Every camera there ever was, by id."""
    records: dict[str, CameraRecord] = {}
    for change in changes:
        record = records.get(change.camera_id)
        if change.after is None:
            if record is not None:
                records[change.camera_id] = replace(record, removed_at=change.at)
        elif record is None:
            records[change.camera_id] = CameraRecord(change.after, change.at, change.at, None)
        elif change.before is None:
            records[change.camera_id] = CameraRecord(change.after, record.first_added_at, change.at, None)
        else:
            records[change.camera_id] = replace(record, camera=change.after)
    return tuple(records[camera_id] for camera_id in sorted(records))


def absences(confirmed: Iterable[RemovalConfirmed], changes: Sequence[InventoryChange]) -> Iterator[tuple[str, Span]]:
    """When cameras were allowed to be gone: from a removal that was confirmed until the camera is back."""
    for removal in confirmed:
        back = (
            micros(change.at)
            for change in changes
            if change.camera_id == removal.camera_id and change.before is None and change.at > removal.removed_at
        )
        yield removal.camera_id, Span(micros(removal.removed_at), next(back, FOREVER))


def planned_maintenance(entries: Iterable[Entry]) -> tuple[Maintenance, ...]:
    """Planned work that was not cancelled, by start and id."""
    planned: dict[str, Maintenance] = {}
    for entry in entries:
        match entry.event:
            case MaintenancePlanned(maintenance):
                planned[maintenance.id] = maintenance
            case MaintenanceCancelled(maintenance_id):
                planned.pop(maintenance_id, None)
            case _:
                pass
    return tuple(sorted(planned.values(), key=lambda work: (work.start_at, work.id)))


def finding_spans(entries: Iterable[Entry]) -> tuple[FindingSpan, ...]:
    """Every finding there ever was, by when it appeared."""
    spans: list[FindingSpan] = []
    lasting: dict[tuple[str, FindingKind], int] = {}
    for entry in entries:
        match entry.event:
            case FindingAppeared(camera_id, finding):
                lasting[camera_id, finding.kind] = len(spans)
                spans.append(FindingSpan(camera_id, finding, entry.recorded_at))
            case FindingGone(camera_id, kind) if (camera_id, kind) in lasting:
                nth = lasting.pop((camera_id, kind))
                spans[nth] = replace(spans[nth], until_at=entry.recorded_at)
            case _:
                pass
    return tuple(spans)
