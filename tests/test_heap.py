"""The heap of a process that runs for months is walked seldom, and still walked."""

from __future__ import annotations

import gc

from monitor.heap import settle_heap


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
