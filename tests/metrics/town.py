"""A small town made by hand, for the tests of everything that shows one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from monitor.incidents import Clue, Evidence, Incident, Origin, Suspect
from monitor.metrics import (
    AheadFigures,
    GroupFigures,
    IncidentFigures,
    RepairClock,
    Severity,
    Terms,
    TownView,
    TripFigures,
)
from monitor.model import (
    Camera,
    CameraStatus,
    Cause,
    GroupStatus,
    Result,
    Rung,
    Seconds,
    Site,
    SiteCategory,
    Stage,
    State,
)

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 15, 12, 0, tzinfo=UTC)
HOUR = 3_600_000_000  # microseconds
MONTH = Seconds(up=90 * HOUR, degraded=2 * HOUR, down=8 * HOUR, excluded=5 * HOUR, unobserved=4 * HOUR)


def camera(camera_id: str = "c1", **changes: Any) -> Camera:
    """A camera of 柳溪村, at one site."""
    site = Site("s1", "村口", SiteCategory.JUNCTION, "柳溪村", "清河镇", "安平县")
    usual: dict[str, Any] = {
        "name": "柳溪村口 1 号",
        "site": site,
        "carrier": "中国移动",
        "url": "rtsp://127.0.0.1/1",
        "uplink": "移动-柳溪-OLT1",
    }
    return Camera(camera_id, **(usual | changes))


def result(camera_id: str = "c1", cause: Cause = Cause.OK, **changes: Any) -> Result:
    """A probe that began twenty seconds before NOW."""
    usual: dict[str, Any] = {"took": timedelta(milliseconds=312), "received_bytes": 40_000}
    return Result(
        camera_id,
        NOW - timedelta(seconds=20),
        rung=Rung.PICTURE,
        stage=Stage.TEARDOWN,
        cause=cause,
        **(usual | changes),
    )


def status(
    state: State = State.UP, cause: Cause = Cause.OK, watched: Camera | None = None, **changes: Any
) -> CameraStatus:
    """What is believed about a camera, for an hour now."""
    watched = watched or camera()
    usual: dict[str, Any] = {
        "since_at": NOW - timedelta(hours=1),
        "last_result": result(watched.id, cause),
        "last_good_at": NOW - timedelta(seconds=20),
        "state_changes": 3,
        "blips": 2,
        "in_maintenance": False,
        "month": MONTH,
        "lifetime": MONTH,
    }
    return CameraStatus(watched, state, cause, **(usual | changes))


def group(kind: str = "town", name: str = "清河镇", online_ratio: float | None = 0.92, **states: int) -> GroupFigures:
    """A group's figures; ``states`` are counts by state name."""
    counts = {State(state): count for state, count in states.items()}
    groups_status = GroupStatus(kind, name, sum(counts.values()), counts, MONTH, forecast_ratio=0.93, best_ratio=0.97)
    return GroupFigures(
        groups_status,
        online=MONTH.up + MONTH.degraded,
        counted=MONTH.up + MONTH.degraded + MONTH.down,
        online_ratio=online_ratio,
        intact_ratio=0.90,
        coverage_ratio=0.963,
        ahead=AheadFigures(budget=10 * HOUR, budget_left=2 * HOUR, recoverable=True, lost=1),
    )


def town(*statuses: CameraStatus, groups: tuple[GroupFigures, ...] | None = None, at: datetime = NOW) -> TownView:
    """The town with these cameras; one town and one village group unless others are given."""
    if groups is None:
        groups = (group(up=1, down=1), group("village", "柳溪村", up=1, down=1))
    return TownView(
        at,
        statuses,
        groups,
        Terms(datetime(2026, 2, 28, 16, tzinfo=UTC), datetime(2026, 3, 31, 16, tzinfo=UTC), 0.95, 0.96, ZONE),
        timedelta(minutes=1),
        (TripFigures("柳溪村", 1, 9 * HOUR, 0.945),),
    )


class DrivenClock:
    """A clock that goes on only when told."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds - 1000.0)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, duration: timedelta) -> None:
        self.seconds += duration.total_seconds()


def incident(number: int = 1, origin: Origin = Origin.UPLINK, cameras: int = 2, **changes: Any) -> IncidentFigures:
    """An uplink of 柳溪村 that was lost ten minutes before NOW."""
    usual: dict[str, Any] = {
        "suspect": Suspect(origin, "移动-柳溪-OLT1"),
        "since_at": NOW - timedelta(minutes=10),
        "opened_at": NOW - timedelta(minutes=9),
        "ended_at": None,
        "camera_ids": tuple(f"c{nth}" for nth in range(1, cameras + 1)),
        "cameras": cameras,
        "falls": 1,
        "confidence": 0.75,
        "evidence": (Evidence(Clue.FELL_TOGETHER, cameras, cameras),),
        "cause": Cause.TCP_TIMEOUT,
        "settled": True,
        "repeat": False,
    }
    return IncidentFigures(
        incident=Incident(f"i{number}", **(usual | changes)),
        name="移动-柳溪-OLT1",
        county="安平县",
        town="清河镇",
        village="柳溪村",
        site="",
        severity=Severity.WARNING if origin is Origin.CAMERA else Severity.CRITICAL,
        clock=RepairClock(24 * HOUR, 20 * HOUR, major=False, late_cameras=0, near=True),
    )
