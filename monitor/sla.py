"""From spans to figures: decides which kind of time every scheduled microsecond is, and what the rates say.

Sums are integers and rates exact fractions, so that two parties adding the same record agree to the last digit. It must
never average percentages, never round a rate up, and never show 0 ÷ 0 as 0 % or 100 %.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import partial
from itertools import accumulate, chain

from .model import BlindTime, Seconds, Span, State

_STATES = tuple(State)  # up, degraded, down, unknown: each looked up once, for that takes a call

# ---------------------------------------------------------------- sets of time


def merge(spans: Iterable[Span]) -> list[Span]:
    """The same time as ascending disjoint spans that do not even touch; empty ones vanish."""
    merged: list[Span] = []
    ordered = sorted(spans)
    if not ordered:
        return ordered
    if len(ordered) == 1 and ordered[0].start < ordered[0].end:
        return ordered
    for span in ordered:
        if span.end <= span.start:
            continue
        if merged and span.start <= merged[-1].end:
            if span.end > merged[-1].end:
                merged[-1] = Span(merged[-1].start, span.end)
        else:
            merged.append(span)
    return merged


def intersect(left: Sequence[Span], right: Sequence[Span]) -> list[Span]:
    """The time in both; each side ascending and disjoint, as ``merge`` returns it."""
    common: list[Span] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i].start, right[j].start), min(left[i].end, right[j].end)
        if start < end:
            common.append(Span(start, end))
        if left[i].end < right[j].end:
            i += 1
        else:
            j += 1
    return common


def subtract(spans: Sequence[Span], removed: Sequence[Span]) -> list[Span]:
    """The time in ``spans`` and not in ``removed``; each side ascending and disjoint, as ``merge`` returns it."""
    if not removed:
        return list(spans)
    left: list[Span] = []
    i = 0
    for start, end in spans:
        while i < len(removed) and removed[i].end <= start:
            i += 1
        at, j = start, i
        while j < len(removed) and removed[j].start < end:
            if at < removed[j].start:
                left.append(Span(at, removed[j].start))
            at = removed[j].end
            j += 1
        if at < end:
            left.append(Span(at, end))
    return left


def length(spans: Iterable[Span]) -> int:
    """The microseconds of disjoint spans."""
    whole = 0
    for start, end in spans:
        whole += end - start
    return whole


def clock(spans: Sequence[Span]) -> Callable[[int], int]:
    """What a clock shows at an instant that runs only within these spans: ascending and disjoint, as of ``merge``.

    How much of a span lies in them is one reading less another, whatever their number.
    """
    if len(spans) == 1:  # around the clock and nothing taken out: nearly every camera's month
        ((begin, end),) = spans
        whole = end - begin
        return lambda at: 0 if at <= begin else at - begin if at < end else whole
    starts = [start for start, _ in spans]
    run = list(accumulate((end - start for start, end in spans), initial=0))

    def shown(at: int) -> int:
        begun = bisect_right(starts, at)
        return min(run[begun], run[begun - 1] + at - starts[begun - 1]) if begun else 0

    return shown


# ---------------------------------------------------------------- kinds of time


def account(states: Sequence[tuple[Span, State]], scheduled: Iterable[Span], excluded: Iterable[Span]) -> Seconds:
    """Every scheduled microsecond as exactly one kind: excluded, else unobserved, else the state.

    ``states`` are ascending and disjoint; what they leave open is unobserved. ``scheduled`` is what was owed up to what
    is settled, never the rest of a month that has not happened. Both other lists may overlap and come in any order.
    """
    owed = merge(scheduled)
    counting = subtract(owed, merge(excluded))
    if _hold(counting, states):
        return _whole(states, length(owed), length(counting))
    return _summed(states, clock(counting), length(owed), length(counting))


def snapshots(
    states: Sequence[tuple[Span, State]], scheduled: Iterable[Span], excluded: Iterable[Span], instants: Sequence[int]
) -> Seconds:
    """What inspections at these instants find, as counts: a clock that goes on by one at each of them.

    The instants ascend, each once. The counts add over cameras and take the same formulas as time.
    """
    owed = merge(scheduled)
    looks, removed = _within(instants, owed), merge(excluded)
    counting = _within(looks, subtract(owed, removed)) if removed else looks
    return _summed(states, partial(bisect_left, counting), len(looks), len(counting))


def _hold(spans: Sequence[Span], states: Sequence[tuple[Span, State]]) -> bool:
    """Whether all states lie in one of the spans, if there is but one: nearly every camera's month."""
    return (
        len(spans) == 1 and bool(states) and spans[0].start <= states[0][0].start and states[-1][0].end <= spans[0].end
    )


def _summed(states: Iterable[tuple[Span, State]], shown: Callable[[int], int], owed: int, counting: int) -> Seconds:
    """What a clock that runs in counting time shows of each state; ``owed`` and ``counting`` are all it can show."""
    known = dict.fromkeys(_STATES, 0)
    last: int | None = None  # the instant read last: where one state ends the next one mostly begins
    read = 0
    for (start, end), state in states:
        since = read if start == last else shown(start)
        last, read = end, shown(end)
        known[state] += read - since
    return _kinds(known, owed, counting)


def _whole(states: Iterable[tuple[Span, State]], owed: int, counting: int) -> Seconds:
    """The same where all time of the states is counting time."""
    known = dict.fromkeys(_STATES, 0)
    for (start, end), state in states:
        known[state] += end - start
    return _kinds(known, owed, counting)


def _kinds(known: dict[State, int], owed: int, counting: int) -> Seconds:
    up, degraded, down, _ = known.values()
    return Seconds(up, degraded, down, owed - counting, counting - up - degraded - down)


def _within(instants: Sequence[int], spans: Iterable[Span]) -> list[int]:
    """Those of ascending instants that lie in the spans."""
    return list(chain.from_iterable(instants[bisect_left(instants, a) : bisect_left(instants, b)] for a, b in spans))


def total(cameras: Iterable[Seconds]) -> Seconds:
    """The sum over cameras: the one way to a group's figure."""
    up = degraded = down = excluded = unobserved = 0
    for seconds in cameras:
        up += seconds.up
        degraded += seconds.degraded
        down += seconds.down
        excluded += seconds.excluded
        unobserved += seconds.unobserved
    return Seconds(up, degraded, down, excluded, unobserved)


# ---------------------------------------------------------------- rates


def counted(seconds: Seconds, blind: BlindTime) -> int:
    """The denominator of the rates, in microseconds."""
    observed = seconds.observed
    match blind:
        case BlindTime.EXCLUDED:
            return observed
        case BlindTime.DOWN | BlindTime.UP:
            return observed + seconds.unobserved


def online(seconds: Seconds, blind: BlindTime) -> int:
    """The numerator of the online rate, in microseconds."""
    return seconds.up + seconds.degraded + _granted(seconds, blind)


def intact(seconds: Seconds, blind: BlindTime) -> int:
    """The numerator of the intact rate, in microseconds."""
    return seconds.up + _granted(seconds, blind)


def online_ratio(seconds: Seconds, blind: BlindTime) -> Fraction | None:
    """The online rate, 0 to 1; None if nothing counts."""
    return _ratio(online(seconds, blind), counted(seconds, blind))


def intact_ratio(seconds: Seconds, blind: BlindTime) -> Fraction | None:
    """The intact rate, 0 to 1; None if nothing counts."""
    return _ratio(intact(seconds, blind), counted(seconds, blind))


def coverage(seconds: Seconds) -> Fraction | None:
    """The watched share of scheduled time, 0 to 1; None if nothing was scheduled."""
    return _ratio(seconds.scheduled - seconds.unobserved, seconds.scheduled)


def percent(ratio: Fraction | float | None) -> str:
    """Percent to two decimals for display, cut and never rounded up: ``94.44``; ``—`` for no value."""
    if ratio is None:
        return "—"
    exact = ratio if isinstance(ratio, Fraction) else Fraction(repr(ratio))
    return "{}.{:02d}".format(*divmod(exact.numerator * 10_000 // exact.denominator, 100))


def _granted(seconds: Seconds, blind: BlindTime) -> int:
    """Unobserved time that the contract counts as online."""
    return seconds.unobserved if blind is BlindTime.UP else 0


def _ratio(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None


# ---------------------------------------------------------------- judgement


class SlaVerdict(StrEnum):
    """What a period's figure says about the target."""

    MET = "met"
    MISSED = "missed"
    NOT_PROVABLE = "not_provable"  # too little was watched for either
    UNDEFINED = "undefined"  # nothing counts: no time was scheduled, or all of it is excluded


def verdict(seconds: Seconds, target: Fraction, min_coverage: Fraction, blind: BlindTime) -> SlaVerdict:
    """The unrounded online rate against the target, if enough was watched to say."""
    watched = coverage(seconds)
    if watched is not None and watched < min_coverage:
        return SlaVerdict.NOT_PROVABLE
    enough = reaches(seconds, target, blind)
    if enough is None:
        return SlaVerdict.UNDEFINED
    return SlaVerdict.MET if enough else SlaVerdict.MISSED


def reaches(seconds: Seconds, target: Fraction, blind: BlindTime) -> bool | None:
    """Whether the unrounded online rate is the target or above it; None if nothing counts."""
    whole = counted(seconds, blind)
    return online(seconds, blind) * target.denominator >= whole * target.numerator if whole else None


def camera_pass_share(cameras: Iterable[Seconds], target: Fraction, blind: BlindTime) -> Fraction | None:
    """The share of cameras whose own rate reaches the target, among those that have a rate; None if none has."""
    rated = [enough for seconds in cameras if (enough := reaches(seconds, target, blind)) is not None]
    return _ratio(sum(rated), len(rated))


# ---------------------------------------------------------------- what is still to come


@dataclass(frozen=True, slots=True)
class Rest:
    """What one camera still owes: its state now, and its counting microseconds from now to the end of the period."""

    state: State
    remaining_us: int  # scheduled and not already excluded


@dataclass(frozen=True, slots=True)
class Budget:
    """The error budget of a whole period, in camera-microseconds of counted time."""

    allowed_us: int  # may be lost without missing the target, cut
    used_us: int  # lost so far

    @property
    def left_us(self) -> int:
        """What may still be lost; negative: overdrawn by so much."""
        return self.allowed_us - self.used_us


def budget(so_far: Seconds, remaining_us: int, target: Fraction, blind: BlindTime) -> Budget:
    """What the target allows of the time counted so far and still to come, and what of it is lost."""
    done, of = counted(so_far, blind), target.denominator
    return Budget((done + remaining_us) * (of - target.numerator) // of, done - online(so_far, blind))


class Outlook(StrEnum):
    """Whether a period can still reach its target."""

    REACHABLE = "reachable"  # it does if today's states stay
    AT_RISK = "at_risk"  # only if something is repaired
    UNRECOVERABLE = "unrecoverable"  # not even with everything up from now on
    UNDEFINED = "undefined"  # nothing counts


@dataclass(frozen=True, slots=True)
class Forecast:
    """Where a period will end."""

    landing: Fraction | None  # with cameras now down staying down
    best: Fraction | None  # with everything up from now on
    budget_left_us: int  # camera-microseconds that may still be lost, >= 0 and no more than are left

    def recoverable(self, target: Fraction) -> bool:
        """Whether the target can still be reached; an undefined forecast has lost nothing."""
        return self.best is None or self.best >= target

    def outlook(self, target: Fraction) -> Outlook:
        """The forecast against the target, unrounded."""
        if self.landing is None:
            return Outlook.UNDEFINED
        if not self.recoverable(target):
            return Outlook.UNRECOVERABLE
        return Outlook.REACHABLE if self.landing >= target else Outlook.AT_RISK


def forecast(
    so_far: Seconds, rest: Iterable[Rest], rate: Fraction | None, target: Fraction, blind: BlindTime
) -> Forecast:
    """Landing, best case and error budget of a group of cameras.

    Cameras now DOWN are expected to stay down. All others are expected at ``rate``: the last day's online rate of the
    cameras that are not down now, 0 to 1; None (nothing known) is taken as 1.
    """
    remaining, standing = 0, 0
    for camera in rest:
        remaining += camera.remaining_us
        standing += 0 if camera.state is State.DOWN else camera.remaining_us
    kept = online(so_far, blind)
    whole = counted(so_far, blind) + remaining
    return Forecast(
        landing=_landing(kept, standing, rate, whole),
        best=_ratio(kept + remaining, whole),
        budget_left_us=max(0, min(budget(so_far, remaining, target, blind).left_us, remaining)),
    )


def landings(
    so_far: Seconds, standing_us: int, gains: Sequence[int], rate: Fraction | None, blind: BlindTime
) -> list[Fraction | None]:
    """Where the period ends after the first of these repairs, after the first two, and so on to all of them.

    ``standing_us`` is what cameras still owe that are not DOWN; each gain is what those owe that a repair brings back,
    which are then expected at ``rate`` like the others. Together the gains are all that DOWN cameras owe.
    """
    kept, whole = online(so_far, blind), counted(so_far, blind) + standing_us + sum(gains)
    return [_landing(kept, standing_us + gained, rate, whole) for gained in accumulate(gains)]


def out_of_reach(so_far: Seconds, remaining_us: int, target: Fraction, blind: BlindTime) -> bool:
    """Whether the target is missed even if all the remaining time is online; False where nothing counts."""
    whole = counted(so_far, blind) + remaining_us
    return (online(so_far, blind) + remaining_us) * target.denominator < whole * target.numerator


def _landing(kept: int, standing: int, rate: Fraction | None, whole: int) -> Fraction | None:
    if not whole:
        return None
    good, of = (1, 1) if rate is None else (rate.numerator, rate.denominator)
    return Fraction(kept * of + standing * good, whole * of)  # one reduction: there is a landing for every village
