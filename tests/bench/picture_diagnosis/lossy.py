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
from tests.bench.picture_diagnosis.streams import Arrived, Encoder, Loss, Stream, a_share, each_by_chance, sent
from tests.bench.picture_diagnosis.watching import DAY, Trial

EVERY = timedelta(seconds=60)  # between two looks, as while something is in doubt
LOOKS = 7
PATIENCE = 3  # key frames that come while a look waits for a whole one
RIGHT = frozenset({Cause.STREAM_DAMAGED, Cause.DECODE_FAILED, Cause.PICTURE_CORRUPT})
POLICY = Policy()
LOSING = 0.01  # of the packets of a poor line
SENT = 40  # key frames over it
LOSSES = (0.0, 0.1)  # shares of a key frame's packets: one packet, a tenth


def lossy(camera: Camera, stream: Stream, memory: Memory, loss: Loss, share: float, rng: Rng) -> Trial:
    """Each key frame loses this share of its packets, at least one."""
    encoder = Encoder(stream)

    def arrived(at: datetime) -> Iterator[Arrived]:
        for _ in range(PATIENCE):
            moment = a_moment(Weather.CLEAR, at, False, rng)
            unit, following = (encoder.encode(camera.film(moment, rng)) for _ in range(2))
            yield sent(stream.codec, unit, following, a_share(share), loss, rng)

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
    kind = f"corrupt, {'gap seen' if loss is Loss.SEEN else 'numbers intact'}"
    named = event in RIGHT
    strength = _lost(stream.codec, share)
    return Trial(kind, strength, DAY, loss is Loss.SEEN, True, event, named, delay if named else None)


def _lost(codec: Codec, share: float) -> str:
    return f"{codec}, {f'{share:.0%} of the packets' if share else 'one packet'} of each key frame lost"


def _on_a_poor_line(codec: Codec) -> str:
    return f"{codec}, a line losing {LOSING:.0%}, key frame by key frame"


# As strengths, where the numbers of the packets show the gap.
DAMAGED = tuple(
    strength
    for codec in (Codec.H264, Codec.H265)
    for strength in (*(_lost(codec, share) for share in LOSSES), _on_a_poor_line(codec))
)


def poor_line(camera: Camera, stream: Stream, memory: Memory, rng: Rng) -> Iterator[Trial]:
    """Of a line that loses 1 % of all packets, each key frame that lost one: whether it is told, or believed.

    The camera itself mostly stays online there: a look ends with the first whole key frame.
    """
    encoder = Encoder(stream)
    for number in range(SENT):
        at = noon(1) + number * EVERY
        moment = a_moment(Weather.CLEAR, at, False, rng)
        unit, following = (encoder.encode(camera.film(moment, rng)) for _ in range(2))
        arrived = sent(stream.codec, unit, following, each_by_chance(LOSING), Loss.SEEN, rng)
        result, memory = looked(iter((arrived,)), stream.codec, memory, at)
        if arrived.lost:
            told = None if result.cause is Cause.OK else result.cause
            named = told in RIGHT
            strength, delay = _on_a_poor_line(stream.codec), 1 if named else None
            yield Trial("corrupt, gap seen", strength, DAY, True, True, told, named, delay)


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
