"""Transitions as a report needs them: a month of a large town has hundreds of thousands, most of them in one form.

What has that form, to the byte, is taken from it, a stretch of the chain at a time; all else goes through the reader of
the ledger, which is ten times slower. Neither trusts: what is not a transition is ``Unreadable``, and so is one whose
row, which no hash protects, speaks of another camera or instant than its body.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

from monitor.canonical import Unreadable, clean
from monitor.ledger.codec import decode
from monitor.ledger.events import TransitionRecorded
from monitor.ledger.opening import text_of
from monitor.model import Cause, State, Step, Transition, instant, micros

_STATES: Final = MappingProxyType({state.value.encode(): state for state in State})
_CAUSES: Final = MappingProxyType({cause.value.encode(): cause for cause in Cause})
_STATE: Final = b"|".join(_STATES)
# A row as a line: seq, at, camera_id, and the body that repeats the two, in canonical JSON whose texts need no escapes,
# or simple ones in the detail. 17 digits reach the year 5138. No part of it can hold the end of a line.
_LINE: Final = re.compile(
    rb'^(\d+) (\d{1,17}) ([^"\\\x00-\x1f]*) \{"transition":\{"at":\2,"camera_id":"\3","cause":"(\w+)",'
    rb'"decided_at":([1-9]\d{0,16}),"detail":"[^"\\\x00-\x1f]*(?:\\["\\/bfnrt][^"\\\x00-\x1f]*)*",'
    rb'"new":"(%b)","old":"(%b)"\}\}$' % (_STATE, _STATE),
    re.MULTILINE,
)
Move = tuple[bytes, int, int, bytes]  # what is read of a transition's row: camera_id, at, seq, body


class Misread(Unreadable):
    """The entry ``seq`` is no transition, or its row does not fit it."""

    def __init__(self, seq: int, why: str) -> None:
        super().__init__(why)
        self.seq = seq


def steps(lines: bytes, count: int) -> list[tuple[bytes, Step]] | None:
    """So many rows as lines to their steps, each with its camera's id.

    None where one of them is of another form, or they do not ascend.
    """
    said = _LINE.findall(lines)
    numbers = [int(seq) for seq, *_ in said]
    if len(said) != count or lines.count(b"\n") != count - 1 or numbers != sorted(numbers):
        return None
    try:
        return [
            (camera_id, Step(int(at), _STATES[new], seq, _CAUSES[cause]))
            for seq, (_, at, camera_id, cause, _, new, _) in zip(numbers, said, strict=True)
        ]
    except KeyError:  # no cause of ours
        return None


def step(move: Move) -> Step:
    """The transition as a step; Misread where it is none."""
    found = steps(_line(move), 1)
    if found is not None:
        return found[0][1]
    _, at, seq, _ = move
    made = transition(move)
    return Step(at, made.new, seq, made.cause)


def told(move: Move) -> Transition:
    """The transition as incidents need it, its detail left out where that is quicker; Misread where it is none."""
    camera_id, at, _, _ = move
    said = _LINE.fullmatch(_line(move))
    if said is not None:
        *_, why, decided_at, new, old = said.groups()
        if why in _CAUSES:
            moments = instant(at), instant(int(decided_at))
            return Transition(text_of(camera_id), *moments, _STATES[old], _STATES[new], _CAUSES[why])
    return transition(move)


def _line(move: Move) -> bytes:
    camera_id, at, seq, body = move
    return b"%d %d %b %b" % (seq, at, camera_id, body)


def transition(move: Move) -> Transition:
    """All of it; Misread where it is none."""
    camera_id, at, seq, body = move
    try:
        event = decode("transition", text_of(body))
    except Unreadable as error:
        raise Misread(seq, str(error)) from error
    assert isinstance(event, TransitionRecorded), "the only event of that kind"
    made = event.transition
    if (clean(made.camera_id), micros(made.at)) != (text_of(camera_id), at):
        raise Misread(seq, "camera_id or at differs from the body")
    return made
