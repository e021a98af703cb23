"""The two UDP ports of one probe. Opens, reads and closes them; knows nothing of RTP.

Must never hand on a datagram of another host than the one the RTSP connection leads to, nor send to one.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable

MAX_PAIRS = 16  # tries to find an even port whose neighbour is free too
MAX_AT_ONCE = 64  # datagrams read in one turn of the loop, so that no device keeps the others waiting
_RECEIVE_BUFFER = 1024 * 1024  # bytes: a key frame comes in one burst
_LARGEST = 64 * 1024

Received = Callable[[bytes, bool], None]  # (datagram, whether it came to the port of RTCP)


class PortPair:
    """An even port for RTP and the next one for RTCP on the interface that reaches the device."""

    def __init__(self, ours: str, theirs: str, received: Received) -> None:
        """``ours`` and ``theirs`` are the numeric addresses of the RTSP connection. Raises OSError."""
        self._theirs = theirs
        self._received = received
        self._loop = asyncio.get_running_loop()
        self._sockets = _open_pair(ours)
        self.rtp_port: int = self._sockets[0].getsockname()[1]
        for one, control in zip(self._sockets, (False, True), strict=True):
            self._loop.add_reader(one, self._read, one, control)

    def punch(self, rtp_port: int, rtcp_port: int) -> None:
        """Send one small datagram to each port of the device; what cannot be sent is no failure."""
        for one, port in zip(self._sockets, (rtp_port, rtcp_port), strict=True):
            with contextlib.suppress(OSError):
                one.sendto(b"\x80\0\0\0\0\0\0\0\0\0\0\0", (self._theirs, port))  # an empty RTP packet

    def close(self) -> None:
        """Give the ports back."""
        for one in self._sockets:
            self._loop.remove_reader(one)
            one.close()

    def _read(self, one: socket.socket, control: bool) -> None:
        for _ in range(MAX_AT_ONCE):
            if one.fileno() < 0:  # what the last datagram led to closed the ports
                return
            try:
                data, sender = one.recvfrom(_LARGEST)
            except OSError:  # nothing more, or the device's port answered that it is closed
                return
            if sender[0] == self._theirs:
                self._received(data, control)


def _open_pair(ours: str) -> tuple[socket.socket, socket.socket]:
    last = OSError("no pair of free ports")
    for _ in range(MAX_PAIRS):
        first = _open(ours, 0)
        port = first.getsockname()[1]
        try:
            if port % 2 == 0:
                return first, _open(ours, port + 1)
        except OSError as error:
            last = error
        first.close()
    raise last


def _open(ours: str, port: int) -> socket.socket:
    one = socket.socket(socket.AF_INET6 if ":" in ours else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        one.setblocking(False)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        one.bind((ours, port))
    except OSError:
        one.close()
        raise
    return one
