"""The time that outages share: while at least half of those that were down about then were so at once."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.incidents import Down, shared
from monitor.model import Span

TOGETHER = 3


def downs(*written: tuple[str, int, int]) -> list[Down]:
    return [Down(Span(start, end), camera_id) for camera_id, start, end in written]


@pytest.mark.parametrize(
    ("outages", "common"),
    [
        (downs(("a", 10, 20)), [(10, 20)]),  # nobody else: what the origin's own address says decides
        (downs(("a", 10, 20), ("b", 12, 22)), [(10, 22)]),  # asked one after the other
        (downs(("a", 0, 90), ("b", 20, 40)), [(20, 40)]),  # began before, and goes on
        (downs(("a", 20, 40), ("b", 20, 40), ("c", 20, 41), ("d", 20, 90)), [(20, 41)]),  # one stays down
        (downs(("a", 20, 40), ("b", 20, 50), ("c", 20, 60), ("d", 20, 70)), [(20, 60)]),  # the half is back at 50
        (downs(("a", 20, 40), ("b", 20, 40), ("a", 60, 80), ("b", 60, 80)), [(20, 40), (60, 80)]),  # twice
        (downs(("a", 20, 40), ("b", 50, 60)), [(20, 40), (50, 60)]),  # each alone in its time
        (downs(("a", 10, 30), ("b", 20, 40), ("c", 31, 50), ("d", 41, 60)), [(20, 30), (31, 40), (41, 50)]),
        ([], []),
    ],
)
def test_the_shared_time_is_cut_where_too_few_are_down(outages: list[Down], common: list[tuple[int, int]]) -> None:
    assert shared(outages, TOGETHER) == common


@pytest.mark.parametrize(
    ("answered", "common"),
    [
        ([], [(20, 90)]),
        ([(0, 5), (6, 23)], [(20, 90)]),  # its silence is known a little late
        ([(60, 99)], [(20, 60)]),
        ([(37, 99)], [(20, 40)]),
        ([(36, 99)], [(20, 36)]),
        ([(89, 99)], [(20, 90)]),  # asked one after the other
        ([(60, 63)], [(20, 90)]),  # one answer while it was cut
        ([(60, 64)], [(20, 60), (64, 90)]),
        ([(0, 24)], [(24, 90)]),
        ([(50, 60), (70, 80)], [(20, 50), (60, 70), (80, 90)]),
        ([(0, 99)], []),
    ],
)
def test_while_its_address_answers_it_is_not_lost(
    answered: list[tuple[int, int]], common: list[tuple[int, int]]
) -> None:
    outages = downs(("a", 20, 40), ("b", 20, 90), ("c", 20, 90), ("d", 20, 90))
    assert shared(outages, TOGETHER, [Span(*each) for each in answered]) == common


@given(st.dictionaries(st.sampled_from("abcdef"), st.tuples(st.integers(0, 30), st.integers(1, 15))), st.integers(0, 5))
def test_second_by_second_it_is_what_enough_of_them_share(drawn: dict[str, tuple[int, int]], together: int) -> None:
    outages = downs(*((camera_id, start, start + length) for camera_id, (start, length) in drawn.items()))
    enough = {
        at
        for group in groups(outages)
        for at in range(50)
        if (many := sum(start <= at < end for (start, end), _ in group))
        and many >= min(2, len(group))
        and many * 2 >= len(group)
    }
    assert seconds(shared(outages, 0)) == enough
    found = shared(outages, together)
    assert enough <= seconds(found) <= {at + off for at in enough for off in range(-together, together + 1)}
    assert all(one.end < other.start for one, other in pairwise(found))


def groups(outages: list[Down]) -> list[list[Down]]:
    """Those that overlap, directly or by others."""
    found: list[list[Down]] = []
    for one in outages:
        near = [group for group in found if any(_overlap(one.span, other.span) for other in group)]
        found = [group for group in found if group not in near]
        found.append([one, *(other for group in near for other in group)])
    return found


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def seconds(spans: Iterable[Span]) -> set[int]:
    return {at for start, end in spans for at in range(start, end)}
