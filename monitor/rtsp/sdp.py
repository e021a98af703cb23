"""Session descriptions (SDP, RFC 8866) as cameras write them: which video track there is and how to ask for it.

Decides which track to watch. Never raises: an unknown or broken line is passed over, because real devices break every
line of the format and still deliver pictures.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field

from monitor.model import Cause, Codec

MAX_LINES_READ = 2000  # lines of a description that are read
MAX_VALUE = 8 * 1024  # bytes of what a line says; a longer one is passed over
MAX_MEDIA = 16  # m= sections that are read
MAX_PARAMETER_SETS = 32  # taken from one track
MAX_SIDE = 65535  # pixels a JPEG can be wide or high

_STATIC_JPEG = 26  # RFC 3551 §6
_NAMES = {"H264": Codec.H264, "H265": Codec.H265, "HEVC": Codec.H265, "JPEG": Codec.MJPEG, "MJPEG": Codec.MJPEG}
_RTPMAP = re.compile(r"\s*([0-9]{1,3})\s+([A-Za-z0-9.]+)")
_FMTP = re.compile(r"\s*([0-9]{1,3})\s+(.*)")
_SPROP = re.compile(r"sprop-(?:parameter-sets|vps|sps|pps)\s*=\s*\"?([A-Za-z0-9+/=, ]+)", re.IGNORECASE)
_INTERLEAVED = re.compile(r"packetization-mode\s*=\s*2|sprop-max-don-diff\s*=\s*0*[1-9]")  # in lower case
_DIMENSIONS = re.compile(r"\s*([0-9]{1,5})\s*,\s*([0-9]{1,5})")
_FRAME_SIZE = re.compile(r"\s*[0-9]{1,3}\s+([0-9]{1,5})\s*-\s*([0-9]{1,5})")  # 3GPP TS 26.234 §5.3.3.1
_START_CODE = re.compile(rb"(?<!\x00)\x00{2,}\x01")  # a run of zeros is looked at once, not from each of them


@dataclass(frozen=True, slots=True)
class Track:
    """One video track we can take a key frame from, unless it is encrypted."""

    codec: Codec
    payload_type: int
    control: str = ""  # as written; "" = none
    parameter_sets: tuple[bytes, ...] = field(default=(), repr=False)  # NAL units without start codes
    width: int = 0  # pixels, only where the description names them; 0 = unknown
    height: int = 0
    encrypted: bool = False  # a secure RTP profile (SAVP)
    keyed: bool = False  # keys for SRTP are offered with a plain profile: it may be encrypted all the same
    interleaved: bool = False  # units come in another order than they are decoded in (RFC 6184 §5.4, RFC 7798 §4.1)


@dataclass(frozen=True, slots=True)
class Description:
    """What a description offers."""

    media: tuple[str, ...]  # the kinds of all m= lines, as written
    codecs: tuple[str, ...]  # the encoding names of the video media
    tracks: tuple[Track, ...]  # the video tracks with a codec of ours
    control: str  # of the session; "" = none
    tool: str = ""  # the software that wrote it, by its own word

    @property
    def track(self) -> Track | None:
        """The first track that can be watched, else the first at all."""
        return next((track for track in self.tracks if not track.encrypted), self.tracks[0] if self.tracks else None)

    def unwatchable(self) -> tuple[Cause, str]:
        """Why there is no track to watch."""
        if not self.media:
            return Cause.SDP_UNUSABLE, "the description names no media"
        if "video" in self.media:
            return Cause.CODEC_UNSUPPORTED, f"video codecs: {', '.join(self.codecs) or 'unnamed'}"
        return Cause.NO_VIDEO_TRACK, f"media: {', '.join(self.media)}"


@dataclass(slots=True)
class _Media:
    """The lines of one m= section."""

    kind: str = ""
    profile: str = ""
    formats: list[int] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)  # payload type -> encoding name
    attributes: dict[str, str] = field(default_factory=dict)
    formatting: dict[int, str] = field(default_factory=dict)  # payload type -> fmtp


def parse(body: bytes) -> Description:
    """Read a description, whatever it looks like."""
    session, media = _Media(), list[_Media]()
    for line in body.splitlines()[:MAX_LINES_READ]:
        kind, equals, value = line.strip(b" \t\0").partition(b"=")
        if not equals or len(value) > MAX_VALUE:
            continue
        if kind == b"m":
            if len(media) == MAX_MEDIA:
                break
            media.append(_media(value.decode("latin-1")))
        elif kind == b"a":
            _attribute(media[-1] if media else session, value.decode("latin-1"))
    # Where some media flow towards us and others from us, the latter are for talking back. Some devices call all of
    # them "sendonly" and mean themselves.
    ways = {"sendonly" in section.attributes for section in media}
    candidates = sorted(media, key=lambda section: "sendonly" in section.attributes) if len(ways) == 2 else media
    return Description(
        tuple([section.kind for section in media]),
        tuple([name for section in media if section.kind == "video" for name in section.names.values()]),
        tuple([track for section in candidates if (track := _track(section, media)) is not None]),
        session.attributes.get("control", ""),
        session.attributes.get("tool", ""),
    )


def _media(value: str) -> _Media:
    words = value.split()
    formats = [int(word) for word in words[3:] if word.isascii() and word.isdigit() and len(word) <= 3]
    return _Media((words[:1] or [""])[0].lower(), (words[2:3] or [""])[0].upper(), formats)


def _attribute(section: _Media, line: str) -> None:
    name, _, value = line.partition(":")
    name = name.strip().lower()
    if name == "rtpmap" and (mapped := _RTPMAP.match(value)):
        section.names.setdefault(int(mapped[1]), mapped[2].upper().replace(".", ""))
    elif name == "fmtp" and (formatted := _FMTP.match(value)):
        section.formatting.setdefault(int(formatted[1]), formatted[2])
    else:
        section.attributes.setdefault(name, value.strip())


def _track(section: _Media, media: list[_Media]) -> Track | None:
    if section.kind == "audio":
        return None
    chosen = _payload_type(section)
    if chosen is None:
        return None
    number, codec = chosen
    formatting = section.formatting.get(number, "")
    size = _DIMENSIONS.match(section.attributes.get("x-dimensions", "")) or _FRAME_SIZE.match(
        section.attributes.get("framesize", "")
    )
    return Track(
        codec,
        number,
        section.attributes.get("control", ""),
        _parameter_sets(formatting or _formatting_elsewhere(number, media)),
        min(int(size[1]), MAX_SIDE) if size else 0,
        min(int(size[2]), MAX_SIDE) if size else 0,
        "SAVP" in section.profile,
        bool({"crypto", "key-mgmt"} & section.attributes.keys()),
        bool(_INTERLEAVED.search(formatting.lower())),
    )


def _formatting_elsewhere(number: int, media: list[_Media]) -> str:
    """Some devices put the fmtp line of the video under another track."""
    written = (section.formatting.get(number, "") for section in reversed(media))
    return next((text for text in written if "sprop" in text), "")


def _payload_type(section: _Media) -> tuple[int, Codec] | None:
    # The m= line may name no number at all; then the rtpmap lines decide.
    for number in [*section.formats, *section.names]:
        codec = _NAMES.get(section.names.get(number, ""))
        if codec is not None:
            return number, codec
    for number, text in section.formatting.items():
        if "sprop-vps" in text:
            return number, Codec.H265
        if "sprop-parameter-sets" in text:
            return number, Codec.H264
    return (_STATIC_JPEG, Codec.MJPEG) if _STATIC_JPEG in section.formats else None


def _parameter_sets(text: str) -> tuple[bytes, ...]:
    found: list[bytes] = []
    for value in _SPROP.findall(text):
        for coded in value.split(","):
            data = _decode(coded)
            parts = _START_CODE.split(data) if b"\0\0\1" in data else [data]
            found += [part for part in parts if part.strip(b"\0")]
    return tuple(found[:MAX_PARAMETER_SETS])


def _decode(coded: str) -> bytes:
    """Base64 with or without padding; what cannot be read is nothing, the stream itself will bring it."""
    bare = coded.strip().rstrip("=")
    try:
        return binascii.a2b_base64(bare + "=" * (-len(bare) % 4))
    except (binascii.Error, ValueError):
        return b""
