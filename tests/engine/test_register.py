"""What is shown and known of devices is what the record says, told at once or piece by piece."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from monitor.clock import at_once
from monitor.engine.register import Register
from monitor.findings import Known
from monitor.ledger import (
    CameraAdded,
    CameraChanged,
    CameraRemoved,
    DeviceRecorded,
    Event,
    FindingAppeared,
    FindingGone,
    Ledger,
)
from monitor.model import Cause, DeviceFinding, DeviceStatus, FindingKind, Identity, OpenFinding
from monitor.probes.inspection import Inspection, StreamFound
from tests.ledger.samples import CAMERA, NOON

PLATE = Identity("Hikvision", "DS-2CD3T47", "V5.7.3", "4711")
DRIFT = DeviceFinding(FindingKind.CLOCK_DRIFT, offset_us=-90_000_000, limit_us=5_000_000)
SMALL = DeviceFinding(FindingKind.NO_SUB_STREAM)
STORY: tuple[Event, ...] = (
    CameraAdded(CAMERA),
    DeviceRecorded("c1", PLATE, "/101"),
    FindingAppeared("c1", SMALL),
    FindingAppeared("c1", DRIFT),
)


def test_a_record_read_again_shows_the_same(tmp_path: Path) -> None:
    told, register = Register(), Register()
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        for event in STORY:
            told.heard(ledger.append([event], NOON))
        register.restore(ledger)
    for each in (told, register):
        findings = (OpenFinding(DRIFT, NOON), OpenFinding(SMALL, NOON))
        assert at_once(each.statuses()) == (DeviceStatus("c1", findings, PLATE),)
        assert each.known("c1") == Known(PLATE, "/101")


def test_a_finding_that_went_is_shown_no_more_and_a_camera_that_left_is_not_either(tmp_path: Path) -> None:
    register = Register()
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        register.heard(ledger.append([*STORY, FindingGone("c1", FindingKind.CLOCK_DRIFT)], NOON))
        assert [each.finding for each in at_once(register.statuses())[0].findings] == [SMALL]
        register.heard(ledger.append([CameraRemoved("c1")], NOON))
        register.heard(ledger.append([FindingGone("c1", FindingKind.NO_SUB_STREAM)], NOON))
        assert at_once(register.statuses()) == ()
        assert not register.all_standing()
        register.heard(ledger.append([CameraAdded(CAMERA)], NOON))
        assert register.known("c1") == Known(PLATE, "/101")


def test_another_device_in_the_inventory_is_learnt_anew(tmp_path: Path) -> None:
    register = Register()
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        register.heard(ledger.append([*STORY, CameraChanged(replace(CAMERA, name="另一个名字"))], NOON))
        assert register.known("c1") == Known(PLATE, "/101")
        register.heard(ledger.append([CameraChanged(replace(CAMERA, model="DS-2CD3T86"))], NOON))
        assert register.known("c1") == Known()


def test_what_a_round_told_is_shown_beside_it() -> None:
    register = Register()
    register.told("c1", Inspection(StreamFound(clock_offset=timedelta(seconds=2)), answered=True, snapshot=False), NOON)
    (status,) = at_once(register.statuses())
    assert (status.asked_at, status.answered, status.clock_offset) == (NOON, True, timedelta(seconds=2))
    assert status.snapshot is False
    assert at_once(register.statuses())[0] is status


def test_why_a_round_ended_early_is_shown_until_one_comes_through() -> None:
    register = Register()
    register.told("c1", Inspection(StreamFound(cause=Cause.TCP_REFUSED, detail="nobody there")), NOON)
    (status,) = at_once(register.statuses())
    assert (status.answered, status.cause, status.detail) == (False, Cause.TCP_REFUSED, "nobody there")
    register.told("c1", Inspection(StreamFound(), answered=True), NOON)
    (status,) = at_once(register.statuses())
    assert (status.answered, status.cause, status.detail) == (True, Cause.OK, "")
