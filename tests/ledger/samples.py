"""Ready-made events for the ledger's tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from monitor.acts import (
    Acknowledged,
    Act,
    DeclarationWithdrawn,
    ExclusionApproved,
    ExclusionProposed,
    ExclusionRejected,
    ExclusionWithdrawn,
    ItemDeclared,
    MaintenanceRepeated,
    PeriodClosed,
    PeriodCorrected,
    RemovalConfirmed,
    Signature,
    Stamp,
    ViewApproved,
    WorkOrdered,
)
from monitor.incidents import Origin
from monitor.ledger import (
    CameraAdded,
    CameraChanged,
    CameraRemoved,
    ClockJumped,
    DeviceRecorded,
    Event,
    FindingAppeared,
    FindingGone,
    Heartbeat,
    MaintenanceCancelled,
    MaintenancePlanned,
    Note,
    ReachChanged,
    Started,
    Stopped,
    TransitionRecorded,
)
from monitor.model import (
    Actor,
    Camera,
    Cause,
    DeviceFinding,
    ExclusionCause,
    FindingKind,
    Identity,
    Maintenance,
    MaintenanceRule,
    Repeat,
    Role,
    Scope,
    Site,
    SiteCategory,
    State,
    Transition,
)

NOON = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
SITE = Site("s1", "村口", SiteCategory.JUNCTION, "东村", "清河镇", "清河县")
CAMERA = Camera("c1", "村口1号", SITE, "移动", "rtsp://127.0.0.1:8554/c1", in_service_from=date(2026, 5, 1))
WORK = Maintenance(
    "m1",
    "换杆",
    Scope(villages=frozenset({"西村", "东村"}), carriers=frozenset({"移动"})),
    NOON,
    NOON + timedelta(hours=2),
)


def camera(camera_id: str) -> Camera:
    return replace(CAMERA, id=camera_id)


def transition(camera_id: str, minute: int, new: State = State.DOWN) -> Transition:
    at = NOON + timedelta(minutes=minute)
    old = State.UP if new is State.DOWN else State.DOWN
    cause = Cause.TCP_TIMEOUT if new is State.DOWN else Cause.OK
    return Transition(camera_id, at, at + timedelta(seconds=20), old, new, cause, "5 秒内未连上")


STAMP = Stamp("7f3a09c1d2", "qinghe-2026", NOON, Actor(Role.OFFICE, "李主任"), Signature("key", "value"))
RULE = MaintenanceRule(
    "7f3a09c1d2", "巡检", Scope(), every=Repeat.WEEK, weekdays=frozenset({0, 6}), start_time=time(23), end_time=time(1)
)
ACTS: tuple[Act, ...] = (
    ExclusionProposed(STAMP, ExclusionCause.POWER, WORK.scope, NOON, WORK.end_at, "停电", "供电所 17 号"),
    ExclusionApproved(STAMP, "7f3a09c1d2", "ab" * 32),
    ExclusionRejected(STAMP, "7f3a09c1d2", "ab" * 32, "没有停电"),
    ExclusionWithdrawn(STAMP, "7f3a09c1d2", "ab" * 32),
    Acknowledged(STAMP, "c1", NOON),
    WorkOrdered(STAMP, "c1", NOON, "GD-17"),
    RemovalConfirmed(STAMP, "c1", NOON),
    ViewApproved(STAMP, "c1", "换杆"),
    PeriodClosed(STAMP, "2026-05", (), "cd" * 32),
    PeriodCorrected(STAMP, "2026-05", 1, "补来证明"),
    MaintenanceRepeated(STAMP, RULE),
    ItemDeclared(STAMP, "falsified", "2026-05", 2, "两份记录不实"),
    DeclarationWithdrawn(STAMP, "7f3a09c1d2", "ab" * 32),
)

ONE_OF_EACH: tuple[Event, ...] = (
    Started("0.1.0", simulated=False),
    CameraAdded(CAMERA),
    CameraChanged(replace(CAMERA, name='口"袋\n公园', in_service_to=date(2026, 12, 31))),
    TransitionRecorded(transition("c1", 1)),
    Heartbeat(),
    MaintenancePlanned(WORK),
    MaintenanceCancelled("m1"),
    ClockJumped(NOON, NOON - timedelta(microseconds=3)),
    Note("王工", "电力公司通知停电"),
    CameraRemoved("c1"),
    Stopped("SIGTERM"),
    *ACTS,
    ReachChanged(Origin.UPLINK, "移动-柳溪-1", reachable=False),
    ReachChanged(Origin.UPLINK, "移动-柳溪-1", reachable=None),
    DeviceRecorded("c1", Identity("海康威视", "DS-2CD3T47", "V5.7.3", "4711"), "/Streaming/Channels/101"),
    FindingAppeared("c1", DeviceFinding(FindingKind.CLOCK_DRIFT, offset_us=-90_000_000, limit_us=5_000_000)),
    FindingGone("c1", FindingKind.CLOCK_DRIFT),
)
