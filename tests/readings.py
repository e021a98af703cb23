"""Results as tests write them: a cause and a second."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.liveness import Policy, Track, new_track, step
from monitor.model import Cause, Picture, Result, Rung, Stage, Transition, Verdict

BEGINNING = datetime(2026, 10, 1, tzinfo=UTC)
PICTURE = Picture(640, 360, b"0" * 16)


def second(number: float) -> datetime:
    return BEGINNING + timedelta(seconds=number)


def shown(cause: Cause) -> Picture:
    """A picture of which the diagnosis says the same as its latest key frame."""
    return replace(PICTURE, active=(cause,) if cause.verdict is Verdict.PICTURE_FAULT else ())


def seen(cause: Cause, at: float, *, picture: bool = True, detail: str = "") -> Result:
    """A result that began ``at`` seconds after the beginning; an online one comes with a picture unless told."""
    online = cause.verdict in (Verdict.GOOD, Verdict.PICTURE_FAULT)
    return Result(
        "cam-1",
        second(at),
        timedelta(seconds=1),
        Rung.PICTURE if online else Rung.NONE,
        Stage.TEARDOWN if online else Stage.TCP,
        cause,
        detail,
        picture=shown(cause) if online and picture and cause is not Cause.DECODE_FAILED else None,
    )


def fold(results: Iterable[Result], policy: Policy, track: Track | None = None) -> tuple[Track, tuple[Transition, ...]]:
    """All results, one after the other."""
    track = track or new_track("cam-1", BEGINNING)
    made: tuple[Transition, ...] = ()
    for result in results:
        track, more = step(track, result, policy)
        made += more
    return track, made
