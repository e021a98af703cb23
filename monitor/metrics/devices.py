"""The series of devices asked over ONVIF: how far their clocks are off, whose round failed, what was found. Sparse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter

from monitor.metrics.text import BLOCK, Column, Family, Saying, Sheet, labels
from monitor.model import Cause, DeviceStatus

OFFSET: Column[DeviceStatus] = Column(
    "sharpeyes_camera_clock_offset_seconds",
    "gauge",
    "The clock of a camera's device less ours, as it told in the last round, give or take half a second; "
    "absent where it did not.",
    lambda device: None if device.clock_offset is None else device.clock_offset.total_seconds(),
)
FAULT: Saying[DeviceStatus] = Saying(
    "sharpeyes_camera_onvif_fault",
    "gauge",
    "1 while the last round over ONVIF of a camera's device ended early; the reason is a name of docs/causes.md.",
    lambda device: None if device.cause is Cause.OK else device.cause,
    lambda cause: labels(reason=cause.value),
)
FINDING = Family(
    "sharpeyes_camera_finding",
    "gauge",
    "1 while something is found about a camera's device; the finding is a name of docs/findings.md.",
)


def device_sheet() -> Sheet[DeviceStatus]:
    """The clocks and the rounds that failed."""
    return Sheet((OFFSET, FAULT), attrgetter("camera_id"), lambda camera_id: labels(camera_id=camera_id))


def finding_pieces(devices: Sequence[DeviceStatus]) -> Iterator[bytes]:
    """What was found. An empty piece ends a step: others may have their turn."""
    yield FINDING.head()
    found = [
        labels(camera_id=device.camera_id, finding=open_finding.finding.kind.value)
        for device in devices
        for open_finding in device.findings
    ]
    for start in range(0, len(found), BLOCK):
        block = found[start : start + BLOCK]
        yield FINDING.samples(block, [1] * len(block))
        yield b""
