"""What the nouns say of themselves."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, replace
from datetime import UTC, datetime

import pytest

from monitor.model import (
    Actor,
    Camera,
    Exclusion,
    ExclusionCause,
    ExclusionState,
    Role,
    Scope,
    SiteCategory,
)
from tests.metrics.town import camera


@pytest.mark.parametrize(
    "url",
    ["rtsp://Cam.Example/1", "rtsp://cam.example:554/2?x=1", "RTSP://cam.example?x=/", "rtsps://CAM.example:322/1"],
)
def test_a_device_is_the_same_however_its_host_and_port_are_written(url: str) -> None:
    assert camera(url=url).device == "cam.example"


@pytest.mark.parametrize(
    ("url", "device"),
    [
        ("rtsp://cam.example:8554/1", "cam.example:8554"),
        ("rtsps://cam.example:554/1", "cam.example:554"),
        ("rtsp://[2001:DB8::554]/1", "[2001:db8::554]"),
    ],
)
def test_another_port_is_another_device(url: str, device: str) -> None:
    assert camera(url=url).device == device


def test_a_recorder_is_the_device_of_its_channels() -> None:
    assert camera(url="rtsp://cam.example/1", recorder="NVR-1").device == "NVR-1"


def test_an_exclusion_is_a_value_and_nobody_has_decided_on_it_yet() -> None:
    asked = Exclusion(
        "storm",
        ExclusionCause("force_majeure"),
        Scope(villages=frozenset({"Shi'ao"})),
        datetime(2026, 10, 3, tzinfo=UTC),
        datetime(2026, 10, 4, tzinfo=UTC),
        "typhoon",
        "",
        ExclusionState("proposed"),
        Actor(Role("vendor"), "Wang"),
    )
    assert asked.decided_by is None
    with pytest.raises(FrozenInstanceError):
        asked.state = ExclusionState.APPROVED  # type: ignore[misc]


NARROWING: list[tuple[Scope, Camera]] = [
    (Scope(camera_ids=frozenset({"c1"})), camera("c2")),
    (Scope(sites=frozenset({"s1"})), camera(site=replace(camera().site, id="s2"))),
    (Scope(villages=frozenset({"柳溪村"})), camera(site=replace(camera().site, village="石桥村"))),
    (Scope(carriers=frozenset({"中国移动"})), camera(carrier="中国电信")),
    (Scope(uplinks=frozenset({"移动-柳溪-OLT1"})), camera(uplink="")),
    (Scope(towns=frozenset({"清河镇"})), camera(site=replace(camera().site, town="青溪镇"))),
    (
        Scope(categories=frozenset({SiteCategory.JUNCTION})),
        camera(site=replace(camera().site, category=SiteCategory.SCHOOL)),
    ),
    (Scope(recorders=frozenset({""})), camera(recorder="NVR-1")),
    (Scope(vendors=frozenset({""})), camera(vendor="大华")),
]


@pytest.mark.parametrize(("scope", "other"), NARROWING)
def test_every_field_of_a_scope_narrows_it(scope: Scope, other: Camera) -> None:
    assert scope.covers(camera())
    assert not scope.covers(other)
    assert Scope().covers(other)


def test_every_field_of_a_scope_is_tried() -> None:
    tried = [next(field.name for field in fields(scope) if getattr(scope, field.name)) for scope, _ in NARROWING]
    assert tried == [field.name for field in fields(Scope)]


def test_all_given_fields_of_a_scope_must_match() -> None:
    both = Scope(villages=frozenset({"柳溪村"}), carriers=frozenset({"中国电信"}))
    assert not both.covers(camera())
    assert both.covers(camera(carrier="中国电信"))
