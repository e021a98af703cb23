"""The section ``alerts.bulletins``: what is told at fixed hours, and to whom."""

from __future__ import annotations

from collections.abc import Collection
from datetime import time
from functools import partial

from monitor.alerting import OFFICE
from monitor.parsing.scalars import shown, whole_number, within
from monitor.parsing.section import Section
from monitor.parsing.times import time_of_day
from monitor.settings.alert_values import BulletinKind, BulletinPlan
from monitor.settings.planned import weekday

VENDOR = "vendor-on-call"  # whoever mends pictures; it is there in every section of alerts
PATROL_LEAVES = time(21)
NOBODY = (
    "is missing, and there is no receiver named {receiver}: nobody would get this bulletin. Add {receiver} to "
    "alerts.receivers, name others here (receivers: [NAME]), or write {kind}: null to send none"
)
MONDAY_TO_FRIDAY = (0, 1, 2, 3, 4)
USUAL = (
    BulletinPlan(BulletinKind.DAILY, time(7, 30), (OFFICE,)),
    BulletinPlan(BulletinKind.PATROL, time(19, 30), (OFFICE,)),
    BulletinPlan(BulletinKind.PICTURES, time(8, 30), (VENDOR,), weekdays=MONDAY_TO_FRIDAY),
    BulletinPlan(BulletinKind.MONTH, time(8), (OFFICE,), days=(20, 25, 28)),
)


def read_bulletins(alerts: Section, receivers: Collection[str]) -> tuple[BulletinPlan, ...]:
    """Those that are sent, the usual ones unless something else is written; ``daily: null`` sends none.

    Where nothing at all is written about them, those whose usual receiver is missing are not sent.
    """
    found: list[BulletinPlan] = []
    wanted = alerts.given("bulletins")
    with alerts.section("bulletins") as bulletins:
        for usual in USUAL:
            kind = usual.kind.value
            if bulletins.wrote(kind) and not bulletins.given(kind):
                bulletins.get(kind)
                continue
            there = tuple(name for name in usual.receivers if name in receivers)
            with bulletins.section(kind) as one:
                plan = BulletinPlan(
                    usual.kind,
                    one.read("at", _before_patrol if usual.kind is BulletinKind.PATROL else time_of_day, usual.at),
                    one.read_all("receivers", partial(_known, receivers), there),
                    one.read_all("days", within(whole_number, "1", "28"), usual.days) if usual.days else (),
                    () if usual.days else one.read_all("weekdays", weekday, usual.weekdays),
                )
                if wanted and not there and not one.wrote("receivers"):
                    one.fault("receivers", NOBODY.format(kind=kind, receiver=usual.receivers[0]))
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
