"""Where a device is asked: the address a person wrote, and the device's own addresses mended by it.

Devices behind a router or after a move name hosts nobody can dial (0.0.0.0, another network, none at all): the host we
dialled wins. Must never let user names or passwords into an address, nor a character that would break a request line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from monitor.errors import LocalProtocolError

DEVICE_PATH = "/onvif/device_service"  # ONVIF Core, section 5.1.1
LONGEST = 1000  # characters of an address a device may send

_HOST = r"\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+"
_WRITTEN = re.compile(rf"(?:(https?)://)?({_HOST})(?::([0-9]{{1,5}}))?(/[^#@]*)?", re.IGNORECASE)
_SENT = re.compile(rf"(?:[^/?]*@)?(?![^/?]*@)({_HOST})?(?::([0-9]{{1,5}}))?(?::[^/?]*)?([/?].*)?+", re.DOTALL)
_PRINTABLE = "".join(chr(code) for code in range(0x21, 0x7F))
_USUAL_PORTS = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322}


@dataclass(frozen=True, slots=True)
class Service:
    """One web service of a device; ``path`` begins with a slash and goes on the request line as it is."""

    host: str  # without brackets
    port: int = 80
    path: str = DEVICE_PATH
    tls: bool = False

    @property
    def authority(self) -> str:
        """Host and, unless it is the usual one, port."""
        return _authority(self.host, "https" if self.tls else "http", self.port)

    @property
    def url(self) -> str:
        """The address in one spelling."""
        return f"{'https' if self.tls else 'http'}://{self.authority}{self.path}"


def parse_address(text: str) -> Service:
    """``host``, ``host:port`` or a whole ``http(s)://`` address; raises LocalProtocolError for anything else."""
    parts = _WRITTEN.fullmatch(_quoted(text.strip()))
    if parts is None:
        raise LocalProtocolError("the ONVIF address is neither host[:port] nor http://host[:port]/path")
    scheme = (parts[1] or "http").lower()
    port = _port(parts[3], _USUAL_PORTS[scheme])
    if port is None:
        raise LocalProtocolError("the ONVIF address's port is not between 1 and 65535")
    path = parts[4] if parts[4] not in (None, "/") else DEVICE_PATH
    return Service(parts[2].strip("[]").lower(), port, path, scheme == "https")


def service_at(address: str, dialled: Service) -> Service | None:
    """The service a device says is at ``address``; its port counts only where it names the host we dialled."""
    scheme, host, port, rest = _split(address)
    if scheme not in ("http", "https") or not rest.startswith("/"):
        return None
    if host == dialled.host and port is not None:
        return Service(dialled.host, port, rest, scheme == "https")
    return Service(dialled.host, dialled.port, rest, dialled.tls)


def stream_url(address: str, dialled: Service) -> str:
    """The RTSP address a device names, at the host we dialled; "" when it names none."""
    scheme, _, port, rest = _split(address)
    if scheme not in ("rtsp", "rtsps"):
        return ""
    return f"{scheme}://{_authority(dialled.host, scheme, port or _USUAL_PORTS[scheme])}{rest or '/'}"


def _split(address: str) -> tuple[str, str, int | None, str]:
    """Scheme ("": not one of ours), host, port (None: no usable one; the first of several), and path and query."""
    text = _quoted(address.strip())
    scheme, found, sent = text.partition("://")
    scheme = scheme.lower()
    usual = _USUAL_PORTS.get(scheme) if found else None
    parts = _SENT.fullmatch(sent)
    if usual is None or parts is None or len(text) > LONGEST:
        return "", "", None, ""
    return scheme, (parts[1] or "").strip("[]").lower(), _port(parts[2], usual), parts[3] or ""


def _quoted(text: str) -> str:
    """The text in visible ASCII; nearly every one is that already."""
    visible = text.isascii() and text.isprintable() and " " not in text
    return text if visible else quote(text, safe=_PRINTABLE, errors="replace")


def _port(digits: str | None, usual: int) -> int | None:
    port = int(digits) if digits else usual
    return port if 0 < port < 65536 else None


def _authority(host: str, scheme: str, port: int) -> str:
    shown = f"[{host}]" if ":" in host else host
    return shown if port == _USUAL_PORTS[scheme] else f"{shown}:{port}"
