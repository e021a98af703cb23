"""Key frames that lose packets on their way, as the monitor meets them: depacketiser, patience, decoder, belief.

A look takes what comes until a key frame is whole or patience ends; where none was, that has a cause. Only what the
rules of liveness make of several looks is an event: DOWN or DEGRADED, after as many results as for everything else.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from monitor.liveness import Policy, Track, new_track, step
from monitor.model import Cause, Codec, Result, Rung, Stage, State
from monitor.picture import Memory
from monitor.probes.decode import look_at
from tests.bench.picture_diagnosis.camera import Camera
from tests.bench.picture_diagnosis.days import Rng, Weather, a_moment, noon
from tests.bench.picture_diagnosis.streams import Arrived, Encoder, Loss, Stream, sent
from tests.bench.picture_diagnosis.watching import DAY, Trial

EVERY = timedelta(seconds=60)  # between two looks, as while something is in doubt
LOOKS = 7
PATIENCE = 3  # key frames that come while a look waits for a whole one
RIGHT = frozenset({Cause.STREAM_DAMAGED, Cause.DECODE_FAILED, Cause.PICTURE_CORRUPT})
POLICY = Policy()


def lossy(camera: Camera, stream: Stream, memory: Memory, loss: Loss, share: float, rng: Rng) -> Trial:
    """Each key frame loses this share of its packets, at least one."""
    encoder = Encoder(stream)

    def arrived(at: datetime) -> Iterator[Arrived]:
        for _ in range(PATIENCE):
            moment = a_moment(Weather.CLEAR, at, False, rng)
            unit, following = (encoder.encode(camera.film(moment, rng)) for _ in range(2))
            yield sent(stream.codec, unit, following, share, loss, rng)

    track = _online()
    event: Cause | None = None
    delay: int | None = None
    for number in range(1, LOOKS + 1):
        at = noon(1) + number * EVERY
        result, memory = looked(arrived(at), stream.codec, memory, at)
        track, made = step(track, result, POLICY)
        event = next((each.cause for each in made if each.new in (State.DOWN, State.DEGRADED)), None)
        if event is not None:
            delay = number
            break
    many = "one packet" if not share else f"{share:.0%} of the packets"
    kind = f"corrupt, {'gap seen' if loss is Loss.SEEN else 'numbers intact'}"
    named = event in RIGHT
    return Trial(
        kind, f"{stream.codec}, {many} lost", DAY, loss is Loss.SEEN, True, event, named, delay if named else None
    )


def looked(arrivals: Iterator[Arrived], codec: Codec, memory: Memory, at: datetime) -> tuple[Result, Memory]:
    """What a probe would say: of the first whole key frame, or why none was."""
    cause, picture = Cause.NO_KEYFRAME, None
    for arrived in arrivals:
        cause = arrived.cause
        if arrived.key_frame is not None:
            seen = look_at(arrived.key_frame, memory, at)
            cause, picture, memory = seen.cause, seen.picture, seen.memory or memory
            break
    rung = Rung.STREAM if picture is None else Rung.PICTURE
    stage = Stage.KEYFRAME if picture is None else Stage.PICTURE
    return Result("cam", at, timedelta(seconds=1), rung, stage, cause, picture=picture, codec=codec), memory


def _online() -> Track:
    good = Result("cam", noon(1), timedelta(seconds=1), Rung.PICTURE, Stage.PICTURE, Cause.OK)
    track, _ = step(new_track("cam", noon(1)), good, POLICY)
    return track
