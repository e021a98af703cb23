"""The per-camera series: one table of families, written by our own renderer (docs/decisions/0007).

What is not known has no series: a camera in UNKNOWN loses its ``camera_up``, and Prometheus marks it stale. Excluded
time is in none of the seconds, so that online ÷ observed is the online rate and observed ÷ scheduled the coverage.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat

from monitor.metrics.text import Family, labels
from monitor.model import SECOND_US, Camera, CameraStatus, Cause, Seconds, State

VERDICT = {State.UP: 1, State.DEGRADED: 1, State.DOWN: 0, State.UNKNOWN: None}
VIDEO = {State.UP: 1, State.DEGRADED: 0, State.DOWN: None, State.UNKNOWN: None}


@dataclass(frozen=True, slots=True)
class _CameraFamily(Family):
    value: Callable[[CameraStatus], float | None]


def _unix(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()


def _online(time: Seconds) -> int:
    return time.up + time.degraded


def _observed(time: Seconds) -> int:
    return time.up + time.degraded + time.down


def _scheduled(time: Seconds) -> int:
    return time.up + time.degraded + time.down + time.unobserved


FAMILIES = (
    _CameraFamily(
        "sharpeyes_camera_up",
        "gauge",
        "1 = online (picture good or not), 0 = offline; absent while unknown.",
        lambda s: VERDICT[s.state],
    ),
    _CameraFamily(
        "sharpeyes_camera_video_ok",
        "gauge",
        "1 = online and the picture is good, 0 = online with a faulty picture; absent while offline or unknown.",
        lambda s: VIDEO[s.state],
    ),
    _CameraFamily(
        "sharpeyes_camera_maintenance",
        "gauge",
        "1 while a maintenance window covers the camera; absent otherwise.",
        lambda s: 1 if s.in_maintenance else None,
    ),
    _CameraFamily(
        "sharpeyes_camera_last_probe_timestamp_seconds",
        "gauge",
        "When the last finished probe began.",
        lambda s: None if s.last_result is None else s.last_result.at.timestamp(),
    ),
    _CameraFamily(
        "sharpeyes_camera_last_success_timestamp_seconds",
        "gauge",
        "When the last good probe began.",
        lambda s: _unix(s.last_good_at),
    ),
    _CameraFamily(
        "sharpeyes_camera_state_since_timestamp_seconds",
        "gauge",
        "When the present state began: an outage starts at its first failed probe.",
        lambda s: s.since_at.timestamp(),
    ),
    _CameraFamily(
        "sharpeyes_camera_probe_duration_seconds",
        "gauge",
        "How long the last probe took.",
        lambda s: None if s.last_result is None else s.last_result.took.total_seconds(),
    ),
    _CameraFamily(
        "sharpeyes_camera_online_seconds_total",
        "counter",
        "Time online since the record began; kept across restarts.",
        lambda s: _online(s.lifetime) / SECOND_US,
    ),
    _CameraFamily(
        "sharpeyes_camera_observed_seconds_total",
        "counter",
        "Time somebody watched since the record began, without excluded time.",
        lambda s: _observed(s.lifetime) / SECOND_US,
    ),
    _CameraFamily(
        "sharpeyes_camera_scheduled_seconds_total",
        "counter",
        "Time the contract asks for since the record began, without excluded time.",
        lambda s: _scheduled(s.lifetime) / SECOND_US,
    ),
    _CameraFamily(
        "sharpeyes_camera_state_changes_total",
        "counter",
        "Changes of state since the record began.",
        lambda s: s.state_changes,
    ),
    _CameraFamily(
        "sharpeyes_camera_blips_total",
        "counter",
        "Failed probes that did not become an outage, since the process began.",
        lambda s: s.blips,
    ),
)

INFO = Family("sharpeyes_camera_info", "gauge", "Always 1; what the inventory says about the camera.")
FAULT = Family(
    "sharpeyes_camera_fault", "gauge", "1 while the camera is not up; the reason is a name of docs/causes.md."
)


@dataclass(frozen=True, slots=True)
class _Labels:
    """A camera's label texts, written once and kept until the inventory changes it."""

    camera: Camera
    id: str
    info: str


class CameraSeries:
    """Renders all cameras; keeps the label texts from one scrape to the next."""

    def __init__(self) -> None:
        self._known: dict[str, _Labels] = {}

    def text(self, statuses: Sequence[CameraStatus]) -> bytes:
        """Every per-camera family; about 4 ms per thousand cameras, so call it in a thread."""
        known = self._known
        texts = [_labels_of(status.camera, known.get(status.camera.id)) for status in statuses]
        self._known = {text.camera.id: text for text in texts}
        ids = [text.id for text in texts]
        return b"".join(
            [
                INFO.text((text.info for text in texts), repeat(1)),
                *(family.text(ids, map(family.value, statuses)) for family in FAMILIES),
                FAULT.text((_fault_labels(s) for s in statuses if _faulty(s)), repeat(1)),
            ]
        )


def _fault_labels(status: CameraStatus) -> str:
    return labels(camera_id=status.camera.id, reason=status.cause.value)


def _faulty(status: CameraStatus) -> bool:
    return status.state is not State.UP and status.cause is not Cause.OK


def _labels_of(camera: Camera, known: _Labels | None) -> _Labels:
    if known is not None and known.camera is camera:
        return known
    id_ = labels(camera_id=camera.id)
    rest = labels(
        name=camera.name,
        county=camera.site.county,
        town=camera.site.town,
        village=camera.site.village,
        site=camera.site.name,
        carrier=camera.carrier,
        uplink=camera.uplink,
        in_contract=str(camera.in_contract).lower(),
    )
    return _Labels(camera, id_, f"{id_},{rest}")
