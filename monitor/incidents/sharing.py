"""What the outages of one origin share: the time in which it can be called lost, and not only some of its cameras."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from monitor.model import Span


class Down(NamedTuple):
    """A camera's time offline; one that lasts ends in a time to come."""

    span: Span
    camera_id: str


def shared(outages: Iterable[Down], together: int, answered: Sequence[int] = ()) -> list[Span]:
    """While at least half of those that were down about the same time were so at once, and of several at least two.

    Cameras are asked one after the other, so the edge of a loss is seen within ``together`` (microseconds): a shared
    time reaches to the first of their starts and the last of their ends that are not farther away than that.
    ``answered`` is when the origin's own address answered again: by then it was there. Ascending and disjoint.
    """
    found: list[Span] = []
    for cluster in _clusters(outages):
        cameras = len({down.camera_id for down in cluster})
        for start, end in _at_once(cluster, max(min(cameras, 2), -(-cameras // 2))):
            over = min((at for at in answered if start < at < end), default=end)
            first = min(down.span.start for down in cluster if down.span.start >= start - together)
            last = max((down.span.end for down in cluster if down.span.end <= over + together), default=over)
            if found and first <= found[-1].end:
                found[-1] = Span(found[-1].start, max(found[-1].end, over, last))
            else:
                found.append(Span(first, max(over, last)))
    return found


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
