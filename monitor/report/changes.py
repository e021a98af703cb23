"""Which cameras came, went or were changed during a month. Pure; how one reaches a device is never told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

from monitor.contract import Contract
from monitor.model import Camera, InventoryChange, Span, micros
from monitor.report.values import ChangeFigure, ChangeKind, FieldChange

# A report is handed around: that these changed is said, how one reaches the device is not.
KEPT_BACK = frozenset({"url", "credentials"})
HIDDEN = "***"


def change_figures(changes: Iterable[InventoryChange], contract: Contract, period: Span) -> tuple[ChangeFigure, ...]:
    """Those within the period that concern the contract."""
    return tuple(_change(change) for change in changes if _concerns(change, contract, period))


def _concerns(change: InventoryChange, contract: Contract, period: Span) -> bool:
    """Whether the camera was then in the contract's scope before or after; leaving it is printed, too."""
    return period.start <= micros(change.at) < period.end and any(
        camera is not None and contract.scope.covers(camera) for camera in (change.before, change.after)
    )


def _change(change: InventoryChange) -> ChangeFigure:
    latest = change.after or change.before
    assert latest is not None, "a change has a before or an after"
    differing: tuple[FieldChange, ...] = ()
    kind = ChangeKind.ADDED if change.before is None else ChangeKind.REMOVED
    if change.before is not None and change.after is not None:
        kind, differing = ChangeKind.CHANGED, _differing(change.before, change.after)
    return ChangeFigure(change.at, change.camera_id, latest.name, kind, differing)


def _differing(before: Camera, after: Camera) -> tuple[FieldChange, ...]:
    old, new = _flat(before), _flat(after)
    return tuple(
        FieldChange(name, HIDDEN, HIDDEN) if name in KEPT_BACK else FieldChange(name, old[name], new[name])
        for name in old
        if old[name] != new[name]
    )


def _flat(camera: Camera) -> dict[str, str]:
    """Every field as text; nothing is the empty text."""
    own = {field.name: getattr(camera, field.name) for field in fields(camera) if field.name != "site"}
    site = {f"site.{field.name}": getattr(camera.site, field.name) for field in fields(camera.site)}
    return {name: "" if value is None else str(value) for name, value in (own | site).items()}
