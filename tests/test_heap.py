"""The heap of a process that runs for months is walked seldom, and still walked; what it let go is not kept."""

from __future__ import annotations

import gc
import platform
import subprocess
import sys

import pytest

from monitor.heap import collect_young, resting_collector, settle_heap

# Threads that stay, each of which once held a large block, as those that pack /metrics do: how much is kept, in MB.
LET_GO = """
import sys
from pathlib import Path
from threading import Barrier, Thread
from monitor.heap import return_memory

if sys.argv[1] == "returned":
    return_memory()
resident = lambda: int(Path("/proc/self/statm").read_text().split()[1])
met = Barrier(5)

def held():
    for _ in range(3):
        b"x" * 10_000_000
    met.wait()
    met.wait()

before = resident()
for _ in range(4):
    Thread(target=held).start()
met.wait()
print((resident() - before) * 4096 // 1_000_000)
met.wait()
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library has other habits")
def test_large_blocks_are_given_back_whichever_thread_held_them() -> None:
    kept = {
        how: int(subprocess.run([sys.executable, "-c", LET_GO, how], capture_output=True, check=True, text=True).stdout)
        for how in ("returned", "left")
    }
    assert kept["returned"] < 10
    assert kept["left"] > 25, "the C library keeps nothing any more: return_memory is needless"


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
