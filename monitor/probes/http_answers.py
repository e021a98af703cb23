"""A device's answer over HTTP out of the bytes that came.

Devices break HTTP in ways that libraries refuse: header lines without a colon, wrong lengths, connections left open. So
the bytes are read here, by the tolerant rules of ``monitor.rtsp.messages``. Decides when an answer is complete. Must
never raise anything but RemoteProtocolError for what came.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.errors import RemoteProtocolError
from monitor.model import Cause
from monitor.rtsp.messages import Headers, Response, parse_head

_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_END_OF_ENVELOPE = re.compile(rb"Envelope\s*>\s*\Z")
_TAIL = 64  # bytes in which the end of an envelope is looked for
MAX_USUAL_HEAD = 512  # bytes: so few hold neither too long a line nor too many
MAX_DIGITS = 9  # of a length
# Lines that are printable and not folded; the length once, nothing else that says how an answer or its line ends.
# Not possessive as a whole: see ``monitor.onvif.markup``.
_PLAIN_LINES = rb"(?:(?! |content-length|transfer-encoding|connection(?!: keep-alive\r))[ -~]++\r\n)*"
_USUAL_HEAD = re.compile(
    rb"http/1\.1 ([2-9][0-9]{2})(?![0-9])[ -~]*+\r\n%b" % _PLAIN_LINES
    + rb"content-length: ([0-9]{1,%d})\r\n%b\r\n" % (MAX_DIGITS, _PLAIN_LINES),
    re.IGNORECASE,
)
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,8}")


@dataclass(slots=True)  # not frozen: each exchange makes one, and that would cost as much as to read it
class Answer:
    """What a device answered."""

    status: int
    body: bytes
    head: bytes  # its status line and headers as they came

    @property
    def response(self) -> Response:
        """The same with all its headers, for whoever wants more than its status."""
        said = _head_of(self.head)
        return Response(said.status, said.reason, said.headers, self.body, http=True)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No answer that can be read."""

    cause: Cause
    detail: str


CLOSED = Unanswered(Cause.CONNECTION_CLOSED, "closed without an answer")


class Incoming:
    """An answer as it comes in."""

    __slots__ = ("_buffer", "_chunked", "_head", "_headers", "_new", "_status", "complete", "persistent", "received")

    def __init__(self) -> None:
        self.complete = False
        self.persistent = False  # complete, and the connection is kept for another request
        self.received = 0  # bytes
        self._buffer = bytearray()  # the head until it is complete, then the body
        self._head = b""
        self._status = 0
        self._headers: Headers | None = None  # None: the head is not complete
        self._chunked = False
        self._new = False  # HTTP/1.1: connections are kept unless the device says otherwise

    def receive_data(self, data: bytes) -> None:
        """Take in what came; raises RemoteProtocolError."""
        scanned = max(0, len(self._buffer) - 3)
        self._buffer += data
        self.received += len(data)
        if self._headers is None:
            self._read_head(scanned)
        if self._headers is not None:
            self.complete = self._has_all(self._headers)

    def result(self, otherwise: Unanswered) -> Answer | Unanswered:
        """The answer with what there is of its body."""
        if self._headers is None:
            return otherwise
        body = bytes(self._buffer)
        return Answer(self._status, _dechunked(body) if self._chunked else body, self._head)

    def _read_head(self, scanned: int) -> None:
        end = _END_OF_HEAD.search(self._buffer, scanned)
        while end is not None:
            self._head = bytes(self._buffer[: end.start()]).lstrip()
            said, self._new = _head_of(self._head), self._head.startswith(b"HTTP/1.1")
            del self._buffer[: end.end()]
            if said.status >= 200:
                self._status, self._headers = said.status, said.headers
                self._chunked = "chunked" in said.headers.get("Transfer-Encoding").lower()
                return
            end = _END_OF_HEAD.search(self._buffer)  # 100 Continue is none we asked for

    def _has_all(self, headers: Headers) -> bool:
        """Whether the body is there. An envelope's end ends it too: lengths may lie, connections may stay open."""
        if self._chunked:
            honest = self._buffer.endswith(b"0\r\n\r\n")
        else:
            length = headers.get("Content-Length")
            announced = int(length) if length.isdecimal() and len(length) <= MAX_DIGITS else None
            honest = announced is not None and len(self._buffer) == announced
            if announced is not None and len(self._buffer) > announced:
                return True
        if honest:
            self.persistent = self._new and "close" not in headers.get("Connection").lower()
        return honest or bool(_END_OF_ENVELOPE.search(self._buffer[-_TAIL:]))


def whole(data: bytes) -> Answer | None:
    """The answer, where these bytes are all of one that is written as most are and leaves its line open; else None.

    It is what ``Incoming`` makes of them. Most answers come so, and their headers are of no interest: not reading them
    halves what an exchange costs.
    """
    head = _USUAL_HEAD.match(data, 0, MAX_USUAL_HEAD)
    if head is None:
        return None
    status, length = head.groups()
    end = head.end()
    return Answer(int(status), data[end:], data[: end - 4]) if int(length) == len(data) - end else None


def _head_of(head: bytes) -> Response:
    message = parse_head(head)
    if not isinstance(message, Response) or not message.http:
        raise RemoteProtocolError("not HTTP")
    return message


def _dechunked(body: bytes) -> bytes:
    """The parts of a chunked body, up to the first size that is none."""
    parts: list[bytes] = []
    place = 0
    while (size := _CHUNK_SIZE.match(body, place)) is not None and int(size[0], 16):
        begin = body.find(b"\n", size.end()) + 1
        if not begin:
            break
        place = begin + int(size[0], 16)
        parts.append(body[begin:place])
        place += len(body[place : place + 2]) - len(body[place : place + 2].lstrip(b"\r\n"))
    return b"".join(parts)
