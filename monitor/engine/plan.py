"""What the monitor is to do, and what the ledger must be told when that changes: values in, events out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.calendar import occurrences
from monitor.ledger import CameraAdded, CameraChanged, CameraRemoved, Event, MaintenanceCancelled, MaintenancePlanned
from monitor.liveness import Policy
from monitor.model import Camera, CameraRecord, Maintenance, MaintenanceRule, Span, instant, micros
from monitor.settings import Settings

AHEAD = timedelta(days=35)  # recurring work is planned this far ahead, and again every day
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


def inventory_events(records: Iterable[CameraRecord], cameras: Sequence[Camera]) -> list[Event]:
    """What changed since the ledger last heard of the inventory. Nobody leaves the record by vanishing."""
    known = {record.camera.id: record.camera for record in records if record.removed_at is None}
    wanted = {camera.id: camera for camera in cameras}
    events: list[Event] = [CameraRemoved(camera_id) for camera_id in known if camera_id not in wanted]
    for camera in cameras:
        if camera.id not in known:
            events.append(CameraAdded(camera))
        elif known[camera.id] != camera:
            events.append(CameraChanged(camera))
    return events


def maintenance_events(
    rules: Sequence[MaintenanceRule], known: Iterable[Maintenance], now: datetime, zone: ZoneInfo
) -> list[Event]:
    """New windows of the settings' rules, and those that were planned from them and are wanted no more.

    A window that has begun is never cancelled by a change of the settings: it happened.
    """
    planned = {window.id: window for window in known if window.id.startswith(FROM_SETTINGS)}
    wanted = {window.id: window for rule in rules for window in _windows(rule, now, zone)}
    events: list[Event] = [
        MaintenancePlanned(window)
        for window in wanted.values()
        if window != planned.get(window.id) and (window.id not in planned or planned[window.id].start_at > now)
    ]
    events += [
        MaintenanceCancelled(window.id)
        for window in planned.values()
        if window.id not in wanted and window.start_at > now
    ]
    return events


def _windows(rule: MaintenanceRule, now: datetime, zone: ZoneInfo) -> list[Maintenance]:
    if rule.start_at is not None and rule.end_at is not None:
        return [Maintenance(FROM_SETTINGS + rule.id, rule.title, rule.scope, rule.start_at, rule.end_at)]
    spans = occurrences(rule, Span(micros(now), micros(now + AHEAD)), zone)
    return [
        Maintenance(
            f"{FROM_SETTINGS}{rule.id}/{instant(span.start):%Y%m%dT%H%MZ}",
            rule.title,
            rule.scope,
            instant(span.start),
            instant(span.end),
        )
        for span in spans
        if span.start >= micros(now)
    ]
