"""From transitions to spans: decides where one camera's outage, fault or state begins and ends.

A result that shows the camera online ends an outage and a fault, even where the next failure bears the same instant.

It must never know of thresholds, maintenance or contracts: those lie before (liveness) or are laid over (sla).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from operator import attrgetter
from typing import NamedTuple

from .model import Cause, Outage, Span, State, Step, Transition, micros

_SPAN = partial(tuple.__new__, Span)  # from both its fields, at a third of what a call of it costs
_DOWN = State.DOWN  # looked up once: that takes a call, and a town's month has hundreds of thousands of steps


class Run(NamedTuple):
    """One camera's time offline without a break, in microseconds; ``end`` is None while it is open."""

    start: int
    end: int | None
    causes: tuple[Cause, ...]  # in the order they were seen, each once
    online_at: int | None = None  # when it was next seen online; None: not before the run after it, or not yet


BareRun = tuple[int, int | None, tuple[Cause, ...], int | None]  # a Run is one, too


class Fault(NamedTuple):
    """One camera's way from the first second down to being seen online again.

    An outage together with those that follow before: if the monitor was blind in between, nobody saw a repair.
    """

    down: tuple[Span, ...]  # ascending, not empty; what lies between them nobody watched
    repaired_us: int | None  # when it was seen online; None: not yet

    @property
    def start_us(self) -> int:
        """The first second it was down."""
        return self.down[0].start


def outages(transitions: Iterable[Transition]) -> tuple[Outage, ...]:
    """The DOWN spans of one camera or many, by start and then by camera; ``end_at`` is None while one is open.

    Each camera's transitions come in their order; how cameras interleave does not matter. An outage ends where anything
    else begins, UNKNOWN too: what we do not know is not held against the camera. Zero-length ones are left out.
    """
    open_by_camera: dict[str, Outage] = {}
    found: list[Outage] = []
    for transition in transitions:
        ended = open_by_camera.pop(transition.camera_id, None)
        if ended and ended.start_at < transition.at:
            found.append(replace(ended, end_at=transition.at))
        if transition.new is State.DOWN:
            open_by_camera[transition.camera_id] = _begun(transition)
    found += open_by_camera.values()
    return tuple(sorted(found, key=attrgetter("start_at", "camera_id")))


def unbroken(transitions: Iterable[Transition]) -> list[list[Outage]]:
    """One camera's outages in runs without a break: within a run only the cause changed."""
    course = tuple(transitions)
    seen_online = {transition.at for transition in course if transition.new.online}
    found: list[list[Outage]] = []
    for outage in outages(course):
        if found and found[-1][-1].end_at == outage.start_at and outage.start_at not in seen_online:
            found[-1].append(outage)
        else:
            found.append([outage])
    return found


def steps_of(transitions: Iterable[Transition]) -> tuple[Step, ...]:
    """What of one camera's transitions figures are made from."""
    return tuple(Step(micros(made.at), made.new, cause=made.cause) for made in transitions)


def runs(steps: Iterable[Step], until: int) -> list[Run]:
    """One camera's DOWN spans that began before ``until`` in runs without a break, as ``unbroken`` has them."""
    found: list[Run] = []
    since: int | None = None
    why = Cause.OK
    for at, state, _, cause in steps:
        if at >= until:
            break
        if since is not None and since < at:
            _extend(found, since, at, why, at if state.online else None)
        elif state.online and found and found[-1].online_at is None:
            found[-1] = found[-1]._replace(online_at=at)
        since, why = (at if state is _DOWN else None), cause
    if since is not None:
        _extend(found, since, None, why, None)
    return found


def faults(found: Iterable[BareRun], until_us: int) -> list[Fault]:
    """One camera's faults as far as known at ``until_us``, by start; from its ``runs`` until then."""
    these: list[Fault] = []
    down: tuple[Span, ...] = ()
    for start, end, _, online_at in found:
        span = Span(start, until_us if end is None else end)
        down = (*down, span) if down else (span,)
        if online_at is not None:
            these.append(Fault(down, online_at))
            down = ()
    if down:
        these.append(Fault(down, None))
    return these


def state_spans(transitions: Sequence[Transition], period: Span) -> list[tuple[Span, State]]:
    """One camera's states over the whole period: ascending, without gap or overlap, neighbours differing.

    Time before the first transition is UNKNOWN. The last state is taken to last to the end of the period, so cut the
    period at what is settled.
    """
    return spans_of_steps(steps_of(transitions), period)


def spans_of_steps(steps: Sequence[Step], period: Span) -> list[tuple[Span, State]]:
    """As ``state_spans``, of what it truly needs of a transition."""
    if period.end <= period.start:
        return []
    first = bisect_right(steps, period.start, key=_at)
    state = steps[first - 1].state if first else State.UNKNOWN
    instants, states = [period.start], [state]
    for at, new, _, _ in islice(steps, first, None):
        if at >= period.end:
            break
        if new is state:
            continue
        state = new
        if at <= instants[-1]:  # the state before had no length
            states[-1] = state
            if len(states) > 1 and states[-2] is state:  # and lay between two of the same
                del instants[-1], states[-1]
        else:
            instants.append(at)
            states.append(state)
    spans = map(_SPAN, zip(instants, [*instants[1:], period.end], strict=True))
    return list(zip(spans, states, strict=True))


def _extend(found: list[Run], start: int, end: int | None, why: Cause, online_at: int | None) -> None:
    """Add a DOWN span: to the run before where it touches it and no result showed the camera online between."""
    before = found[-1] if found else None
    if before is None or before.online_at is not None or before.end != start:
        found.append(Run(start, end, (why,), online_at))
        return
    causes = before.causes if why in before.causes else (*before.causes, why)
    found[-1] = Run(before.start, end, causes, online_at)


def _begun(down: Transition) -> Outage:
    return Outage(down.camera_id, down.at, None, down.cause, down.detail)


def _at(step: Step) -> int:
    return step.at
