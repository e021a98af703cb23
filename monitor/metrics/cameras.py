"""The per-camera series: one table of families, written by our own renderer (docs/decisions/0007).

What is not known has no series: a camera in UNKNOWN loses its ``camera_up``, and Prometheus marks it stale. Excluded
time is in none of the seconds, so that online ÷ observed is the online rate and observed ÷ scheduled the coverage.
"""

from __future__ import annotations

from datetime import datetime
from operator import attrgetter

from monitor.metrics.text import Column, Saying, Sheet, labels
from monitor.model import EPOCH, SECOND_US, Camera, CameraStatus, Cause, Seconds, Sight, State

VERDICT = {State.UP: 1, State.DEGRADED: 1, State.DOWN: 0, State.UNKNOWN: None}
UNSEEN = Sight(EPOCH)
VIDEO = {State.UP: 1, State.DEGRADED: 0, State.DOWN: None, State.UNKNOWN: None}


def _unix(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()


def _sight(status: CameraStatus) -> Sight:
    return status.sight or UNSEEN


def _online(time: Seconds) -> int:
    return time.up + time.degraded


def _observed(time: Seconds) -> int:
    return time.up + time.degraded + time.down


def _scheduled(time: Seconds) -> int:
    return time.up + time.degraded + time.down + time.unobserved


FAMILIES: tuple[Column[CameraStatus], ...] = (
    Column(
        "sharpeyes_camera_up",
        "gauge",
        "1 = online (picture good or not), 0 = offline; absent while unknown.",
        lambda s: VERDICT[s.state],
    ),
    Column(
        "sharpeyes_camera_video_ok",
        "gauge",
        "1 = online and the picture is good, 0 = online with a faulty picture; absent while offline or unknown.",
        lambda s: VIDEO[s.state],
    ),
    Column(
        "sharpeyes_camera_picture_unjudged",
        "gauge",
        "How many of moved, covered and blurred the last decoded picture shows too little to tell; absent where none.",
        lambda s: len(_sight(s).viewless) or None,
    ),
    Column(
        "sharpeyes_camera_picture_learning",
        "gauge",
        "1 while what the camera usually shows is not known yet; absent otherwise.",
        lambda s: 1 if _sight(s).unlearnt else None,
    ),
    Column(
        "sharpeyes_camera_picture_suspected",
        "gauge",
        "1 while a freeze is suspected and not settled, which is no fault; absent otherwise.",
        lambda s: 1 if Cause.PICTURE_FROZEN in _sight(s).noticed else None,
    ),
    Column(
        "sharpeyes_camera_maintenance",
        "gauge",
        "1 while a maintenance window covers the camera; absent otherwise.",
        lambda s: 1 if s.in_maintenance else None,
    ),
    Column(
        "sharpeyes_camera_last_probe_timestamp_seconds",
        "gauge",
        "When the last finished probe began.",
        lambda s: None if s.last_result is None else s.last_result.at.timestamp(),
    ),
    Column(
        "sharpeyes_camera_last_success_timestamp_seconds",
        "gauge",
        "When the last good probe began.",
        lambda s: _unix(s.last_good_at),
    ),
    Column(
        "sharpeyes_camera_state_since_timestamp_seconds",
        "gauge",
        "When the present state began: an outage starts at its first failed probe.",
        lambda s: s.since_at.timestamp(),
    ),
    Column(
        "sharpeyes_camera_probe_duration_seconds",
        "gauge",
        "How long the last probe took.",
        lambda s: None if s.last_result is None else s.last_result.took.total_seconds(),
    ),
    Column(
        "sharpeyes_camera_online_seconds_total",
        "counter",
        "Time online since the record began; kept across restarts.",
        lambda s: _online(s.lifetime) / SECOND_US,
    ),
    Column(
        "sharpeyes_camera_observed_seconds_total",
        "counter",
        "Time somebody watched since the record began, without excluded time.",
        lambda s: _observed(s.lifetime) / SECOND_US,
    ),
    Column(
        "sharpeyes_camera_scheduled_seconds_total",
        "counter",
        "Time the contract asks for since the record began, without excluded time.",
        lambda s: _scheduled(s.lifetime) / SECOND_US,
    ),
    Column(
        "sharpeyes_camera_state_changes_total",
        "counter",
        "Changes of state since the record began.",
        lambda s: s.state_changes,
    ),
    Column(
        "sharpeyes_camera_blips_total",
        "counter",
        "Failed probes that did not become an outage, since the process began.",
        lambda s: s.blips,
    ),
)


def _inventory(camera: Camera) -> str:
    return labels(
        name=camera.name,
        county=camera.site.county,
        town=camera.site.town,
        village=camera.site.village,
        site=camera.site.name,
        carrier=camera.carrier,
        uplink=camera.uplink,
        in_contract=str(camera.in_contract).lower(),
    )


INFO: Saying[CameraStatus] = Saying(
    "sharpeyes_camera_info",
    "gauge",
    "Always 1; what the inventory says about the camera.",
    lambda s: s.camera,
    _inventory,
)
FAULT: Saying[CameraStatus] = Saying(
    "sharpeyes_camera_fault",
    "gauge",
    "1 while the camera is not up; the reason is a name of docs/causes.md.",
    lambda s: None if s.state is State.UP or s.cause is Cause.OK else s.cause,
    lambda cause: labels(reason=cause.value),
)


def camera_sheet() -> Sheet[CameraStatus]:
    """Every per-camera family."""
    return Sheet((INFO, *FAMILIES, FAULT), attrgetter("camera.id"), lambda camera_id: labels(camera_id=camera_id))
