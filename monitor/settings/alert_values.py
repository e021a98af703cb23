"""What can be set about alerts. Values only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from types import MappingProxyType

from monitor.alerting import Channel, Manager, Patience, Shift
from monitor.language import Language
from monitor.model import Secret

# Those of config/alertmanager: Monday to Friday.
WORKING_HOURS = Shift("", "", weekdays=frozenset(range(5)), start=time(8, 30), end=time(17, 30))


class AlertPath(StrEnum):
    """Which of the two ways alerts take; one at a time, or people are told twice."""

    EMBEDDED = "embedded"  # incidents go straight to the relay
    ALERTMANAGER = "alertmanager"  # Prometheus' rules and Alertmanager decide whom to call


class BulletinKind(StrEnum):
    """The texts that are sent at fixed hours."""

    DAILY = "daily"  # in the morning: yesterday, and what is broken now; also when nothing is
    PATROL = "patrol"  # in the evening: sites that no camera shows tonight
    PICTURES = "pictures"  # to the vendor in working hours: faulty pictures, changed devices; only when there are any
    MONTH = "month"  # where the month will end, and what to repair first


@dataclass(frozen=True, slots=True)
class BulletinPlan:
    """When one of them is sent, in the contract's zone, and to whom."""

    kind: BulletinKind
    at: time
    receivers: tuple[str, ...]
    days: tuple[int, ...] = ()  # of the month; empty: every day
    weekdays: tuple[int, ...] = ()  # 0 = Monday; empty: every day; a plan has days, weekdays, or neither


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """Whom to tell, and by which way."""

    path: AlertPath = AlertPath.EMBEDDED
    token: Secret | None = None  # with which Alertmanager calls; None on the embedded path
    alertmanager: Manager | None = None  # where it is asked which alerts fire; None on the embedded path
    link: str = ""  # the console as people reach it; "" = messages have no link
    languages: tuple[Language, ...] = ()  # empty: that of the console
    patience: Patience = field(default_factory=Patience)
    receivers: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))  # names of channels
    channels: Mapping[str, Channel] = field(default_factory=lambda: MappingProxyType({}))
    roster: tuple[Shift, ...] = ()
    office_hours: Shift = WORKING_HOURS  # in which the office hears of incidents on the embedded path
    bulletins: tuple[BulletinPlan, ...] = ()

    def reached(self, channels: Iterable[str]) -> frozenset[str]:
        """These, and whoever takes over from them, in turn: all that may have been told because these were to be."""
        found: set[str] = set()
        waiting = list(channels)
        while waiting:
            name = waiting.pop()
            if name and name not in found:
                found.add(name)
                waiting.append(self.channels[name].fallback)
        return frozenset(found)
