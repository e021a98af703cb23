"""What the ledger must be told when settings or inventory change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.engine.plan import inventory_events, maintenance_events
from monitor.ledger import CameraAdded, CameraChanged, CameraRemoved, MaintenanceCancelled, MaintenancePlanned
from monitor.model import CameraRecord, Maintenance, MaintenanceRule, Repeat, Scope
from tests.driven import a_camera

NOW = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
A, B = a_camera("A"), a_camera("B")
WHOLE_TOWN = Scope()


def record(camera_id: str, *, gone: bool = False) -> CameraRecord:
    return CameraRecord(a_camera(camera_id), NOW, NOW, NOW if gone else None)


def once(start: timedelta, end: timedelta) -> MaintenanceRule:
    return MaintenanceRule("works", "立杆", WHOLE_TOWN, NOW + start, NOW + end)


def known(rule: MaintenanceRule) -> Maintenance:
    (event,) = maintenance_events([rule], [], NOW - timedelta(days=9), ZONE)
    assert isinstance(event, MaintenancePlanned)
    return event.maintenance


def test_an_unchanged_inventory_tells_nothing() -> None:
    assert inventory_events([record("A")], [A]) == []


def test_additions_changes_and_removals_are_told() -> None:
    renamed = replace(A, name="村口西")
    assert inventory_events([record("A"), record("B")], [renamed, a_camera("C")]) == [
        CameraRemoved("B"),
        CameraChanged(renamed),
        CameraAdded(a_camera("C")),
    ]


def test_a_camera_that_comes_back_is_added_again() -> None:
    assert inventory_events([record("A", gone=True)], [A]) == [CameraAdded(A)]


def test_planned_work_is_told_once() -> None:
    rule = once(timedelta(hours=1), timedelta(hours=2))
    assert maintenance_events([rule], [known(rule)], NOW, ZONE) == []


def test_recurring_work_is_planned_for_the_coming_weeks_in_local_time() -> None:
    rule = MaintenanceRule(
        "reboot",
        "重启",
        WHOLE_TOWN,
        every=Repeat.WEEK,
        weekdays=frozenset({6}),
        start_time=time(3),
        end_time=time(3, 30),
    )
    windows = [
        event.maintenance
        for event in maintenance_events([rule], [], NOW, ZONE)
        if isinstance(event, MaintenancePlanned)
    ]
    assert [window.start_at.astimezone(ZONE).strftime("%m-%d %H:%M") for window in windows] == [
        "11-08 03:00", "11-15 03:00", "11-22 03:00", "11-29 03:00", "12-06 03:00"
    ]  # fmt: skip
    assert maintenance_events([rule], windows, NOW, ZONE) == []


def test_work_that_left_the_settings_is_cancelled_only_before_it_begins() -> None:
    coming, begun = once(timedelta(hours=1), timedelta(hours=2)), once(-timedelta(hours=1), timedelta(hours=2))
    assert maintenance_events([], [known(coming)], NOW, ZONE) == [MaintenanceCancelled("settings/works")]
    assert maintenance_events([], [known(begun)], NOW, ZONE) == []


def test_work_planned_by_other_means_is_never_touched() -> None:
    other = Maintenance("by-hand", "抢修", WHOLE_TOWN, NOW + timedelta(hours=1), NOW + timedelta(hours=2))
    assert maintenance_events([], [other], NOW, ZONE) == []
