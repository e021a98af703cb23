"""The heap of a process that runs for months is walked seldom, and still walked."""

from __future__ import annotations

import gc

from monitor.heap import collect_young, resting_collector, settle_heap


def test_what_is_here_to_stay_is_not_walked_again() -> None:
    before = gc.get_threshold()
    try:
        settle_heap()
        assert gc.get_freeze_count() > 10_000
        assert gc.get_threshold() > before
        assert gc.isenabled()
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


def test_what_was_made_since_the_last_walk_is_walked_and_no_more() -> None:
    kept = [[number] for number in range(1000)]
    collect_young()
    before = gc.get_stats()
    assert not any(one is kept[0] for one in gc.get_objects(generation=0))
    collect_young()
    after = gc.get_stats()
    walks = [now["collections"] - then["collections"] for now, then in zip(after, before, strict=True)]
    assert walks == [1, 0, 0]


def test_the_collector_rests_while_one_large_value_is_made_and_then_goes_on() -> None:
    with resting_collector():
        assert not gc.isenabled()
    assert gc.isenabled()
    gc.disable()
    try:
        with resting_collector():
            pass
        assert not gc.isenabled(), "whoever had it off finds it off"
    finally:
        gc.enable()
