"""What an outage suggests: the whole line down, the whole village down, or nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.acts.suggestion import CAUSE_OF_ORIGIN, presumed_cause, suggested_cause
from monitor.incidents import Origin
from monitor.model import Camera, Cause, ExclusionCause, Site, SiteCategory, Span

LOST = Span(100, 200)


def camera(camera_id: str, village: str = "东村", uplink: str = "l1") -> Camera:
    site = Site(f"s-{camera_id}", "部位", SiteCategory.STREET, village, "清河镇", "清河县")
    return Camera(camera_id, camera_id, site, "移动", "rtsp://127.0.0.1/1", uplink=uplink)


A, B = camera("a"), camera("b")
BOTH, SILENT = {"a": [LOST], "b": [LOST]}, (Cause.TCP_TIMEOUT,)
OTHER_LINE, OTHER_VILLAGE = camera("c", uplink="l2"), camera("d", village="西村")


@pytest.mark.parametrize(
    ("cameras", "down", "cause"),
    [
        ([A, B], {"a": [LOST], "b": [LOST]}, ExclusionCause.CARRIER_LINE),
        ([A, B, OTHER_VILLAGE], {"a": [LOST], "b": [LOST], "d": [LOST]}, ExclusionCause.CARRIER_LINE),
        ([A, B, OTHER_VILLAGE], {"a": [LOST], "b": [LOST]}, None),
        ([A, B, OTHER_LINE], {"a": [LOST], "b": [LOST], "c": [LOST]}, ExclusionCause.POWER),
        ([A, B, OTHER_LINE], {"a": [LOST], "b": [LOST]}, ExclusionCause.CARRIER_LINE),
        ([A, OTHER_LINE], {"a": [LOST]}, None),
        ([A], {"a": [LOST]}, None),
        ([A, B], {"a": [LOST], "b": [Span(150, 300)]}, ExclusionCause.CARRIER_LINE),
        ([A, B], {"a": [LOST], "b": [Span(151, 300)]}, None),
        ([A, B], {"a": [LOST], "b": [Span(90, 120), Span(170, 400)]}, ExclusionCause.CARRIER_LINE),
    ],
)
def test_who_else_was_down_for_half_of_the_time_says_what_it_was(
    cameras: list[Camera], down: dict[str, list[Span]], cause: ExclusionCause | None
) -> None:
    assert suggested_cause(A, LOST, cameras, down) is cause


def test_cameras_whose_line_nobody_knows_are_not_on_the_same_line() -> None:
    alone = [replace(A, uplink=""), replace(B, uplink="")]
    assert suggested_cause(alone[0], LOST, alone, {"a": [LOST], "b": [LOST]}) is None


@pytest.mark.parametrize("origin", Origin)
def test_only_lines_and_power_are_anybody_s_exclusion(origin: Origin) -> None:
    lines, power = {Origin.UPLINK, Origin.CARRIER_LINE}, {Origin.POWER_CABINET}
    assert (CAUSE_OF_ORIGIN.get(origin) is ExclusionCause.CARRIER_LINE) == (origin in lines)
    assert (CAUSE_OF_ORIGIN.get(origin) is ExclusionCause.POWER) == (origin in power)
    assert (origin in CAUSE_OF_ORIGIN) == (origin in lines | power)


@pytest.mark.parametrize("origin", [None, *Origin])
def test_an_incident_wider_than_a_camera_decides_and_else_whoever_was_down_with_it(origin: Origin | None) -> None:
    neighbours = suggested_cause(A, LOST, [A, B], BOTH)
    assert neighbours is ExclusionCause.CARRIER_LINE
    wide = origin is not None and origin is not Origin.CAMERA
    expected = CAUSE_OF_ORIGIN.get(origin) if origin is not None and wide else neighbours
    assert presumed_cause(origin, SILENT, A, LOST, [A, B], BOTH) is expected


@pytest.mark.parametrize("origin", [Origin.INVENTORY, Origin.CREDENTIALS, Origin.MONITOR])
def test_what_left_the_inventory_or_was_not_seen_is_nobody_s_exclusion(origin: Origin) -> None:
    assert presumed_cause(origin, SILENT, A, LOST, [A, B], BOTH) is None


@pytest.mark.parametrize("origin", [None, Origin.CAMERA])
@pytest.mark.parametrize(
    ("causes", "cause"),
    [
        ([Cause.TCP_TIMEOUT, Cause.NO_REPLY], ExclusionCause.CARRIER_LINE),
        ([Cause.TCP_REFUSED], None),
        ([Cause.TCP_TIMEOUT, Cause.TCP_REFUSED], None),
        ([Cause.PATH_NOT_FOUND], None),
    ],
)
def test_of_a_device_that_answers_no_neighbour_says_anything(
    origin: Origin | None, causes: list[Cause], cause: ExclusionCause | None
) -> None:
    assert presumed_cause(origin, causes, A, LOST, [A, B], BOTH) is cause


def test_a_recorder_that_failed_with_all_of_its_line_is_nobody_s_exclusion() -> None:
    assert presumed_cause(Origin.RECORDER, SILENT, A, LOST, [A, B], BOTH) is None
    assert presumed_cause(Origin.POWER_CABINET, SILENT, A, LOST, [A, B], {}) is ExclusionCause.POWER
