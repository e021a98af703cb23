"""Facts about a line of 柳溪村 that is cut, for tests of what is told of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from monitor.alerting import Facts, Notice, RepairClock, Severity, Stage, is_near
from monitor.incidents import Origin
from monitor.language import Phrase
from tests.metrics.town import HOUR, camera, incident

ZONE = ZoneInfo("Asia/Shanghai")
NIGHT = datetime(2026, 3, 15, 19, 14, tzinfo=UTC)  # 03:14 in the zone


def facts(cameras: int = 12, origin: Origin = Origin.UPLINK, number: int = 1, **changes: Any) -> Facts:
    """An open incident that began ten minutes before NIGHT; ``changes`` are of the incident."""
    usual: dict[str, Any] = {"since_at": NIGHT - timedelta(minutes=10), "opened_at": NIGHT - timedelta(minutes=8)}
    early = RepairClock(24 * HOUR, HOUR // 6, major=False, late_cameras=0, near=False)
    figures = replace(incident(number, origin, cameras, **(usual | changes)), clock=early)
    ids = figures.incident.camera_ids
    return Facts(figures, tuple(camera(one, name=f"村口{nth}号") for nth, one in enumerate(ids, 1)))


def with_clock(of: Facts, ran_hours: float, late: int = 0, near: bool | None = None) -> Facts:
    """``near``: whether a camera beside the late ones is near its limit; None: as the hours say."""
    if near is None:
        near = not late and is_near(24, int(ran_hours))
    clock = RepairClock(24 * HOUR, int(ran_hours * HOUR), major=False, late_cameras=late, near=near)
    return replace(of, figures=replace(of.figures, clock=clock))


def notice(number: int = 1, stage: Stage = Stage.OPENED, cameras: int = 1, **changes: Any) -> Notice:
    usual: dict[str, Any] = {
        "severity": Severity.CRITICAL,
        "at": NIGHT,
        "title": Phrase(f"【严重·故障】第{number}处", f"[critical, DOWN] place {number}"),
        "lines": (Phrase("开始：03:04", "since: 03:04"),),
        "villages": ("柳溪村",),
        "down": cameras,
    }
    return Notice(subject=f"i{number}", stage=stage, cameras=cameras, **(usual | changes))
