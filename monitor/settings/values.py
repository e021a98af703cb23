"""What can be set, with every default in its one place. Values only; docs/configuration.md explains each key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from monitor.contract import Contract
from monitor.findings import Limits
from monitor.incidents import Origin
from monitor.language import Language
from monitor.model import Credentials, MaintenanceRule, ProbeAddress, UplinkLimit, View
from monitor.settings.alert_values import AlertSettings

Address = tuple[str, int]  # host (IPv6 without brackets), port


CANARY_EVERY = timedelta(seconds=5)  # from the canaries' last answer until they are asked again ...
CANARY_PATIENCE = timedelta(seconds=2)  # ... and how long an answer may take


class StreamChoice(StrEnum):
    """Which of a camera's streams is asked for."""

    SUB = "sub"  # the small one, where there is one
    AS_WRITTEN = "as_written"  # the one in the inventory


@dataclass(frozen=True, slots=True)
class ProbeSettings:
    """How often and how patiently a camera is asked; counts are consecutive results."""

    interval: timedelta = timedelta(seconds=60)
    retry: timedelta = timedelta(seconds=10)  # until the next probe while a verdict is pending
    fall: int = 3
    rise: int = 1
    max_gap: timedelta = timedelta(minutes=3)  # by default three intervals
    credentials_pause: timedelta = timedelta(minutes=30)  # after refused credentials, so that no account is locked
    connect_timeout: timedelta = timedelta(seconds=5)
    reply_timeout: timedelta = timedelta(seconds=5)
    first_packet_timeout: timedelta = timedelta(seconds=5)
    keyframe_timeout: timedelta = timedelta(seconds=12)
    total_timeout: timedelta = timedelta(seconds=20)
    max_bytes: int = 8_000_000
    jitter: float = 0.05  # share of the interval
    stream: StreamChoice = StreamChoice.SUB


@dataclass(frozen=True, slots=True)
class PictureSettings:
    """How often a picture is looked at, how many make a picture fault, and over how long they are spread."""

    every: timedelta = timedelta(minutes=10)  # zero: every key frame
    fall: int = 3
    rise: int = 2
    spread: timedelta = timedelta(minutes=2)
    hurry: int = 1  # how many times faster than in a real town time passes for the diagnosis; for demonstrations
    moving: frozenset[str] = frozenset()  # cameras that turn on purpose

    def view_of(self, camera_id: str) -> View:
        """Whether the camera shows one place."""
        return View.MOVING if camera_id in self.moving else View.FIXED


@dataclass(frozen=True, slots=True)
class OnvifSettings:
    """How often devices are asked over ONVIF, and what becomes a finding."""

    interval: timedelta = timedelta(hours=1)  # between two rounds of a device
    clock_drift: timedelta = timedelta(seconds=5)  # its clock may differ from ours by this, either way
    settles_after: timedelta = timedelta(days=7)  # a changed device is the one that is known from then on

    @property
    def limits(self) -> Limits:
        """What is allowed."""
        return Limits(self.clock_drift, self.settles_after)


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """How many probes run at once: in all, on one uplink, at one device; and what the machine puts to work for them."""

    in_flight: int = 320  # ten thousand cameras a minute, each for a second and a half, and some room
    per_uplink: int = 8
    per_device: int = 1
    decoders: int = 1  # pictures decoded at once, in each process that probes
    workers: int = 0  # processes that probe; 0 = the monitor's own does
    uplink_bandwidth: int = 20_000_000  # bit/s; 0 = no limit
    uplinks: Mapping[str, UplinkLimit] = field(default_factory=lambda: MappingProxyType({}))  # those that differ

    @property
    def usual_uplink(self) -> UplinkLimit:
        """What every other uplink may carry."""
        return UplinkLimit(self.per_uplink, self.uplink_bandwidth)


@dataclass(frozen=True, slots=True)
class Settings:
    """One settings file, understood; every path is resolved against its folder."""

    path: Path
    inventory: tuple[Path, ...]
    ledger: Path
    reports: Path
    town: str = ""
    zone: str = "Asia/Shanghai"  # IANA name
    language: Language = Language.ZH
    vantage: str = "local"
    credentials: Mapping[str, Credentials] = field(default_factory=lambda: MappingProxyType({}))
    probe: ProbeSettings = ProbeSettings()
    picture: PictureSettings = PictureSettings()
    onvif: OnvifSettings = OnvifSettings()
    limits: LimitSettings = LimitSettings()
    contracts: tuple[Contract, ...] = (Contract(),)  # at least one
    maintenance: tuple[MaintenanceRule, ...] = ()
    canaries: tuple[ProbeAddress, ...] = ()
    places: Mapping[tuple[Origin, str], ProbeAddress] = field(
        default_factory=lambda: MappingProxyType({})
    )  # to be asked
    listen: Address = ("127.0.0.1", 9105)  # port 0: any free port
    heartbeat: timedelta = timedelta(seconds=60)
    alerts: AlertSettings | None = None  # None: nobody is told

    @property
    def contract(self) -> Contract:
        """The one whose terms judge where nobody names a contract: the first."""
        return self.contracts[0]
