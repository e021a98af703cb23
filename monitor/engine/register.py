"""What is known of every camera's device and what was found about it, as the record says, and what it told last.

Knowledge and findings change here only when the change is durable, as beliefs do on the board; clock offsets are shown
as they come and stand in no record.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from monitor.findings import Known, Standing, same_device
from monitor.ledger import (
    CameraAdded,
    CameraChanged,
    CameraRemoved,
    DeviceRecorded,
    Entry,
    FindingAppeared,
    FindingGone,
    Ledger,
)
from monitor.model import Camera, DeviceStatus, FindingKind, OpenFinding
from monitor.probes.inspection import Inspection

TELLING = (CameraAdded, CameraChanged, CameraRemoved, DeviceRecorded, FindingAppeared, FindingGone)
SLICE = 500  # devices looked at before others have their turn
NOTHING: Final[Standing] = MappingProxyType({})
ORDER: Final = {kind: nth for nth, kind in enumerate(FindingKind)}


class Register:
    """All cameras of the record whose device ever told anything."""

    def __init__(self) -> None:
        self._known: dict[str, Known] = {}
        self._standing: dict[str, dict[FindingKind, OpenFinding]] = {}
        self._written: dict[str, Camera] = {}
        self._statuses: dict[str, DeviceStatus] = {}
        self._left: set[str] = set()  # cameras that are in the inventory no more: nothing is shown of them

    def restore(self, ledger: Ledger) -> None:
        """Read the record from its beginning."""
        self.heard(ledger.entries_of(*TELLING))

    def heard(self, entries: Iterable[Entry]) -> None:
        """More of the record is durable."""
        for entry in entries:
            match entry.event:
                case CameraAdded(camera) | CameraChanged(camera):
                    before = self._written.get(camera.id)
                    if before is not None and not same_device(before, camera):
                        self._known.pop(camera.id, None)
                    self._written[camera.id] = camera
                    self._left.discard(camera.id)
                case CameraRemoved(camera_id):
                    self._left.add(camera_id)
                    self._statuses.pop(camera_id, None)
                case DeviceRecorded(camera_id, identity, stream):
                    self._known[camera_id] = Known(identity, stream)
                    self._show(camera_id)
                case FindingAppeared(camera_id, finding):
                    standing = self._standing.setdefault(camera_id, {})
                    standing[finding.kind] = OpenFinding(finding, entry.recorded_at)
                    self._show(camera_id)
                case FindingGone(camera_id, kind):
                    self._standing.get(camera_id, {}).pop(kind, None)
                    self._show(camera_id)
                case _:
                    pass

    def known(self, camera_id: str) -> Known:
        """What the camera's device is taken to be."""
        return self._known.get(camera_id, Known())

    def standing(self, camera_id: str) -> Standing:
        """The camera's findings that last."""
        return self._standing.get(camera_id, NOTHING)

    def all_standing(self) -> Mapping[str, Standing]:
        """Every camera with findings that last, in the inventory or not."""
        return {camera_id: dict(standing) for camera_id, standing in self._standing.items() if standing}

    def told(self, camera_id: str, inspection: Inspection, at: datetime) -> None:
        """What a round that began ``at`` told beside what is recorded."""
        self._statuses[camera_id] = replace(
            self._status(camera_id),
            asked_at=at,
            answered=inspection.answered,
            cause=inspection.cause,
            detail=inspection.found.detail,
            clock_offset=inspection.clock_offset,
            snapshot=inspection.snapshot,
        )

    def statuses(self) -> Generator[None, None, tuple[DeviceStatus, ...]]:
        """What is shown, by camera; in steps, as all that is shown."""
        shown = []
        for nth, camera_id in enumerate(sorted(self._statuses), 1):
            shown.append(self._statuses[camera_id])
            if nth % SLICE == 0:
                yield
        return tuple(shown)

    def _show(self, camera_id: str) -> None:
        if camera_id in self._left:
            return
        standing = self.standing(camera_id)
        findings = tuple(standing[kind] for kind in sorted(standing, key=ORDER.__getitem__))
        self._statuses[camera_id] = replace(
            self._status(camera_id), findings=findings, identity=self.known(camera_id).identity
        )

    def _status(self, camera_id: str) -> DeviceStatus:
        return self._statuses.get(camera_id) or DeviceStatus(camera_id)
