"""What the nouns say of themselves."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import UTC, datetime

import pytest

from monitor.model import Actor, Exclusion, ExclusionCause, ExclusionState, Role, Scope
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
