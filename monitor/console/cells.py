"""How the pages write an instant, and a thing that has both a name and an id."""

from __future__ import annotations

from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from monitor.language import Language, Phrase

ZONE_NOTE = Phrase("时间均为当地时间（{zone}）", "all times are local ({zone})")


def local(at: datetime, zone: ZoneInfo) -> str:
    """``2026-03-15 20:00:00`` where people live."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def zone_note(zone: ZoneInfo, language: Language) -> str:
    """Whose time that is."""
    return ZONE_NOTE[language].format(zone=zone.key)


def named(name: str, thing_id: str) -> str:
    """The name people know it by with the id in small behind it, escaped; the id alone of what has no other name."""
    if name in ("", thing_id):
        return escape(thing_id)
    return f"{escape(name)} <small>{escape(thing_id)}</small>"
