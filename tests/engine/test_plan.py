"""What the ledger must be told when settings or inventory change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.engine.plan import InventoryChanges, inventory_changes, maintenance_events, with_maintenance
from monitor.ledger import MaintenanceCancelled, MaintenancePlanned
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
    assert inventory_changes([record("A")], [A]) == InventoryChanges((), (), ())


def test_additions_changes_and_removals_are_told() -> None:
    renamed, new = replace(A, name="村口西"), a_camera("C")
    assert inventory_changes([record("A"), record("B")], [renamed, new]) == InventoryChanges((new,), (renamed,), ("B",))


def test_a_camera_that_comes_back_is_added_again() -> None:
    assert inventory_changes([record("A", gone=True)], [A]) == InventoryChanges((A,), (), ())


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


def test_a_nightly_window_that_runs_now_is_not_planned_again_under_another_name() -> None:
    rule = MaintenanceRule("night", "夜间", WHOLE_TOWN, every=Repeat.DAY, start_time=time(10), end_time=time(14))
    planned = with_maintenance([], maintenance_events([rule], [], NOW - timedelta(days=1), ZONE))
    assert NOW.astimezone(ZONE).hour == 12
    later = maintenance_events([rule], planned, NOW, ZONE)
    assert all(isinstance(event, MaintenancePlanned) and event.maintenance.start_at > NOW for event in later)


def test_work_first_heard_of_after_it_began_counts_from_now_on_and_past_work_not_at_all() -> None:
    begun, over = once(-timedelta(hours=1), timedelta(hours=2)), once(-timedelta(hours=3), -timedelta(hours=2))
    (event,) = maintenance_events([begun, over], [], NOW, ZONE)
    assert isinstance(event, MaintenancePlanned)
    assert (event.maintenance.start_at, event.maintenance.end_at) == (NOW, NOW + timedelta(hours=2))
    assert maintenance_events([begun], [event.maintenance], NOW + timedelta(minutes=5), ZONE) == []


def test_work_that_takes_longer_is_extended_while_it_runs() -> None:
    short, long = once(-timedelta(hours=1), timedelta(hours=1)), once(-timedelta(hours=1), timedelta(hours=3))
    (event,) = maintenance_events([long], [known(short)], NOW, ZONE)
    assert isinstance(event, MaintenancePlanned)
    assert (event.maintenance.start_at, event.maintenance.end_at) == (short.start_at, long.end_at)


def test_work_that_left_the_settings_is_cancelled_only_before_it_begins() -> None:
    coming, begun = once(timedelta(hours=1), timedelta(hours=2)), once(-timedelta(hours=1), timedelta(hours=2))
    assert maintenance_events([], [known(coming)], NOW, ZONE) == [MaintenanceCancelled(known(coming).id)]
    assert maintenance_events([], [known(begun)], NOW, ZONE) == []


def test_work_planned_by_other_means_is_never_touched() -> None:
    other = Maintenance("by-hand", "抢修", WHOLE_TOWN, NOW + timedelta(hours=1), NOW + timedelta(hours=2))
    assert maintenance_events([], [other], NOW, ZONE) == []
