"""What the town's devices told over ONVIF, and what the monitor told people; its own rule finds what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.findings import Known, Limits, Told, judged
from monitor.metrics import Metrics, TownView
from monitor.model import Camera, DeviceStatus, Identity, OpenFinding
from monitor.notify import Outcome
from monitor.relay.counter import REASONS

CHANNELS = ROBOT, SMS = "值班钉钉群", "短信"
_PLATE = Identity("宇视", "IPC-B2A2", "2.1", "SN-0001")
KNOWN = Known(_PLATE, "/stream1")
TOLD = {
    11: Told(clock_offset=timedelta(minutes=5, seconds=12)),
    17: Told(clock_offset=timedelta(seconds=-47), smaller=False),
    23: Told(clock_offset=timedelta(seconds=1), identity=Identity("大华", "IPC-HFW1230", "2.8", "SN-7703")),
    29: Told(clock_offset=timedelta(seconds=0), stream="/live/0"),
}
GOOD = Told(clock_offset=timedelta(seconds=1), identity=_PLATE, stream="/stream1", smaller=True)


def devices(cameras: Sequence[Camera], since: datetime, now: datetime) -> tuple[DeviceStatus, ...]:
    """Every third device can be asked; what was found lasts since that instant."""
    return tuple(
        _device(camera, TOLD.get(nth, GOOD) if now >= since else GOOD, since)
        for nth, camera in enumerate(cameras)
        if nth in TOLD or nth % 3 == 0
    )


def _device(camera: Camera, told: Told, since: datetime) -> DeviceStatus:
    appeared = judged(KNOWN, {}, told, Limits(), since).appeared
    findings = tuple(OpenFinding(finding, since) for finding in appeared)
    return DeviceStatus(camera.id, findings, _PLATE, asked_at=since, answered=True, clock_offset=told.clock_offset)


def messages(own: Metrics, view: TownView, interval: timedelta) -> None:
    """A message by each channel for each incident that opened in the interval; the gateway for texts fails at first."""
    for channel in CHANNELS:
        own.watch_channel(channel, REASONS)
        own.channel_works(channel, works=True)
    for shown in view.incidents:
        if view.at - interval < shown.incident.opened_at <= view.at:
            own.notification_tried(ROBOT)
            own.notification_tried(SMS)
            own.notification_failed(SMS, Outcome.LIMITED.value)
            own.notification_tried(SMS)
    young = [shown for shown in view.incidents if view.at - 3 * interval < shown.incident.opened_at <= view.at]
    own.outbox_holds(len(young), min((shown.incident.opened_at for shown in young), default=None))
