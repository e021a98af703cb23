"""Examines one key frame by all that is remembered of the camera: findings, and what is remembered from then on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from monitor.model import Picture

from .diagnose import diagnose
from .evidence import Evidence
from .frame import Frame
from .memory import Memory


def examine(frame: Frame, evidence: Evidence, memory: Memory, at: datetime) -> tuple[Picture, Memory]:
    """What the key frame shows, and the memory with it. ``at``: when it was taken, aware UTC, never going back."""
    _ = evidence, at
    picture = diagnose(frame, memory.fingerprint or None)
    return picture, replace(memory, fingerprint=picture.fingerprint)


def approve_view(memory: Memory) -> Memory:
    """The memory with the view of today as the new one: what was learnt of the old one is forgotten."""
    _ = memory
    return Memory.fresh()
