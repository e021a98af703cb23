"""The same figures by the most tedious way there is: look at every second, one after the other.

It must never import the rules it judges, nor work the way they do: no fold, no sums of spans, no arithmetic on offsets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

from monitor.model import Result, Seconds, Span, State, Verdict, instant

# ---------------------------------------------------------------- kinds of time


def account(states: Sequence[tuple[Span, State]], scheduled: Sequence[Span], excluded: Sequence[Span]) -> Seconds:
    """Each unit of time asked in the order of the priorities. Spans are small integers here."""
    total = Seconds()
    ends = [span.end for span in scheduled]
    for tick in range(min((span.start for span in scheduled), default=0), max(ends, default=0)):
        total += _kind(tick, states, scheduled, excluded)
    return total


def _kind(
    tick: int, states: Sequence[tuple[Span, State]], scheduled: Sequence[Span], excluded: Sequence[Span]
) -> Seconds:
    if not any(start <= tick < end for start, end in scheduled):
        return Seconds()
    if any(start <= tick < end for start, end in excluded):
        return Seconds(excluded=1)
    for (start, end), state in states:
        if start <= tick < end:
            match state:
                case State.UP:
                    return Seconds(up=1)
                case State.DEGRADED:
                    return Seconds(degraded=1)
                case State.DOWN:
                    return Seconds(down=1)
                case State.UNKNOWN:
                    return Seconds(unobserved=1)
    return Seconds(unobserved=1)


# ---------------------------------------------------------------- calendars


def wall_clock(period: Span, tick: timedelta, zone: ZoneInfo) -> Iterator[tuple[int, datetime]]:
    """Every tick of the period with the latest time any look at the wall clock has shown so far.

    Looking starts a day early, so that an hour lived twice is known to be lived again.
    """
    at = instant(period.start) - timedelta(days=1)
    latest = at.astimezone(zone).replace(tzinfo=None)
    while at < instant(period.end):
        latest = max(latest, at.astimezone(zone).replace(tzinfo=None))
        if at >= instant(period.start):
            yield (at - instant(0)) // timedelta(microseconds=1), latest
        at += tick


def within(shown: datetime, start: time, end: time) -> datetime | None:
    """The midnight of the day whose hours ``[start, end)`` the wall clock is within, if it is within any."""
    for days_ago in (0, 1):
        midnight = datetime.combine(shown.date(), time.min) - timedelta(days=days_ago)
        opens = datetime.combine(midnight, start)
        closes = datetime.combine(midnight, end) + timedelta(days=end <= start)
        if opens <= shown < closes:
            return midnight
    return None


# ---------------------------------------------------------------- belief


@dataclass(frozen=True)
class Thresholds:
    """What the oracle needs to know of a policy, in whole seconds."""

    interval: int
    fall: int
    rise: int
    picture_fall: int
    picture_rise: int
    picture_spread: int
    max_gap: int


@dataclass(frozen=True)
class Look:
    """One result as the oracle sees it: whole seconds since the beginning."""

    second: int
    verdict: Verdict
    picture: bool

    @classmethod
    def at(cls, result: Result, beginning: datetime) -> Look:
        seen = result.picture is not None or result.verdict is Verdict.PICTURE_FAULT
        return cls((result.at - beginning) // timedelta(seconds=1), result.verdict, seen)

    @property
    def online(self) -> bool:
        return self.verdict in (Verdict.GOOD, Verdict.PICTURE_FAULT)


def states(looks: Sequence[Look], policy: Thresholds, seconds: int) -> list[State]:
    """The state of every second, all results known: belief is painted onto the canvas, stretch by stretch."""
    canvas = [State.UNKNOWN] * seconds

    def paint(second: int, state: State) -> None:
        canvas[second:] = [state] * len(canvas[second:])

    stretch: list[Look] = []
    last: Look | None = None
    for look in looks:
        if last and look.second - last.second > policy.max_gap:
            _paint_stretch(stretch, policy, paint)
            stretch = []
            paint(last.second + policy.interval, State.UNKNOWN)
        if look.verdict is Verdict.INCONCLUSIVE:
            _paint_stretch(stretch, policy, paint)
            stretch = []
            paint(look.second, State.UNKNOWN)
        else:
            stretch.append(look)
        last = look
    _paint_stretch(stretch, policy, paint)
    return canvas


def _paint_stretch(stretch: list[Look], policy: Thresholds, paint: Callable[[int, State], None]) -> None:
    """Results without a gap and without doubt: runs long enough divide it into times online and times down."""
    turns: list[tuple[int, bool]] = []  # index of the first result of a run that counts, and whether it is online
    index = 0
    for online, group in groupby(stretch, key=lambda look: look.online):
        count = len(list(group))
        if count >= (policy.rise if online else policy.fall) and (not turns or turns[-1][1] != online):
            turns.append((index, online))
        index += count
    for (start, online), (end, _) in pairwise([*turns, (len(stretch), False)]):
        if online:
            paint(stretch[start].second, State.UP)
            known = stretch[start + policy.rise - 1].second
            _paint_pictures([look for look in stretch[start:end] if look.picture], known, policy, paint)
        else:
            paint(stretch[start].second, State.DOWN)


def _paint_pictures(
    looks: list[Look], online_known: int, policy: Thresholds, paint: Callable[[int, State], None]
) -> None:
    """A faulty run counts if it is long enough and reaches into the time the camera is known to be online."""
    degraded = False
    for verdict, group in groupby(looks, key=lambda look: look.verdict):
        run = list(group)
        faulty = verdict is Verdict.PICTURE_FAULT
        if faulty and not degraded:
            spread = run[-1].second - run[0].second
            enough = len(run) >= policy.picture_fall and spread >= policy.picture_spread
            degraded = enough and run[-1].second >= online_known
            if degraded:
                paint(run[0].second, State.DEGRADED)
        elif not faulty and degraded and len(run) >= policy.picture_rise:
            degraded = False
            paint(run[0].second, State.UP)
