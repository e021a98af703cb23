"""What people are told, when, and by which way. Pure: no clock, no socket, no file.

It decides which notices are due, what they say, how many go into one message, how often a channel may be used and who
is on duty. It sends nothing: ``notify`` does, and ``relay`` brings both together.
"""

from __future__ import annotations

from monitor.alerting.alertmanager import MANY_DOWN, MONITOR_DOWN, VILLAGE_DOWN, Alert, Call, call_of
from monitor.alerting.areas import Areas, Steady, dark_villages, is_about_area, is_seen_over, storms_in, subject_of
from monitor.alerting.channels import (
    ANY_PLACEHOLDER,
    MOST_BYTES,
    PLACEHOLDER,
    Apprise,
    Channel,
    DingTalk,
    Encoding,
    Feishu,
    Gateway,
    Mail,
    Security,
    Target,
    WeCom,
    usual_windows,
)
from monitor.alerting.digest import Draft, Manner, Standing, drafts
from monitor.alerting.due import Due, call_for, due_of_alert, due_of_incident, over, over_alert
from monitor.alerting.pace import back_off, free_at
from monitor.alerting.roster import Shift, on_duty
from monitor.alerting.telling import SEVERITIES
from monitor.alerting.values import (
    AUDIENCE,
    HEARTBEAT,
    Area,
    Facts,
    IncidentFigures,
    Notice,
    Patience,
    Place,
    RepairClock,
    Severity,
    Stage,
    Storm,
    Told,
    Village,
    is_near,
)

__all__ = [
    "ANY_PLACEHOLDER",
    "AUDIENCE",
    "HEARTBEAT",
    "MANY_DOWN",
    "MONITOR_DOWN",
    "MOST_BYTES",
    "PLACEHOLDER",
    "SEVERITIES",
    "VILLAGE_DOWN",
    "Alert",
    "Apprise",
    "Area",
    "Areas",
    "Call",
    "Channel",
    "DingTalk",
    "Draft",
    "Due",
    "Encoding",
    "Facts",
    "Feishu",
    "Gateway",
    "IncidentFigures",
    "Mail",
    "Manner",
    "Notice",
    "Patience",
    "Place",
    "RepairClock",
    "Security",
    "Severity",
    "Shift",
    "Stage",
    "Standing",
    "Steady",
    "Storm",
    "Target",
    "Told",
    "Village",
    "WeCom",
    "back_off",
    "call_for",
    "call_of",
    "dark_villages",
    "drafts",
    "due_of_alert",
    "due_of_incident",
    "free_at",
    "is_about_area",
    "is_near",
    "is_seen_over",
    "on_duty",
    "over",
    "over_alert",
    "storms_in",
    "subject_of",
    "usual_windows",
]
