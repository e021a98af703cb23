"""What the pages share: frame, heads of tables, how an instant is written, and a thing with a name and an id."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from monitor.language import Language, Phrase

ZONE_NOTE = Phrase("时间均为当地时间（{zone}）", "all times are local ({zone})")

BACK = Phrase("返回", "back")
_OTHER = Phrase("English", "中文")


def framed(
    title: Phrase, path: str, parts: Iterable[str], language: Language, ways: Iterable[tuple[str, Phrase]]
) -> str:
    """The whole page of that path: its title, these parts, ways to other pages, and to itself in the other language.

    The parts are HTML already; everything else is escaped.
    """
    other = Language.EN if language is Language.ZH else Language.ZH
    links = [f'<a href="{to}?lang={language.value}">{escape(name[language])}</a>' for to, name in ways]
    links.append(f'<a href="{path}?lang={other.value}" lang="{other.value}">{escape(_OTHER[language])}</a>')
    return "\n".join(
        [
            f'<!doctype html>\n<html lang="{"zh-CN" if language is Language.ZH else "en"}">',
            '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">',
            f"<title>{escape(title[language])}</title>",
            '<link rel="stylesheet" href="/console.css">\n<main class="wide">',
            f"<h1>{escape(title[language])}</h1>",
            *parts,
            "<p>" + "\n".join(links) + "</p>",
            "</main>\n</html>\n",
        ]
    )


def heading(heads: Iterable[Phrase], language: Language) -> str:
    """The first row of a table."""
    return "<tr>" + "".join(f"<th>{escape(head[language])}</th>" for head in heads) + "</tr>"


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
