"""What the reply to SETUP settles: the session id and the channel of the packets."""

from __future__ import annotations

import re

OUR_CHANNEL = 0
TRANSPORT = f"RTP/AVP/TCP;unicast;interleaved={OUR_CHANNEL}-{OUR_CHANNEL + 1}"

_INTERLEAVED = re.compile(r"interleaved\s*=\s*\"?([0-9]{1,3})", re.IGNORECASE)
_DATAGRAMS = re.compile(r"client_port|server_port|multicast|/UDP", re.IGNORECASE)


def channel_of(transport: str) -> int | None:
    """The channel a Transport header names, ours when it names none; None when it insists on UDP."""
    named = _INTERLEAVED.search(transport)
    if named and int(named[1]) < 256:
        return int(named[1])
    return None if _DATAGRAMS.search(transport) else OUR_CHANNEL


def session_of(value: str) -> str:
    """The session id without its parameters."""
    return value.partition(";")[0].strip()
