"""The faults a fake camera can have: how it behaves with each one, and what a right monitor must say about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from monitor.model import Cause
from monitor.simulator.flaws import Flaw
from monitor.simulator.scenes import Scene


class Reach(Enum):
    """What the network does with a connection attempt."""

    ANSWERS = "answers"
    REFUSES = "refuses"  # the device runs, its RTSP service does not
    VANISHES = "vanishes"  # packets get no answer at all


class Speech(Enum):
    """What a client hears once it is connected."""

    RTSP = "rtsp"
    NOTHING = "nothing"
    HTTP = "http"
    GARBAGE = "garbage"
    GOODBYE = "goodbye"  # the connection is closed at once


class Media(Enum):
    """What is sent after PLAY."""

    FLOWS = "flows"
    NOTHING = "nothing"
    NO_KEY_FRAMES = "no_key_frames"
    HALF_A_KEY_FRAME = "half_a_key_frame"  # then silence


@dataclass(frozen=True, slots=True)
class Refusal:
    """A method that is always answered with an error."""

    method: str
    status: str  # as on the status line


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Everything about a camera that a fault can change; the defaults are a healthy one."""

    reach: Reach = Reach.ANSWERS
    speech: Speech = Speech.RTSP
    refusal: Refusal | None = None
    password_changed: bool = False
    media: Media = Media.FLOWS
    scene: Scene | None = None  # None: the camera's own
    flaw: Flaw | None = None  # of its picture
    replays: int = 0  # the last groups of pictures again and again; 1: one key frame and nothing else; 0: it goes on

    @property
    def frozen(self) -> bool:
        """Whether it shows one key frame for ever."""
        return self.replays == 1


HEALTHY = Behaviour()


class Fault(Enum):
    """The closed list of scripted faults. ``causes`` are the right findings, the usual one first."""

    causes: tuple[Cause, ...]
    behaviour: Behaviour

    def __new__(cls, value: str, behaviour: Behaviour, *causes: Cause) -> Fault:
        member = object.__new__(cls)
        member._value_ = value
        member.behaviour = behaviour
        member.causes = causes
        return member

    @property
    def cause(self) -> Cause:
        """The usual finding."""
        return self.causes[0]

    POWER_LOST = "power_lost", Behaviour(reach=Reach.VANISHES), Cause.TCP_TIMEOUT
    LINE_CUT = "line_cut", Behaviour(reach=Reach.VANISHES), Cause.TCP_TIMEOUT  # befalls the whole uplink
    PORT_CLOSED = "port_closed", Behaviour(reach=Reach.REFUSES), Cause.TCP_REFUSED
    CLOSES = "closes", Behaviour(speech=Speech.GOODBYE), Cause.EMPTY_REPLY, Cause.CONNECTION_RESET
    SILENT = "silent", Behaviour(speech=Speech.NOTHING), Cause.NO_REPLY
    NOT_RTSP = "not_rtsp", Behaviour(speech=Speech.HTTP), Cause.NOT_RTSP
    GARBAGE = "garbage", Behaviour(speech=Speech.GARBAGE), Cause.NOT_RTSP, Cause.BAD_REPLY
    WRONG_PASSWORD = "wrong_password", Behaviour(password_changed=True), Cause.CREDENTIALS_REFUSED
    PATH_MISSING = (
        "path_missing",
        Behaviour(refusal=Refusal("DESCRIBE", "404 Stream Not Found")),
        Cause.PATH_NOT_FOUND,
    )
    SERVER_ERROR = (
        "server_error",
        Behaviour(refusal=Refusal("DESCRIBE", "500 Internal Server Error")),
        Cause.SERVER_ERROR,
    )
    BUSY = "busy", Behaviour(refusal=Refusal("SETUP", "453 Not Enough Bandwidth")), Cause.DEVICE_BUSY
    TRANSPORT_REFUSED = (
        "transport_refused",
        Behaviour(refusal=Refusal("SETUP", "461 Unsupported Transport")),
        Cause.TRANSPORT_REFUSED,
    )
    NO_MEDIA = "no_media", Behaviour(media=Media.NOTHING), Cause.NO_MEDIA
    NO_KEYFRAME = "no_keyframe", Behaviour(media=Media.NO_KEY_FRAMES), Cause.NO_KEYFRAME  # not with MJPEG
    STALLED = "stalled", Behaviour(media=Media.HALF_A_KEY_FRAME), Cause.STREAM_STALLED
    FROZEN = "frozen", Behaviour(replays=1), Cause.PICTURE_FROZEN
    LOOP = "loop", Behaviour(replays=6), Cause.PICTURE_FROZEN  # a recorder plays its last minute again and again
    BLACK = "black", Behaviour(scene=Scene.BLACK), Cause.PICTURE_BLACK
    BLUE = "blue", Behaviour(scene=Scene.BLUE), Cause.PICTURE_SINGLE_COLOUR
    # These must be named when the town starts, for their films are made then.
    DARK = "dark", Behaviour(flaw=Flaw.DARK), Cause.PICTURE_DARK, Cause.PICTURE_BLACK
    BRIGHT = "bright", Behaviour(flaw=Flaw.BRIGHT), Cause.PICTURE_BRIGHT
    BLURRED = "blurred", Behaviour(flaw=Flaw.BLURRED), Cause.PICTURE_BLURRED
    COVERED = "covered", Behaviour(flaw=Flaw.COVERED), Cause.PICTURE_COVERED, Cause.PICTURE_MOVED
    MOVED = "moved", Behaviour(flaw=Flaw.MOVED), Cause.PICTURE_MOVED, Cause.PICTURE_COVERED
    NOISY = "noisy", Behaviour(flaw=Flaw.NOISY), Cause.PICTURE_NOISY
    STRIPED = "striped", Behaviour(flaw=Flaw.STRIPED), Cause.PICTURE_STRIPED
    CAST = "cast", Behaviour(flaw=Flaw.CAST), Cause.PICTURE_CAST
    CORRUPT = "corrupt", Behaviour(flaw=Flaw.MOSAIC), Cause.PICTURE_CORRUPT
    VEILED = "veiled", Behaviour(flaw=Flaw.VEILED), Cause.PICTURE_VEILED
    # A freeze under a ticking clock, of a camera of constant bit rate: certain after minutes, and dated from then on.
    STUCK = "stuck", Behaviour(flaw=Flaw.STUCK), Cause.PICTURE_FROZEN
    FOG = "fog", Behaviour(flaw=Flaw.FOGGED), Cause.PICTURE_LOW_CONTRAST  # weather: told, and no fault


FAULT_SCENES = frozenset(fault.behaviour.scene for fault in Fault if fault.behaviour.scene is not None)


@dataclass(frozen=True, slots=True)
class FaultRecord:
    """What was truly wrong with one camera, and when: the answer key for the monitor's own record."""

    camera_id: str
    fault: Fault
    cause: Cause
    start_at: datetime
    end_at: datetime | None = None  # None: still so
