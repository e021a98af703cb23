"""RTSP URLs: whom to dial, and which URL a control attribute means.

Decides by the rules that work with real devices rather than RFC 3986: a relative control is appended, even after a
query. Must never let user names or passwords into a URL, nor a character that would break a request line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from monitor.errors import LocalProtocolError

_URL = re.compile(r"((?i:rtsps?))://(?:[^/]*@)?(\[[^\]/]+\]|[^/:?@]+)(?::([0-9]{1,5})?)?([/?].*)?")
_AUTHORITY = re.compile(r"[a-z]+://(?:[^/]*@)?[^/?]*", re.IGNORECASE)
_USERINFO = re.compile(r"([a-z]+://)[^/]*@", re.IGNORECASE)
_ABSOLUTE = re.compile(r"rtsps?://", re.IGNORECASE)
_BARE = re.compile(r"[\w-]+")
_SCHEME = re.compile(r"[a-z]+://", re.IGNORECASE)
_PLAIN = re.compile(r"[\x21-\x7e]*")
_PRINTABLE = "".join(chr(code) for code in range(0x21, 0x7F))


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL leads. ``url`` is what goes on the request line: no credentials, ASCII only."""

    url: str
    host: str  # without brackets
    port: int
    tls: bool

    @property
    def origin(self) -> str:
        """Scheme and authority, without a final slash."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = self.port == (322 if self.tls else 554)
        return f"{'rtsps' if self.tls else 'rtsp'}://{host}" + ("" if usual else f":{self.port}")

    @property
    def path(self) -> str:
        """What an HTTP request line would name."""
        rest = _AUTHORITY.sub("", self.url, count=1)
        return rest if rest.startswith("/") else f"/{rest}"


def parse_target(url: str) -> Target:
    """Read a URL a person wrote; raises LocalProtocolError when nothing can be dialled by it."""
    written = url.strip()
    return _target(written if _PLAIN.fullmatch(written) else quote(written, safe=_PRINTABLE))


def redirect_target(location: str, current: Target) -> Target | None:
    """Where a Location header leads; None when nowhere."""
    try:
        named = _BARE.fullmatch(location)  # the last part of a path, and no host
        return _target(f"{current.origin}/{location}" if named else _absolute(location, current) or location)
    except LocalProtocolError:
        return None


def _target(url: str) -> Target:
    parts = _URL.fullmatch(url)
    if parts is None:
        raise LocalProtocolError("the URL is not rtsp://host[:port]/path")
    tls = parts[1].lower() == "rtsps"
    port = int(parts[3]) if parts[3] else (322 if tls else 554)
    if not 0 < port < 65536:
        raise LocalProtocolError("the URL's port is not between 1 and 65535")
    return Target(_without_userinfo(url), parts[2].strip("[]"), port, tls)


def _without_userinfo(url: str) -> str:
    found = _USERINFO.match(url) if "@" in url else None
    return found[1] + url[found.end() :] if found else url


def repair(url: str, dialled: Target) -> str:
    """A URL a device sent, made usable: twice a scheme, none at all, only a path; "" means the dialled URL."""
    text = _absolute(url, dialled)
    if not text:
        return dialled.url
    # An authority nobody can read, as an IPv6 address without its brackets, can only mean the device itself.
    return _without_userinfo(text) if _URL.fullmatch(text) else with_origin(text, dialled)


def _absolute(url: str, dialled: Target) -> str:
    """The URL with a scheme and an authority; "" where it names none or is of another protocol."""
    text = _once(_printable(url.strip().strip('"<>')))
    if text.startswith("/"):
        return dialled.origin + text
    if text and not _SCHEME.match(text):
        text = f"rtsp://{text}"
    return text if _ABSOLUTE.match(text) else ""


def _printable(text: str) -> str:
    """The text with every other byte escaped."""
    if _PLAIN.fullmatch(text):
        return text
    return quote(text, safe=_PRINTABLE, encoding="latin-1", errors="replace")


def _once(text: str) -> str:
    """Without a scheme that stands before another one."""
    while text.count("://") > 1 and _ABSOLUTE.match(text) and _ABSOLUTE.match(text, text.index("://") + 3):
        text = text[text.index("://") + 3 :]
    return text


def join(base: str, control: str) -> str:
    """The URL a control attribute means under a base; both already repaired or ours."""
    text = _once(_printable(control.strip()))
    if text in ("", "*"):
        return base
    if _ABSOLUTE.match(text):
        return _without_userinfo(text)
    return base + ("" if base.endswith("/") or text[0] in "/?" else "/") + text


def with_origin(url: str, dialled: Target) -> str:
    """The same path asked of the host we dialled."""
    found = _AUTHORITY.match(url)
    return dialled.origin + url[found.end() :] if found else url


def setup_urls(base: str, control: str, dialled: Target, session: str = "") -> tuple[str, ...]:
    """The URLs a track may be set up by, the likeliest first; ``session``: the control of the whole.

    After those of our rules come those of other readers: the control of the whole as the base, a path from the root of
    the device, and the track put before the query.
    """
    first = join(base, control)
    candidates = [first, with_origin(first, dialled), join(dialled.url, control)]
    if session not in ("", "*"):
        candidates.append(with_origin(join(with_origin(repair(session, dialled), dialled), control), dialled))
    if control.startswith("/"):
        candidates.append(repair(control, dialled))
    path, query, rest = dialled.url.partition("?")
    if query:
        candidates.append(f"{join(path, control)}?{rest}")
    return tuple(dict.fromkeys(candidates))
