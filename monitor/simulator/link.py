"""One accepted TCP connection with a small, bounded send buffer.

Plain sockets instead of transports: a listener can then stop accepting without being closed (see ``listener``),
and a thousand cameras need neither a task nor a server object each.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Iterator
from typing import Protocol

READ_SIZE = 4096  # bytes at once
UNSENT_LIMIT = 1024 * 1024  # bytes: one large key frame and the replies; a client that lets more pile up is cut off
ABORT = struct.pack("ii", 1, 0)  # SO_LINGER with zero seconds: close sends a reset


class Listening(Protocol):
    """Whoever is told what happens on a link."""

    def received(self, data: bytes) -> None:
        """Bytes came, at most ``READ_SIZE``."""

    def closed(self) -> None:
        """The link is gone, whoever ended it. Called once."""


class Link:
    """Sends at once what the kernel takes and keeps the rest for later."""

    __slots__ = ("_loop", "_owner", "_silent", "_socket", "_source", "_unsent")

    def __init__(self, accepted: socket.socket, loop: asyncio.AbstractEventLoop) -> None:
        accepted.setblocking(False)
        self._socket = accepted
        self._loop = loop
        self._owner: Listening | None = None
        self._unsent = bytearray()
        self._source: Iterator[bytes] = iter(())
        self._silent = False

    def open(self, owner: Listening) -> None:
        """Begin to read."""
        self._owner = owner
        self._loop.add_reader(self._socket, self._readable)

    @property
    def is_open(self) -> bool:
        """Whether there is still a connection."""
        return self._owner is not None

    @property
    def unsent(self) -> int:
        """Bytes that wait for the client to read on."""
        return len(self._unsent)

    def send(self, data: bytes) -> None:
        """Send now or as soon as the client reads on."""
        if self._owner is None or self._silent:
            return
        if not self._unsent:
            try:
                sent = self._socket.send(data)
            except BlockingIOError:
                sent = 0
            except OSError:
                self.close()
                return
            if sent == len(data):
                return
            data = data[sent:]
            self._loop.add_writer(self._socket, self._writable)
        self._unsent += data
        if len(self._unsent) > UNSENT_LIMIT:
            self.abort()

    def pour(self, source: Iterator[bytes]) -> None:
        """From now on send what the source gives, as fast as the client takes it."""
        if self._owner is not None and not self._silent:
            self._source = source
            self._loop.add_writer(self._socket, self._writable)

    def fall_silent(self) -> None:
        """From now on behave like a device without power: take nothing in, let nothing out, stay open."""
        self._loop.remove_writer(self._socket)
        self._unsent.clear()
        self._silent = True

    def close(self) -> None:
        """End the connection; what is still unsent is lost."""
        owner, self._owner = self._owner, None
        if owner is None:
            return
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)
        self._unsent.clear()
        self._socket.close()
        owner.closed()

    def abort(self) -> None:
        """End the connection with a reset, as a crashed service does."""
        if self._owner is not None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
            self.close()

    def _readable(self) -> None:
        try:
            data = self._socket.recv(READ_SIZE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data or self._owner is None:
            self.close()
        elif not self._silent:
            self._owner.received(data)

    def _writable(self) -> None:
        if not self._unsent:
            self._unsent += next(self._source, b"")
        if not self._unsent:
            self._loop.remove_writer(self._socket)
            return
        try:
            sent = self._socket.send(self._unsent)
        except BlockingIOError:
            return
        except OSError:
            self.close()
            return
        del self._unsent[:sent]
