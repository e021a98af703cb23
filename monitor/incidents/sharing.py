"""What the outages of one origin share: the time in which it can be called lost, and not only some of its cameras."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from monitor.model import Span


class Down(NamedTuple):
    """A camera's time offline; one that lasts ends in a time to come."""

    span: Span
    camera_id: str


def shared(outages: Iterable[Down], together: int, answered: Sequence[Span] = ()) -> list[Span]:
    """While at least half of those that were down about the same time were so at once, and of several at least two.

    Cameras are asked one after the other, so the edge of a loss is seen within ``together`` (microseconds): a shared
    time reaches to the first of their starts and the last of their ends that are not farther away than that.
    While the origin's own address ``answered`` it was there; an answer within that is over by ``together`` says
    nothing. Ascending and disjoint, as ``answered`` is.
    """
    found: list[Span] = []
    for cluster in _clusters(outages):
        cameras = len({down.camera_id for down in cluster})
        enough = max(min(cameras, 2), -(-cameras // 2))
        for start, end in (part for many in _at_once(cluster, enough) for part in _lost(many, answered, together)):
            first = min((down.span.start for down in cluster if down.span.start >= start - together), default=start)
            last = max((down.span.end for down in cluster if down.span.end <= end + together), default=end)
            if found and first <= found[-1].end:
                found[-1] = Span(found[-1].start, max(found[-1].end, end, last))
            else:
                found.append(Span(min(first, start), max(end, last)))
    return found


def _lost(many: Span, answered: Sequence[Span], together: int) -> Iterator[Span]:
    """What of the span is left without the times in which the address answered: for long, or until its end."""
    at = many.start
    for there in answered:
        start, end = max(there.start, many.start), min(there.end, many.end)
        if start < end and (end == many.end or end - start > together):
            if at < start:
                yield Span(at, start)
            at = end
    if at < many.end:
        yield Span(at, many.end)


def _clusters(outages: Iterable[Down]) -> Iterator[list[Down]]:
    """Those that overlap, or are linked by others that do; ascending."""
    cluster: list[Down] = []
    until = 0
    for down in sorted(outages):
        if cluster and down.span.start >= until:
            yield cluster
            cluster = []
        until = max(until, down.span.end) if cluster else down.span.end
        cluster.append(down)
    if cluster:
        yield cluster


def _at_once(cluster: Collection[Down], enough: int) -> Iterator[Span]:
    """While so many are down."""
    edges = sorted([*((down.span.start, 1) for down in cluster), *((down.span.end, -1) for down in cluster)])
    many, since = 0, 0
    for at, change in edges:
        many += change
        if change > 0 and many == enough:
            since = at
        elif change < 0 and many == enough - 1 and since < at:
            yield Span(since, at)
