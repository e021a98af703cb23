"""One probe of one camera: fetch a key frame, look at it, say what was seen as a ``Result``."""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.clock import Clock
from monitor.model import Camera, Cause, Credentials, Result, Rung, Stage, StageTime
from monitor.probes.decode import Seen, look_at
from monitor.probes.rtsp import Fetched, RtspLimits, fetch_keyframe


@dataclass(frozen=True, slots=True)
class CameraProber:
    """Probes cameras. ``decoders`` is a bounded pool of threads: decoding never runs on the event loop."""

    limits: RtspLimits
    clock: Clock
    decoders: Executor

    async def probe(
        self,
        camera: Camera,
        credentials: Credentials | None,
        at: datetime,
        *,
        may_authenticate: bool = True,
        previous_fingerprint: bytes | None = None,
    ) -> Result:
        """Ask once. Takes at most ``limits.total`` plus the decoding; raises nothing but cancellation."""
        fetched = await fetch_keyframe(
            camera.url, credentials, limits=self.limits, clock=self.clock, may_authenticate=may_authenticate
        )
        if fetched.keyframe is None:
            return result_of(camera.id, at, fetched)
        started = self.clock.monotonic()
        seen = await asyncio.get_running_loop().run_in_executor(
            self.decoders, look_at, fetched.keyframe, previous_fingerprint
        )
        return result_of(camera.id, at, fetched, seen, timedelta(seconds=self.clock.monotonic() - started))


def result_of(
    camera_id: str, at: datetime, fetched: Fetched, seen: Seen | None = None, looking: timedelta = timedelta(0)
) -> Result:
    """Fold what the stream told and what the picture told into one result."""
    rung, stage, cause, detail, stages = fetched.rung, fetched.stage, fetched.cause, fetched.detail, fetched.stages
    if seen is not None:
        stage = Stage.DECODE if seen.picture is None else Stage.PICTURE
        stages = (*stages, StageTime(stage, looking))
        cause, detail = seen.cause, seen.detail or detail
        if cause is Cause.OK:
            rung = Rung.PICTURE
    return Result(
        camera_id=camera_id,
        at=at,
        took=fetched.took + looking,
        rung=rung,
        stage=stage,
        cause=cause,
        detail=detail,
        stages=stages,
        codec=fetched.codec,
        received_bytes=fetched.received_bytes,
        keyframe_bytes=len(fetched.keyframe.data) if fetched.keyframe else 0,
        picture=seen.picture if seen else None,
    )
