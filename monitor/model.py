"""The nouns: what the monitor speaks about. Values only; nothing here decides.

Instants are aware UTC datetimes and end in ``_at``; durations are timedeltas. Spans and sums of time are integer
microseconds, so that two parties adding the same record get the same figure to the last digit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, IntEnum, StrEnum
from fractions import Fraction
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND_US = 1_000_000


def micros(at: datetime) -> int:
    """An aware instant as integer microseconds since 1970-01-01 UTC, exactly."""
    return (at - EPOCH) // MICROSECOND


def instant(us: int) -> datetime:
    """The aware UTC instant of integer microseconds since 1970-01-01 UTC."""
    return EPOCH + timedelta(0, *divmod(us, SECOND_US))


class Travelling:
    """A frozen value that goes to another process as a call with its fields, at half the cost of the default."""

    __slots__: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        kind: Any = type(self)  # a class is hashable, which is hard to say
        return kind, _fields_of(kind)(self)


@cache
def _fields_of(kind: Any) -> Callable[[object], tuple[object, ...]]:
    """What reads all fields of a value at once: a report has a hundred thousand."""
    names = kind.__slots__
    return attrgetter(*names) if len(names) > 1 else lambda value: tuple(getattr(value, name) for name in names)


class Span(NamedTuple):
    """Half-open ``[start, end)`` in integer microseconds since 1970-01-01 UTC; empty when ``end <= start``."""

    start: int
    end: int


# ---------------------------------------------------------------- the inventory


class SiteCategory(StrEnum):
    """What kind of place must be seen."""

    PUBLIC_AREA = "public_area"
    STREET = "street"
    JUNCTION = "junction"
    WATER = "water"
    SCHOOL = "school"
    OLD_BUILDING = "old_building"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Site(Travelling):
    """A place that must be seen, with its administrative path."""

    id: str
    name: str
    category: SiteCategory
    village: str
    town: str
    county: str

    @property
    def place(self) -> tuple[str, str, str]:
        """Its county, town and village."""
        return self.county, self.town, self.village


class Secret:
    """A text that never shows itself: ``repr`` and ``str`` are ``***``; equality compares the content."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one place that puts it on the wire (as a digest where possible)."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


@dataclass(frozen=True, slots=True)
class Credentials(Travelling):
    """A user name and its password."""

    username: str
    password: Secret


@dataclass(frozen=True, slots=True)
class Camera(Travelling):
    """One video channel as we watch it. ``url`` never carries credentials."""

    id: str
    name: str
    site: Site
    carrier: str
    url: str  # rtsp://host[:port]/path
    uplink: str = ""  # the line whose loss takes several cameras with it; "" = unknown
    recorder: str = ""  # the device behind which the channel sits; "" = the camera itself
    credentials: str = ""  # the name of an entry under ``credentials:`` in the settings; "" = none
    vendor: str = ""
    model: str = ""
    in_contract: bool = True
    in_service_from: date | None = None  # local date; None = since it was added to the record
    in_service_to: date | None = None  # local date, inclusive; None = open
    onvif: str = ""  # where its ONVIF device service answers: host:port or an http(s) URL; "" = not said
    certificate: str = (
        "accept"  # with rtsps: "accept" any, "verify" it, or "sha256:" and the digest of the one expected
    )
    cabinet: str = ""  # the power cabinet that feeds it; "" = unknown

    @property
    def device(self) -> str:
        """What must not be asked twice at once: the recorder, or the URL's host and port, however they are written."""
        if self.recorder:
            return self.recorder
        scheme, _, rest = self.url.lower().partition("://")
        authority = rest.partition("/")[0].partition("?")[0]
        return authority.removesuffix(":322" if scheme == "rtsps" else ":554")


@dataclass(frozen=True, slots=True)
class UplinkLimit:
    """What one uplink may carry for us at once."""

    sessions: int
    bandwidth: int  # bit/s; 0 = no limit


class TcpAddress(NamedTuple):
    """A probe address that is asked for a connection."""

    host: str  # IPv6 without brackets
    port: int


class EchoAddress(NamedTuple):
    """A probe address that is asked for an ICMP echo."""

    host: str  # IPv6 without brackets


ProbeAddress = TcpAddress | EchoAddress  # of a canary or a place; a question that costs next to nothing


# ---------------------------------------------------------------- one probe


class Rung(IntEnum):
    """How far up the ladder a probe came; the lowest rung not reached is the fault on the work order."""

    NONE = 0
    REACH = 1  # a TCP connection stands
    RTSP = 2  # the device answered in RTSP
    STREAM = 3  # video packets arrive
    KEYFRAME = 4  # one complete key frame was received
    PICTURE = 5  # it was decoded and the picture is good


class Stage(StrEnum):
    """The steps of a probe, in order."""

    DNS = "dns"
    TCP = "tcp"
    TLS = "tls"
    DESCRIBE = "describe"
    AUTH = "auth"
    REDIRECT = "redirect"
    SDP = "sdp"
    SETUP = "setup"
    PLAY = "play"
    FIRST_RTP = "first_rtp"
    KEYFRAME = "keyframe"
    DEPACKETISE = "depacketise"  # key frames came, none could be put together
    DECODE = "decode"
    PICTURE = "picture"
    TEARDOWN = "teardown"


class Transport(StrEnum):
    """How the video packets travel."""

    TCP = "tcp"  # interleaved in the RTSP connection
    UDP = "udp"  # as datagrams beside it


class View(StrEnum):
    """Whether a camera shows one place."""

    FIXED = "fixed"
    MOVING = "moving"  # it turns on purpose: nothing is compared with what it showed before


class Look(StrEnum):
    """Why a key frame is decoded and looked at, or that it is not."""

    SKIPPED = "skipped"  # nothing asks for it: that it came whole is all that is said
    DEMANDED = "demanded"  # a person asks
    FIRST = "first"  # no picture of this camera was seen since the monitor started
    RETURNED = "returned"  # the camera was not online, or failed the last time
    IN_DOUBT = "in_doubt"  # a verdict about the picture is pending, or it counts as faulty
    ALWAYS = "always"  # the settings ask for every one
    DUE = "due"  # the time between two looks is over
    PUT_OFF = "put_off"  # it was due but for that the decoders were busy: as SKIPPED, but the next turn is nearer
    OVERDUE = "overdue"  # it was due several times and always put off
    IDENTICAL = "identical"  # the same bytes as the key frame before
    STREAM_CHANGED = "stream_changed"  # other parameter sets, another codec or URL
    SIZE = "size"  # larger or smaller than this camera's key frames are


class Verdict(Enum):
    """What a single result says about the camera."""

    GOOD = "good"
    PICTURE_FAULT = "picture_fault"  # online, but the picture is faulty
    FAILED = "failed"  # not online
    INCONCLUSIVE = "inconclusive"  # our own fault, or nothing a camera can be blamed for: UNKNOWN


class Cause(Enum):
    """The closed list of reasons. ``value`` is the stable name used in metrics, ledger and docs/causes.md."""

    verdict: Verdict

    def __new__(cls, value: str, verdict: Verdict) -> Cause:
        member = object.__new__(cls)
        member._value_ = value
        member.verdict = verdict
        return member

    OK = "ok", Verdict.GOOD
    # reach
    DNS_FAILED = "dns_failed", Verdict.FAILED
    TCP_REFUSED = "tcp_refused", Verdict.FAILED
    TCP_TIMEOUT = "tcp_timeout", Verdict.FAILED
    TCP_UNREACHABLE = "tcp_unreachable", Verdict.FAILED
    TLS_FAILED = "tls_failed", Verdict.FAILED
    CERTIFICATE_REFUSED = "certificate_refused", Verdict.INCONCLUSIVE  # not the one we insist on: nothing was asked
    # asking in RTSP
    EMPTY_REPLY = "empty_reply", Verdict.FAILED  # connected, then closed without a byte
    CONNECTION_RESET = "connection_reset", Verdict.FAILED  # connected, then reset without a byte
    CONNECTION_CLOSED = "connection_closed", Verdict.FAILED  # closed or reset before the exchange was over
    NO_REPLY = "no_reply", Verdict.FAILED  # connected, then silence
    NOT_RTSP = "not_rtsp", Verdict.FAILED  # something else answers on this port
    TLS_EXPECTED = "tls_expected", Verdict.INCONCLUSIVE  # the port speaks TLS, the address says it does not
    HTTP_TUNNEL_ONLY = "http_tunnel_only", Verdict.INCONCLUSIVE  # RTSP inside HTTP: we do not speak it
    BAD_REPLY = "bad_reply", Verdict.FAILED  # RTSP broken beyond tolerance
    PATH_NOT_FOUND = "path_not_found", Verdict.FAILED  # 404
    REQUEST_REFUSED = "request_refused", Verdict.FAILED  # another 4xx
    SDP_REFUSED = "sdp_refused", Verdict.INCONCLUSIVE  # 406: it describes its streams in another format
    OPTION_UNSUPPORTED = "option_unsupported", Verdict.INCONCLUSIVE  # 551: it wants an extension we do not speak
    SERVER_ERROR = "server_error", Verdict.FAILED  # another 5xx
    REDIRECT_LOOP = "redirect_loop", Verdict.FAILED
    REDIRECT_NOWHERE = "redirect_nowhere", Verdict.FAILED  # redirected without a place to go
    # stream
    SDP_UNUSABLE = "sdp_unusable", Verdict.FAILED
    NO_VIDEO_TRACK = "no_video_track", Verdict.FAILED
    CODEC_UNSUPPORTED = "codec_unsupported", Verdict.INCONCLUSIVE  # we cannot judge it
    STREAM_ENCRYPTED = "stream_encrypted", Verdict.INCONCLUSIVE
    TRANSPORT_REFUSED = "transport_refused", Verdict.INCONCLUSIVE  # every way we may take: we cannot watch it
    TRACK_NOT_FOUND = "track_not_found", Verdict.FAILED  # 404 at SETUP, by every URL the description can mean
    SETUP_REFUSED = "setup_refused", Verdict.FAILED
    PLAY_REFUSED = "play_refused", Verdict.FAILED
    SESSION_LOST = "session_lost", Verdict.FAILED  # 454 or 455: it forgot or confused our session
    AGGREGATE_REFUSED = "aggregate_refused", Verdict.FAILED  # 459 or 460, for the whole and for the track alone
    NO_MEDIA = "no_media", Verdict.FAILED  # PLAY was accepted, no packet came
    NO_DATAGRAMS = "no_datagrams", Verdict.INCONCLUSIVE  # the same over UDP: something on the way may hold them back
    OTHER_MEDIA_ONLY = "other_media_only", Verdict.FAILED  # sound or metadata came, no video
    RTCP_ONLY = "rtcp_only", Verdict.FAILED  # sender reports came, no video
    STREAM_STALLED = "stream_stalled", Verdict.FAILED  # packets came, then stopped before a key frame
    NO_KEYFRAME = "no_keyframe", Verdict.FAILED
    PARAMETER_SETS_MISSING = "parameter_sets_missing", Verdict.FAILED
    STREAM_DAMAGED = "stream_damaged", Verdict.FAILED  # every key frame had packets missing
    OVER_BUDGET = "over_budget", Verdict.FAILED  # more bytes than a probe may take
    # picture
    DECODE_FAILED = "decode_failed", Verdict.PICTURE_FAULT
    PICTURE_BLACK = "picture_black", Verdict.PICTURE_FAULT
    PICTURE_SINGLE_COLOUR = "picture_single_colour", Verdict.PICTURE_FAULT
    PICTURE_FROZEN = "picture_frozen", Verdict.PICTURE_FAULT  # stands still, or runs in a loop
    PICTURE_CORRUPT = "picture_corrupt", Verdict.PICTURE_FAULT  # mosaic: lost or damaged data
    PICTURE_DARK = "picture_dark", Verdict.PICTURE_FAULT
    PICTURE_BRIGHT = "picture_bright", Verdict.PICTURE_FAULT
    PICTURE_NOISY = "picture_noisy", Verdict.PICTURE_FAULT  # snow
    PICTURE_STRIPED = "picture_striped", Verdict.PICTURE_FAULT
    PICTURE_MOVED = "picture_moved", Verdict.PICTURE_FAULT  # the usual view is lost, and there is another
    PICTURE_COVERED = "picture_covered", Verdict.PICTURE_FAULT  # the usual view is lost, and there is none
    PICTURE_BLURRED = "picture_blurred", Verdict.PICTURE_FAULT
    PICTURE_VEILED = "picture_veiled", Verdict.PICTURE_FAULT  # contrast fell all at once: spray, breath, foil
    PICTURE_CAST = "picture_cast", Verdict.PICTURE_FAULT  # a colour too much
    PICTURE_LOW_CONTRAST = "picture_low_contrast", Verdict.GOOD  # fog: told as a finding, never a result's cause
    # nothing a camera can be blamed for
    CREDENTIALS_MISSING = "credentials_missing", Verdict.INCONCLUSIVE
    CREDENTIALS_REFUSED = "credentials_refused", Verdict.INCONCLUSIVE
    CREDENTIALS_FORBIDDEN = "credentials_forbidden", Verdict.INCONCLUSIVE  # 403: right user, no permission
    ACCOUNT_LOCKED = "account_locked", Verdict.INCONCLUSIVE
    CHALLENGE_MISSING = "challenge_missing", Verdict.INCONCLUSIVE  # 401 without saying how to authenticate
    AUTH_UNSUPPORTED = "auth_unsupported", Verdict.INCONCLUSIVE  # no challenge we can answer
    NONCE_LOOP = "nonce_loop", Verdict.INCONCLUSIVE  # every answer is called too old
    DEVICE_BUSY = "device_busy", Verdict.INCONCLUSIVE  # 453 / 503: its sessions are taken
    NO_LOCAL_NETWORK = "no_local_network", Verdict.INCONCLUSIVE
    MONITOR_BLIND = "monitor_blind", Verdict.INCONCLUSIVE  # the canaries failed together with the camera
    MONITOR_ERROR = "monitor_error", Verdict.INCONCLUSIVE
    MONITOR_STOPPED = "monitor_stopped", Verdict.INCONCLUSIVE
    NOT_WATCHED = "not_watched", Verdict.INCONCLUSIVE  # results are missing for longer than max_gap
    NOT_YET_OBSERVED = "not_yet_observed", Verdict.INCONCLUSIVE
    CLOCK_JUMPED = "clock_jumped", Verdict.INCONCLUSIVE
    # the record itself
    REMOVED_UNCONFIRMED = "removed_unconfirmed", Verdict.FAILED


class Note(StrEnum):
    """What a probe noticed and got over: no failure, but worth telling. Explained in docs/causes.md."""

    ANSWERED_ANONYMOUSLY = "answered_anonymously"  # credentials are configured, nobody asked for them
    PASSWORD_IN_CLEAR = "password_in_clear"  # Basic over an unencrypted connection: anyone on the way can read it
    NONCE_RENEWED = "nonce_renewed"  # the device took back its nonce within the run
    BODY_SHORT = "body_short"  # the description ended before its announced length
    CONTENT_TYPE_WRONG = "content_type_wrong"  # the description came under another type than application/sdp
    TRACK_URL_REPAIRED = "track_url_repaired"  # the track was not found by the URL the description means
    TRANSPORT_CHANGED = "transport_changed"  # the first way of transport failed, the other one served
    PAYLOAD_TYPE_WRONG = "payload_type_wrong"  # the packets bear another number than the description announced
    CHANNEL_WRONG = "channel_wrong"  # the packets come on another channel than the reply to SETUP named


class Codec(StrEnum):
    """Video codecs we can take a key frame from."""

    H264 = "h264"
    H265 = "h265"
    MJPEG = "mjpeg"


@dataclass(frozen=True, slots=True)
class KeyFrame:
    """One complete key frame as it came: Annex B with parameter sets (H.264, H.265) or a JPEG file (MJPEG)."""

    codec: Codec
    data: bytes = field(repr=False)
    packets_lost: int = 0  # RTP sequence gaps seen on the video track before it was complete


@dataclass(frozen=True, slots=True)
class Mark(Travelling):
    """What is kept of a key frame: enough to tell the next one from it, nothing of what it shows."""

    url: str  # that gave it
    codec: Codec
    size: int  # bytes
    digest: bytes = field(repr=False)  # 16 bytes, of all of it
    parameters: bytes = field(repr=False)  # 8 bytes, of its parameter sets; empty where the codec has none


@dataclass(frozen=True, slots=True)
class Habit(Travelling):
    """How large a camera's key frames are, in bytes: a running mean and a running mean deviation from it."""

    usual: float
    deviation: float


@dataclass(frozen=True, slots=True)
class Ask(Travelling):
    """One question to one camera, with everything that is remembered for it. It may travel to another process."""

    camera: Camera
    at: datetime  # when the probe begins
    url: str = ""  # the stream to ask for first; "" = as written in the inventory
    credentials: Credentials | None = None
    may_authenticate: bool = True  # False: the device has refused them not long ago
    transport: Transport = Transport.TCP  # to try first
    look: Look = Look.SKIPPED  # why to decode whatever comes; SKIPPED: only if the key frame itself looks wrong
    mark: Mark | None = None  # of the key frame before
    habit: Habit | None = None
    approved_at: datetime | None = None  # when a person said that what it shows is what it is meant to show
    view: View = View.FIXED


@dataclass(frozen=True, slots=True)
class StageTime(Travelling):
    """How long one stage of a probe took."""

    stage: Stage
    took: timedelta


class FindingState(StrEnum):
    """What one picture check says of one key frame."""

    OK = "ok"
    WARNING = "warning"  # past seven tenths of the way to the threshold, or a report that is no fault by itself
    FAULT = "fault"
    CANNOT_JUDGE = "cannot_judge"  # nothing by which one could tell: no texture, too dark, no fixed view
    LEARNING = "learning"  # what this camera usually shows is not known yet


@dataclass(frozen=True, slots=True)
class Finding(Travelling):
    """One picture check: its measured value against its threshold."""

    cause: Cause  # what it would mean if faulty
    state: FindingState
    measure: str  # the name of the number
    value: float
    threshold: float
    severity: float = 0.0  # 0 (nothing) .. 1/2 (at the threshold) .. 1 (twice as far, or more)

    @property
    def faulty(self) -> bool:
        """Whether this key frame, looked at alone, has the fault."""
        return self.state is FindingState.FAULT


@dataclass(frozen=True, slots=True)
class Picture(Travelling):
    """What a decoded key frame told: numbers only, never pixels."""

    width: int
    height: int
    fingerprint: bytes = field(repr=False)  # 16-byte digest of the decoded luma, to tell a frozen picture
    findings: tuple[Finding, ...] = ()  # of this key frame, the most telling first
    active: tuple[Cause, ...] = ()  # what holds after several key frames over minutes, the most telling first
    events: tuple[Cause, ...] = ()  # those of ``active`` that were not, one key frame ago

    @property
    def unjudged(self) -> tuple[Cause, ...]:
        """What it shows too little to tell, or what a fixed view would take."""
        return self._in_state(FindingState.CANNOT_JUDGE)

    @property
    def unlearnt(self) -> tuple[Cause, ...]:
        """What nobody can tell yet: what this camera usually shows is not known."""
        return self._in_state(FindingState.LEARNING)

    def _in_state(self, state: FindingState) -> tuple[Cause, ...]:
        return tuple(found.cause for found in self.findings if found.state is state)


_BY_OUTLINES = frozenset({Cause.PICTURE_MOVED, Cause.PICTURE_COVERED, Cause.PICTURE_BLURRED})


@dataclass(frozen=True, slots=True)
class Sight:
    """What a camera's last decoded picture told besides a fault. No figure and no state depends on it."""

    at: datetime  # when the probe that brought it began
    unjudged: tuple[Cause, ...] = ()  # it shows too little to tell, or has no fixed view
    unlearnt: tuple[Cause, ...] = ()  # what the camera usually shows is not known yet
    noticed: tuple[Cause, ...] = ()  # a freeze that is only suspected, fog: told, and no fault

    @property
    def viewless(self) -> tuple[Cause, ...]:
        """What nobody can tell of the view for want of outlines; no colours, by night, every camera has."""
        return tuple(cause for cause in self.unjudged if cause in _BY_OUTLINES)


@dataclass(frozen=True, slots=True)
class Result(Travelling):
    """What one probe saw. A value, never an exception."""

    camera_id: str
    at: datetime  # when the probe began
    took: timedelta
    rung: Rung
    stage: Stage  # where it ended: the stage that failed, or the last one done
    cause: Cause
    detail: str = ""  # at most 200 printable characters: a status line, NAL types seen ...; never a secret
    stages: tuple[StageTime, ...] = ()
    codec: Codec | None = None
    received_bytes: int = 0
    keyframe_bytes: int = 0
    picture: Picture | None = None  # None: no picture was decoded, so nothing is said about it
    url: str = ""  # the stream all this is about: the one asked for, or the inventory's where that was refused
    transport: Transport = Transport.TCP
    look: Look = Look.SKIPPED  # why the key frame was decoded
    mark: Mark | None = None  # of the key frame, for the next question
    credentials_refused: bool = False  # they were sent and the device said no
    attempts_left: int | None = None  # how often the device says a password may still be tried
    notes: tuple[Note, ...] = ()  # what was odd and not in the way

    @property
    def verdict(self) -> Verdict:
        """What the result says, by its cause."""
        return self.cause.verdict


# ---------------------------------------------------------------- what a device tells about itself


class FindingKind(StrEnum):
    """What is wrong with a device that still shows its picture. It degrades nothing. Explained in docs/findings.md."""

    CLOCK_DRIFT = "clock_drift"  # its clock is off: what its pictures say about when is worthless
    DEVICE_SWAPPED = "device_swapped"  # another maker, model or serial number answers
    FIRMWARE_CHANGED = "firmware_changed"  # nothing but the firmware is another one
    STREAM_CHANGED = "stream_changed"  # its main stream is at another address
    NO_SUB_STREAM = "no_sub_stream"  # nothing smaller than its main stream is offered


@dataclass(frozen=True, slots=True)
class Identity(Travelling):
    """What stands on a device's plate, as it tells it; "" where it does not say."""

    maker: str
    model: str
    firmware: str
    serial: str


@dataclass(frozen=True, slots=True)
class DeviceFinding(Travelling):
    """One finding with the numbers behind it; what does not belong to its kind is empty or None."""

    kind: FindingKind
    before: str = ""  # what was known of the device
    after: str = ""  # what it told instead
    offset_us: int | None = None  # its clock less ours, microseconds
    limit_us: int | None = None  # what would have been allowed, either way


@dataclass(frozen=True, slots=True)
class OpenFinding(Travelling):
    """A finding that lasts."""

    finding: DeviceFinding
    since_at: datetime


@dataclass(frozen=True, slots=True)
class FindingSpan(Travelling):
    """A camera's finding from its appearance to its end."""

    camera_id: str
    finding: DeviceFinding
    since_at: datetime
    until_at: datetime | None = None  # None: it lasts


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """What is shown of one camera's device; the same object as long as nothing changes."""

    camera_id: str
    findings: tuple[OpenFinding, ...] = ()  # in the order of their kinds
    identity: Identity | None = None  # what the device is taken to be; None: never told
    asked_at: datetime | None = None  # when the last round began; None: not since the process started
    answered: bool = False  # it answered that round
    cause: Cause = Cause.OK  # why that round ended before all was asked; OK: it did not, or there was none
    detail: str = ""  # the same in words, the device's among them; never a secret
    clock_offset: timedelta | None = None  # its clock less ours; None: it did not tell
    snapshot: bool | None = None  # whether it offers single pictures; None: it did not tell


# ---------------------------------------------------------------- belief


class State(StrEnum):
    """Belief after thresholds. Online = UP or DEGRADED; intact = UP."""

    online: bool  # whether time in this state counts as online

    def __new__(cls, value: str, online: bool = False) -> State:
        member = str.__new__(cls, value)
        member._value_ = value
        member.online = online
        return member

    UP = "up", True
    DEGRADED = "degraded", True
    DOWN = "down"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of belief. Consecutive ones of a camera differ in (state, cause) and never go back in ``at``."""

    camera_id: str
    at: datetime  # when the new state began: the first result of the run that confirmed it
    decided_at: datetime  # when the run was long enough to say so; >= at
    old: State
    new: State
    cause: Cause
    detail: str = ""


class Step(NamedTuple):
    """What of a transition figures are made from; a record of a year has millions."""

    at: int  # microseconds since 1970-01-01 UTC
    state: State  # from then on
    seq: int = 0  # of its entry in the chain, where it is read from one
    cause: Cause = Cause.OK  # of the state, where it is asked for


@dataclass(frozen=True, slots=True)
class Outage:
    """One camera's DOWN span."""

    camera_id: str
    start_at: datetime
    end_at: datetime | None  # None: still open
    cause: Cause
    detail: str = ""


# ---------------------------------------------------------------- sums of time


@dataclass(frozen=True, slots=True)
class Seconds(Travelling):
    """The five disjoint kinds of scheduled time, in integer microseconds; groups add, never average."""

    up: int = 0
    degraded: int = 0
    down: int = 0
    excluded: int = 0
    unobserved: int = 0

    def __add__(self, other: Seconds) -> Seconds:
        return Seconds(
            self.up + other.up,
            self.degraded + other.degraded,
            self.down + other.down,
            self.excluded + other.excluded,
            self.unobserved + other.unobserved,
        )

    @property
    def scheduled(self) -> int:
        """All scheduled microseconds."""
        return self.up + self.degraded + self.down + self.excluded + self.unobserved

    @property
    def observed(self) -> int:
        """Those that count and that somebody watched."""
        return self.up + self.degraded + self.down


class BlindTime(StrEnum):
    """How the contract counts time nobody watched."""

    EXCLUDED = "excluded"
    DOWN = "down"
    UP = "up"


class Basis(StrEnum):
    """On which figure the contract is settled."""

    FLEET_SECONDS = "fleet_seconds"
    CAMERA_PASS_SHARE = "camera_pass_share"
    SNAPSHOTS = "snapshots"


# ---------------------------------------------------------------- maintenance


@dataclass(frozen=True, slots=True)
class Scope:
    """Which cameras something is about: every given field must match; no field = the whole town."""

    camera_ids: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()
    villages: frozenset[str] = frozenset()
    carriers: frozenset[str] = frozenset()
    uplinks: frozenset[str] = frozenset()
    towns: frozenset[str] = frozenset()
    categories: frozenset[SiteCategory] = frozenset()
    recorders: frozenset[str] = frozenset()
    vendors: frozenset[str] = frozenset()  # who made the camera

    def covers(self, camera: Camera) -> bool:
        """Whether the camera is meant. Written out: it is asked for every camera and every span laid over it."""
        return (
            (not self.camera_ids or camera.id in self.camera_ids)
            and (not self.sites or camera.site.id in self.sites)
            and (not self.villages or camera.site.village in self.villages)
            and (not self.carriers or camera.carrier in self.carriers)
            and (not self.uplinks or camera.uplink in self.uplinks)
            and (not self.towns or camera.site.town in self.towns)
            and (not self.categories or camera.site.category in self.categories)
            and (not self.recorders or camera.recorder in self.recorders)
            and (not self.vendors or camera.vendor in self.vendors)
        )


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Planned work over a span; excludes time by itself where the contract allows."""

    id: str
    title: str
    scope: Scope
    start_at: datetime
    end_at: datetime


class Repeat(StrEnum):
    """By which calendar step planned work comes back."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class MaintenanceRule:
    """Planned work as agreed: either once (``start_at``, ``end_at``) or by the calendar (``every`` and local times).

    Local times are in the contract's zone. ``end_time <= start_time`` means the end is on the next day; an end at
    midnight is ``00:00``. The two forms never mix: the fields of the other one are ``None`` or empty.
    """

    id: str
    title: str
    scope: Scope
    start_at: datetime | None = None
    end_at: datetime | None = None
    every: Repeat | None = None
    weekdays: frozenset[int] = frozenset()  # 0 = Monday; only with WEEK, the day on which the work starts
    month_days: frozenset[int] = frozenset()  # 1 ... 31; only with MONTH; a month without that day is left out
    start_time: time | None = None
    end_time: time | None = None


# ---------------------------------------------------------------- exclusions


class Role(StrEnum):
    """For whom somebody acts."""

    VENDOR = "vendor"
    OFFICE = "office"
    OPERATOR = "operator"  # who runs the monitor: a party to nothing


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something."""

    role: Role
    name: str


class ExclusionCause(StrEnum):
    """Why time is asked to be left out."""

    POWER = "power"
    CARRIER_LINE = "carrier_line"
    CONSTRUCTION = "construction"
    DEMOLITION = "demolition"
    FORCE_MAJEURE = "force_majeure"
    OFFICE_REQUEST = "office_request"
    OTHER = "other"


class ExclusionState(StrEnum):
    """How far an exclusion came. Rejected and withdrawn ones stay in the record."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Time somebody asks to leave out of both sides of the ratio; what of it counts, the contract says."""

    id: str
    cause: ExclusionCause
    scope: Scope
    start_at: datetime
    end_at: datetime  # later than start_at
    text: str
    evidence: str  # where the proof is: a file number, a work order; "" = none
    state: ExclusionState
    proposed_by: Actor
    decided_by: Actor | None = None  # who approved, rejected or withdrew it; None while it is proposed


# ---------------------------------------------------------------- the contract and the record


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """What the two parties agreed on; ratios are exact, local times are in ``zone``."""

    zone: str = "Asia/Shanghai"  # IANA name
    target: Fraction = Fraction(95, 100)  # of the online rate
    intact_target: Fraction | None = None  # of the intact rate; None = not agreed
    min_coverage: Fraction = Fraction(95, 100)  # below it the month is not provable
    basis: Basis = Basis.FLEET_SECONDS
    blind_time: BlindTime = BlindTime.EXCLUDED
    service_hours: tuple[tuple[time, time], ...] = ((time(0), time(0)),)  # end <= start: ends on the next day
    snapshot_times: tuple[time, ...] = (time(9), time(15), time(21))
    maintenance_excludes: bool = True
    first_day: date | None = None  # local; None = as long as there is a record
    last_day: date | None = None  # local, inclusive; None = open


@dataclass(frozen=True, slots=True)
class CameraRecord:
    """A camera as the ledger knows it: the latest wording, and when it came and went."""

    camera: Camera
    first_added_at: datetime  # the first addition ever: leaving and coming back does not shorten the record
    added_at: datetime  # the first addition after the last removal
    removed_at: datetime | None  # None: still there


@dataclass(frozen=True, slots=True)
class InventoryChange:
    """A camera came (``before`` is None), went (``after`` is None) or was changed."""

    at: datetime
    camera_id: str
    before: Camera | None
    after: Camera | None


# ---------------------------------------------------------------- what edges show


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """Everything shown about one camera now."""

    camera: Camera
    state: State
    cause: Cause
    since_at: datetime
    last_result: Result | None
    last_good_at: datetime | None
    state_changes: int  # since the record began
    blips: int  # unconfirmed failures since the process began
    in_maintenance: bool
    month: Seconds  # this calendar month of the contract's zone, up to what is settled
    lifetime: Seconds  # since the record began, up to what is settled; only ever grows
    sight: Sight | None = None  # of a camera that is online, once a picture of it was decoded since the start


@dataclass(frozen=True, slots=True)
class GroupStatus:
    """Month-to-date figures of a village, carrier, site or the town."""

    kind: str  # "site", "village", "carrier", "town"
    name: str
    cameras: int
    states: dict[State, int]
    month: Seconds
    forecast_ratio: float | None  # where the month will end with today's states; None = undefined
    best_ratio: float | None  # where it would end with everything up from now on
