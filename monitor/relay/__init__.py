"""Brings together what is known, what is due and the channels: ``alerting`` decides, ``notify`` keeps and sends.

``Relay.tell`` is for whoever else has a text for a receiver, once.
"""

from __future__ import annotations

from monitor.relay.known import Known
from monitor.relay.relay import Relay

__all__ = ["Known", "Relay"]
