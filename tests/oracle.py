"""The same figures by the most tedious way there is: look at every second, one after the other.

It must never import the rules it judges, nor work the way they do: no fold, no sums of spans, no arithmetic on offsets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

from monitor.model import Result, Seconds, Span, State, Verdict, instant

# ---------------------------------------------------------------- kinds of time


def account(states: Sequence[tuple[Span, State]], scheduled: Sequence[Span], excluded: Sequence[Span]) -> Seconds:
    """Each unit of time asked in the order of the priorities. Spans are small integers here."""
    first = min((span.start for span in scheduled), default=0)
    last = max((span.end for span in scheduled), default=0)
    kinds = Counter(_kind(tick, states, excluded) for tick in range(first, last) if _lies_in(scheduled, tick))
    return Seconds(**kinds)


def _kind(tick: int, states: Sequence[tuple[Span, State]], excluded: Sequence[Span]) -> str:
    """What sort of seconds it is, of those that are owed."""
    if _lies_in(excluded, tick):
        return "excluded"
    for (start, end), state in states:
        if start <= tick < end:
            match state:
                case State.UNKNOWN:
                    return "unobserved"
                case State.UP | State.DEGRADED | State.DOWN:
                    return state.value
    return "unobserved"


def _lies_in(spans: Sequence[Span], tick: int) -> bool:
    return any(start <= tick < end for start, end in spans)


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


# ---------------------------------------------------------------- the contract


@dataclass(frozen=True)
class Plea:
    """An exclusion as the oracle sees it, with what the contract says about its cause; spans are small integers."""

    id: str
    cause: str
    start: int
    end: int
    state: str
    proposed_by: str
    decided_by: str
    accepted: bool
    approval: bool
    cap: int | None
    cap_share: tuple[int, int] | None


def granted(
    pleas: Sequence[Plea], owed: Sequence[Span], planned: Sequence[Span]
) -> dict[str, tuple[list[int], dict[str, int]]]:
    """For each plea the ticks of one camera that count, and how many were cut for what reason."""
    whole = sum(any(start <= tick < end for start, end in owed) for tick in range(max((e for _, e in owed), default=0)))
    gone: set[int] = set()
    spent: dict[str, int] = {}
    found: dict[str, tuple[list[int], dict[str, int]]] = {}
    for plea in sorted(pleas, key=lambda plea: plea.start):
        ticks: list[int] = []
        cuts: dict[str, int] = {}
        for tick in range(plea.start, plea.end):
            if not any(start <= tick < end for start, end in owed):
                continue
            cut = _objection(plea)
            if cut is None and any(start <= tick < end for start, end in planned):
                cut = "planned_work"
            if cut is None and tick in gone:
                cut = "earlier_exclusion"
            if cut is None and _spent_up(plea, spent.get(plea.cause, 0), whole):
                cut = "over_cap"
            if cut is None:
                ticks.append(tick)
                gone.add(tick)
                spent[plea.cause] = spent.get(plea.cause, 0) + 1
            else:
                cuts[cut] = cuts.get(cut, 0) + 1
        found[plea.id] = ticks, cuts
    return found


def _spent_up(plea: Plea, spent: int, whole: int) -> bool:
    """Whether one more tick would be one too many."""
    if plea.cap is not None and spent + 1 > plea.cap:
        return True
    return plea.cap_share is not None and (spent + 1) * plea.cap_share[1] > plea.cap_share[0] * whole


def _objection(plea: Plea) -> str | None:
    if not plea.accepted:
        return "not_accepted"
    if plea.state in ("rejected", "withdrawn"):
        return plea.state
    if not plea.approval:
        return None
    if plea.state == "proposed":
        return "undecided"
    fair = (("vendor", "office"), ("office", "vendor"), ("operator", "office"))
    return None if (plea.proposed_by, plea.decided_by) in fair else "own_approval"


@dataclass(frozen=True)
class Mended:
    """What the oracle found out about a fault."""

    camera: int
    start: int
    end: int | None
    major: bool
    ran: int
    late_from: int | None


def repairs(
    films: Sequence[str], left_out: Sequence[set[int]], groups: Sequence[str | None], normal: int, major: int, many: int
) -> list[Mended]:
    """Every fault of cameras whose every tick is a letter: U online, D down, ? not watched."""
    found: list[Mended] = []
    for camera, film in enumerate(films):
        faults: list[list[int]] = []  # the ticks seen down, fault by fault
        going = False
        for tick, seen in enumerate(film):
            if seen == "D":
                if not going:
                    faults.append([])
                faults[-1].append(tick)
            going = seen == "D" or (going and seen == "?")
        for number, ticks in enumerate(faults, 1):
            on_clock = [tick for tick in ticks if tick not in left_out[camera]]
            big = any(_crowd(films, left_out, groups, camera, tick) >= many for tick in on_clock[:normal])
            limit = major if big else normal
            late_from = on_clock[limit] if len(on_clock) > limit else None
            end = None if going and number == len(faults) else ticks[-1] + 1
            found.append(Mended(camera, ticks[0], end, big, len(on_clock), late_from))
    return sorted(found, key=lambda fault: (fault.start, fault.camera))


def _crowd(
    films: Sequence[str], left_out: Sequence[set[int]], groups: Sequence[str | None], camera: int, tick: int
) -> int:
    """How many cameras of this one's group are down at that tick; none where the group is not known."""
    if groups[camera] is None:
        return 0
    return sum(
        film[tick] == "D" and tick not in out and group == groups[camera]
        for film, out, group in zip(films, left_out, groups, strict=True)
    )
