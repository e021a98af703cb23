"""Instants never go back, and a jump of the wall clock is noticed once."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.engine.timeline import Timeline
from tests.driven import START, DrivenClock

HOUR = timedelta(hours=1)


async def test_instants_follow_the_monotonic_clock() -> None:
    clock = DrivenClock()
    timeline = Timeline(clock)
    await clock.advance(timedelta(seconds=7))
    assert timeline.now() == START + timedelta(seconds=7)


def test_a_small_correction_is_followed_silently() -> None:
    clock = DrivenClock()
    timeline = Timeline(clock)
    clock.set_wall(START + timedelta(seconds=1.5))
    assert timeline.check() is None
    assert timeline.now() == START + timedelta(seconds=1.5)


def test_a_jump_forward_is_told_once_and_followed() -> None:
    clock = DrivenClock()
    timeline = Timeline(clock)
    clock.set_wall(START + HOUR)
    jump = timeline.check()
    assert jump is not None
    assert (jump.before_at, jump.after_at, jump.forward) == (START, START + HOUR, True)
    assert timeline.check() is None
    assert timeline.now() == START + HOUR


async def test_after_a_jump_back_instants_stand_still_until_the_wall_clock_has_caught_up() -> None:
    clock = DrivenClock()
    timeline = Timeline(clock)
    clock.set_wall(START - HOUR)
    jump = timeline.check()
    assert jump is not None
    assert not jump.forward
    await clock.advance(timedelta(minutes=59))
    assert timeline.now() == START
    await clock.advance(timedelta(minutes=2))
    assert timeline.now() == START + timedelta(minutes=1)
    assert timeline.check() is None


def test_nothing_precedes_the_last_instant_of_the_record() -> None:
    assert Timeline(DrivenClock(), START + HOUR).now() == START + HOUR


@given(st.lists(st.tuples(st.floats(-5000, 5000), st.floats(0, 500), st.booleans()), max_size=30))
def test_whatever_the_wall_clock_does_instants_never_go_back(steps: list[tuple[float, float, bool]]) -> None:
    clock = DrivenClock()
    timeline = Timeline(clock)
    last = timeline.now()
    for jump, passes, checks in steps:
        clock.set_wall(clock.now() + timedelta(seconds=jump))
        clock._move_to(clock.monotonic() + passes)
        if checks:
            timeline.check()
        now = timeline.now()
        assert now >= last
        last = now
