"""Writes what the monitor needs to watch the simulated town: settings, inventory, passwords in their own files."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.language import Language
from monitor.model import Camera, Credentials

ZONE = "Asia/Shanghai"
TOWN = "青溪镇"
MAINTENANCE_LASTS = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Tempo:
    """How fast the demonstration runs; a real town uses 60 s and minutes."""

    interval: timedelta = timedelta(seconds=5)
    retry: timedelta = timedelta(seconds=1)
    patience: timedelta = timedelta(seconds=2)  # for connecting and for a reply
    picture_spread: timedelta = timedelta(seconds=3)
    heartbeat: timedelta = timedelta(seconds=2)
    pace: float = 1.0  # the story's seconds are multiplied by it
    hurry: int = 12  # how many times faster than in a real town pictures are judged: 60 s over the interval


@dataclass(frozen=True, slots=True)
class Place:
    """The demonstration's folder."""

    folder: Path

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.folder / "sharp-eyes.yml"

    @property
    def inventory(self) -> Path:
        """The list of cameras."""
        return self.folder / "cameras.csv"

    @property
    def ledger(self) -> Path:
        """The record."""
        return self.folder / "ledger.db"

    @property
    def reports(self) -> Path:
        """Where reports are written."""
        return self.folder / "reports"

    @property
    def log(self) -> Path:
        """What the monitor's process says."""
        return self.folder / "monitor.log"


def furnish(
    place: Place,
    cameras: Sequence[Camera],
    credentials: Mapping[str, Credentials],
    under_maintenance: str,
    now: datetime,
    tempo: Tempo,
    language: Language,
) -> None:
    """Write settings, inventory and passwords; the named camera has planned maintenance from now on."""
    secrets = place.folder / "secrets"
    secrets.mkdir(parents=True, exist_ok=True)
    for name, entry in credentials.items():
        path = secrets / name
        path.touch(mode=0o600)
        path.write_text(entry.password.reveal(), "utf-8")
    _write_inventory(place.inventory, cameras)
    place.settings.write_text(_settings(credentials, under_maintenance, now, tempo, language), "utf-8")


def _write_inventory(path: Path, cameras: Sequence[Camera]) -> None:
    columns = (
        "camera_id name site category village town county carrier uplink recorder url credentials in_contract onvif"
    )
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(columns.split())
        for camera in cameras:
            site = camera.site
            rows.writerow(
                (
                    camera.id,
                    camera.name,
                    site.name,
                    site.category.value,
                    site.village,
                    site.town,
                    site.county,
                    camera.carrier,
                    camera.uplink,
                    camera.recorder,
                    camera.url,
                    camera.credentials,
                    "yes" if camera.in_contract else "no",
                    camera.onvif,
                )
            )


def _settings(
    credentials: Mapping[str, Credentials], under_maintenance: str, now: datetime, tempo: Tempo, language: Language
) -> str:
    local = now.astimezone(ZoneInfo(ZONE))
    logins = "\n".join(
        f"  {name}: {{username: {entry.username}, password_file: secrets/{name}}}"
        for name, entry in credentials.items()
    )
    return f"""\
# A town in a hurry: everything is asked every few seconds. A real town uses the defaults.
town: {TOWN}
zone: {ZONE}
language: {language}
inventory: cameras.csv
ledger: ledger.db
reports: reports
credentials:
{logins}
probe:
  interval: {_text(tempo.interval)}
  retry: {_text(tempo.retry)}
  max_gap: {_text(6 * tempo.interval)}
  connect_timeout: {_text(tempo.patience)}
  reply_timeout: {_text(tempo.patience)}
  first_packet_timeout: {_text(tempo.patience)}
  keyframe_timeout: {_text(2 * tempo.patience)}
  total_timeout: {_text(4 * tempo.patience)}
  # Simulated devices lock nobody out; real ones do, so keep the default of 30 minutes.
  credentials_pause: {_text(max(tempo.retry, timedelta(seconds=1)))}
picture: {{every: 0s, fall: 3, rise: 1, spread: {_text(tempo.picture_spread)}, hurry: {tempo.hurry}}}
limits: {{in_flight: 256, per_uplink: 8, decoders: 2}}
heartbeat: {_text(tempo.heartbeat)}
maintenance:
  - id: pole-works
    title: 立杆施工 pole works
    from: "{local:%Y-%m-%d %H:%M}"
    to: "{local + MAINTENANCE_LASTS:%Y-%m-%d %H:%M}"
    cameras: [{under_maintenance}]
listen: 127.0.0.1:0
"""


def _text(duration: timedelta) -> str:
    return f"{round(duration.total_seconds() * 1000)}ms"
