"""Series of devices: only of what was told, and of what was found."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from monitor.metrics.text import BLOCK
from monitor.model import Cause, DeviceFinding, DeviceStatus, FindingKind, OpenFinding
from tests.metrics.test_exposition import samples, value
from tests.metrics.town import NOW, status, town

DRIFT = OpenFinding(DeviceFinding(FindingKind.CLOCK_DRIFT, offset_us=-90_000_000, limit_us=5_000_000), NOW)
SMALL = OpenFinding(DeviceFinding(FindingKind.NO_SUB_STREAM), NOW)


def test_a_clock_that_was_told_and_what_was_found_have_series() -> None:
    told = DeviceStatus("c1", (DRIFT, SMALL), clock_offset=timedelta(seconds=-90.25))
    view = replace(town(status()), devices=(told, DeviceStatus("c2")))
    assert value(view, "sharpeyes_camera_clock_offset_seconds", camera_id="c1") == -90.25
    assert value(view, "sharpeyes_camera_finding", camera_id="c1", finding="clock_drift") == 1
    assert value(view, "sharpeyes_camera_finding", camera_id="c1", finding="no_sub_stream") == 1
    assert not [key for key in samples(view) if ("camera_id", "c2") in key[1]]


def test_whose_round_ended_early_has_a_series_with_the_reason() -> None:
    view = replace(town(status()), devices=(DeviceStatus("c1", cause=Cause.TCP_REFUSED), DeviceStatus("c2")))
    found = [key for key in samples(view) if key[0] == "sharpeyes_camera_onvif_fault"]
    assert found == [("sharpeyes_camera_onvif_fault", (("camera_id", "c1"), ("reason", "tcp_refused")))]


def test_a_town_of_findings_is_written_whole() -> None:
    many = [DeviceStatus(f"d{nth:03}", (DRIFT, SMALL)) for nth in range(BLOCK)]
    found = [key for key in samples(replace(town(status()), devices=many)) if key[0] == "sharpeyes_camera_finding"]
    assert len(found) == 2 * BLOCK
