"""A clock that was set back, or a town that lives less in a hurry, must not end the judging of its pictures."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Cause, micros
from monitor.picture import Memory
from monitor.picture.setting_back import not_later
from tests.driven import START
from tests.picture.film import began, shot, watched


def instants(value: Any) -> list[int]:
    """Every instant in it."""
    if isinstance(value, tuple):
        return [each for item in value for each in instants(item)]
    if not is_dataclass(value):
        return []
    found: list[int] = []
    for field in fields(value):
        inside = getattr(value, field.name)
        found += [inside] if field.name.endswith("_us") else instants(inside)
    return found


def test_of_a_memory_that_is_not_ahead_nothing_changes() -> None:
    _, memory = watched(Memory.fresh(), range(3))
    assert not_later(memory, memory.stillness.at_us) is memory


@given(st.integers(0, 10))
def test_nothing_in_it_is_later_than_now_and_all_else_stays(years: int) -> None:
    stillness = replace(Memory.fresh().stillness, at_us=2**60)
    memory = replace(Memory.fresh(), clear_us=micros(START), stillness=stillness, approved_us=2**59)
    now = micros(START + timedelta(days=365 * years))
    moved = not_later(memory, now)
    assert max(instants(replace(moved, approved_us=0))) == now
    assert replace(moved, clear_us=0, stillness=memory.stillness) == replace(memory, clear_us=0)


def test_a_camera_is_found_frozen_by_what_was_learnt_when_time_ran_faster() -> None:
    _, memory = watched(Memory.fresh(), range(60))
    hurried = replace(memory, stillness=replace(memory.stillness, at_us=memory.stillness.at_us * 60))
    assert began(watched(hurried, range(60, 70), lambda _, __: shot(29))[0]) == []
    back = not_later(hurried, memory.stillness.at_us)
    assert began(watched(back, range(60, 70), lambda _, __: shot(29))[0]) == [Cause.PICTURE_FROZEN]
