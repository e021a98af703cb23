"""The section ``alerts.bulletins``: what is told at fixed hours, and to whom."""

from __future__ import annotations

from collections.abc import Collection
from datetime import time
from functools import partial

from monitor.parsing.scalars import shown, whole_number, within
from monitor.parsing.section import Section
from monitor.parsing.times import time_of_day
from monitor.settings.alert_values import BulletinKind, BulletinPlan

OFFICE = "office"  # the receiver that is told unless others are named
PATROL_LEAVES = time(21)
USUAL = {
    BulletinKind.DAILY: (time(7, 30), ()),
    BulletinKind.PATROL: (time(19, 30), ()),
    BulletinKind.MONTH: (time(8), (20, 25, 28)),
}


def read_bulletins(alerts: Section, receivers: Collection[str]) -> tuple[BulletinPlan, ...]:
    """Those that are sent: all to the office unless something else is written; ``daily: null`` sends none."""
    found: list[BulletinPlan] = []
    office = (OFFICE,) if OFFICE in receivers else ()
    with alerts.section("bulletins") as bulletins:
        for kind, (usual_at, usual_days) in USUAL.items():
            if bulletins.wrote(kind.value) and not bulletins.given(kind.value):
                bulletins.get(kind.value)
                continue
            with bulletins.section(kind.value) as one:
                plan = BulletinPlan(
                    kind,
                    one.read("at", _before_patrol if kind is BulletinKind.PATROL else time_of_day, usual_at),
                    one.read_all("receivers", partial(_known, receivers), office),
                    one.read_all("days", within(whole_number, "1", "28"), usual_days) if usual_days else (),
                )
            if plan.receivers:
                found.append(plan)
    return tuple(found)


def _before_patrol(text: str) -> time:
    at = time_of_day(text)
    if at >= PATROL_LEAVES:
        raise ValueError(f"{shown(text)} is too late for tonight: the patrol leaves at {PATROL_LEAVES:%H:%M}")
    return at


def _known(receivers: Collection[str], text: str) -> str:
    if text not in receivers:
        raise ValueError(f"{shown(text)} is not one of alerts.receivers: {', '.join(receivers) or 'none is there'}")
    return text
