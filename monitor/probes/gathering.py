"""Bytes nobody waits for may gather in the kernel: one wake-up then takes what a dozen pictures brought.

Between two key frames a camera sends a picture every 40 ms, and each used to wake us for a few packets that are passed
over. All connections of a loop are read at the same beat: the first one finds the caches cold, the others find them
warm. Decides nothing about the bytes. Must never keep a reply or a key frame waiting for longer than ``BEAT``.
"""

from __future__ import annotations

import asyncio
import fcntl
import socket
import termios

MARK = 256 * 1024  # bytes that wake us before the beat: more than a stream of 10 Mbit/s brings from one to the next
BEAT = 0.2  # seconds: at each full beat of the loop's clock fewer bytes are read as well
_MOMENT = 0.001  # seconds: how finely the loop's clock ticks


def next_beat(now: float) -> float:
    """The first full beat after this one; both on the loop's clock, in seconds.

    Whoever begins right at a beat waits for the next one, be the beat's number ever so little above the quotient.
    """
    return ((now + _MOMENT) // BEAT + 1) * BEAT


class Gathering:
    """On one connection, by the low-water mark of its socket (SO_RCVLOWAT, socket(7)); moving it is one system call."""

    __slots__ = ("_timer", "_transport")

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None  # whose mark is high
        self._timer: asyncio.TimerHandle | None = None  # runs meanwhile

    def begin(self, transport: asyncio.Transport) -> None:
        """Let bytes gather until there are ``MARK`` of them or the next beat comes."""
        if self._transport is None:
            self._transport = transport
            _set_mark(transport, MARK)
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(next_beat(loop.time()), self.end)

    def end(self) -> None:
        """Have every byte from now on, and those that gathered, at once."""
        transport, self._transport = self._transport, None
        if transport is not None and self._timer is not None:
            self._timer.cancel()
            self._timer = None
            _set_mark(transport, 1)


def _set_mark(transport: asyncio.Transport, mark: int) -> None:
    if not transport.is_closing():
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, mark)


def something_waits(transport: asyncio.Transport) -> bool:
    """Whether bytes came that were not read yet, be it because they gather."""
    if transport.is_closing():
        return False
    return any(fcntl.ioctl(transport.get_extra_info("socket").fileno(), termios.FIONREAD, bytes(4)))
