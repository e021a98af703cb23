"""Channels and the outbox: they keep, render and send, and decide nothing.

A robot, a mail server or a gateway is not trusted: every answer has a limit of size and time, and no secret is repeated
from it into a log. Which message is due, and when, is ``alerting``'s to say.
"""

from __future__ import annotations

from monitor.notify.alertmanager import Held, held
from monitor.notify.outbox import Listed, Outbox, Waiting
from monitor.notify.outbox_file import outbox_path
from monitor.notify.sending import Carrier
from monitor.notify.values import DOUBT, Answer, Message, Outcome

__all__ = [
    "DOUBT",
    "Answer",
    "Carrier",
    "Held",
    "Listed",
    "Message",
    "Outbox",
    "Outcome",
    "Waiting",
    "held",
    "outbox_path",
]
