"""From results to belief: decides when a camera counts as up, degraded, down or unknown, and since when.

``step`` is a fold, so a list of results is a complete test. It must never read a clock, never blame a camera for what
we could not see, and never move a transition to before the one that precedes it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto

from .model import Cause, Picture, Result, State, Transition, Verdict


@dataclass(frozen=True, slots=True)
class Policy:
    """How often a camera is asked and how many results make a belief. ``max_gap >= interval``; counts are >= 1."""

    interval: timedelta = timedelta(seconds=60)
    retry: timedelta = timedelta(seconds=10)  # the wait while a verdict is pending
    fall: int = 3  # failures in a row that confirm DOWN
    rise: int = 1  # online results in a row that confirm the camera is online
    picture_fall: int = 3  # faulty pictures in a row that confirm DEGRADED ...
    picture_spread: timedelta = timedelta(minutes=2)  # ... when the first and the last lie at least this far apart
    picture_rise: int = 2  # good pictures in a row that confirm UP
    max_gap: timedelta = timedelta(minutes=3)  # without a result for longer, we were not watching


class Evidence(Enum):
    """What a result is evidence of. One with a picture speaks twice: of the connection, then of the picture."""

    ONLINE = auto()
    FAILED = auto()
    FAULTY_PICTURE = auto()
    GOOD_PICTURE = auto()
    BLIND = auto()


@dataclass(frozen=True, slots=True)
class Run:
    """Results in a row that speak against the present belief and are not yet enough to change it."""

    seen: Evidence
    count: int
    first_at: datetime


@dataclass(frozen=True, slots=True)
class Track:
    """Everything believed about one camera."""

    camera_id: str
    state: State
    cause: Cause
    detail: str
    since_at: datetime
    last_result_at: datetime | None = None  # None: no result since the watch began, or began again after a gap
    last_good_at: datetime | None = None
    connection: Run | None = None  # a pending verdict: online or not
    picture: Run | None = None  # a pending verdict: good picture or not
    blips: int = 0  # failing runs that ended with an online result before they were confirmed
    changes: int = 0  # transitions since the record began


# The whole logic of states: what is believed once enough such evidence came in a row. Evidence that leads to the state
# already believed ends a pending run; BLIND is enough at once; a faulty picture waits until the camera is online.
NEXT: dict[tuple[State, Evidence], State] = {
    (State.UP, Evidence.ONLINE): State.UP,
    (State.UP, Evidence.FAILED): State.DOWN,
    (State.UP, Evidence.FAULTY_PICTURE): State.DEGRADED,
    (State.UP, Evidence.GOOD_PICTURE): State.UP,
    (State.UP, Evidence.BLIND): State.UNKNOWN,
    (State.DEGRADED, Evidence.ONLINE): State.DEGRADED,
    (State.DEGRADED, Evidence.FAILED): State.DOWN,
    (State.DEGRADED, Evidence.FAULTY_PICTURE): State.DEGRADED,
    (State.DEGRADED, Evidence.GOOD_PICTURE): State.UP,
    (State.DEGRADED, Evidence.BLIND): State.UNKNOWN,
    (State.DOWN, Evidence.ONLINE): State.UP,
    (State.DOWN, Evidence.FAILED): State.DOWN,
    (State.DOWN, Evidence.FAULTY_PICTURE): State.DEGRADED,
    (State.DOWN, Evidence.GOOD_PICTURE): State.DOWN,
    (State.DOWN, Evidence.BLIND): State.UNKNOWN,
    (State.UNKNOWN, Evidence.ONLINE): State.UP,
    (State.UNKNOWN, Evidence.FAILED): State.DOWN,
    (State.UNKNOWN, Evidence.FAULTY_PICTURE): State.DEGRADED,
    (State.UNKNOWN, Evidence.GOOD_PICTURE): State.UNKNOWN,
    (State.UNKNOWN, Evidence.BLIND): State.UNKNOWN,
}


def new_track(
    camera_id: str,
    at: datetime,
    state: State = State.UNKNOWN,
    cause: Cause = Cause.NOT_YET_OBSERVED,
    changes: int = 0,
) -> Track:
    """The belief to begin with: nothing known, or what the record says after a restart (then call ``blind``)."""
    return Track(camera_id, state, cause, "", at, changes=changes)


def step(track: Track, result: Result, policy: Policy) -> tuple[Track, tuple[Transition, ...]]:
    """Belief after one more result, and the transitions it made (usually none, at most a few).

    A result that claims to be older than the belief or the result before it (the wall clock was set back) is taken to
    have come at that same instant.
    """
    track, made = lapse(track, result.at, policy)
    at = max(result.at, track.last_result_at or track.since_at, track.since_at)
    good_at = at if result.verdict is Verdict.GOOD else track.last_good_at
    track = replace(track, last_result_at=at, last_good_at=good_at)
    for seen in _evidence(result):
        track, more = _weigh(track, seen, at, result, policy)
        made += more
    return track, made


def lapse(track: Track, now: datetime, policy: Policy) -> tuple[Track, tuple[Transition, ...]]:
    """UNKNOWN from one interval after the last result, if results are missing for longer than ``max_gap``.

    Calling it again changes nothing. A camera already UNKNOWN keeps its cause, so that the pause after a wrong password
    still names the password; its pending runs are dropped, because the gap may hide what would have broken them.
    """
    last_at = track.last_result_at
    if last_at is None or now - last_at <= policy.max_gap:
        return track, ()
    cause = track.cause if track.state is State.UNKNOWN else Cause.NOT_WATCHED
    return blind(track, last_at + policy.interval, now, cause)


def blind(track: Track, from_at: datetime, decided_at: datetime, cause: Cause) -> tuple[Track, tuple[Transition, ...]]:
    """UNKNOWN from ``from_at`` because nobody watched: a restart, a clock jump. ``cause`` is an inconclusive one.

    Never dated before the present belief or the last result, whatever ``from_at`` says. Pending runs are dropped.
    """
    at = max(from_at, track.since_at, track.last_result_at or track.since_at)
    track, made = _believe(track, State.UNKNOWN, at, decided_at, cause, "")
    return replace(track, last_result_at=None), made


def removed(track: Track, at: datetime) -> tuple[Track, tuple[Transition, ...]]:
    """DOWN because the camera vanished from the inventory and nobody has confirmed that it may."""
    track, made = _believe(track, State.DOWN, at, at, Cause.REMOVED_UNCONFIRMED, "")
    return replace(track, last_result_at=None), made


def next_wait(track: Track, policy: Policy) -> timedelta:
    """How long to wait before the next probe: shorter while a verdict is pending."""
    return policy.retry if track.connection or track.picture else policy.interval


def settled_at(track: Track, now: datetime) -> datetime:
    """The instant before which no later transition can be dated; sums of time up to it are final.

    ``now`` must not be later than the beginning of a probe still under way.
    """
    pending = [run.first_at for run in (track.connection, track.picture) if run]
    if pending:
        return max(min(pending), track.since_at)
    if track.last_result_at is not None:
        return track.last_result_at
    return max(now, track.since_at) if track.state is State.UNKNOWN else track.since_at


def witnessed(result: Result, blind: bool) -> Result:
    """The result as it may be believed: while all canaries fail, too, a failure says nothing about the camera."""
    if blind and result.verdict is Verdict.FAILED:
        return replace(result, cause=Cause.MONITOR_BLIND, detail=f"canaries fail too; seen: {result.cause.value}")
    return result


def _evidence(result: Result) -> tuple[Evidence, ...]:
    match result.verdict:
        case Verdict.GOOD if result.picture is None:
            return (Evidence.ONLINE,)
        case Verdict.GOOD:
            return (Evidence.ONLINE, Evidence.GOOD_PICTURE)
        case Verdict.PICTURE_FAULT:
            return (Evidence.ONLINE, Evidence.FAULTY_PICTURE)
        case Verdict.FAILED:
            return (Evidence.FAILED,)
        case Verdict.INCONCLUSIVE:
            return (Evidence.BLIND,)


def _weigh(
    track: Track, seen: Evidence, at: datetime, result: Result, policy: Policy
) -> tuple[Track, tuple[Transition, ...]]:
    """Belief after one piece of evidence of one result."""
    track = _broken_off(track, seen)
    state = NEXT[track.state, seen]
    if seen is not Evidence.BLIND and state is track.state:
        return track, ()
    run = _extended(track, seen, at)
    if not _counted_out(seen, result.picture) or not _enough(run, at, track.state, policy):
        return _with_run(track, run), ()
    match state:
        case State.UP:
            return _believe(track, state, run.first_at, at, Cause.OK, "")
        case State.DEGRADED | State.DOWN | State.UNKNOWN:
            return _believe(track, state, run.first_at, at, result.cause, result.detail)


def _counted_out(seen: Evidence, picture: Picture | None) -> bool:
    """Whether the diagnosis has come to the same conclusion as its latest picture."""
    if picture is None or seen not in (Evidence.FAULTY_PICTURE, Evidence.GOOD_PICTURE):
        return True
    return bool(picture.active) == (seen is Evidence.FAULTY_PICTURE)


def _broken_off(track: Track, seen: Evidence) -> Track:
    """The track without the pending run that this evidence contradicts."""
    match seen:
        case Evidence.ONLINE if track.connection and track.connection.seen is Evidence.FAILED:
            return replace(track, connection=None, blips=track.blips + 1)
        case Evidence.FAILED:
            connection = None if track.connection and track.connection.seen is Evidence.ONLINE else track.connection
            # Online, a failure says nothing about the picture; else pictures must come with the camera's return.
            return replace(track, connection=connection, picture=track.picture if track.state.online else None)
        case Evidence.FAULTY_PICTURE | Evidence.GOOD_PICTURE if track.picture and track.picture.seen is not seen:
            return replace(track, picture=None)
        case Evidence.ONLINE | Evidence.FAULTY_PICTURE | Evidence.GOOD_PICTURE | Evidence.BLIND:
            return track


def _extended(track: Track, seen: Evidence, at: datetime) -> Run:
    pending = next((run for run in (track.connection, track.picture) if run and run.seen is seen), None)
    return replace(pending, count=pending.count + 1) if pending else Run(seen, 1, at)


def _with_run(track: Track, run: Run) -> Track:
    match run.seen:
        case Evidence.ONLINE | Evidence.FAILED:
            return replace(track, connection=run)
        case Evidence.FAULTY_PICTURE | Evidence.GOOD_PICTURE:
            return replace(track, picture=run)
        case Evidence.BLIND:
            return track


def _enough(run: Run, at: datetime, state: State, policy: Policy) -> bool:
    """Whether the run, whose latest result came ``at``, is long enough to change the belief ``state``."""
    match run.seen:
        case Evidence.ONLINE:
            return run.count >= policy.rise
        case Evidence.FAILED:
            return run.count >= policy.fall
        case Evidence.FAULTY_PICTURE:
            spread = at - run.first_at >= policy.picture_spread
            return state.online and run.count >= policy.picture_fall and spread
        case Evidence.GOOD_PICTURE:
            return run.count >= policy.picture_rise
        case Evidence.BLIND:
            return True


def _believe(
    track: Track, state: State, at: datetime, decided_at: datetime, cause: Cause, detail: str
) -> tuple[Track, tuple[Transition, ...]]:
    """The new belief; no transition if state and cause are the old ones, but no run survives either way."""
    picture = track.picture if state is State.UP and not track.state.online else None
    track = replace(track, connection=None, picture=picture)
    if (state, cause) == (track.state, track.cause):
        return track, ()
    at = max(at, track.since_at)
    made = Transition(track.camera_id, at, max(at, decided_at), track.state, state, cause, detail)
    track = replace(track, state=state, cause=cause, detail=detail, since_at=at, changes=track.changes + 1)
    return track, (made,)
