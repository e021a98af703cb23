"""One probe of one camera: fetch a key frame, look at it where something speaks for that, say what was seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from monitor import tiers
from monitor.clock import Clock
from monitor.model import Ask, Cause, Look, Result, Rung, Stage, StageTime
from monitor.probes.decode import Seen
from monitor.probes.decoders import Decoders
from monitor.probes.marks import mark_of
from monitor.probes.rtsp import Fetched, RtspLimits, fetch_keyframe

# Answers to a URL that is not the inventory's which may only mean that there is no such stream: the camera is asked for
# the one that was written before anything is said about it. Neither wrong accounts nor silence are among them.
OUR_GUESS = frozenset(
    {
        Cause.PATH_NOT_FOUND, Cause.REQUEST_REFUSED, Cause.SDP_REFUSED, Cause.OPTION_UNSUPPORTED, Cause.SERVER_ERROR,
        Cause.REDIRECT_LOOP, Cause.REDIRECT_NOWHERE, Cause.SDP_UNUSABLE, Cause.NO_VIDEO_TRACK, Cause.CODEC_UNSUPPORTED,
        Cause.STREAM_ENCRYPTED, Cause.TRANSPORT_REFUSED, Cause.TRACK_NOT_FOUND, Cause.SETUP_REFUSED, Cause.PLAY_REFUSED,
        Cause.SESSION_LOST, Cause.AGGREGATE_REFUSED,
    }
)  # fmt: skip
_LEAST = timedelta(seconds=1)  # for the second question, however long the first one took


@dataclass(frozen=True, slots=True)
class CameraProber:
    """Probes cameras; those in one process share the decoders."""

    limits: RtspLimits
    clock: Clock
    decoders: Decoders

    async def probe(self, ask: Ask, session_over: Callable[[], None]) -> Result:
        """Ask once. Takes at most ``limits.total`` plus the decoding; raises nothing but cancellation.

        ``session_over`` is called before a key frame is decoded: the camera and its line are free meanwhile. It is not
        called otherwise, least of all after a refusal, which must be known before the device is asked again.
        """
        fetched = await fetch(ask, self.limits, self.clock)
        result = result_of(ask, fetched)
        if result.look in tiers.CAN_WAIT and self.decoders.busy:
            result = replace(result, look=Look.PUT_OFF)
        if fetched.keyframe is None or result.look in tiers.NOT_LOOKED or result.mark is None:
            return result
        session_over()
        started = self.clock.monotonic()
        seen = await self.decoders.look(fetched.keyframe, ask.camera.id, ask.at, ask.approved_at, ask.view)
        return with_picture(result, seen, timedelta(seconds=self.clock.monotonic() - started))


async def fetch(ask: Ask, limits: RtspLimits, clock: Clock, *, transcript: bool = False) -> Fetched:
    """What the stream told: the one asked for, or the inventory's where that one seems not to exist."""
    written = ask.camera.url
    url = ask.url or written
    fetched = await _fetched(url, ask, limits, clock, transcript=transcript)
    if url == written or fetched.cause not in OUR_GUESS:
        return fetched
    left = replace(limits, total=max(_LEAST, limits.total - fetched.took))
    again = await _fetched(written, ask, left, clock, transcript=transcript)
    return replace(
        again,
        took=fetched.took + again.took,
        received_bytes=fetched.received_bytes + again.received_bytes,
        transcript=fetched.transcript + again.transcript,
    )


async def _fetched(url: str, ask: Ask, limits: RtspLimits, clock: Clock, *, transcript: bool) -> Fetched:
    return await fetch_keyframe(
        url,
        ask.credentials,
        limits=limits,
        clock=clock,
        may_authenticate=ask.may_authenticate,
        certificate=ask.camera.certificate,
        transport=ask.transport,
        transcript=transcript,
    )


def result_of(ask: Ask, fetched: Fetched) -> Result:
    """What the stream told, and whether its key frame is to be decoded."""
    mark = mark_of(fetched.url, fetched.keyframe) if fetched.keyframe else None
    return Result(
        camera_id=ask.camera.id,
        at=ask.at,
        took=fetched.took,
        rung=fetched.rung,
        stage=fetched.stage,
        cause=fetched.cause,
        detail=fetched.detail,
        stages=fetched.stages,
        codec=fetched.codec,
        received_bytes=fetched.received_bytes,
        keyframe_bytes=mark.size if mark else 0,
        url=fetched.url,
        transport=fetched.transport,
        credentials_refused=fetched.credentials_refused,
        attempts_left=fetched.attempts_left,
        notes=fetched.notes,
        look=tiers.look_after(ask, mark) if mark else Look.SKIPPED,
        mark=mark,
    )


def with_picture(result: Result, seen: Seen, looking: timedelta) -> Result:
    """The result with what the picture told; ``looking``: how long that took."""
    stage = Stage.DECODE if seen.picture is None else Stage.PICTURE
    return replace(
        result,
        took=result.took + looking,
        rung=Rung.PICTURE if seen.cause is Cause.OK else result.rung,
        stage=stage,
        cause=seen.cause,
        detail=seen.detail or result.detail,
        stages=(*result.stages, StageTime(stage, looking)),
        picture=seen.picture,
    )
