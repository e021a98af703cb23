"""The planned work, and which cameras a section means."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from monitor.model import MaintenanceRule, Repeat, Scope, SiteCategory
from monitor.parsing.scalars import (
    identifier,
    near_only,
    one_of,
    plain_text,
    shown,
    whole_number,
    within,
)
from monitor.parsing.section import Section
from monitor.parsing.times import hours, local_instant

WEEKDAYS = {name: number for number, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
WEEKDAYS |= {f"周{name}": number for number, name in enumerate("一二三四五六日")}
ONCE = ("from", "to")
REPEATED = ("every", "weekdays", "days", "at")


def read_maintenance(top: Section, zone: ZoneInfo) -> tuple[MaintenanceRule, ...]:
    """The planned work, each rule with an id of its own."""
    rules: list[MaintenanceRule] = []
    lines: dict[str, int] = {}
    for item in top.sections("maintenance"):
        with item as entry:
            rule = read_rule(entry, zone)
            if rule is None:
                continue
            if rule.id in lines:
                entry.fault("id", f"{shown(rule.id)} is already the rule on line {lines[rule.id]}")
            lines.setdefault(rule.id, entry.lines["id"])
            rules.append(rule)
    return tuple(rules)


def read_rule(entry: Section, zone: ZoneInfo) -> MaintenanceRule | None:
    """One rule; ``None`` after a fault that leaves no rule."""
    name = entry.need("id", identifier)
    title = entry.need("title", plain_text)
    scope = read_scope(entry)
    once = [key for key in ONCE if entry.wrote(key)]
    repeated = [key for key in REPEATED if entry.wrote(key)]
    if once and repeated:
        entry.fault(repeated[0], "cannot stand beside from and to: work happens once (from, to) or again (every, at)")
    if not once and not repeated:
        entry.fault("from", "is missing, and so is every: say when, once (from, to) or again (every, at)")
    one_form = bool(once) != bool(repeated)
    for key in (*ONCE, *REPEATED):
        entry.known.append(key)
    if not one_form:
        return None
    named = (name or "", title or "", scope)
    rule = read_once(entry, *named, zone) if once else read_repeated(entry, *named)
    return rule if name and title else None


def read_scope(entry: Section) -> Scope:
    """Which cameras are meant: each key narrows the whole town."""

    def names(key: str) -> frozenset[str]:
        return frozenset(entry.read_all(key, plain_text, ()))

    return Scope(
        camera_ids=names("cameras"),
        sites=names("sites"),
        villages=names("villages"),
        carriers=names("carriers"),
        uplinks=names("uplinks"),
        towns=names("towns"),
        categories=frozenset(entry.read_all("categories", one_of(SiteCategory), ())),
        recorders=names("recorders"),
        vendors=names("vendors"),
    )


def read_once(entry: Section, name: str, title: str, scope: Scope, zone: ZoneInfo) -> MaintenanceRule | None:
    """Work from one instant to another."""
    at = partial(local_instant, zone=zone)
    start_at: datetime | None = entry.need("from", at)
    end_at: datetime | None = entry.need("to", at)
    if start_at is None or end_at is None:
        return None
    if end_at <= start_at:
        entry.fault("to", "must be later than from")
    return MaintenanceRule(name, title, scope, start_at=start_at, end_at=end_at)


def read_repeated(entry: Section, name: str, title: str, scope: Scope) -> MaintenanceRule | None:
    """Work that comes back by the calendar."""
    every = entry.need("every", one_of(Repeat))
    at = entry.need("at", hours)
    weekdays = entry.read_all("weekdays", weekday, ())
    days = entry.read_all("days", within(whole_number, "1", "31"), ())
    if every is None:
        return None
    for key, step, example in (("weekdays", Repeat.WEEK, "[sun]"), ("days", Repeat.MONTH, "[1, 15]")):
        if every is step and not entry.wrote(key):
            entry.fault(key, f"is missing: say on which, such as {example}")
        if every is not step and entry.wrote(key):
            entry.fault(key, f"belongs to every: {step}, not to every: {every}")
    if at is None:
        return None
    return MaintenanceRule(
        name,
        title,
        scope,
        every=every,
        weekdays=frozenset(weekdays),
        month_days=frozenset(days),
        start_time=at[0],
        end_time=at[1],
    )


def weekday(text: str) -> int:
    """``mon`` ... ``sun`` or 周一 ... 周日, as 0 ... 6."""
    if text.lower() not in WEEKDAYS:
        raise ValueError(f"{shown(text)} is not a weekday: mon tue wed thu fri sat sun{near_only(text, WEEKDAYS)}")
    return WEEKDAYS[text.lower()]
