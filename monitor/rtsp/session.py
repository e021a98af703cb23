"""What SETUP asks for and its reply settles: the session id, and the way the packets take."""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.model import Transport

OUR_CHANNEL = 0
# In a Transport header, in lower case.
_INTERLEAVED = re.compile(r"interleaved\s*=\s*\"?([0-9]{1,3})")
_DATAGRAMS = re.compile(r"client_port|server_port|/udp")
_MULTICAST = re.compile(r";\s*multicast|destination\s*=\s*2(?:2[4-9]|3[0-9])\.")
_SERVER_PORT = re.compile(r"server_port\s*=\s*\"?([0-9]{1,5})(?:\s*-\s*([0-9]{1,5}))?")


@dataclass(frozen=True, slots=True)
class OnChannel:
    """Packets come interleaved, the video on this channel."""

    channel: int


@dataclass(frozen=True, slots=True)
class ToPorts:
    """Packets come as datagrams; the ports they come from, 0 where the device does not say."""

    rtp_port: int
    rtcp_port: int


def transport_header(way: Transport, rtp_port: int) -> str:
    """The Transport header of SETUP; ``rtp_port`` is ours, for datagrams."""
    match way:
        case Transport.TCP:
            return f"RTP/AVP/TCP;unicast;interleaved={OUR_CHANNEL}-{OUR_CHANNEL + 1}"
        case Transport.UDP:
            return f"RTP/AVP;unicast;client_port={rtp_port}-{rtp_port + 1}"


def granted(header: str, asked: Transport) -> OnChannel | ToPorts | None:
    """What a Transport header grants, what we asked for when it names nothing; None for a way we did not ask for."""
    header = header.lower()
    named = _INTERLEAVED.search(header)
    if named and int(named[1]) < 256:
        return OnChannel(int(named[1]))
    if _MULTICAST.search(header):
        return None
    match asked:
        case Transport.TCP:
            return None if _DATAGRAMS.search(header) else OnChannel(OUR_CHANNEL)
        case Transport.UDP:
            ports = _SERVER_PORT.search(header)
            rtp_port = int(ports[1]) if ports else 0
            rtcp_port = int(ports[2] or rtp_port + 1) if ports else 0
            return ToPorts(*(port if 0 < port < 65536 else 0 for port in (rtp_port, rtcp_port)))


def session_of(value: str) -> str:
    """The session id without its parameters."""
    return value.partition(";")[0].strip()
