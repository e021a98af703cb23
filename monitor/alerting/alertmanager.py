"""Alertmanager's webhook, payload version 4: bytes in, alerts out. Pure. Whoever calls is not trusted.

It decides what an alert of another program means here; what is said of an incident is never taken from it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from monitor.alerting.values import Area, Place, Severity, Where
from monitor.language import Phrase
from monitor.model import EPOCH

Kind = TypeVar("Kind")

MANY_DOWN = "SharpEyesManyDown"  # of config/prometheus: a storm in a town
VILLAGE_DOWN = "SharpEyesVillageDown"
MONITOR_DOWN = "SharpEyesMonitorDown"  # Prometheus does not hear the monitor
MONITOR_BLIND = "SharpEyesMonitorBlind"
BLIND_SPOT = "SharpEyesBlindSpot"
WATCHDOG = "SharpEyesWatchdog"  # always fires; it calls for each receiver in the hours in which that one is told
MOST_ALERTS = 20_000  # twice the cameras this monitor is made for
LAST_YEAR = 2200  # of an alert's beginning; the end of all years cannot be written in every zone
LONGEST = 2_000  # characters of a label or an annotation that are looked at
CHINESE = re.compile(r"[\u3400-\u9fff]")
WORD = re.compile(r"[a-z]{2,}")
SENTENCE_ENDS = {"。": True, "！": True, "？": True, "；": True, ".": False, "!": False, "?": False}


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert as its sender describes it."""

    name: str
    fingerprint: str
    firing: bool
    starts_at: datetime
    severity: Severity
    incident: str  # the id of the incident it is about; "" = it does not say
    camera_id: str  # the camera it is about; "" = none
    about: str  # what kind of thing it is about, by the label ``subject`` of our rules; "" = it does not say
    summary: Phrase
    description: tuple[Phrase, ...]
    place: Place = "", "", ""  # where that is, as far as it says
    site: str = ""  # its name; "" = it is about none

    @property
    def villages(self) -> tuple[str, ...]:
        """The village that it names."""
        return tuple(filter(None, self.place[2:]))

    @property
    def where(self) -> Where:
        """What it is about, as far as it says."""
        return (*self.place, self.site)

    @property
    def area(self) -> Area | None:
        """Where the storm is that it is about; None: it is about none."""
        return self.place[:2] if self.name == MANY_DOWN else None

    @property
    def subject(self) -> str:
        """What identifies it where there is no incident.

        Not when it began: a Prometheus that restarts says later, and Alertmanager then tells nobody but at the end.
        """
        return f"{self.name}/{self.fingerprint}"


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the webhook."""

    receiver: str
    alerts: tuple[Alert, ...]
    watchdog: str = (
        ""  # its fingerprint: Prometheus and Alertmanager live, these are the receiver's hours; "" = unknown
    )


def call_of(body: bytes) -> Call:
    """The payload; raises ``ValueError`` that says what is wrong with it."""
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError("the body is not JSON") from None
    call = _need(payload, dict, "the body must be a mapping")
    if call.get("version") != "4":
        raise ValueError('not a payload of Alertmanager\'s webhook: "version": "4" is missing')
    receiver = _need(call.get("receiver"), str, "receiver must be a text")
    alerts = _need(call.get("alerts"), list, "alerts must be a list")
    if len(alerts) > MOST_ALERTS:
        raise ValueError(f"more than {MOST_ALERTS} alerts in one call")
    read = [_alert(each) for each in alerts]
    return Call(
        _seen(receiver),
        tuple(alert for alert in read if alert.name != WATCHDOG),
        watchdog=next((alert.fingerprint for alert in read if alert.name == WATCHDOG and alert.firing), ""),
    )


def _need(value: object, kind: type[Kind], otherwise: str) -> Kind:
    if isinstance(value, kind):
        return value
    raise ValueError(otherwise)


def _alert(written: object) -> Alert:
    alert: dict[str, Any] = _need(written, dict, "an alert must be a mapping")
    labels, notes = _texts(alert, "labels"), _texts(alert, "annotations")
    summary = " ".join((notes.get("summary") or labels.get("alertname", "")).split())
    identity = json.dumps(labels, sort_keys=True).encode()
    fingerprint = alert.get("fingerprint") or hashlib.sha256(identity).hexdigest()[:16]
    name = labels.get("alertname", "")
    return Alert(
        name=name,
        fingerprint=_seen(str(fingerprint))[:64],
        firing=alert.get("status") != "resolved",
        starts_at=_instant(alert.get("startsAt")),
        severity=Severity.CRITICAL if labels.get("severity") == "critical" else Severity.WARNING,
        incident=labels.get("incident", ""),
        camera_id=labels.get("camera_id", ""),
        about=labels.get("subject", ""),
        summary=bilingual(summary),
        description=_lines(notes.get("description", "")),
        place=(labels.get("county", ""), labels.get("town", ""), labels.get("village", "")),
        site=labels.get("site", ""),
    )


def _texts(alert: Mapping[str, Any], key: str) -> dict[str, str]:
    found: dict[str, Any] = _need(alert.get(key) or {}, dict, f"{key} must be a mapping")
    texts = {name: _need(value, str, f"{key} must hold texts") for name, value in found.items()}
    return {name: _seen(value) for name, value in texts.items()}


def _seen(text: str) -> str:
    """Its beginning, without what nobody sees: what turns a line around or breaks it, and halves of characters."""
    start = text[:LONGEST]
    if not start.isprintable():  # most are: this is asked of up to a million texts
        start = "".join(char if char.isprintable() or char == "\n" else " " for char in start)
    return start.strip()


def _instant(text: object) -> datetime:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        raise ValueError("startsAt is not an instant") from None
    if found.tzinfo is None:
        raise ValueError("startsAt has no offset")
    if found.year > LAST_YEAR:
        raise ValueError("startsAt lies too far in the future")
    return max(found, EPOCH)


def bilingual(text: str) -> Phrase:
    """A line of the rules, ``中文 / English``, as both; one without a stroke is the same in both."""
    first, stroke, second = text.partition(" / ")
    return Phrase(first.strip(), second.strip()) if stroke and CHINESE.search(first) else Phrase(text, text)


def is_chinese(line: str) -> bool:
    """The language of a line, which may name places and commands in the other one: by its full stop, else by the most.

    A word of English says about as much as two characters of Chinese.
    """
    return SENTENCE_ENDS.get(line[-1:], len(CHINESE.findall(line)) > 2 * len(WORD.findall(line)))


def _lines(text: str) -> tuple[Phrase, ...]:
    """A description of the rules: lines of Chinese, and lines of English."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    chinese = [line for line in lines if is_chinese(line)]
    english = [line for line in lines if not is_chinese(line)]
    if not chinese or not english:
        return tuple(Phrase(line, line) for line in lines)
    return (Phrase("\n".join(chinese), "\n".join(english)),)
