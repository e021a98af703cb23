"""A report as plain values with the names of its fields, so that none of its figures can be left out by oversight."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from monitor.contract import Deduction, Repair, Score, ScoreItem
from monitor.model import Camera, Exclusion, Maintenance, Seconds, micros
from monitor.report import (
    FieldChange,
    OutageFigure,
    Outages,
    Reliability,
    RepairFigures,
    Report,
    Settlement,
    StepFigure,
    VoidFigure,
)
from monitor.sla import Budget

# No figures of the month: whose report it is, by what program, from which entries, what was agreed, who closed it;
# nor is what was found about devices.
NO_FIGURES: Mapping[type, frozenset[str]] = {
    Report: frozenset(
        {"town", "contract_id", "contract_title", "contract_sha256", "vendor", "office", "terms", "version"}
        | {"simulated", "head_seq", "head_hash", "heads", "closings", "corrections", "findings"}
    ),
    Score: frozenset({"card"}),
    Deduction: frozenset({"ladder"}),
    Settlement: frozenset({"ladder"}),
    RepairFigures: frozenset({"limits"}),
}
# What is computed from the fields and shown to people.
DERIVED: Mapping[type, tuple[str, ...]] = {
    Report: ("complete", "flips", "below_target"),
    Seconds: ("scheduled",),
    Reliability: ("mttr_us", "mtbf_us"),
    Budget: ("left_us",),
    Settlement: ("final", "undecided"),
    RepairFigures: ("major", "late_before"),
    Score: ("decided", "qualified"),
}


def plain(value: Any) -> Any:
    """The value as numbers, texts, lists and dicts."""
    short = SHORT.get(type(value))
    if short is not None:
        return short(value)
    if is_dataclass(value):
        names = [each.name for each in fields(value) if each.name not in NO_FIGURES.get(type(value), ())]
        found = {name: plain(getattr(value, name)) for name in (*names, *DERIVED.get(type(value), ()))}
        return ADJUSTED.get(type(value), dict)(found)
    match value:
        case Enum():
            return value.value
        case datetime():
            return micros(value)
        case tuple() | list() | Outages():
            return [plain(each) for each in value]
        case _:
            return value


def _named(value: Any, derived: str) -> dict[str, Any]:
    """A named tuple with what is computed from its fields."""
    return {name: plain(part) for name, part in value._asdict().items()} | {derived: getattr(value, derived)}


SHORT: Mapping[type, Callable[[Any], Any]] = {
    Camera: lambda camera: camera.id,
    OutageFigure: lambda outage: _named(outage, "counted_us"),
    Repair: lambda repair: _named(repair, "late_us"),
    ScoreItem: lambda item: item.id,
    Maintenance: lambda work: [work.id, micros(work.start_at), micros(work.end_at)],
    Exclusion: lambda each: [
        each.id,
        each.cause.value,
        micros(each.start_at),
        micros(each.end_at),
        each.state.value,
    ],
    StepFigure: lambda step: [step.kind, step.id, micros(step.at), step.by.role.value],
    VoidFigure: lambda void: [
        void.id,
        void.kind,
        micros(void.at),
        void.by.role.value,
        void.refusal.reason.value,
        void.refusal.about,
    ],
    FieldChange: lambda change: [change.field, change.before, change.after],
}
ADJUSTED: Mapping[type, Callable[[dict[str, Any]], dict[str, Any]]] = {
    Report: lambda found: (
        found
        | {
            "flips": [basis["basis"] for basis in found["flips"]],
            "below_target": [figure["camera"] for figure in found["below_target"]],
            "changes": [change | {"fields": sorted(change["fields"])} for change in found["changes"]],
        }
    ),
}


def differences(said: Any, seen: Any, where: str = "") -> list[str]:
    """Where the two are not the same, by path, what the program said first."""
    if isinstance(said, dict) and isinstance(seen, dict):
        missing = [f"{where}.{name}: only one side has it" for name in sorted(said.keys() ^ seen.keys())]
        return missing + [
            line for name in said if name in seen for line in differences(said[name], seen[name], f"{where}.{name}")
        ]
    if isinstance(said, list) and isinstance(seen, list):
        if len(said) != len(seen):
            return [f"{where}: {len(said)} said, {len(seen)} seen: {said!r:.400} / {seen!r:.400}"]
        return [
            line
            for number, (a, b) in enumerate(zip(said, seen, strict=True))
            for line in differences(a, b, f"{where}[{number}]")
        ]
    return [] if said == seen else [f"{where}: said {said!r}, seen {seen!r}"]
