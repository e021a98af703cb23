"""From transitions to spans: decides where one camera's outage or state begins and ends.

It must never know of thresholds, maintenance or contracts: those lie before (liveness) or are laid over (sla).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from operator import attrgetter
from typing import NamedTuple

from .model import Cause, Outage, Span, State, Step, Transition, instant, micros


class Down(NamedTuple):
    """One camera's DOWN span in microseconds, and why; ``end`` is None while it is open."""

    start: int
    end: int | None
    cause: Cause


class Run(NamedTuple):
    """One camera's time offline without a break; ``end`` is None while it is open."""

    start: int
    end: int | None
    causes: tuple[Cause, ...]  # in the order they were seen, each once


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


def unbroken(found: Iterable[Outage]) -> list[list[Outage]]:
    """One camera's outages in runs without a break: within a run only the cause changed."""
    runs: list[list[Outage]] = []
    for outage in found:
        if runs and runs[-1][-1].end_at == outage.start_at:
            runs[-1].append(outage)
        else:
            runs.append([outage])
    return runs


def steps_of(transitions: Iterable[Transition]) -> tuple[Step, ...]:
    """What of one camera's transitions figures are made from."""
    return tuple(Step(micros(made.at), made.new, cause=made.cause) for made in transitions)


def downs(steps: Iterable[Step], until: int) -> Iterator[Down]:
    """One camera's DOWN spans that began before ``until``, as ``outages`` has them."""
    since: int | None = None
    why = Cause.OK
    for at, state, _, cause in steps:
        if at >= until:
            break
        if since is not None and since < at:
            yield Down(since, at, why)
        since, why = (at if state is State.DOWN else None), cause
    if since is not None:
        yield Down(since, None, why)


def outages_of_steps(camera_id: str, steps: Iterable[Step], until: int) -> tuple[Outage, ...]:
    """The same as values; steps do not say in what words the outage was told."""
    return tuple(
        Outage(camera_id, instant(start), None if end is None else instant(end), cause)
        for start, end, cause in downs(steps, until)
    )


def runs(steps: Iterable[Step], until: int) -> list[Run]:
    """One camera's DOWN spans that began before ``until`` in runs without a break, as ``unbroken`` has them."""
    found: list[Run] = []
    for start, end, cause in downs(steps, until):
        if found and found[-1].end == start:
            before = found.pop()
            causes = before.causes if cause in before.causes else (*before.causes, cause)
            found.append(Run(before.start, end, causes))
        else:
            found.append(Run(start, end, (cause,)))
    return found


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
    start = period.start
    spans: list[tuple[Span, State]] = []
    for at, new, _, _ in islice(steps, first, None):
        if at >= period.end:
            break
        if new is state:
            continue
        if start < at:
            if spans and spans[-1][1] is state:  # a zero-length state lay between two of the same
                start = spans.pop()[0].start
            spans.append((Span(start, at), state))
        start, state = at, new
    if spans and spans[-1][1] is state:
        start = spans.pop()[0].start
    spans.append((Span(start, period.end), state))
    return spans


def _begun(down: Transition) -> Outage:
    return Outage(down.camera_id, down.at, None, down.cause, down.detail)


def _at(step: Step) -> int:
    return step.at
