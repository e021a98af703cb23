"""When a key frame that came whole is also decoded and looked at: seldom, and at once when something speaks for it.

Decoding costs ten to twenty times what receiving does, so most probes end with the key frame's arrival; docs/probing.md
says what that proves. Values in, a reason out: it judges no camera, and must never leave a doubt undecoded.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import floor

from monitor.model import EPOCH, Ask, Habit, Look, Mark, Result, State, Verdict

# The mean and the deviation follow as TCP's estimate of a round trip does (RFC 6298): one odd key frame changes the
# mean little. The deviation widens faster than it narrows: a change of scene is looked at once and not ten times.
_MEAN_SHARE = 1 / 8
_WIDENING, _NARROWING = 1 / 4, 1 / 8
_FIRST_DEVIATION = 1 / 4  # of the first size: about twenty key frames are needed to know a camera well
# With these a camera whose sizes vary by 5 % (standard deviation) is looked at for nothing once in 450 probes, one that
# varies by 10 % once in 110, by 20 % once in 50: less than the regular looks cost.
_DEVIATIONS = 2.5
_SLACK = 1 / 20  # of the usual size, for encoders that hardly vary at all
# A one-coloured or black picture falls to a tenth or less; whatever a camera's sizes did before, half or double is odd.
_FACTOR = 2.0

# Nothing is wrong, as far as anybody can see: with the decoders busy the next probe does as well. So a start, when no
# picture of any camera was seen yet, takes its time instead of making the probes late.
CAN_WAIT = frozenset({Look.FIRST, Look.DUE})
# But not for ever, or busy decoders would leave a camera unseen as long as they are busy. A start has more time: all of
# a large town are due at once.
_PATIENCE = {Look.FIRST: 10, Look.DUE: 2}  # probes
# What a probe says of its look when it took none.
NOT_LOOKED = frozenset({Look.SKIPPED, Look.PUT_OFF})


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of one camera's key frames since the monitor started."""

    mark: Mark | None = None  # of the last key frame
    habit: Habit | None = None  # of those not found faulty
    looked_at: datetime | None = None  # when one was last looked at
    put_off: int = 0  # how many were due since then and had to wait


def look_before(
    memory: Memory, state: State, at: datetime, *, failing: bool, doubted: bool, every: timedelta, turn: timedelta
) -> Look:
    """Why the key frame of a probe that begins ``at`` must be decoded, before anything of it is known.

    ``failing`` and ``doubted``: a verdict about the connection or the picture is pending. ``turn``: the camera's own
    place in ``every``, so that many cameras are not all due at once; an ``every`` of zero asks for each key frame,
    however busy the decoders are.
    """
    if failing or state is State.DOWN:
        return Look.RETURNED
    if not every:
        return Look.ALWAYS
    if memory.looked_at is None:
        return _unless_overdue(Look.FIRST, memory)
    if not state.online:
        return Look.RETURNED
    if doubted or state is State.DEGRADED:
        return Look.IN_DOUBT
    if _round(at, every, turn) != _round(memory.looked_at, every, turn):
        return _unless_overdue(Look.DUE, memory)
    return Look.SKIPPED


def look_after(ask: Ask, mark: Mark) -> Look:
    """Why the key frame that came must be decoded: a doubt before the probe, one its bytes raise, or its turn."""
    if ask.look is not Look.SKIPPED and ask.look not in CAN_WAIT:
        return ask.look
    if ask.mark is None or ask.habit is None:
        return Look.FIRST
    if repeats(ask, mark):
        return Look.IDENTICAL
    if not _same_stream(ask.mark, mark):
        return Look.STREAM_CHANGED
    return Look.SIZE if _is_odd(ask.habit, mark.size) else ask.look


def repeats(ask: Ask, mark: Mark) -> bool:
    """Whether the key frame is the one before, byte for byte: then so is the picture, be it ever so long undecoded."""
    return ask.mark is not None and ask.mark.digest == mark.digest


def remembered(memory: Memory, result: Result) -> Memory:
    """The memory after one more result; one without a key frame changes nothing."""
    mark = result.mark
    if mark is None:
        return memory
    match result.look:
        case Look.SKIPPED:
            pass
        case Look.PUT_OFF:
            memory = replace(memory, put_off=memory.put_off + 1)
        case _:
            memory = replace(memory, looked_at=result.at, put_off=0)
    if memory.mark is None or not _same_stream(memory.mark, mark) or memory.habit is None:
        return replace(memory, mark=mark, habit=Habit(mark.size, _FIRST_DEVIATION * mark.size))
    habit = memory.habit if result.verdict is Verdict.PICTURE_FAULT else _followed(memory.habit, mark.size)
    return replace(memory, mark=mark, habit=habit)


def _unless_overdue(look: Look, memory: Memory) -> Look:
    return look if memory.put_off < _PATIENCE[look] else Look.OVERDUE


def _same_stream(before: Mark, now: Mark) -> bool:
    return (before.url, before.codec, before.parameters) == (now.url, now.codec, now.parameters)


def _is_odd(habit: Habit, size: int) -> bool:
    if not habit.usual / _FACTOR <= size <= habit.usual * _FACTOR:
        return True
    return abs(size - habit.usual) > _DEVIATIONS * habit.deviation + _SLACK * habit.usual


def _followed(habit: Habit, size: int) -> Habit:
    error = size - habit.usual
    share = _WIDENING if abs(error) > habit.deviation else _NARROWING
    return Habit(habit.usual + _MEAN_SHARE * error, habit.deviation + share * (abs(error) - habit.deviation))


def _round(at: datetime, every: timedelta, turn: timedelta) -> int:
    return floor((at - EPOCH - turn) / every)
