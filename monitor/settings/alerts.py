"""The section ``alerts``: whom to tell, by which channel, and who is on duty."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from monitor.alerting import (
    AUDIENCE,
    HEARTBEAT,
    OFFICE,
    Channel,
    Patience,
    Shift,
)
from monitor.language import Language
from monitor.parsing.scalars import (
    calendar_date,
    duration,
    one_of,
    plain_text,
    shown,
    within,
)
from monitor.parsing.section import Section
from monitor.parsing.times import hours
from monitor.settings.alert_channels import MUTE, is_mute, phone_number, read_channels
from monitor.settings.alert_values import WORKING_HOURS, AlertPath, AlertSettings
from monitor.settings.alertmanager import is_address, read_manager
from monitor.settings.bulletins import read_bulletins
from monitor.settings.planned import weekday
from monitor.settings.secrets import SecretSources

EVERY_DAY = frozenset(range(7))


def read_alerts(top: Section, sources: SecretSources) -> AlertSettings | None:
    """Everything about alerts; ``None`` where the section is absent: nobody is told."""
    if not top.given("alerts"):
        top.get("alerts")
        return None
    with top.section("alerts") as alerts:
        path = _path(alerts)
        token = sources.maybe(alerts, "token", "token")
        if path is AlertPath.ALERTMANAGER and token is None and not alerts.wrote("token_file"):
            alerts.fault("token_env", "is missing, and so is token_file: Alertmanager has to say who it is")
        if path is AlertPath.EMBEDDED and token is not None:
            alerts.fault(
                "token_env" if alerts.wrote("token_env") else "token_file",
                "opens a second path beside path: embedded, and everybody would be told twice: "
                "leave it out, or write path: alertmanager",
            )
        channels = read_channels(alerts, sources)
        receivers = _receivers(alerts, channels, path)
        return AlertSettings(
            path=path,
            token=token,
            alertmanager=read_manager(alerts, sources, path),
            link=alerts.read("link", _link, ""),
            languages=alerts.read_all("languages", one_of(Language), ()),
            patience=_patience(alerts),
            receivers=receivers,
            channels=channels,
            roster=_roster(alerts),
            office_hours=_office_hours(alerts, path),
            bulletins=read_bulletins(alerts, receivers),
        )


def _path(alerts: Section) -> AlertPath:
    """One of the two; a list is what somebody writes who wants both."""
    chosen = alerts.read_all("path", one_of(AlertPath), (AlertPath.EMBEDDED,))
    if len(chosen) > 1:
        alerts.fault("path", "both would tell everybody twice: write embedded, or alertmanager where Prometheus runs")
    return chosen[0] if chosen else AlertPath.EMBEDDED


def _link(text: str) -> str:
    if not is_address(text):
        raise ValueError("is not the console's address as people reach it: write http://host:port")
    return text.rstrip("/")


def _patience(alerts: Section) -> Patience:
    usual, span = Patience(), within(duration, "10m", "30d")
    with alerts.section("remind") as remind:
        return Patience(
            critical=remind.read("critical", span, usual.critical), warning=remind.read("warning", span, usual.warning)
        )


def _office_hours(alerts: Section, path: AlertPath) -> Shift:
    """When the office is told of incidents; what bulletins say has hours of its own."""
    if path is AlertPath.ALERTMANAGER and alerts.wrote("office_hours"):
        alerts.fault("office_hours", "stand in Alertmanager's file with path: alertmanager: leave them out here")
    with alerts.section("office_hours") as office:
        start, end = office.read("hours", hours, (WORKING_HOURS.start, WORKING_HOURS.end))
        weekdays = frozenset(office.read_all("weekdays", weekday, ())) or WORKING_HOURS.weekdays
        return Shift("", "", weekdays=weekdays, start=start, end=end)


# ---------------------------------------------------------------- receivers


def _receivers(alerts: Section, channels: Mapping[str, Channel], path: AlertPath) -> Mapping[str, tuple[str, ...]]:
    """Whom which channels reach."""
    found: dict[str, tuple[str, ...]] = {}
    with alerts.section("receivers") as receivers:
        for name in receivers.lines:
            node = receivers.get(name)
            assert node is not None
            with receivers.inside(name, node) as receiver:
                known = partial(_known_channel, channels)
                found[name] = tuple(dict.fromkeys(receiver.read_all("channels", known, ())))
                for channel in found[name] if name != HEARTBEAT else ():
                    if is_mute(channels[channel]):
                        receiver.fault("channels", f"{channel} {MUTE}")
                if not receiver.wrote("channels"):
                    receiver.fault("channels", "is missing: name at least one of alerts.channels")
    expected = {name for names in AUDIENCE.values() for name in names}
    if path is AlertPath.ALERTMANAGER:
        expected |= {OFFICE}  # its routes name it
    for name in sorted(expected - found.keys()):
        alerts.fault("receivers", f"{name} is missing: incidents are told to {', '.join(sorted(expected))}")
    return MappingProxyType(found)


def _known_channel(channels: Mapping[str, Channel], text: str) -> str:
    if text not in channels:
        raise ValueError(f"{shown(text)} is not one of alerts.channels: {', '.join(channels) or 'none is there'}")
    return text


# ---------------------------------------------------------------- the roster


def _roster(alerts: Section) -> tuple[Shift, ...]:
    shifts: list[Shift] = []
    for item in alerts.sections("roster"):
        with item as entry:
            name = entry.need("name", plain_text)
            start, end = entry.read("hours", hours, (Shift("", "").start, Shift("", "").end))
            first, last = entry.maybe("from", calendar_date), entry.maybe("to", calendar_date)
            if first is not None and last is not None and last < first:
                entry.fault("to", "must not be before from")
            shift = Shift(
                name or "",
                entry.read("phone", phone_number, ""),
                frozenset(entry.read_all("villages", plain_text, ())),
                frozenset(entry.read_all("weekdays", weekday, ())) or EVERY_DAY,
                start,
                end,
                first,
                last,
            )
            if name is not None:
                shifts.append(shift)
    return tuple(shifts)
