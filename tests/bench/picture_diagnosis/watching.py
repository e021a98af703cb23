"""A camera that is watched by the monitor's own examination, and what is noted down of what it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from monitor.model import Cause, FindingState, KeyFrame, Picture, Verdict
from monitor.picture import Evidence, Frame, Memory, examine
from tests.bench.picture_diagnosis.scenes import Pixels
from tests.bench.picture_diagnosis.streams import Decoder, Encoder, Stream

BEFORE = 2  # sound key frames before a fault begins
DAY, INFRARED = "day", "infra-red"


@dataclass(frozen=True, slots=True)
class Trial:
    """One fault at one scene, and what became of it."""

    kind: str
    strength: str
    mode: str
    promised: bool
    judged: bool  # whether the examination claimed to be able to tell
    event: Cause | None  # the first fresh one, of those that name the fault if there is one
    named: bool  # whether it names the fault
    delay: int | None  # key frames from the fault's first to the event, counted from 1
    suspected: bool = False  # a warning of it stood at the end


@dataclass(frozen=True, slots=True)
class Alive:
    """Key frames without a fault under one condition."""

    condition: str
    key_frames: int
    faulty: int  # judged faulty, each by itself
    events: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """All that was found at one scene."""

    scene: str
    trials: tuple[Trial, ...]
    alive: tuple[Alive, ...]


class Watch:
    """A camera that is watched: its encoder, and the memory of it."""

    def __init__(self, stream: Stream, memory: Memory) -> None:
        self._codec = stream.codec
        self._encoder, self._decoder = Encoder(stream), Decoder()
        self.memory = memory

    def look(self, picture: Pixels, at: datetime) -> Picture:
        """Encode, decode and examine one picture."""
        return self.look_at(self._encoder.encode(picture), at)

    def skip(self, picture: Pixels) -> None:
        """Encode a picture between two key frames, which nobody looks at."""
        self._encoder.encode(picture)

    def look_at(self, unit: bytes, at: datetime) -> Picture:
        """Decode and examine one key frame."""
        decoded = self._decoder.decode(KeyFrame(self._codec, unit))
        assert decoded is not None, "a sound key frame is decoded"
        return self.look_through(*decoded, at)

    def look_through(self, frame: Frame, evidence: Evidence, at: datetime) -> Picture:
        """Examine one decoded key frame."""
        picture, self.memory = examine(frame, evidence, self.memory, at)
        return picture


def alive(condition: str, pictures: Iterable[Picture]) -> Alive:
    """Counts what should not have been said."""
    key_frames = faulty = 0
    events: list[Cause] = []
    for picture in pictures:
        key_frames += 1
        faulty += any(finding.faulty and is_fault(finding.cause) for finding in picture.findings)
        events += filter(is_fault, picture.events)
    return Alive(condition, key_frames, faulty, tuple(events))


def trial(
    kind: str, strength: str, mode: str, right: frozenset[Cause], pictures: Iterator[Picture], *,
    before: int = BEFORE, promised: bool = True,
) -> Trial:  # fmt: skip
    """Follows a fault until an event names it, or to the end. Only what was not active at its beginning counts."""
    event: Cause | None = None
    picture: Picture | None = None
    judged = False
    for number, picture in enumerate(pictures, 1 - before):
        # What said "good" before the fault has claimed to be able to tell, even if it now says otherwise.
        judged = judged or any(_judges(picture, cause) for cause in right)
        if number < 1:
            continue
        fresh = [cause for cause in picture.events if is_fault(cause)]
        naming = next((cause for cause in fresh if cause in right), None)
        event = event or next(iter(fresh), None)
        if naming is not None:
            return Trial(kind, strength, mode, promised, True, naming, True, number)
    suspected = picture is not None and any(
        finding.cause in right and finding.state is FindingState.WARNING for finding in picture.findings
    )
    return Trial(kind, strength, mode, promised, judged, event, False, None, suspected)


def is_fault(cause: Cause) -> bool:
    """Whether it would be held against a camera; fog is told, and is none."""
    return cause.verdict is Verdict.PICTURE_FAULT


def _judges(picture: Picture, cause: Cause) -> bool:
    unable = (FindingState.CANNOT_JUDGE, FindingState.LEARNING)
    return any(finding.cause is cause and finding.state not in unable for finding in picture.findings)
