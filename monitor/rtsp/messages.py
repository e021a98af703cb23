"""RTSP messages as values (RFC 2326): what a head says and how a request is written.

Tolerates what real devices send: header names in any case, bare line feeds, a missing reason, lines without a colon,
bytes in any encoding (text is Latin-1, so that every byte survives). Must never believe a length beyond its limit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from monitor.errors import LocalProtocolError, RemoteProtocolError

MAX_HEADER_LINE = 8 * 1024  # bytes of one header line, folded lines together
MAX_HEADERS = 255
MAX_HEAD = 64 * 1024  # bytes of start line and headers together
MAX_BODY = 256 * 1024  # bytes; a longer body is read up to here

_STATUS_LINE = re.compile(r"(RTSP|HTTP)/[0-9.]* +([0-9]{3}) *(.*)")
_CONTROL_CHARACTERS = bytes([*range(0x20), 0x7F])
_OTHERS = bytes(range(0x100)).translate(None, _CONTROL_CHARACTERS)
_UNWANTED = _CONTROL_CHARACTERS.replace(b"\n", b"")
_TO_SPACES = bytes.maketrans(_UNWANTED, b" " * len(_UNWANTED))
_NUMBER = re.compile(r"[0-9]{1,9}")


class Method(StrEnum):
    """The methods we send, and those a device may send to us."""

    OPTIONS = "OPTIONS"
    DESCRIBE = "DESCRIBE"
    SETUP = "SETUP"
    PLAY = "PLAY"
    TEARDOWN = "TEARDOWN"
    GET_PARAMETER = "GET_PARAMETER"
    SET_PARAMETER = "SET_PARAMETER"
    ANNOUNCE = "ANNOUNCE"
    REDIRECT = "REDIRECT"
    PAUSE = "PAUSE"
    RECORD = "RECORD"


@dataclass(frozen=True, slots=True)
class Headers:
    """Header fields in the order they came; names are compared without case."""

    fields: tuple[tuple[str, str], ...] = ()

    def all(self, name: str) -> tuple[str, ...]:
        """Every value under the name."""
        wanted = name.lower()
        return tuple(value for field, value in self.fields if field.lower() == wanted)

    def get(self, name: str, default: str = "") -> str:
        """The first value under the name."""
        wanted = name.lower()
        for field, value in self.fields:
            if field.lower() == wanted:
                return value
        return default


@dataclass(frozen=True, slots=True)
class Response:
    """An answer of a device; ``http`` when it spoke HTTP instead."""

    status: int
    reason: str
    headers: Headers = Headers()
    body: bytes = b""
    http: bool = False

    @property
    def line(self) -> str:
        """The status line, for people."""
        return f"{'HTTP' if self.http else 'RTSP'} {self.status} {self.reason}".rstrip()


@dataclass(frozen=True, slots=True)
class ServerRequest:
    """A request the device sent to us."""

    method: str
    uri: str
    headers: Headers = Headers()
    body: bytes = b""


def serialise_answer(status: int, reason: str, headers: Headers) -> bytes:
    """Our answer to a request of the device."""
    return serialise([f"RTSP/1.0 {status} {reason}", *(f"{name}: {value}" for name, value in headers.fields)])


def serialise(lines: list[str]) -> bytes:
    """A message of ours without a body; raises LocalProtocolError when something would break its line."""
    try:
        message = "\r\n".join([*lines, "", ""]).encode("latin-1")
    except UnicodeEncodeError:
        raise LocalProtocolError("a character beyond Latin-1 in a message of ours") from None
    if message.translate(None, _OTHERS) != b"\r\n" * (len(lines) + 1):
        raise LocalProtocolError("a control character in a message of ours")
    return message


def parse_head(head: bytes) -> Response | ServerRequest:
    """The message a head announces, still without its body; raises RemoteProtocolError."""
    text = head.replace(b"\r\n", b"\n").translate(_TO_SPACES).decode("latin-1")
    start_line, *lines = text.split("\n")
    if len(text) > MAX_HEADER_LINE and any(len(line) > MAX_HEADER_LINE for line in (start_line, *lines)):
        raise RemoteProtocolError("a header line is too long")
    headers = _parse_headers(lines)
    start_line = start_line.strip()
    status = _STATUS_LINE.match(start_line)
    if status is not None:
        return Response(int(status[2]), status[3], headers, http=status[1] == "HTTP")
    words = start_line.split()
    known = bool(words) and words[0] in Method.__members__
    if len(words) >= 2 and (known or words[-1].startswith("RTSP/")):
        return ServerRequest(words[0], words[1], headers)
    raise RemoteProtocolError("a start line that is neither a status line nor a request")


def _parse_headers(lines: list[str]) -> Headers:
    fields: list[tuple[str, str]] = []
    for line in lines:
        name, colon, value = line.partition(":")
        if fields and line.startswith(" "):  # a folded line belongs to the one before
            name, value = fields.pop()
            if len(value) + len(line) > MAX_HEADER_LINE:
                raise RemoteProtocolError("a header line is too long")
            fields.append((name, f"{value} {line.strip()}".strip()))
        elif colon:
            fields.append((name.strip(), value.strip()))
    if len(fields) > MAX_HEADERS:
        raise RemoteProtocolError("too many headers")
    return Headers(tuple(fields))


def body_length(headers: Headers) -> int:
    """How many bytes of body to read: what Content-Length says, at most MAX_BODY; nonsense is no body."""
    length = headers.get("Content-Length")
    number = _NUMBER.match(length) if length else None
    return min(int(number[0]), MAX_BODY) if number else 0
