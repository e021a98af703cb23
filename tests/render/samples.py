"""A small town's June 2026 that has a bit of everything, built from events as the ledger would hold them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from monitor.contract import Contract
from monitor.model import (
    Camera,
    CameraRecord,
    Cause,
    ContractTerms,
    InventoryChange,
    Maintenance,
    Scope,
    Site,
    SiteCategory,
    State,
    Transition,
)
from monitor.report import Record, Report, build_report

SHANGHAI = ZoneInfo("Asia/Shanghai")
JUNE = datetime(2026, 6, 1, tzinfo=SHANGHAI).astimezone(UTC)
JULY = datetime(2026, 7, 1, tzinfo=SHANGHAI).astimezone(UTC)
TERMS = ContractTerms(intact_target=Fraction(98, 100))


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


def camera(
    camera_id: str, name: str, village: str, carrier: str = "中国移动", category: SiteCategory = SiteCategory.STREET
) -> Camera:
    site = Site(f"site-{camera_id}", f"{village}{name}", category, village, "清河镇", "清河县")
    return Camera(camera_id, name, site, carrier, f"rtsp://127.0.0.1/{camera_id}", in_service_from=date(2026, 1, 1))


def move(camera_id: str, when: datetime, new: State, cause: Cause, old: State = State.UP) -> Transition:
    return Transition(camera_id, when, when + timedelta(seconds=20), old, new, cause)


CAMERAS = (
    camera("qh-001", "村委会门口", "东营村", category=SiteCategory.PUBLIC_AREA),
    camera("qh-002", "小学南门", "东营村", "中国电信", SiteCategory.SCHOOL),
    camera("qh-003", "南塘", "西营村", category=SiteCategory.WATER),
    camera("qh-004", "十字路口(省道与村道交叉处北侧监控立杆)", "西营村", "中国电信", SiteCategory.JUNCTION),
    camera("qh-005", "Old mill", "北头村", category=SiteCategory.OLD_BUILDING),
    replace(camera("qh-006", "施工工地", "北头村"), in_contract=False),
)
ADDED = datetime(2026, 1, 1, tzinfo=UTC)
TRANSITIONS = tuple(
    sorted(
        [
            *(move(each.id, ADDED, State.UP, Cause.OK, State.UNKNOWN) for each in CAMERAS),
            move("qh-001", at(3, 8), State.DOWN, Cause.TCP_TIMEOUT),
            move("qh-001", at(3, 9, 5), State.UP, Cause.OK, State.DOWN),
            move("qh-002", at(10, 22, 30), State.DEGRADED, Cause.PICTURE_BLACK),
            move("qh-002", at(12, 7), State.UP, Cause.OK, State.DEGRADED),
            move("qh-003", at(14), State.DOWN, Cause.NO_REPLY),
            move("qh-003", at(15), State.DOWN, Cause.TCP_UNREACHABLE, State.DOWN),
            move("qh-003", at(19), State.UP, Cause.OK, State.DOWN),
            move("qh-004", at(20, 1), State.DOWN, Cause.NO_MEDIA),
            move("qh-004", at(20, 5), State.UP, Cause.OK, State.DOWN),
            move("qh-005", at(28), State.DOWN, Cause.REMOVED_UNCONFIRMED),
        ],
        key=lambda transition: transition.camera_id,
    )
)
WORK = Maintenance("m1", "更换交换机", Scope(villages=frozenset({"西营村"})), at(20, 0), at(20, 4))
RECORD = Record(
    cameras=tuple(CameraRecord(each, ADDED, ADDED, at(28) if each.id == "qh-005" else None) for each in CAMERAS),
    transitions=TRANSITIONS,
    maintenance=(WORK,),
    changes=(
        InventoryChange(at(5, 10), "qh-002", replace(CAMERAS[1], carrier="中国移动"), CAMERAS[1]),
        InventoryChange(at(28), "qh-005", CAMERAS[4], None),
    ),
    recorded_until=JULY + timedelta(days=3),
    head_seq=48211,
    head_hash="9f2c" * 16,
    simulated=True,
)


def report(now: datetime = JULY, record: Record = RECORD, terms: ContractTerms = TERMS) -> Report:
    return build_report(record, Contract(terms=terms), town="清河镇", month=(2026, 6), now=now, version="0.1.0")
