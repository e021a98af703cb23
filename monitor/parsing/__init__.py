"""Texts people write, as values: durations, dates, addresses, nearest names, and YAML that remembers its lines.

Pure: a text comes in; a value, a ``ValueError`` fit for the reader or a ``Fault`` comes out. It opens no file, and it
never shows a text that may be a secret: only ``shown`` puts a part of the input into a message.
"""

from __future__ import annotations

from monitor.parsing.scalars import (
    address,
    calendar_date,
    duration,
    identifier,
    moment,
    probe_address,
    share,
    size,
    suggestion,
)
from monitor.parsing.times import hours, local_instant, time_of_day

__all__ = [
    "address",
    "calendar_date",
    "duration",
    "hours",
    "identifier",
    "local_instant",
    "moment",
    "probe_address",
    "share",
    "size",
    "suggestion",
    "time_of_day",
]
