"""One RTSP connection as a stream of events: responses, requests of the device, interleaved packets (RFC 2326 §10.12).

Decides where one message ends and the next begins, in time proportional to the bytes. Must never hold more than one
message, never raise anything but RemoteProtocolError for what came in, and never lose its place for good because of a
few stray bytes: some devices write a piece of an old stream into a new connection.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from monitor.errors import LocalProtocolError, RemoteProtocolError
from monitor.rtsp.messages import MAX_HEAD, Method, Response, ServerRequest, body_length, parse_head

MAX_GARBAGE = 64 * 1024  # bytes skipped in all while looking for the next message
MAX_MESSAGES = 200  # of one connection: a device has little to say besides packets, and each costs us an answer
MAX_UNREAD = 1024 * 1024  # bytes given without asking for events: our own fault
SHOWN = 64  # bytes of unreadable input kept for people

_DOLLAR = 0x24
_STARTS = (b"RTSP/", b"HTTP/", *(f"{method} ".encode() for method in Method))
_LONGEST_START = max(len(start) for start in _STARTS)
_NOISE = re.compile(rb"[\r\n]*")
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
# After lost bytes a packet is believed only when it looks like RTP: low channel, size of one datagram, version 2.
_RESUME = re.compile(rb"\$[\x00-\x13][\x00-\x07].[\x80-\xbf]|RTSP/|HTTP/", re.DOTALL)
_RESUME_LENGTH = 5


class Interleaved(NamedTuple):
    """One binary packet on a channel."""

    channel: int
    data: bytes


@dataclass(frozen=True, slots=True)
class NeedData:
    """Nothing complete is there: give more bytes."""


NEED_DATA: Final = NeedData()

Event = Response | ServerRequest | Interleaved | NeedData


class Connection:
    """Bytes in, events out."""

    __slots__ = (
        "_buffer",
        "_failed",
        "_lost",
        "_message",
        "_messages",
        "_scanned",
        "_skipped",
        "_start",
        "_unreadable",
    )

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._start = 0  # where the next message begins in the buffer
        self._scanned = 0  # up to where the end of the head was looked for
        self._message: Response | ServerRequest | None = None  # its head came, its body is awaited
        self._lost = False  # we are looking for the next message among garbage
        self._skipped = self._messages = 0
        self._unreadable = b""
        self._failed = False

    def receive_data(self, data: bytes | bytearray | memoryview) -> None:
        """Append what came; ask for all events before the next call."""
        if self._failed:
            raise LocalProtocolError("the connection already broke the protocol")
        del self._buffer[: self._start]
        self._scanned = max(0, self._scanned - self._start)
        self._start = 0
        if len(self._buffer) > MAX_UNREAD:
            raise LocalProtocolError("bytes given without asking for events")
        self._buffer += data

    def next_event(self) -> Event:
        """The next event, NEED_DATA when there is none yet; raises RemoteProtocolError."""
        buffer, start = self._buffer, self._start
        if self._message is None and not self._lost and len(buffer) - start >= 4 and buffer[start] == _DOLLAR:
            stop = start + 4 + (buffer[start + 2] << 8 | buffer[start + 3])
            if stop > len(buffer):
                return NEED_DATA
            self._start = stop
            return Interleaved(buffer[start + 1], bytes(buffer[start + 4 : stop]))
        try:
            return self._next_message()
        except RemoteProtocolError:
            self._failed = True
            raise

    def salvage(self) -> Response | None:
        """The response whose body never came in full, with what there is of it: when no more bytes will come."""
        if not isinstance(self._message, Response):
            return None
        message, self._message = self._message, None
        body = bytes(self._buffer[self._start :])
        self._start = len(self._buffer)
        return replace(message, body=body)

    @property
    def unreadable(self) -> bytes:
        """The first bytes that were no message, or that wait to become one."""
        if self._unreadable and not self._lost:
            return self._unreadable
        return (self._unreadable + self._buffer[self._start : self._start + SHOWN])[:SHOWN]

    def _next_message(self) -> Event:
        if self._message is not None:
            return self._body(self._message)
        while True:
            if self._lost and not self._resume():
                return NEED_DATA
            noise = _NOISE.match(self._buffer, self._start)
            assert noise is not None
            self._start = noise.end()
            prefix = bytes(self._buffer[self._start : self._start + _LONGEST_START])
            if prefix[:1] == b"$":
                return NEED_DATA if len(self._buffer) - self._start < 4 else self.next_event()
            if prefix.startswith(_STARTS):
                return self._head()
            if any(start.startswith(prefix) for start in _STARTS):
                return NEED_DATA
            self._lost = True

    def _resume(self) -> bool:
        """Skip to the next likely beginning; False while there is none."""
        likely = _RESUME.search(self._buffer, self._start)
        stop = likely.start() if likely else max(self._start, len(self._buffer) - _RESUME_LENGTH + 1)
        missing = SHOWN - len(self._unreadable)
        self._unreadable += self._buffer[self._start : min(stop, self._start + missing)]
        self._skipped += stop - self._start
        self._start = stop
        if self._skipped > MAX_GARBAGE:
            raise RemoteProtocolError("too many bytes that are neither messages nor packets")
        self._lost = likely is None
        return not self._lost

    def _head(self) -> Event:
        end = _END_OF_HEAD.search(self._buffer, max(self._start, self._scanned))
        if (end.start() if end else len(self._buffer)) - self._start > MAX_HEAD:
            raise RemoteProtocolError("the headers are too long")
        if end is None:
            self._scanned = max(self._start, len(self._buffer) - 3)
            return NEED_DATA
        self._messages += 1
        if self._messages > MAX_MESSAGES:
            raise RemoteProtocolError("too many messages")
        message = parse_head(bytes(self._buffer[self._start : end.start()]))
        self._start = self._scanned = end.end()
        return self._body(message)

    def _body(self, message: Response | ServerRequest) -> Event:
        stop = self._start + body_length(message.headers)
        if stop > len(self._buffer):
            self._message = message
            return NEED_DATA
        self._message = None
        body = bytes(self._buffer[self._start : stop])
        self._start = stop
        return replace(message, body=body) if body else message
