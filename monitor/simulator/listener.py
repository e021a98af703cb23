"""One listening socket that can also refuse connections or let them vanish, as networks do.

To let them vanish without touching a firewall, the queue of connections waiting to be accepted is shortened to
nothing and filled with connections of our own: the kernel then drops every further SYN, and whoever connects waits
until his own time limit.
"""

from __future__ import annotations

import asyncio
import errno
import select
import socket
from collections.abc import Callable

from monitor.errors import SharpEyesError
from monitor.simulator.faults import Reach

BACKLOG = 128
SEND_BUFFER = 64 * 1024  # bytes the kernel keeps per session (it doubles the figure): a key frame and a little more
PAUSE = 0.1  # seconds without accepting when the process has run out of file descriptors


class Listener:
    """Hands accepted sockets to ``on_accept`` while it answers."""

    __slots__ = ("_address", "_loop", "_on_accept", "_plugs", "_reach", "_socket")

    def __init__(self, host: str, port: int, on_accept: Callable[[socket.socket], None]) -> None:
        self._address = (host, port)
        self._loop = asyncio.get_running_loop()
        self._on_accept = on_accept
        self._plugs: list[socket.socket] = []
        self._reach = Reach.ANSWERS
        self._socket = self._listening()
        self._loop.add_reader(self._socket, self._accept)

    def turn(self, reach: Reach) -> None:
        """Change how connection attempts are met."""
        if reach is self._reach:
            return
        self.close()
        self._reach = reach
        match reach:
            case Reach.ANSWERS:
                self._socket = self._listening()
                self._loop.add_reader(self._socket, self._accept)
            case Reach.REFUSES:
                self._socket = self._bound()  # keeps the port ours; without listen() the kernel refuses
            case Reach.VANISHES:
                self._socket = self._listening(0)
                self._plug()

    def close(self) -> None:
        """Stop listening; accepted sockets live on."""
        if self._reach is Reach.ANSWERS:
            self._loop.remove_reader(self._socket)
        self._socket.close()
        for plug in self._plugs:
            plug.close()
        self._plugs.clear()

    def _bound(self) -> socket.socket:
        host, port = self._address
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        bound.setblocking(False)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # accepted sockets inherit both
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        try:
            bound.bind((host, port))
        except OSError as error:
            bound.close()
            raise _cannot_listen(host, port, error) from error
        return bound

    def _listening(self, backlog: int = BACKLOG) -> socket.socket:
        bound = self._bound()
        try:
            bound.listen(backlog)
        except OSError as error:
            bound.close()
            raise _cannot_listen(*self._address, error) from error
        return bound

    def _accept(self) -> None:
        try:
            accepted, _ = self._socket.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError:
            self._loop.remove_reader(self._socket)
            self._loop.call_later(PAUSE, self._resume, self._socket)
            return
        self._on_accept(accepted)

    def _resume(self, paused: socket.socket) -> None:
        if paused is self._socket and paused.fileno() >= 0:
            self._loop.add_reader(paused, self._accept)

    def _plug(self) -> None:
        """Connect to ourselves until an attempt no longer succeeds at once, which on loopback means: it was dropped."""
        for _ in range(8):  # one is enough on today's Linux
            plug = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            plug.setblocking(False)
            plug.connect_ex(self._address)
            poll = select.poll()
            poll.register(plug, select.POLLOUT)
            if not poll.poll(0):
                plug.close()
                return
            self._plugs.append(plug)
        raise SharpEyesError("this kernel queues connections nobody accepts: it cannot show a camera without power")


def _cannot_listen(host: str, port: int, error: OSError) -> SharpEyesError:
    if error.errno == errno.EADDRINUSE:
        return SharpEyesError(f"{host}:{port} is taken: another simulated town (a demo?) runs there; end it first")
    return SharpEyesError(f"cannot listen on {host}:{port}: {error.strerror}; simulated cameras need Linux loopback")
