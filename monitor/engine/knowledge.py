"""What is remembered of each camera from one probe to the next, and the question that follows from it.

Decides which stream is asked for: the small one unless there is none. Must never let a camera be blamed for a stream
whose URL we made up: after any failure there, the inventory's own URL has the word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.devices import Devices, Stream
from monitor.liveness import Track
from monitor.model import Ask, Camera, Credentials, Result, Rung, Stage, Verdict
from monitor.picture.verdict import leans_to_frozen
from monitor.schedule import phase
from monitor.settings import Settings, StreamChoice
from monitor.substreams import at_the_place_of, sub_stream
from monitor.tiers import Memory, look_before, remembered

NO_SUB_STREAM_FOR = timedelta(days=1)  # then it is looked for again: somebody may have switched it on
STRIKES = 2  # once a failing guess may be a failing line, twice in a row beside a working main stream it is the guess
UNKNOWN_RATE = 2_000_000  # bit/s taken for a camera not measured yet: a generous sub-stream, half a main stream
_OFF_THE_LINE = (Stage.DECODE, Stage.PICTURE)
_SHARE = 1 / 4  # of the new measurement in the running mean
_WORTH_KEEPING = 1 / 4  # a mean that moved by this share is written down


@dataclass(frozen=True, slots=True)
class _Known:
    """What a restart may lose of one camera."""

    memory: Memory = field(default_factory=Memory)
    guess_failed: bool = False  # the last probe of our guessed stream failed: ask as written
    leaning: bool = False  # the last picture, or what was learnt since, asks for another look
    strikes: int = 0  # how often in a row the guess failed while the stream as written worked
    received: float = 0.0  # bytes a probe takes, running mean; 0 = not measured
    took: float = 0.0  # seconds a probe holds the line, running mean


class Knowledge:
    """All cameras; what outlives a restart stands in ``devices``."""

    def __init__(self, devices: Devices) -> None:
        self._devices = devices
        self._known: dict[str, _Known] = {}
        self._approved: Mapping[str, datetime] = {}

    def approve(self, views: Mapping[str, datetime]) -> None:
        """By camera, when what it shows was approved: whichever process looks at its next picture is told."""
        self._approved = views

    def rate(self, camera: Camera) -> int:
        """How many bit/s a probe of the camera is expected to take."""
        return self._devices.stream(camera.id, camera.url).rate or UNKNOWN_RATE

    def ask(
        self,
        camera: Camera,
        track: Track,
        at: datetime,
        settings: Settings,
        credentials: Credentials | None,
        *,
        may_authenticate: bool,
    ) -> Ask:
        """The question for a probe that begins ``at``."""
        known, stream = self._known.get(camera.id, _Known()), self._devices.stream(camera.id, camera.url)
        choice, every = settings.probe.stream, settings.picture.every
        look = look_before(
            known.memory,
            track.state,
            at,
            failing=track.connection is not None,
            doubted=track.picture is not None or known.leaning,
            every=every,
            turn=timedelta(seconds=phase(camera.id, every.total_seconds())),
        )
        return Ask(
            camera=camera,
            at=at,
            url=camera.url if known.guess_failed else stream_to_ask(camera, stream, choice, at),
            credentials=credentials,
            may_authenticate=may_authenticate,
            transport=stream.transport,
            look=look,
            mark=known.memory.mark,
            habit=known.memory.habit,
            approved_at=self._approved.get(camera.id),
            view=settings.picture.view_of(camera.id),
        )

    def take(self, ask: Ask, result: Result) -> None:
        """Remember what the probe told."""
        camera, known = ask.camera, self._known.get(ask.camera.id, _Known())
        before = stream = self._devices.stream(camera.id, camera.url)
        known = replace(known, memory=remembered(known.memory, result))
        if result.picture is not None:
            known = replace(known, leaning=leans_to_frozen(result.picture))
        known, absent = _judged_guess(known, ask, result)
        if absent:
            stream = replace(stream, no_sub_until=ask.at + NO_SUB_STREAM_FOR)
        if result.mark is not None:
            stream = replace(stream, transport=result.transport)
            known = _measured(known, result, stream)
            if _moved(known.received, stream.received) or _moved(known.took, stream.took.total_seconds()):
                took = timedelta(seconds=known.took)
                stream = replace(stream, received=round(known.received), took=took)
        self._known[camera.id] = known
        if stream != before:
            self._devices.learn(camera.id, camera.url, stream)

    def doubt(self, camera_id: str) -> None:
        """Let the camera's next key frame be looked at: something was learnt of its picture that none has shown yet."""
        self._known[camera_id] = replace(self._known.get(camera_id, _Known()), leaning=True)

    def forget(self, camera_id: str) -> None:
        """The camera left the inventory."""
        self._known.pop(camera_id, None)


def stream_to_ask(camera: Camera, stream: Stream, choice: StreamChoice, at: datetime) -> str:
    """The URL to ask first: the small stream that ONVIF named or the vendor documents, else the inventory's.

    Always at host and port of the inventory: so a guess that cannot be reached says the same as the stream as written.
    """
    # A clock that was set back must not keep the small stream away for longer than was meant.
    absent = timedelta(0) < stream.no_sub_until - at <= NO_SUB_STREAM_FOR
    if choice is StreamChoice.AS_WRITTEN or absent:
        return camera.url
    if stream.found:
        return at_the_place_of(camera.url, stream.found)
    return sub_stream(camera.url) or camera.url


def _judged_guess(known: _Known, ask: Ask, result: Result) -> tuple[_Known, bool]:
    """What the result says about our guess of the stream, and whether it proves that there is no such stream."""
    online = result.verdict in (Verdict.GOOD, Verdict.PICTURE_FAULT)
    if ask.url != ask.camera.url:
        if result.url == ask.camera.url:  # refused, and the stream as written was asked in the same probe
            return replace(known, guess_failed=False, strikes=0), True
        if online:
            return replace(known, guess_failed=False, strikes=0), False
        return replace(known, guess_failed=result.rung >= Rung.REACH), False
    if not known.guess_failed or not online:
        return known, False
    strikes = known.strikes + 1
    return replace(known, guess_failed=False, strikes=strikes % STRIKES), strikes >= STRIKES


def _measured(known: _Known, result: Result, stream: Stream) -> _Known:
    """The running means with one more probe that brought a key frame."""
    looking = sum((stage.took for stage in result.stages if stage.stage in _OFF_THE_LINE), timedelta(0))
    took, received = (result.took - looking).total_seconds(), result.received_bytes
    if not known.received:
        known = replace(known, received=stream.received or received, took=stream.took.total_seconds() or took)
    return replace(
        known,
        received=known.received + _SHARE * (received - known.received),
        took=known.took + _SHARE * (took - known.took),
    )


def _moved(mean: float, kept: float) -> bool:
    return abs(mean - kept) > _WORTH_KEEPING * kept
