"""The vendor is told of faulty pictures and changed devices, in working hours, and only where there is something."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from monitor.bulletins import bulletin, send_due
from monitor.contract import Contract
from monitor.language import Language
from monitor.ledger import FindingAppeared, FindingGone, Heartbeat, Ledger, TransitionRecorded
from monitor.model import Cause, DeviceFinding, FindingKind, State
from monitor.settings import BulletinKind, BulletinPlan, Settings
from tests.bulletins.test_bulletins import CONTRACT, TOWN, UPLINK, settings_in
from tests.driven import DrivenClock
from tests.relay.world import office
from tests.render.samples import at, move

NOW = at(16, 8, 30)
PLAN = BulletinPlan(BulletinKind.PICTURES, time(8, 30), ("tickets",), weekdays=(0, 1, 2, 3, 4))
SWAPPED = DeviceFinding(FindingKind.DEVICE_SWAPPED, "宇视 A SN-1", "大华 B SN-2")
MOVED = DeviceFinding(FindingKind.STREAM_CHANGED, "rtsp://10.0.0.9/live?pw=s3cret", "rtsp://10.0.0.9/1")


def odd(folder: Path, *, faulty: int = 2, findings: bool = True) -> Settings:
    """Some pictures are black since yesterday; one camera was black and is well; one device was swapped."""
    settings = replace(settings_in(folder, until=at(15, 1)), contracts=(CONTRACT,))
    with Ledger.open(settings.ledger) as ledger:
        for nth, each in enumerate(TOWN[: faulty + 1]):
            black = move(each.id, at(15, 10, nth), State.DEGRADED, Cause.PICTURE_BLACK)
            ledger.append([TransitionRecorded(black)], black.decided_at)
        well = move(TOWN[faulty].id, at(15, 12), State.UP, Cause.OK, State.DEGRADED)
        ledger.append([TransitionRecorded(well)], well.decided_at)
        if findings:
            ledger.append([FindingAppeared("qh-004", SWAPPED), FindingAppeared("qh-005", MOVED)], at(15, 14))
            ledger.append([FindingAppeared("qh-001", SWAPPED)], at(15, 15))
            ledger.append([FindingGone("qh-001", FindingKind.DEVICE_SWAPPED)], at(15, 16))
        ledger.append([Heartbeat()], NOW)
    return settings


def told(settings: Settings, language: Language = Language.ZH, contract: Contract = CONTRACT) -> list[str]:
    return bulletin(BulletinKind.PICTURES, settings, contract, NOW).text(language).splitlines()


def test_faulty_pictures_and_changed_devices_are_listed_by_who_since_when(tmp_path: Path) -> None:
    lines = told(odd(tmp_path))
    assert lines[0] == "清河镇画面与设备待查 2026-06-16"
    assert lines[1] == "画面异常 2 台（在线，但看不清）："
    first = TOWN[0]
    assert lines[2] == f"{first.site.village}：{first.name}（{first.id}）黑屏，06-15 10:00 起"
    assert lines[4] == "设备有变 2 项（请核实是否经过同意）："
    assert any("（qh-004）设备被更换 宇视 A SN-1 → 大华 B SN-2，06-15 14:00 起" in line for line in lines[5:])
    assert not any("qh-001" in line for line in lines[5:]), "what is over is nobody's work"


def test_the_same_in_english_and_no_address_of_a_stream(tmp_path: Path) -> None:
    lines = told(odd(tmp_path), Language.EN)
    assert lines[0] == "清河镇: pictures and devices to see to, 2026-06-16"
    assert any("(qh-005) stream address changed, since 06-15 14:00" in line for line in lines)
    assert not any("s3cret" in line or "rtsp" in line for line in lines)


def test_of_many_the_longest_are_named_and_the_rest_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.bulletins.pictures.MOST", 3)
    lines = told(odd(tmp_path, faulty=5, findings=False), Language.EN)
    assert lines[1] == "Faulty pictures, 5 (up, but of no use):"
    assert lines[5:] == ["... and 2 more, see the console and dashboards"]


def test_cameras_of_another_contract_are_another_vendors_work(tmp_path: Path) -> None:
    nobody = replace(CONTRACT, scope=replace(CONTRACT.scope, villages=frozenset({"石桥村"})))
    assert told(odd(tmp_path), contract=nobody)[1:] == ["没有画面异常，也没有设备变化。"]


async def test_it_is_sent_on_working_days_and_only_where_there_is_something(tmp_path: Path) -> None:
    there, none = odd(tmp_path / "a"), odd(tmp_path / "b", faulty=0, findings=False)
    async with office(tmp_path / "office", UPLINK) as of:
        saturday = NOW + timedelta(days=4)
        await send_due(PLAN, there, DrivenClock(saturday), of.relay)
        await send_due(PLAN, none, DrivenClock(NOW), of.relay)
        await of.quiet()
        assert of.vendors.texts["sms"] == []
        for _ in range(2):
            await send_due(PLAN, there, DrivenClock(NOW), of.relay)
        await of.quiet()
        (text,) = of.vendors.texts["sms"]
        assert "画面与设备待查" in text
