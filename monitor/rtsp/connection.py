"""One RTSP connection as a stream of events: responses, requests of the device, interleaved packets (RFC 2326 §10.12).

Decides where one message ends and the next begins, in time proportional to the bytes. Must never hold more than one
message, never raise anything but RemoteProtocolError for what came in, and never lose its place for good because of a
few stray bytes: some devices write a piece of an old stream into a new connection.

Bytes are read into one buffer and packets are looked at where they lie: hundreds of them come before a key frame, and
most are none of our business.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final, NamedTuple, Protocol

from monitor.errors import LocalProtocolError, RemoteProtocolError
from monitor.model import KeyFrame
from monitor.rtsp.budget import Budget
from monitor.rtsp.messages import MAX_HEAD, Method, Response, ServerRequest, body_length, parse_head

MAX_GARBAGE = 64 * 1024  # bytes skipped in all while looking for the next message
MAX_MESSAGES = 200  # of one connection: a device has little to say besides packets, and each costs us an answer
MAX_UNREAD = 1024 * 1024  # bytes given without asking for events: our own fault
SHOWN = 512  # bytes of unreadable input kept for people

_BUFFER = 64 * 1024  # bytes to begin with: a key frame of a sub-stream in one piece
_LEAST_ROOM = 16 * 1024  # bytes to be read at once at the least
_DOLLAR = 0x24
_RTSP = b"RTSP/"
_STARTS = (b"RTSP/", b"HTTP/", *(f"{method} ".encode() for method in Method))
_LONGEST_START = max(len(start) for start in _STARTS)
# A request by a method nobody knows, as far as it came.
_REQUEST = re.compile(rb"[A-Z][A-Z_]{2,19} [!-~]{1,300} RTSP/")
_REQUEST_BEGUN = re.compile(rb"[A-Z][A-Z_]{0,19}(?: [!-~]{0,300}(?: (?:R(?:T(?:SP?)?)?)?)?)?")
_LONGEST_REQUEST = 330  # bytes that tell one
_NOISE = re.compile(rb"[\r\n]*")
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
# After lost bytes a packet is believed only when it looks like RTP: low channel, size of one datagram, version 2.
_RESUME = re.compile(rb"\$[\x00-\x13][\x00-\x07].[\x80-\xbf]|(?:RTSP|HTTP)/[0-9.]{0,6} {1,4}[0-9]{3}", re.DOTALL)
_RESUME_LENGTH = 18  # bytes of the longest of these


class Sink(Protocol):
    """Who takes the packets of one channel where they lie."""

    def push(self, data: bytearray, start: int, stop: int) -> KeyFrame | None:
        """Take the packet in ``[start, stop)``, its interleaved header left out; what it completed."""
        ...

    def run(self, data: bytearray, before: int, start: int, end: int) -> int:
        """Take what goes on with the packet that begins at ``before``; where the first packet not taken begins."""
        ...


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
        "_budget", "_buffer", "_end", "_failed", "_lost", "_message", "_messages", "_scanned", "_skipped", "_start",
        "_unreadable", "_view", "astray", "foreign", "wanted",
    )  # fmt: skip

    def __init__(self, budget: Budget) -> None:
        """``budget`` is told of the packets that pass here; of those the sink runs through, by the sink."""
        self.foreign: set[int] = set()  # channels that carried what was passed over
        self.wanted = -1  # the payload type of the packets that are handed out; -1 = not known
        self.astray: dict[int, int] = {}  # such channels -> packets of that type
        self._budget = budget
        self._buffer = bytearray(_BUFFER)
        self._view = memoryview(self._buffer)
        self._start = 0  # where the next message begins in the buffer
        self._end = 0  # where what came ends
        self._scanned = 0  # up to where the end of the head was looked for
        self._message: Response | ServerRequest | None = None  # its head came, its body is awaited
        self._lost = False  # we are looking for the next message among garbage
        self._skipped = self._messages = 0
        self._unreadable = b""
        self._failed = False

    # ------------------------------------------------------------ bytes in

    def room(self) -> memoryview:
        """Where the next bytes are to be written; tell ``received`` how many came. Ask for it anew each time."""
        if self._failed or self._start == self._end:  # nobody will read them, or all are read
            self._start = self._end = self._scanned = 0
        if self._end + _LEAST_ROOM > len(self._buffer):
            self._make_room(_LEAST_ROOM)
        return self._view[self._end :]

    def received(self, count: int) -> None:
        """So many bytes were written into the room; ask for all events before the next call."""
        self._end += count

    def receive_data(self, data: bytes | bytearray | memoryview) -> None:
        """Append what came elsewhere; ask for all events before the next call."""
        if self._failed:
            raise LocalProtocolError("the connection already broke the protocol")
        self._make_room(len(data))
        self._view[self._end : self._end + len(data)] = data
        self._end += len(data)

    def _make_room(self, wanted: int) -> None:
        """Move what is unread to the front, into a larger buffer where need be."""
        unread = self._end - self._start
        if unread > MAX_UNREAD:
            raise LocalProtocolError("bytes given without asking for events")
        size = len(self._buffer)
        while size < unread + wanted:
            size *= 2
        held = self._buffer[self._start : self._end]
        if size > len(self._buffer):
            self._buffer = bytearray(size)  # the old one lives on in the views others hold
            self._view = memoryview(self._buffer)
        self._view[:unread] = held
        self._scanned = max(0, self._scanned - self._start)
        self._start, self._end = 0, unread

    # ------------------------------------------------------------ events out

    def packets(self, channel: int, sink: Sink) -> KeyFrame | None:
        """Hand the packets of a channel to the sink, as far as packets stand next in the buffer.

        Ends early with what the sink gives, if it gives anything. Packets of other channels are passed over.
        """
        if self._message is not None or self._lost:
            return None
        buffer, start, end = self._buffer, self._start, self._end
        taken, looked_at = None, 0
        try:
            while end - start >= 4 and buffer[start] == _DOLLAR:
                at = start + 4
                stop = at + (buffer[start + 2] << 8 | buffer[start + 3])
                if stop > end:
                    break
                before, start = start, stop
                looked_at += 1
                if buffer[before + 1] != channel:
                    self.foreign.add(buffer[before + 1])
                    if stop > at + 1 and buffer[at + 1] & 0x7F == self.wanted:
                        self.astray[buffer[before + 1]] = self.astray.get(buffer[before + 1], 0) + 1
                    continue
                taken = sink.push(buffer, at, stop)
                if taken is not None:
                    break
                start = sink.run(buffer, before, start, end)
        finally:
            self._start = start
            self._budget.pieces += looked_at
        return taken

    def pass_over(self) -> None:
        """Skip the packets that stand next in the buffer."""
        if self._message is not None or self._lost:
            return
        buffer, start, end, passed = self._buffer, self._start, self._end, 0
        while end - start >= 4 and buffer[start] == _DOLLAR:
            stop = start + 4 + (buffer[start + 2] << 8 | buffer[start + 3])
            if stop > end:
                break
            passed += 1
            start = stop
        self._start = start
        self._budget.pieces += passed

    def next_event(self) -> Event:
        """The next event, NEED_DATA when there is none yet; raises RemoteProtocolError."""
        buffer, start = self._buffer, self._start
        if start == self._end and self._message is None:
            return NEED_DATA
        if self._message is None and not self._lost and self._end - start >= 4 and buffer[start] == _DOLLAR:
            stop = start + 4 + (buffer[start + 2] << 8 | buffer[start + 3])
            if stop > self._end:
                return NEED_DATA
            self._start = stop
            self._budget.pieces += 1
            return Interleaved(buffer[start + 1], bytes(self._view[start + 4 : stop]))
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
        body = bytes(self._view[self._start : self._end])
        self._start = self._end
        return replace(message, body=body)

    @property
    def unreadable(self) -> bytes:
        """The first bytes that were no message, or that wait to become one."""
        if self._unreadable and not self._lost:
            return self._unreadable
        return (self._unreadable + self._view[self._start : min(self._end, self._start + SHOWN)])[:SHOWN]

    @property
    def in_part(self) -> bool:
        """Whether only a part came of what comes now."""
        return self._start < self._end or self._message is not None

    @property
    def held(self) -> int:
        """Bytes of memory held."""
        return len(self._buffer)

    def _next_message(self) -> Event:
        if self._message is not None:
            return self._body(self._message)
        if not self._lost and self._end - self._start > 5 and self._buffer.startswith(_RTSP, self._start):
            return self._head()  # what nearly always comes
        while True:
            if self._lost and not self._resume():
                return NEED_DATA
            noise = _NOISE.match(self._buffer, self._start, self._end)
            assert noise is not None
            self._start = noise.end()
            prefix = bytes(self._view[self._start : min(self._end, self._start + _LONGEST_START)])
            if prefix[:1] == b"$":
                return NEED_DATA if self._end - self._start < 4 else self.next_event()
            if prefix.startswith(_STARTS):
                return self._head()
            if any(start.startswith(prefix) for start in _STARTS):
                return NEED_DATA
            longer = bytes(self._view[self._start : min(self._end, self._start + _LONGEST_REQUEST)])
            if _REQUEST.match(longer):
                return self._head()
            if _REQUEST_BEGUN.fullmatch(longer):
                return NEED_DATA
            self._lost = True

    def _resume(self) -> bool:
        """Skip to the next likely beginning; False while there is none."""
        likely = _RESUME.search(self._buffer, self._start, self._end)
        stop = likely.start() if likely else max(self._start, self._end - _RESUME_LENGTH + 1)
        missing = SHOWN - len(self._unreadable)
        self._unreadable += self._view[self._start : min(stop, self._start + missing)]
        self._skipped += stop - self._start
        self._start = stop
        if self._skipped > MAX_GARBAGE:
            raise RemoteProtocolError("too many bytes that are neither messages nor packets")
        self._lost = likely is None
        return not self._lost

    def _head(self) -> Event:
        stop, after = self._end_of_head(max(self._start, self._scanned))
        if stop - self._start > MAX_HEAD:
            raise RemoteProtocolError("the headers are too long")
        if not after:
            self._scanned = max(self._start, self._end - 3)
            return NEED_DATA
        self._messages += 1
        if self._messages > MAX_MESSAGES:
            raise RemoteProtocolError("too many messages")
        message = parse_head(bytes(self._view[self._start : stop]))
        self._start = self._scanned = after
        return self._body(message)

    def _end_of_head(self, at: int) -> tuple[int, int]:
        """Where the head ends and where what follows its empty line begins; (what there is, 0) without one."""
        stop = self._buffer.find(b"\r\n\r\n", at, self._end)
        if stop >= 0 and self._buffer.find(b"\n\n", at, stop) < 0 and self._buffer.find(b"\n\r\n", at, stop) < 0:
            return stop, stop + 4
        end = _END_OF_HEAD.search(self._buffer, at, self._end)  # a device that is careless with line ends
        return (end.start(), end.end()) if end else (self._end, 0)

    def _body(self, message: Response | ServerRequest) -> Event:
        length = body_length(message.headers)
        if not length:
            return message
        stop = self._start + length
        if stop > self._end:
            self._message = message
            return NEED_DATA
        self._message = None
        body = bytes(self._view[self._start : stop])
        self._start = stop
        if isinstance(message, Response):
            return Response(message.status, message.reason, message.headers, body, message.http)
        return ServerRequest(message.method, message.uri, message.headers, body)
