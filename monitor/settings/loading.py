"""Reads the file section by section; what belongs to one section alone is checked with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from monitor.errors import WHOLE_FILE, Fault, SettingsError
from monitor.incidents import Origin
from monitor.language import Language
from monitor.model import ProbeAddress, UplinkLimit
from monitor.parsing.scalars import (
    address,
    bit_rate,
    duration,
    fraction_of_one,
    identifier,
    one_of,
    plain_text,
    probe_address,
    shown,
    size,
    whole_number,
    within,
)
from monitor.parsing.section import Section, whole_file
from monitor.reading import MEGABYTE, Unreadable, read_at_most
from monitor.settings.agreement import zone_name
from monitor.settings.alerts import read_alerts
from monitor.settings.contracts import read_contracts
from monitor.settings.passwords import read_credentials
from monitor.settings.planned import read_maintenance
from monitor.settings.secrets import SecretSources
from monitor.settings.values import (
    CANARY_EVERY,
    CANARY_PATIENCE,
    LimitSettings,
    OnvifSettings,
    PictureSettings,
    ProbeSettings,
    Settings,
    StreamChoice,
)

LARGEST_FILE = MEGABYTE
PLACES = {
    "uplinks": Origin.UPLINK,
    "recorders": Origin.RECORDER,
    "cabinets": Origin.POWER_CABINET,
    "carriers": Origin.CARRIER_LINE,
}
INVENTORY_KINDS = (".csv", ".yml", ".yaml", ".xlsx")
DEFAULT_ZONE = "Asia/Shanghai"
SESSIONS = within(whole_number, "1", "4096")
BANDWIDTH = within(bit_rate, "0kbit", "100Gbit")


BLIND_AFTER: Final = CANARY_EVERY + CANARY_PATIENCE  # so late it may be known that all canaries fail
CONFIRMED_TOO_SOON: Final = (
    f"retry x (fall - 1) must be at least {BLIND_AFTER.total_seconds():g}s: "
    "sooner the canaries cannot say that it is our own line"
)


def load_settings(path: Path, environ: Mapping[str, str] | None) -> Settings:
    """The settings in the file and the contracts it names; raises ``SettingsError`` with every fault, file by file.

    Passwords are looked up in ``environ`` and in the files the settings name; with None they are left empty, for those
    who read the record and ask no camera. Inventory files are not opened.
    """
    return _sound(*examine_settings(path, environ))


def load_to_send(path: Path, environ: Mapping[str, str]) -> Settings:
    """The same for those who send messages and ask no camera: passwords of cameras are left empty."""
    return _sound(*_examined(path, None, environ))


def examine_settings(path: Path, environ: Mapping[str, str] | None) -> tuple[Settings | None, tuple[Fault, ...]]:
    """What could be read and every fault; with faults, only keys without one mean anything."""
    return _examined(path, environ, environ)


def _sound(settings: Settings | None, faults: tuple[Fault, ...]) -> Settings:
    if faults or settings is None:
        raise SettingsError(faults)
    return settings


def _examined(
    path: Path, passwords: Mapping[str, str] | None, secrets: Mapping[str, str] | None
) -> tuple[Settings | None, tuple[Fault, ...]]:
    """``passwords``: where those of cameras are looked up; ``secrets``: those of alerts."""
    faults: list[Fault] = []
    file = str(path)
    settings = None
    try:
        section = whole_file(read_at_most(path, LARGEST_FILE), file, faults)
    except Unreadable as unreadable:
        return None, (Fault(file, 0, WHOLE_FILE, str(unreadable)),)
    if section is not None:
        with section as top:
            settings = read_settings(top, path, passwords, secrets)
    files = list(dict.fromkeys([file, *(fault.file for fault in faults)]))
    return settings, tuple(sorted(faults, key=lambda fault: (files.index(fault.file), fault.line)))


def read_settings(
    top: Section, path: Path, passwords: Mapping[str, str] | None, secrets: Mapping[str, str] | None
) -> Settings:
    """The whole file; meaningless when it left faults."""
    below = partial(path_below, path.parent)
    canaries = top.read_all("canaries", probe_address, ())
    zone = ZoneInfo(top.read("zone", zone_name, DEFAULT_ZONE))
    return Settings(
        path=path,
        town=top.read("town", plain_text, ""),
        zone=zone.key,
        language=top.read("language", one_of(Language), Language.ZH),
        vantage=top.read("vantage", identifier, "local"),
        inventory=read_inventory_paths(top, below),
        ledger=top.read("ledger", below, below("data/ledger.db")),
        reports=top.read("reports", below, below("data/reports")),
        credentials=read_credentials(top, path.parent, passwords),
        probe=read_probe(top, canaries),
        picture=read_picture(top),
        onvif=read_onvif(top),
        limits=read_limits(top),
        contracts=read_contracts(top, below, zone.key),
        maintenance=read_maintenance(top, zone),
        canaries=canaries,
        places=read_places(top),
        listen=top.read("listen", partial(address, lowest_port=0), ("127.0.0.1", 9105)),
        heartbeat=top.read("heartbeat", within(duration, "1s", "1h"), timedelta(seconds=60)),
        alerts=read_alerts(top, SecretSources(path.parent, secrets)),
    )


def read_places(top: Section) -> Mapping[tuple[Origin, str], ProbeAddress]:
    """Which address speaks for which uplink, recorder, power cabinet or carrier."""
    found: dict[tuple[Origin, str], ProbeAddress] = {}
    with top.section("places") as places:
        for key, origin in PLACES.items():
            with places.section(key) as those:
                for name in those.lines:
                    unread: ProbeAddress | None = None
                    where = those.read(name, probe_address, unread)
                    if where is not None:
                        found[origin, name] = where
    return MappingProxyType(found)


def path_below(folder: Path, text: str) -> Path:
    """A path as written when it is absolute, else relative to the folder of the settings file."""
    return folder / plain_text(text)


def read_inventory_paths(top: Section, below: Callable[[str], Path]) -> tuple[Path, ...]:
    """At least one file of a kind the inventory can read."""

    def inventory_file(text: str) -> Path:
        path = below(text)
        if path.suffix.lower() not in INVENTORY_KINDS:
            raise ValueError(f"{shown(text)} is not one of {', '.join(INVENTORY_KINDS)}")
        return path

    paths = top.read_all("inventory", inventory_file, ())
    if not top.wrote("inventory"):
        top.fault("inventory", "is missing: name the file that lists the cameras, such as cameras.csv")
    return paths


def read_probe(top: Section, canaries: tuple[ProbeAddress, ...]) -> ProbeSettings:
    """Timings of a probe. Where a default would not fit a shorter interval, the interval takes its place."""
    usual = ProbeSettings()
    with top.section("probe") as probe:
        interval = probe.read("interval", within(duration, "1s", "1d"), usual.interval)
        total = probe.read("total_timeout", within(duration, "1s", "1h"), min(usual.total_timeout, interval))
        patience = within(duration, "50ms", "1h")
        settings = ProbeSettings(
            interval=interval,
            retry=probe.read("retry", within(duration, "1s", "1d"), min(usual.retry, interval)),
            fall=probe.read("fall", within(whole_number, "1", "100"), usual.fall),
            rise=probe.read("rise", within(whole_number, "1", "100"), usual.rise),
            max_gap=probe.read("max_gap", within(duration, "1s", "7d"), 3 * interval),
            credentials_pause=probe.read("credentials_pause", within(duration, "1s", "1d"), usual.credentials_pause),
            connect_timeout=probe.read("connect_timeout", patience, min(usual.connect_timeout, total)),
            reply_timeout=probe.read("reply_timeout", patience, min(usual.reply_timeout, total)),
            first_packet_timeout=probe.read("first_packet_timeout", patience, min(usual.first_packet_timeout, total)),
            keyframe_timeout=probe.read("keyframe_timeout", patience, min(usual.keyframe_timeout, total)),
            total_timeout=total,
            max_bytes=probe.read("max_bytes", within(size, "100kB", "1GB"), usual.max_bytes),
            jitter=probe.read("jitter", within(fraction_of_one, "0", "0.5"), usual.jitter),
            stream=probe.read("stream", one_of(StreamChoice), usual.stream),
        )
        check_probe(probe, settings)
        if canaries and (settings.fall - 1) * settings.retry < BLIND_AFTER:
            probe.fault("retry", CONFIRMED_TOO_SOON)
    return settings


def check_probe(probe: Section, settings: ProbeSettings) -> None:
    """What the timings ask of each other."""
    if settings.retry > settings.interval:
        probe.fault("retry", "must not be longer than probe.interval")
    if settings.max_gap < settings.interval + settings.total_timeout:
        probe.fault("max_gap", "must be at least probe.interval + probe.total_timeout: a slow probe is not a gap")
    for key, timeout in (
        ("connect_timeout", settings.connect_timeout),
        ("reply_timeout", settings.reply_timeout),
        ("first_packet_timeout", settings.first_packet_timeout),
        ("keyframe_timeout", settings.keyframe_timeout),
    ):
        if timeout > settings.total_timeout:
            probe.fault(key, "must not be longer than probe.total_timeout")


def read_picture(top: Section) -> PictureSettings:
    """Thresholds of a picture fault."""
    usual = PictureSettings()
    with top.section("picture") as picture:
        return PictureSettings(
            every=picture.read("every", within(duration, "0s", "1d"), usual.every),
            fall=picture.read("fall", within(whole_number, "1", "100"), usual.fall),
            rise=picture.read("rise", within(whole_number, "1", "100"), usual.rise),
            spread=picture.read("spread", within(duration, "0s", "1d"), usual.spread),
            hurry=picture.read("hurry", within(whole_number, "1", "100"), usual.hurry),
            moving=frozenset(picture.read_all("moving", plain_text, ())),
        )


def read_onvif(top: Section) -> OnvifSettings:
    """Rounds over ONVIF, and when they find something."""
    usual = OnvifSettings()
    with top.section("onvif") as onvif:
        return OnvifSettings(
            interval=onvif.read("interval", within(duration, "1m", "7d"), usual.interval),
            clock_drift=onvif.read("clock_drift", within(duration, "2s", "1d"), usual.clock_drift),
            settles_after=onvif.read("settles_after", within(duration, "1h", "366d"), usual.settles_after),
        )


def read_limits(top: Section) -> LimitSettings:
    """How much runs at once."""
    usual = LimitSettings()
    with top.section("limits") as limits:
        per_uplink = limits.read("per_uplink", SESSIONS, usual.per_uplink)
        bandwidth = limits.read("uplink_bandwidth", BANDWIDTH, usual.uplink_bandwidth)
        return LimitSettings(
            uplink_bandwidth=bandwidth,
            uplinks=read_uplinks(limits, UplinkLimit(per_uplink, bandwidth)),
            in_flight=limits.read("in_flight", within(whole_number, "1", "4096"), usual.in_flight),
            per_uplink=per_uplink,
            per_device=limits.read("per_device", within(whole_number, "1", "16"), usual.per_device),
            decoders=limits.read("decoders", within(whole_number, "1", "64"), usual.decoders),
            workers=limits.read("workers", within(whole_number, "0", "64"), usual.workers),
        )


def read_uplinks(limits: Section, usual: UplinkLimit) -> Mapping[str, UplinkLimit]:
    """The lines with limits of their own, by name; what one does not say is as usual."""
    found = {}
    with limits.section("uplinks") as uplinks:
        for name in uplinks.lines:
            node = uplinks.get(name)
            assert node is not None
            with uplinks.inside(name, node) as uplink:
                found[name] = UplinkLimit(
                    sessions=uplink.read("sessions", SESSIONS, usual.sessions),
                    bandwidth=uplink.read("bandwidth", BANDWIDTH, usual.bandwidth),
                )
    return MappingProxyType(found)
