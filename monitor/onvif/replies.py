"""What a device answered, read by local names: prefixes, namespaces, order and SOAP version do not matter.

Must never raise anything but RemoteProtocolError for what came in, or read more than MAX_BODY bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from monitor.errors import RemoteProtocolError
from monitor.model import Codec, Identity
from monitor.onvif.envelope import Media
from monitor.onvif.markup import Part, attribute, closes, each, first, openings, own_text, plain, root_of, value, values
from monitor.onvif.profiles import Profile

MAX_BODY = 256_000  # bytes
MAX_PROFILES = 256  # a recorder has some for each channel
MAX_CODES = 4  # of a fault
MAX_DIGITS = 9  # of a number, on either side of its point
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
_TIME = ("Year", "Month", "Day", "Hour", "Minute", "Second")
_PLATE = ("Manufacturer", "Model", "FirmwareVersion", "SerialNumber")
_ENCODER = ("Encoding", "Width", "Height", "FrameRateLimit", "BitrateLimit")
_MEDIA = {media.value: media for media in Media}
_SERVICE = ("Service", "Namespace", "XAddr")
_VIDEO = ("VideoEncoderConfiguration", "VideoEncoder", "VideoSourceConfiguration", "VideoSource")
_CONFIGURATIONS = frozenset(
    {
        *_VIDEO, "AudioEncoderConfiguration", "AudioEncoder", "AudioSourceConfiguration", "AudioSource",
        "VideoAnalyticsConfiguration", "Analytics", "MetadataConfiguration", "Metadata", "PTZConfiguration", "PTZ",
    }
)  # fmt: skip
_PROFILE = ("Profiles", *_CONFIGURATIONS, *_ENCODER, "SourceToken")
_NUMBER = re.compile(rf"[0-9]{{1,{MAX_DIGITS}}}(?:\.[0-9]{{1,{MAX_DIGITS}}})?")
_ONLY_BEGUN = re.compile(rb"[^<]*+<(?:\?[^>]*+>[^<]*+(?:<[^>]*+)?+|[^>]*+)")
_REFUSALS = frozenset({"NotAuthorized", "FailedAuthentication", "InvalidSecurity", "InvalidSecurityToken"})
_REFUSED = re.compile(r"not.?authori[sz]ed|unauthori[sz]ed|authority failure|authentication fail", re.IGNORECASE)


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


def parse(body: bytes) -> Part | Fault:
    """The first envelope in a body, or the fault in it."""
    envelope = root_of(body[:MAX_BODY], "Envelope")
    if envelope is None:
        raise RemoteProtocolError("not a SOAP envelope")
    fault = first(envelope, "Fault") if "Fault" in envelope else None
    if fault is None:
        return envelope
    told = _fault(fault)
    if not (told.refuses_credentials or closes(envelope, "Fault", "Body")):
        raise RemoteProtocolError("a fault that is cut short")  # it might have gone on to refuse them
    return told


def device_time(envelope: Part) -> datetime:
    """The device's UTC clock; an hour of 24 or a minute of 60 is the next one's beginning."""
    utc = first(envelope, "UTCDateTime")
    if utc is None:
        raise RemoteProtocolError("no UTC time")
    said = values(utc, *_TIME)
    try:
        year, month, day, hours, minutes, seconds = [_number(said[name]) for name in _TIME if said[name]]
    except (KeyError, ValueError):
        raise RemoteProtocolError("a time that is not whole") from None
    try:
        midnight = datetime(int(year), int(month), int(day), tzinfo=UTC)
        return midnight + timedelta(0, (hours * 60 + minutes) * 60 + seconds)
    except (ValueError, OverflowError):
        raise RemoteProtocolError("a time that is on no calendar") from None


def identity(envelope: Part) -> Identity:
    """What stands on the device's plate; raises RemoteProtocolError where that could be anybody's."""
    said = values(envelope, *_PLATE)
    maker, model, firmware, serial = (" ".join(said.get(name, "").split())[:LONGEST_NAME] for name in _PLATE)
    if not (model or serial):
        raise RemoteProtocolError("neither a model nor a serial number")
    return Identity(maker, model, firmware, serial)


def media_addresses(envelope: Part) -> dict[Media, str]:
    """Where the media services are, out of GetServices or GetCapabilities; addresses as the device wrote them."""
    found: dict[Media, str] = {}
    namespace = address = ""  # of the service that is being read
    for name, _, text in openings(envelope, _SERVICE):
        match name:
            case "Service":
                namespace = address = ""
                continue
            case "Namespace":
                namespace = namespace or plain(text)
            case _:
                address = address or plain(text)
        if address and namespace in _MEDIA:
            found.setdefault(_MEDIA[namespace], address)
    return found or _of_capabilities(envelope)


def _of_capabilities(envelope: Part) -> dict[Media, str]:
    for capabilities in each(envelope, "Capabilities"):
        media_one = first(capabilities, "Media")
        if media_one is not None and (address := value(media_one, "XAddr")):
            return {Media.ONE: address}
    return {}


def only_begun(body: bytes) -> bool:
    """Whether a body ends before its first tag does: it may have been an envelope."""
    return _ONLY_BEGUN.fullmatch(body[:MAX_BODY]) is not None


def complete(envelope: Part, question: str) -> bool:
    """Whether the answer to that operation came to its end: a list that was cut may lack what matters."""
    return closes(envelope, f"{question}Response", "Body")


def profiles(envelope: Part) -> tuple[Profile, ...]:
    """All profiles of either media service that have a token, at most MAX_PROFILES."""
    found: list[Profile] = []
    token, said, video = "", dict[str, str](), False  # of the profile that is being read; if it speaks of its video now
    for name, attributes, text in openings(envelope, _PROFILE):
        if name == "Profiles":
            if token:
                found.append(_profile(token, said))
            token, said, video = _token(attributes), {}, False
        elif name in _CONFIGURATIONS:
            video = name in _VIDEO
        elif video and text:
            said.setdefault(name, plain(text))
    if token:
        found.append(_profile(token, said))
    return tuple(found[:MAX_PROFILES])


def _token(attributes: str) -> str:
    token = attribute(attributes, "token")
    return token if len(token) <= LONGEST_TOKEN else ""


def stream_uri(envelope: Part) -> str:
    """The address of a stream or of a snapshot as the device wrote it."""
    uri = value(envelope, "Uri")
    if not uri:
        raise RemoteProtocolError("no address in the answer")
    return uri


def _profile(token: str, said: dict[str, str]) -> Profile:
    codec = _CODECS.get(said.get("Encoding", "").upper().replace(".", ""))
    width, height, fps, kbps = [_number(said.get(name, "")) for name in _ENCODER[1:]]
    return Profile(token, codec, int(width), int(height), fps, int(kbps), said.get("SourceToken", ""))


def _fault(part: Part) -> Fault:
    codes = [own_text(code) for name in ("Value", "faultcode") for code in islice(each(part, name), MAX_CODES)]
    reason = value(part, "Text") or value(part, "faultstring")
    local = tuple(code.rpartition(":")[2][:LONGEST_TOKEN] for code in codes[:MAX_CODES])
    return Fault(local, " ".join(reason.split())[:LONGEST_REASON])


def _number(text: str) -> float:
    """The number at the start of a text; 0 when there is none."""
    if text.isdecimal() and len(text) <= MAX_DIGITS:
        return int(text)  # nearly always
    number = _NUMBER.match(text)
    return float(number[0]) if number else 0.0
