"""ICMP echo without root: the kernel's own sockets for it, which it gives to the groups it is told to.

The packets are icmplib's (docs/decisions/0027). A lost packet is asked again, on the same socket, so that a late reply
counts.
"""

from __future__ import annotations

import asyncio
from contextlib import closing
from itertools import count

from icmplib import AsyncSocket, ICMPLibError, ICMPRequest, ICMPv4Socket, ICMPv6Socket, TimeoutExceeded

AGAIN = 1.0  # seconds without a reply, then the next request is sent
SETTING = "net.ipv4.ping_group_range"  # also for IPv6


def may_echo() -> bool:
    """Whether the kernel lets this process send ICMP echo requests."""
    try:
        ICMPv4Socket(privileged=False).close()
    except ICMPLibError:
        return False
    return True


async def echoes(address: str) -> bool:
    """Whether a numeric address replies; asks on and on until it does: the caller sets the limit.

    False at once where our own machine refuses to ask.
    """
    kind = ICMPv6Socket if ":" in address else ICMPv4Socket
    try:
        with closing(AsyncSocket(kind(privileged=False))) as sock:
            for sequence in count():
                sock.send(ICMPRequest(address, id=0, sequence=sequence & 0xFFFF))
                if await _replied(sock):
                    return True
    except ICMPLibError:
        pass
    return False


async def _replied(sock: AsyncSocket) -> bool:
    """Whether a reply to one of ours came before the next request is due; the kernel keeps those of others away."""
    try:
        async with asyncio.timeout(AGAIN):
            reply = await sock.receive(timeout=2 * AGAIN)  # the library's own limit goes by the wall clock
    except (TimeoutError, TimeoutExceeded):
        return False
    reply.raise_for_status()
    return True
