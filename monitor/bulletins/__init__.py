"""Short texts at fixed hours, made from the record alone: the morning's report, the evening's patrol, the month's end.

They are told also when nothing is wrong, because silence cannot be told from a broken monitor.
"""

from __future__ import annotations

from monitor.bulletins.gathering import bulletin
from monitor.bulletins.sending import LATE, send_due

__all__ = ["LATE", "bulletin", "send_due"]
