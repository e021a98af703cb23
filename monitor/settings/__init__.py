"""The settings file: YAML in, ``Settings`` out, or every fault at once, each with file, line and key.

It decides what a valid settings file is. It never starts anything, and no secret ever stands in a fault or a ``repr``.
"""

from __future__ import annotations

from monitor.settings.alert_values import AlertPath, AlertSettings, BulletinKind, BulletinPlan
from monitor.settings.bulletins import PATROL_LEAVES
from monitor.settings.contracts import read_file as read_contract
from monitor.settings.loading import DEFAULT_ZONE, examine_settings, load_settings, load_to_send
from monitor.settings.matching import faults_between, line_of, warnings_between
from monitor.settings.routes import faults_of_links, faults_of_routes
from monitor.settings.values import (
    CANARY_EVERY,
    CANARY_PATIENCE,
    Address,
    LimitSettings,
    OnvifSettings,
    PictureSettings,
    ProbeSettings,
    Settings,
    StreamChoice,
)

__all__ = [
    "CANARY_EVERY",
    "CANARY_PATIENCE",
    "DEFAULT_ZONE",
    "PATROL_LEAVES",
    "Address",
    "AlertPath",
    "AlertSettings",
    "BulletinKind",
    "BulletinPlan",
    "LimitSettings",
    "OnvifSettings",
    "PictureSettings",
    "ProbeSettings",
    "Settings",
    "StreamChoice",
    "examine_settings",
    "faults_between",
    "faults_of_links",
    "faults_of_routes",
    "line_of",
    "load_settings",
    "load_to_send",
    "read_contract",
    "warnings_between",
]
