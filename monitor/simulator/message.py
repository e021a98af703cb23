"""RTSP 1.0 requests out of a byte stream, and replies as bytes (RFC 2326). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

REQUEST_LIMIT = 8192  # bytes of one request with its body


class RequestError(Exception):
    """The client sent something that is no request."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request; header names are lower case."""

    method: str
    uri: str
    headers: dict[str, str]

    def header(self, name: str) -> str:
        """The value, empty when there is none."""
        return self.headers.get(name, "")


class RequestReader:
    """Collects bytes until requests are complete; interleaved data of the client (its RTCP reports) is left out."""

    __slots__ = ("_buffer",)

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Request]:
        """The requests completed by these bytes. Raises ``RequestError``; read no further then."""
        self._buffer += data
        while self._buffer:
            if self._buffer[0] == 0x24:
                size = 4 + int.from_bytes(self._buffer[2:4], "big")
                if len(self._buffer) < max(size, 4):
                    return
                del self._buffer[:size]
                continue
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                if len(self._buffer) > REQUEST_LIMIT:
                    raise RequestError("a request too long")
                return
            request = _parse(bytes(self._buffer[:end]))
            length = _body_length(request)
            if len(self._buffer) < end + 4 + length:
                return
            del self._buffer[: end + 4 + length]
            yield request


def reply(request: Request, status: str, headers: str = "", body: str = "") -> bytes:
    """``headers`` are whole lines, each ended by CRLF."""
    cseq = request.header("cseq")
    if body:
        headers += f"Content-Length: {len(body)}\r\n"  # descriptions are ASCII
    return f"RTSP/1.0 {status}\r\nCSeq: {cseq}\r\n{headers}\r\n{body}".encode()


def _parse(head: bytes) -> Request:
    lines = head.decode("utf-8", "replace").split("\r\n")
    words = lines[0].split(" ")
    if len(words) != 3 or not words[2].startswith("RTSP/"):
        raise RequestError("no RTSP request line")
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return Request(words[0], words[1], headers)


def _body_length(request: Request) -> int:
    text = request.header("content-length") or "0"
    if not text.isdecimal() or int(text) > REQUEST_LIMIT:
        raise RequestError("a body too long")
    return int(text)
