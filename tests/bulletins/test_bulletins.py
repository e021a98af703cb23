"""Bulletins as those who get them read them, made from a real ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from monitor.bulletins import bulletin, send_due
from monitor.contract import Contract, RepairLimits
from monitor.errors import LedgerError
from monitor.language import Language
from monitor.ledger import CameraAdded, Heartbeat, Ledger, Started, TransitionRecorded
from monitor.model import Cause, ContractTerms, State
from monitor.settings import BulletinKind, BulletinPlan, Settings
from tests.driven import DrivenClock
from tests.relay.world import office
from tests.render.samples import ADDED, CAMERAS, at, camera, move

NOW = at(16, 7, 30)  # in the morning
CONTRACT = Contract(terms=ContractTerms(), repair=RepairLimits(timedelta(hours=12), None))
LATELY = timedelta(seconds=15)  # since the last entry of a record that is being written
UPLINK = tuple(
    replace(camera(f"qh-1{number:02}", f"{number} 号杆", "石桥村"), uplink="移动-石桥-ONU1") for number in range(4)
)
TOWN = (*CAMERAS, *UPLINK)


def settings_in(folder: Path, *, cut: bool = False, fallen: bool = False, until: datetime = NOW) -> Settings:
    """A record up to ``until``: the uplink of four is cut since three, one camera fell the evening before."""
    path = folder / "l.db"
    with Ledger.open(path) as ledger:
        ledger.append([Started("0.1.0", simulated=False), *map(CameraAdded, TOWN)], ADDED)
        for each in TOWN:
            ledger.append([TransitionRecorded(move(each.id, ADDED, State.UP, Cause.OK, State.UNKNOWN))], ADDED)
        if fallen:
            down = move("qh-003", at(15, 20), State.DOWN, Cause.TCP_REFUSED)
            ledger.append([TransitionRecorded(down)], down.decided_at)
        if cut:
            for each in UPLINK:
                down = move(each.id, at(16, 3), State.DOWN, Cause.TCP_TIMEOUT)
                ledger.append([TransitionRecorded(down)], down.decided_at)
        ledger.append([Heartbeat()], until)
    return Settings(path=folder / "s.yml", inventory=(), ledger=path, reports=folder, town="清河镇")


def told(kind: BulletinKind, settings: Settings, language: Language = Language.ZH, now: datetime = NOW) -> list[str]:
    return bulletin(kind, settings, CONTRACT, now).text(language).splitlines()


def test_a_day_without_faults_is_told_as_a_zero_report(tmp_path: Path) -> None:
    assert told(BulletinKind.DAILY, settings_in(tmp_path)) == [
        "清河镇雪亮前端日报 2026-06-15",
        "当日在线率 100.00%（目标 95.00%），覆盖率 100.00%，应在线 9 台",
        "当日无离线",
        "现在离线 0 台，未监测 0 台（共 9 台）",
        "本月累计 100.00%，预计月末 100.00%，可达标",
        "零报告：现在无故障、无盲区。",
    ]


def test_the_morning_names_what_is_broken_with_its_origin_and_its_clock(tmp_path: Path) -> None:
    lines = told(BulletinKind.DAILY, settings_in(tmp_path, cut=True, fallen=True), Language.EN)
    assert lines[0] == "清河镇: cameras on 2026-06-15, daily report"
    assert lines[2] == "1 outage began, 0 ended, 4 h 00 min of camera time down"
    assert lines[3] == "now 5 down and 0 unknown, of 9 cameras"
    uplink = "1. the uplink 移动-石桥-ONU1 (石桥村): 4 cameras since 06-16 03:00, for 4 h 30 min"
    pond = "2. 南塘 (西营村): connection refused, since 06-15 20:00, for 11 h 30 min"
    left = ("7 h 30 min left of the repair limit", "30 min 00 s left of the repair limit")
    assert lines[5:8] == ["Open, 2:", f"{uplink}, {left[0]}", f"{pond}, {left[1]}"]
    assert lines[8:10] == ["Blind spots, 5:", "石桥村: 石桥村0 号杆, since 06-16 03:00 (qh-100)"]


def test_a_limit_that_has_passed_is_said(tmp_path: Path) -> None:
    later = at(16, 9)
    lines = told(BulletinKind.DAILY, settings_in(tmp_path, fallen=True, until=later), Language.EN, now=later)
    assert lines[6].endswith("past the repair limit (1 camera)"), lines


def test_the_patrol_is_sent_to_the_sites_that_no_camera_shows_by_village(tmp_path: Path) -> None:
    lines = told(BulletinKind.PATROL, settings_in(tmp_path, cut=True, fallen=True))
    assert lines[:3] == [
        "清河镇今晚巡逻补位 2026-06-16",
        "以下 5 处今晚没有可用画面，请于 21:00 前安排到点巡查：",
        "石桥村：石桥村0 号杆，06-16 03:00 起（qh-100）",
    ]
    assert lines[-1] == "西营村：西营村南塘，06-15 20:00 起（qh-003）"


def test_a_list_that_comes_after_the_patrol_has_left_says_so(tmp_path: Path) -> None:
    evening = at(16, 21, 10)
    lines = told(BulletinKind.PATROL, settings_in(tmp_path, cut=True, until=evening), now=evening)
    assert lines[1] == "以下 4 处今晚没有可用画面，请通知已出发的巡逻人员到点巡查："


def refused(folder: Path, ids: Iterable[str], cause: Cause = Cause.CREDENTIALS_REFUSED) -> Settings:
    """The same record; of these nobody knows how they are since a minute ago."""
    settings = settings_in(folder, until=NOW - 2 * LATELY)
    with Ledger.open(settings.ledger) as ledger:
        for camera_id in ids:
            unknown = move(camera_id, at(16, 7, 29), State.UNKNOWN, cause)
            ledger.append([TransitionRecorded(unknown)], NOW - LATELY)
    return settings


@pytest.mark.parametrize("cause", [Cause.CREDENTIALS_REFUSED, Cause.MONITOR_BLIND, Cause.DEVICE_BUSY])
def test_sites_of_which_nobody_knows_are_listed_apart_and_all_is_not_well(tmp_path: Path, cause: Cause) -> None:
    settings = refused(tmp_path, [each.id for each in TOWN], cause)
    patrol, day = (told(kind, settings) for kind in (BulletinKind.PATROL, BulletinKind.DAILY))
    assert not any("零报告" in line or "无需补位" in line for line in [*patrol, *day])
    unseen = [f"石桥村：石桥村{number} 号杆（qh-10{number}）" for number in range(4)]
    assert patrol[1].startswith("以下 9 处情况不明（未监测），不能确认有画面")
    assert set(unseen) < set(patrol)
    assert day[3] == "现在离线 0 台，未监测 9 台（共 9 台）"
    assert "情况不明 9 处（未监测，有无画面不知道）：" in day


def test_a_blind_monitor_names_ten_sites_and_counts_the_others(tmp_path: Path) -> None:
    many = tuple(camera(f"qh-2{number:02}", f"{number} 号杆", "石桥村") for number in range(20))
    settings = refused(tmp_path, [])
    with Ledger.open(settings.ledger) as ledger:
        ledger.append([*map(CameraAdded, many)], NOW - LATELY)
    lines = told(BulletinKind.PATROL, settings, Language.EN)
    assert len(lines) == 13
    assert lines[-1] == "... and 10 others, see the console"


def test_one_camera_of_which_nobody_knows_makes_a_day_no_zero_report(tmp_path: Path) -> None:
    day = told(BulletinKind.DAILY, refused(tmp_path, ["qh-001"], Cause.DEVICE_BUSY), Language.EN)
    assert day[3] == "now 0 down and 1 unknown, of 9 cameras"
    assert not any(line.startswith("Zero report") for line in day)


def test_a_faulty_picture_is_told_and_makes_a_day_no_zero_report_where_another_camera_shows_the_site(
    tmp_path: Path,
) -> None:
    settings = settings_in(tmp_path, until=NOW - 2 * LATELY)
    beside = replace(camera("qh-301", "旁边", "东营村"), site=TOWN[0].site)
    with Ledger.open(settings.ledger) as ledger:
        black = move("qh-001", at(16, 7, 20), State.DEGRADED, Cause.PICTURE_BLACK)
        shown = move(beside.id, at(16, 7, 29), State.UP, Cause.OK, State.UNKNOWN)
        ledger.append([CameraAdded(beside), TransitionRecorded(black), TransitionRecorded(shown)], NOW - LATELY)
    day = told(BulletinKind.DAILY, settings, Language.EN)
    assert day[4] == "1 camera shows a faulty picture now (up, but of no use)"
    assert not any(line.startswith(("Zero report", "Blind spots")) for line in day)


def test_a_town_just_installed_is_told_that_nothing_is_known(tmp_path: Path) -> None:
    settings = Settings(path=tmp_path / "s.yml", inventory=(), ledger=tmp_path / "l.db", reports=tmp_path, town="县")
    with Ledger.open(settings.ledger) as ledger:
        ledger.append([Started("0.1.0", simulated=False), *map(CameraAdded, TOWN)], NOW - timedelta(seconds=25))
        ledger.append([Heartbeat()], NOW)
    patrol, day, month = (
        told(kind, settings) for kind in (BulletinKind.PATROL, BulletinKind.DAILY, BulletinKind.MONTH)
    )
    assert patrol[1].startswith("以下 9 处情况不明")
    assert "情况不明 9 处（未监测，有无画面不知道）：" in day
    assert day[2:5] == [
        "当日没有监测记录，有无离线不知道",
        "现在离线 0 台，未监测 9 台（共 9 台）",
        "本月还没有监测记录，月末情况不明",
    ]
    assert month[1:] == ["合同目标 95.00%，本月还没有监测记录，月末情况不明", "另有 9 台未监测，是否离线不知道。"]
    good = ("零报告", "无需补位", "100.00", "可达标", "没有离线", "当日无离线")
    assert not any(word in line for line in (*patrol, *day, *month) for word in good)


def test_that_nothing_is_down_is_not_said_while_a_camera_is_unknown(tmp_path: Path) -> None:
    lines = told(BulletinKind.MONTH, refused(tmp_path, ["qh-001"]), Language.EN)
    assert lines[-1] == "1 camera is unknown: nobody knows whether it is down."
    assert "Nothing is down." not in lines


def test_a_patrol_that_is_not_needed_is_told_too(tmp_path: Path) -> None:
    assert told(BulletinKind.PATROL, settings_in(tmp_path))[1:] == ["今晚各点位均有可用画面，无需补位。"]


@pytest.mark.parametrize("kind", list(BulletinKind))
def test_nobody_is_told_that_all_is_well_by_a_monitor_that_does_not_run(tmp_path: Path, kind: BulletinKind) -> None:
    lines = told(kind, settings_in(tmp_path, until=NOW - timedelta(minutes=4)))
    assert lines[1].startswith("注意：监测程序没有在运行，台账只到 2026-06-16 07:26")
    assert not any(well in line for line in lines for well in ("零报告", "无需补位", "没有离线"))


def test_the_month_says_where_it_ends_and_what_to_repair_first(tmp_path: Path) -> None:
    lines = told(BulletinKind.MONTH, settings_in(tmp_path, cut=True, fallen=True))
    assert lines[0] == "清河镇月末预测 2026-06"
    assert lines[1] == "合同目标 95.00%，有风险"
    assert lines[3] == "先修这些（前 2 趟，共 2 趟）："
    assert lines[4].startswith("1. 石桥村：4 台，可挽回 1,410小时00分")


def test_cameras_of_another_contract_are_none_of_its_business(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, cut=True)
    about = replace(CONTRACT, scope=replace(CONTRACT.scope, villages=frozenset({"东营村"})))
    text = bulletin(BulletinKind.DAILY, settings, about, NOW).text(Language.ZH)
    assert "零报告" in text
    assert "应在线 2 台" in text


def test_without_a_ledger_that_is_said(tmp_path: Path) -> None:
    settings = Settings(path=tmp_path / "s.yml", inventory=(), ledger=tmp_path / "none.db", reports=tmp_path)
    with pytest.raises(LedgerError, match="there is no ledger"):
        bulletin(BulletinKind.PATROL, settings, CONTRACT, NOW)


async def test_a_bulletin_reaches_the_office_once_a_day(tmp_path: Path) -> None:
    settings = replace(settings_in(tmp_path, cut=True), contracts=(CONTRACT,))
    plan = BulletinPlan(BulletinKind.DAILY, time(7, 30), ("office",))
    async with office(tmp_path / "office", UPLINK) as of:
        for _ in range(2):
            await send_due(plan, settings, DrivenClock(NOW), of.relay)
        await of.until(lambda: bool(of.vendors.texts["wecom"]), timedelta(minutes=5))
        (text,) = of.vendors.texts["wecom"]
        assert text.splitlines()[0] == "清河镇雪亮前端日报 2026-06-15"
        assert "移动-石桥-ONU1" in text
