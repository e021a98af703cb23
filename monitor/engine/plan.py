"""What the monitor is to do, and what the ledger must be told when that changes: values in, events out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.calendar import occurrences
from monitor.ledger import Event, MaintenanceCancelled, MaintenancePlanned
from monitor.liveness import Policy
from monitor.model import Camera, CameraRecord, Maintenance, MaintenanceRule, Span, instant, micros
from monitor.settings import Settings

AHEAD = timedelta(days=35)  # recurring work is planned this far ahead, and again every day
LOOK_BACK = timedelta(days=2)  # no recurring window is longer than a day: one that runs now is found whole
FROM_SETTINGS = "settings/"  # windows planned from the settings; others are never cancelled by a reload


@dataclass(frozen=True, slots=True)
class Plan:
    """Settings and inventory that were read together and found without fault."""

    settings: Settings
    cameras: tuple[Camera, ...]


def policy_of(settings: Settings) -> Policy:
    """The thresholds of belief, from the settings."""
    probe, picture = settings.probe, settings.picture
    return Policy(
        interval=probe.interval,
        retry=probe.retry,
        fall=probe.fall,
        rise=probe.rise,
        picture_fall=picture.fall,
        picture_rise=picture.rise,
        picture_spread=picture.spread,
        max_gap=probe.max_gap,
    )


@dataclass(frozen=True, slots=True)
class InventoryChanges:
    """How the inventory differs from what the ledger heard last."""

    added: tuple[Camera, ...]
    changed: tuple[Camera, ...]
    removed: tuple[str, ...]  # ids; nobody leaves the record by vanishing


def inventory_changes(records: Iterable[CameraRecord], cameras: Sequence[Camera]) -> InventoryChanges:
    """What the ledger must be told. A camera that was removed and is back counts as added."""
    known = {record.camera.id: record.camera for record in records if record.removed_at is None}
    wanted = {camera.id for camera in cameras}
    return InventoryChanges(
        added=tuple(camera for camera in cameras if camera.id not in known),
        changed=tuple(camera for camera in cameras if known.get(camera.id, camera) != camera),
        removed=tuple(camera_id for camera_id in known if camera_id not in wanted),
    )


def maintenance_events(
    rules: Sequence[MaintenanceRule], known: Iterable[Maintenance], now: datetime, zone: ZoneInfo
) -> list[Event]:
    """New windows of the settings' rules, changed ones, and those that are wanted no more.

    Work is planned, not claimed: a window first heard of after it began counts from now on, one that is over does not
    count at all. A window that has begun is never cancelled by a change of the settings, only its end may move.
    """
    planned = {window.id: window for window in known if window.id.startswith(FROM_SETTINGS)}
    wanted = {window.id: window for rule in rules for window in _windows(rule, now, zone)}
    events: list[Event] = []
    for window in wanted.values():
        before = planned.get(window.id)
        if before is None:
            events.append(MaintenancePlanned(replace(window, start_at=max(window.start_at, now))))
        elif before.end_at > now and replace(window, start_at=before.start_at) != before:
            events.append(MaintenancePlanned(replace(window, start_at=before.start_at)))
    events += [
        MaintenanceCancelled(window.id)
        for window in planned.values()
        if window.id not in wanted and window.start_at > now
    ]
    return events


def with_maintenance(known: Iterable[Maintenance], events: Iterable[Event]) -> tuple[Maintenance, ...]:
    """The windows of the record after these events."""
    windows = {window.id: window for window in known}
    for event in events:
        match event:
            case MaintenancePlanned(window):
                windows[window.id] = window
            case MaintenanceCancelled(id_):
                windows.pop(id_, None)
            case _:
                pass
    return tuple(windows.values())


def _windows(rule: MaintenanceRule, now: datetime, zone: ZoneInfo) -> list[Maintenance]:
    """Windows that are not over; named by their start, so that the same rule gives the same windows every day."""
    if rule.start_at is not None and rule.end_at is not None:
        spans = [Span(micros(rule.start_at), micros(rule.end_at))]
    else:
        spans = occurrences(rule, Span(micros(now - LOOK_BACK), micros(now + AHEAD)), zone)
    return [
        Maintenance(
            f"{FROM_SETTINGS}{rule.id}/{instant(span.start):%Y%m%dT%H%MZ}",
            rule.title,
            rule.scope,
            instant(span.start),
            instant(span.end),
        )
        for span in spans
        if span.end > micros(now)
    ]
