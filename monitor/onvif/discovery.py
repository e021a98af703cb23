"""WS-Discovery without I/O (WS-Discovery of April 2005 over SOAP 1.2, as ONVIF Core, section 7, asks for it).

Decides how a Probe is written and what tolerant reading finds in the answer to it. Must never raise anything but
RemoteProtocolError for what came in, nor lead anybody to another host than the one that answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from typing import Final
from urllib.parse import unquote

from monitor.errors import LocalProtocolError, RemoteProtocolError
from monitor.onvif.addresses import LONGEST, Service, parse_address
from monitor.onvif.markup import Part, each, own_text, value
from monitor.onvif.replies import Fault, parse

GROUP: Final = "239.255.255.250"  # WS-Discovery, section 2.4
PORT: Final = 3702
MAX_MATCHES = 16  # of one datagram: a recorder may answer for its channels
LONGEST_SAID = 64  # characters of a name or a model that are kept

_ONVIF_TYPES = frozenset({"NetworkVideoTransmitter", "Device"})
_SCOPE = re.compile(r"onvif://www\.onvif\.org/([a-z_]{1,32})/([^\s]{1,300})", re.IGNORECASE)
_MAC = re.compile(r"[0-9a-f]{12}")
_NOT_HEX = re.compile(r"[^0-9a-fA-F]")
# A UUID of version 1 ends with the MAC address of whoever made it (RFC 4122, section 4.1.6).
_BY_TIME = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[0-9a-f]{4}-([0-9a-f]{12})$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Match:
    """What a device says of itself in answer to a Probe; "" where it does not say."""

    endpoint: str = ""  # its own name for itself, mostly urn:uuid:...
    addresses: tuple[str, ...] = ()  # of its device service, as it wrote them
    name: str = ""
    hardware: str = ""  # mostly the model
    location: str = ""
    mac: str = ""  # twelve hexadecimal digits in lower case


def probe(message_id: str) -> bytes:
    """The question for ONVIF devices; ``message_id`` is a fresh UUID."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
        'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
        'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery">'
        f"<s:Header><a:MessageID>urn:uuid:{message_id}</a:MessageID>"
        '<a:To s:mustUnderstand="1">urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>'
        '<a:Action s:mustUnderstand="1">http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action></s:Header>'
        '<s:Body><d:Probe><d:Types xmlns:n="http://www.onvif.org/ver10/network/wsdl">n:NetworkVideoTransmitter'
        "</d:Types></d:Probe></s:Body></s:Envelope>"
    ).encode()


def matches(datagram: bytes, message_id: str) -> tuple[Match, ...]:
    """The ONVIF devices in an answer to the Probe of that id, at most MAX_MATCHES.

    An answer that names no question is taken, one to another question is RemoteProtocolError, and so is what is none.
    """
    root = parse(datagram)
    if isinstance(root, Fault):
        raise RemoteProtocolError(f"a fault: {root}")
    related = value(root, "RelatesTo")
    if related and not related.lower().endswith(message_id.lower()):
        raise RemoteProtocolError("an answer to somebody else's question")
    found = [part for part in each(root, "ProbeMatch") if _is_onvif(part)]
    if not found:
        raise RemoteProtocolError("no ONVIF device in the answer")
    return tuple(_match(part) for part in found[:MAX_MATCHES])


def service_of(match: Match, sender: str) -> Service | None:
    """Where the device service is: always at the host that answered, whatever host the device names.

    An address at that host counts before others; None when no address can be read.
    """
    written = [service for address in match.addresses if (service := _service(address)) is not None]
    own = [service for service in written if service.host == sender]
    return next((replace(service, host=sender) for service in own or written), None)


def mac_of(text: str) -> str:
    """Twelve hexadecimal digits in lower case out of any usual spelling; "" when it is no device's MAC address."""
    digits = _NOT_HEX.sub("", text).lower()
    if not _MAC.fullmatch(digits) or digits in ("0" * 12, "f" * 12) or len(text) > 2 * len(digits):
        return ""
    return "" if int(digits[:2], 16) & 1 else digits  # a group's address belongs to nobody


def said(text: str, longest: int = LONGEST_SAID) -> str:
    """What a device says, fit for one cell of a table: visible, no longer than that many characters, and no formula."""
    visible = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(visible.split()).lstrip("=+-@' ")[:longest].strip()


def usable_sender(host: str) -> bool:
    """Whether an answer from there may come from a device: one host's IPv4 address."""
    address = IPv4Address(host)
    return not (address.is_multicast or address.is_unspecified or address.is_reserved)


def _is_onvif(element: Part) -> bool:
    types = {word.rpartition(":")[2] for word in value(element, "Types").split()[:50]}
    return not _ONVIF_TYPES.isdisjoint(types) or any(_scopes(element))


def _match(element: Part) -> Match:
    endpoint = value(element, "Address")[:200]
    scopes: dict[str, str] = {}
    for kind, told in _scopes(element):
        scopes.setdefault(kind, told)
    by_time = _BY_TIME.search(endpoint)
    mac = next(filter(None, (mac_of(scopes.get(kind, "")) for kind in ("mac", "macaddr", "mac_address"))), "")
    return Match(
        said(endpoint),
        tuple(word for word in value(element, "XAddrs").split()[:8] if len(word) <= LONGEST),
        said(scopes.get("name", "")),
        said(scopes.get("hardware", "")),
        said(scopes.get("location", "")),
        mac or (mac_of(by_time[1]) if by_time else ""),
    )


def _scopes(element: Part) -> Iterable[tuple[str, str]]:
    """Kind and value of each ONVIF scope."""
    for scopes in each(element, "Scopes"):
        for word in own_text(scopes).split()[:64]:
            scope = _SCOPE.fullmatch(word)
            if scope is not None:
                yield scope[1].lower(), unquote(scope[2], errors="replace")


def _service(address: str) -> Service | None:
    try:
        return parse_address(address) if "://" in address else None
    except LocalProtocolError:
        return None
