"""The append-only, hash-chained record of what was believed and when. Its format: docs/ledger.md."""

from __future__ import annotations

from monitor.acts.events import MaintenanceCancelled, MaintenancePlanned, Note
from monitor.ledger.chain import GENESIS, Breach, BrokenLink
from monitor.ledger.events import (
    KINDS,
    CameraAdded,
    CameraChanged,
    CameraRemoved,
    ClockJumped,
    DeviceRecorded,
    Event,
    FindingAppeared,
    FindingGone,
    Heartbeat,
    ReachChanged,
    Started,
    Stopped,
    TransitionRecorded,
)
from monitor.ledger.store import Ledger, Share
from monitor.ledger.telling import TELLING, news_of, told
from monitor.ledger.verification import Verification
from monitor.ledger.views import Entry

__all__ = [
    "GENESIS",
    "KINDS",
    "TELLING",
    "Breach",
    "BrokenLink",
    "CameraAdded",
    "CameraChanged",
    "CameraRemoved",
    "ClockJumped",
    "DeviceRecorded",
    "Entry",
    "Event",
    "FindingAppeared",
    "FindingGone",
    "Heartbeat",
    "Ledger",
    "MaintenanceCancelled",
    "MaintenancePlanned",
    "Note",
    "ReachChanged",
    "Share",
    "Started",
    "Stopped",
    "TransitionRecorded",
    "Verification",
    "news_of",
    "told",
]
