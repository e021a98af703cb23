"""The settings file: YAML in, ``Settings`` out, or every fault at once, each with file, line and key.

It decides what a valid settings file is. It never starts anything, and no secret ever stands in a fault or a ``repr``.
"""

from __future__ import annotations

from monitor.settings.loading import examine_settings, load_settings
from monitor.settings.matching import faults_between
from monitor.settings.values import (
    Address,
    LimitSettings,
    PictureSettings,
    ProbeSettings,
    Settings,
    StreamChoice,
)

__all__ = [
    "Address",
    "LimitSettings",
    "PictureSettings",
    "ProbeSettings",
    "Settings",
    "StreamChoice",
    "examine_settings",
    "faults_between",
    "load_settings",
]
