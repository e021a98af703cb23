"""How notices and what was told are written into the outbox: JSON, by hand, so that an old outbox can be read."""

from __future__ import annotations

import json
from typing import Any

from monitor.alerting import Area, Notice, Severity, Stage, Told
from monitor.language import Phrase
from monitor.model import instant, micros


def notice_text(notice: Notice) -> str:
    """A notice as JSON."""
    return json.dumps(
        {
            "subject": notice.subject,
            "stage": notice.stage,
            "severity": notice.severity,
            "at": micros(notice.at),
            "title": _pair(notice.title),
            "lines": [_pair(line) for line in notice.lines],
            "cameras": notice.cameras,
            "villages": notice.villages,
            "down": notice.down,
            "incident": notice.incident,
            "area": notice.area,
        },
        ensure_ascii=False,
    )


def notice_of(text: str) -> Notice:
    """The notice."""
    value: dict[str, Any] = json.loads(text)
    return Notice(
        subject=value["subject"],
        stage=Stage(value["stage"]),
        severity=Severity(value["severity"]),
        at=instant(value["at"]),
        title=Phrase(*value["title"]),
        lines=tuple(Phrase(*line) for line in value["lines"]),
        cameras=value["cameras"],
        villages=tuple(value["villages"]),
        down=value["down"],
        incident=value["incident"],
        area=_area(value.get("area")),
    )


def told_text(told: Told) -> str:
    """What a channel knows, as JSON."""
    return json.dumps(
        {
            "subject": told.subject,
            "open": told.open,
            "at": micros(told.at),
            "since": micros(told.since_at),
            "title": _pair(told.title),
            "severity": told.severity,
            "falls": told.falls,
            "cameras": told.cameras,
            "villages": told.villages,
            "near": told.near,
            "late": told.late,
            "called": told.called,
            "incident": told.incident,
            "area": told.area,
            "line": None if told.line is None else _pair(told.line),
        },
        ensure_ascii=False,
    )


def told_of(text: str) -> Told:
    """What a channel knows."""
    value: dict[str, Any] = json.loads(text)
    return Told(
        subject=value["subject"],
        open=value["open"],
        at=instant(value["at"]),
        since_at=instant(value["since"]),
        title=Phrase(*value["title"]),
        severity=Severity(value["severity"]),
        falls=value["falls"],
        cameras=value["cameras"],
        villages=tuple(value["villages"]),
        near=value["near"],
        late=value["late"],
        called=value["called"],
        incident=value["incident"],
        area=_area(value.get("area")),
        line=Phrase(*value["line"]) if value.get("line") else None,
    )


def _area(written: list[str] | None) -> Area | None:
    """What older versions wrote has none."""
    return (written[0], written[1]) if written else None


def _pair(phrase: Phrase) -> list[str]:
    return [phrase.zh, phrase.en]
