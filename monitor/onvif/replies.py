"""What a device answered, read by local names: prefixes, namespaces, order and SOAP version do not matter.

Decides what broken XML still says. Must never raise anything but RemoteProtocolError for what came in, expand an
entity, fetch anything, or read more than MAX_BODY bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import unescape

from lxml import etree

from monitor.errors import RemoteProtocolError
from monitor.model import Codec, Identity
from monitor.onvif.envelope import Media
from monitor.onvif.profiles import Profile

MAX_BODY = 256_000  # bytes
MAX_PROFILES = 256  # a recorder has some for each channel
LONGEST_TOKEN = 200  # characters; ONVIF allows 64
LONGEST_REASON = 200
LONGEST_NAME = 100  # characters of what stands on a device's plate

_CODECS = {
    "H264": Codec.H264,
    "H265": Codec.H265,
    "HEVC": Codec.H265,
    "JPEG": Codec.MJPEG,
    "MJPEG": Codec.MJPEG,
}
_AMPERSAND = "\ue000"  # a private character stands for it while the parser works
_CONTROL = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
_TO_SPACES = bytes.maketrans(_CONTROL, b" " * len(_CONTROL))
_PREFIX = re.compile(r"(</?)[A-Za-z_][\w.-]{0,40}:")
_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]{1,5})|([0-9]{1,6}));")
_NAMED = {"&quot;": '"', "&apos;": "'"}
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")
_REFUSALS = frozenset({"NotAuthorized", "FailedAuthentication", "InvalidSecurity", "InvalidSecurityToken"})
_REFUSED = re.compile(r"not.?authori[sz]ed|unauthori[sz]ed|authority failure|authentication fail", re.IGNORECASE)

# One for all: making it costs as much as reading a short answer. Each body begins its log anew.
_PARSER = etree.XMLParser(
    encoding="utf-8",  # whatever is declared
    recover=True,
    resolve_entities=False,
    no_network=True,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
)

Element = etree._Element  # noqa: SLF001 - the library has no public name for it


@dataclass(frozen=True, slots=True)
class Fault:
    """A SOAP fault, of either version."""

    codes: tuple[str, ...]  # local names, the most general first: Sender, NotAuthorized
    reason: str = ""

    @property
    def refuses_credentials(self) -> bool:
        """Whether it asks for credentials, or for other ones."""
        return not _REFUSALS.isdisjoint(self.codes) or bool(_REFUSED.search(self.reason))

    def __str__(self) -> str:
        return f"{'/'.join(self.codes)} {self.reason}".strip()


def parse(body: bytes) -> Element | Fault:
    """The first envelope in a body: its root, or the fault in it."""
    text = _mended(body)
    root, faultless = _parsed(text)
    if not faultless:  # most often prefixes that are not declared: without them names are names again
        root, _ = _parsed(_PREFIX.sub(r"\1", text))
    if root is None or root.tag.rpartition("}")[2] != "Envelope":
        raise RemoteProtocolError("not a SOAP envelope")
    fault = _first(root, "Fault") if "Fault" in text else None  # most have none, and a search costs more than a look
    return root if fault is None else _fault(fault)


def _parsed(text: str) -> tuple[Element | None, bool]:
    """The root of what the parser made of it, and whether it found nothing wrong."""
    try:
        return etree.fromstring(text.encode(), _PARSER), not len(_PARSER.error_log)
    except etree.LxmlError as error:
        raise RemoteProtocolError(f"not XML: {type(error).__name__}") from None


def _mended(body: bytes) -> str:
    """The body from its first tag to its first NUL: behind that some devices send what lies in their memory.

    The parser loses references after the first fault of a body, and URLs have bare ampersands: so it sees neither.
    """
    start, _, _ = body[:MAX_BODY].partition(b"\0")
    text = start[max(0, start.find(b"<")) :].translate(_TO_SPACES).decode("utf-8", "replace")
    return text.replace("&", _AMPERSAND)


def device_time(root: Element) -> datetime:
    """The device's UTC clock; an hour of 24 or a minute of 60 is the next one's beginning."""
    utc = _first(root, "UTCDateTime")
    if utc is None:
        raise RemoteProtocolError("no UTC time")
    said = _texts(utc)
    year, month, day = (int(_number(said, part)) for part in ("Year", "Month", "Day"))
    try:
        return datetime(year, month, day, tzinfo=UTC) + timedelta(
            hours=_number(said, "Hour"), minutes=_number(said, "Minute"), seconds=_number(said, "Second")
        )
    except (ValueError, OverflowError):
        raise RemoteProtocolError("a time that is on no calendar") from None


def identity(root: Element) -> Identity:
    """What stands on the device's plate; raises RemoteProtocolError where that could be anybody's."""
    said = _texts(root)
    maker, model, firmware, serial = (
        " ".join(_plain(said.get(name)).split())[:LONGEST_NAME]
        for name in ("Manufacturer", "Model", "FirmwareVersion", "SerialNumber")
    )
    if not (model or serial):
        raise RemoteProtocolError("neither a model nor a serial number")
    return Identity(maker, model, firmware, serial)


def media_addresses(root: Element) -> dict[Media, str]:
    """Where the media services are, out of GetServices or GetCapabilities; addresses as the device wrote them."""
    found: dict[Media, str] = {}
    for service in _outermost(root, "Service"):
        said = _texts(service)
        namespace, address = (_plain(said.get(name)) for name in ("Namespace", "XAddr"))
        for media in Media:
            if namespace == media.value and address:
                found.setdefault(media, address)
    for capability in _outermost(root, "Capabilities"):
        media_one = _first(capability, "Media")
        if media_one is not None and _text(media_one, "XAddr"):
            found.setdefault(Media.ONE, _text(media_one, "XAddr"))
    return found


def profiles(root: Element) -> tuple[Profile, ...]:
    """All profiles of either media service that have a token, at most MAX_PROFILES."""
    found: list[Profile] = []
    for element in _outermost(root, "Profiles"):
        token = _plain(element.get("token"))
        if token and len(token) <= LONGEST_TOKEN and len(found) < MAX_PROFILES:
            found.append(_profile(token, element))
    return tuple(found)


def stream_uri(root: Element) -> str:
    """The address of a stream or of a snapshot as the device wrote it."""
    uri = _text(root, "Uri")
    if not uri:
        raise RemoteProtocolError("no address in the answer")
    return uri


def _profile(token: str, element: Element) -> Profile:
    encoder = _first(element, "VideoEncoderConfiguration", "VideoEncoder")
    source = _first(element, "VideoSourceConfiguration", "VideoSource")
    channel = "" if source is None else _text(source, "SourceToken")
    if encoder is None:
        return Profile(token, None, source=channel)
    said = _texts(encoder)
    return Profile(
        token,
        _CODECS.get(_plain(said.get("Encoding")).upper().replace(".", "")),
        int(_number(said, "Width")),
        int(_number(said, "Height")),
        _number(said, "FrameRateLimit"),
        int(_number(said, "BitrateLimit")),
        channel,
    )


def _fault(element: Element) -> Fault:
    codes = [_plain(each.text) for each in _all(element, "Value", "faultcode")]
    reason = _text(element, "Text") or _text(element, "faultstring")
    local = tuple(code.rpartition(":")[2][:LONGEST_TOKEN] for code in codes[:4])
    return Fault(local, " ".join(reason.split())[:LONGEST_REASON])


def _all(root: Element, *names: str) -> Iterator[Element]:
    return root.iter(*["{*}" + name for name in names])


def _outermost(root: Element, name: str) -> Iterator[Element]:
    """Those that lie in no other one: so each part of a reply is searched only a few times, however it is nested."""
    return (each for each in _all(root, name) if next(each.iterancestors(f"{{*}}{name}"), None) is None)


def _first(root: Element, *names: str) -> Element | None:
    return next(_all(root, *names), None)


def _text(root: Element, name: str) -> str:
    """The text of the first element of the name; "" when there is none."""
    element = _first(root, name)
    return "" if element is None else _plain(element.text)


def _texts(root: Element) -> dict[str, str | None]:
    """What stands in the first element of each name, as it was written."""
    found: dict[str, str | None] = {}
    for element in root.iter("{*}*"):
        found.setdefault(element.tag.rpartition("}")[2], element.text)
    return found


def _plain(text: str | None) -> str:
    """What was written, its references resolved; those beyond Unicode are dropped."""
    written = (text or "").replace(_AMPERSAND, "&")
    if "&" not in written:
        return written.strip()
    return unescape(_REFERENCE.sub(_character, written), _NAMED).strip()


def _character(reference: re.Match[str]) -> str:
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    return "" if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF else chr(code)


def _number(said: dict[str, str | None], name: str) -> float:
    """The number at the start of a text; 0 when there is none."""
    number = _NUMBER.match(_plain(said.get(name)))
    return float(number[0]) if number else 0.0
