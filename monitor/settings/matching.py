"""What lies between settings and inventory: names no camera has, and cameras that two contracts claim.

It knows values, not trees, so the line of a fault is the first one that shows the name; 0 where none does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path

from monitor.contract import Contract
from monitor.errors import Fault
from monitor.incidents import Origin
from monitor.model import Camera, Scope
from monitor.parsing.scalars import suggestion
from monitor.settings.values import Settings

NAMED = 5  # cameras that a message names; of more it gives the number


def faults_between(settings: Settings, cameras: Sequence[Camera]) -> tuple[Fault, ...]:
    """Every fault of settings and contracts that only the inventory shows."""
    return (
        *_unknown_names(settings, cameras),
        *_unknown_moving(settings, cameras),
        *_unknown_uplinks(settings, cameras),
        *_unknown_places(settings, cameras),
        *_shared_cameras(settings, cameras),
    )


def warnings_between(settings: Settings, cameras: Sequence[Camera]) -> tuple[Fault, ...]:
    """What is odd between them and does no harm to what is watched."""
    return tuple(_never_called(settings, cameras))


def _never_called(settings: Settings, cameras: Sequence[Camera]) -> Iterator[Fault]:
    """Nobody is called for a village nobody has."""
    known = {camera.site.village for camera in cameras}
    begins = line_of(settings.path, ("roster:",))
    for shift in settings.alerts.roster if settings.alerts else ():
        for village in sorted(shift.villages - known):
            yield Fault(
                str(settings.path),
                line_of(settings.path, (village,), max(0, begins - 1)),
                f"alerts.roster: villages of {shift.name}",
                f"{shift.name} is never called for it: no camera is in {village!r}{suggestion(village, known)}",
            )


def _unknown_names(settings: Settings, cameras: Sequence[Camera]) -> Iterator[Fault]:
    known = _names(cameras)
    for rule in settings.maintenance:
        begins = line_of(settings.path, ("id:", rule.id))
        yield from _of_scope(settings.path, begins, f"maintenance {rule.id}", rule.scope, known)
    for contract in settings.contracts:
        path, section = _place_of(contract, settings)
        begins, where = line_of(path, (section,)), f"contract {contract.id}: scope"
        unknown = list(_of_scope(path, begins, where, contract.scope, known))
        yield from unknown
        if not unknown and contract.scope != Scope() and not any(map(contract.about, cameras)):
            what = "no camera of the inventory is in it: give other names, or leave the keys out to mean all"
            yield Fault(str(path), begins, where, what)


def _of_scope(path: Path, begins: int, where: str, scope: Scope, known: dict[str, set[str]]) -> Iterator[Fault]:
    asked = {
        "cameras": scope.camera_ids,
        "sites": scope.sites,
        "villages": scope.villages,
        "carriers": scope.carriers,
        "uplinks": scope.uplinks,
        "towns": scope.towns,
        "recorders": scope.recorders,
        "vendors": scope.vendors,
    }
    for key, wanted in asked.items():
        for name in sorted(wanted - known[key]):
            what = f"no camera has {name!r}{suggestion(name, known[key])}"
            yield Fault(str(path), line_of(path, (name,), max(0, begins - 1)), f"{where}: {key}", what)


def _names(cameras: Sequence[Camera]) -> dict[str, set[str]]:
    return {
        "cameras": {camera.id for camera in cameras},
        "sites": {camera.site.id for camera in cameras},
        "villages": {camera.site.village for camera in cameras},
        "carriers": {camera.carrier for camera in cameras},
        "uplinks": {camera.uplink for camera in cameras},
        "towns": {camera.site.town for camera in cameras},
        "recorders": {camera.recorder for camera in cameras},
        "vendors": {camera.vendor for camera in cameras},
    }


def _unknown_moving(settings: Settings, cameras: Sequence[Camera]) -> Iterator[Fault]:
    begins, scope = line_of(settings.path, ("moving:",)), Scope(camera_ids=settings.picture.moving)
    for fault in _of_scope(settings.path, begins, "picture", scope, _names(cameras)):
        yield replace(fault, where="picture.moving")


def _unknown_uplinks(settings: Settings, cameras: Sequence[Camera]) -> Iterator[Fault]:
    known = {camera.uplink for camera in cameras}
    for name in sorted(settings.limits.uplinks.keys() - known):
        what = f"no camera has the uplink {name!r}{suggestion(name, known)}"
        yield Fault(str(settings.path), line_of(settings.path, (name,)), f"limits.uplinks.{name}", what)


def _unknown_places(settings: Settings, cameras: Sequence[Camera]) -> Iterator[Fault]:
    known = {
        Origin.UPLINK: {camera.uplink for camera in cameras},
        Origin.RECORDER: {camera.recorder for camera in cameras},
        Origin.POWER_CABINET: {camera.cabinet for camera in cameras},
        Origin.CARRIER_LINE: {camera.carrier for camera in cameras},
    }
    for origin, name in sorted(settings.places):
        if name not in known[origin]:
            what = f"no camera has {name!r}{suggestion(name, known[origin])}"
            yield Fault(str(settings.path), line_of(settings.path, (name,)), f"places: {name}", what)


def _shared_cameras(settings: Settings, cameras: Sequence[Camera]) -> Iterator[Fault]:
    for one, other in combinations(settings.contracts, 2):
        if other.id in one.may_overlap or one.id in other.may_overlap or not _meet(one, other):
            continue
        shared = sorted(camera.id for camera in cameras if one.about(camera) and other.about(camera))
        if shared:
            path, section = _place_of(other, settings)
            more = f" and {len(shared) - NAMED} more" if len(shared) > NAMED else ""
            what = (
                f"the contract {one.id} is about {', '.join(shared[:NAMED])}{more}, too: "
                f"narrow one of the two, or write may_overlap: [{one.id}] if both are meant"
            )
            yield Fault(str(path), line_of(path, (section,)), f"contract {other.id}: scope", what)


def _meet(one: Contract, other: Contract) -> bool:
    """Whether both contracts run on some day."""
    starts = [contract.terms.first_day or date.min for contract in (one, other)]
    ends = [contract.terms.last_day or date.max for contract in (one, other)]
    return max(starts) <= min(ends)


def _place_of(contract: Contract, settings: Settings) -> tuple[Path, str]:
    """The file a contract stands in, and the key under which it says which cameras are meant."""
    return (Path(contract.file), "scope:") if contract.file else (settings.path, "contract:")


def line_of(path: Path, words: tuple[str, ...], after: int = 0) -> int:
    """The number of the first line beyond ``after`` that has all the words; 0 if none has."""
    lines = path.read_text("utf-8-sig").splitlines()[after:]
    return next((number for number, line in enumerate(lines, after + 1) if all(word in line for word in words)), 0)
