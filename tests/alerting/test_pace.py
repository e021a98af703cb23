"""How often a channel may be used."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.alerting import DingTalk, Feishu, WeCom, back_off, free_at, usual_windows
from monitor.model import Secret
from tests.alerting.samples import NIGHT

SECOND = timedelta(seconds=1)
PUBLISHED = {DingTalk: ((20, 60),), WeCom: ((20, 60),), Feishu: ((100, 60), (5, 1))}


def test_the_first_attempts_are_free_and_the_next_waits_for_the_window() -> None:
    windows = ((2, timedelta(minutes=1)),)
    assert free_at([], windows, NIGHT) == NIGHT
    assert free_at([NIGHT - 30 * SECOND], windows, NIGHT) == NIGHT
    assert free_at([NIGHT - 30 * SECOND, NIGHT], windows, NIGHT) == NIGHT + 30 * SECOND


@given(
    st.sampled_from([DingTalk(Secret("x")), WeCom(Secret("x")), Feishu(Secret("x"))]),
    st.integers(1, 18),
    st.lists(st.floats(0, 200), max_size=60),
)
def test_no_vendor_ever_sees_more_than_it_publishes(
    robot: DingTalk | WeCom | Feishu, per_minute: int, gaps: list[float]
) -> None:
    """However eager we are: whoever asks waits until it is free."""
    windows = usual_windows(robot, per_minute)
    used: list[datetime] = []
    now = NIGHT
    for gap in gaps:
        now = free_at(used, windows, now + gap * SECOND)
        used.append(now)
    for most, seconds in PUBLISHED[type(robot)]:
        for begin in used:
            assert sum(begin <= at < begin + seconds * SECOND for at in used) <= most


def test_waiting_grows_and_has_an_end() -> None:
    assert [back_off(tries).total_seconds() for tries in (1, 2, 3, 7, 500)] == [5, 10, 20, 300, 300]
    hour = timedelta(hours=1)
    assert [back_off(tries, hour).total_seconds() for tries in (1, 9, 10, 500)] == [5, 1280, 2560, 3600]
