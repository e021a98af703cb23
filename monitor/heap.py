"""How memory is treated in a process that runs for months (docs/decisions/0014). For whoever starts one."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager

COLLECT_AT = (10_000, 10_000, 10)  # young objects more than at the last collection; collections of these; of those

LARGE = 4 * 1024 * 1024  # bytes: more than looking at a picture asks for at once, less than /metrics of a large town
HEAPS = 2  # of the C library: one for the event loop, one for all other threads
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # of mallopt(3)


def return_memory() -> None:
    """Have the C library give large blocks back to the system at once, from a few heaps; before there are threads.

    By itself GNU's learns from one freed block of 10 MB to keep twice as much, in each thread's heap for its own, until
    the process ends. Another C library is left as it is.
    """
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        for what, value in ((_ARENA_MAX, HEAPS), (_MMAP_THRESHOLD, LARGE), (_TRIM_THRESHOLD, LARGE)):
            library.mallopt(what, value)


def settle_heap() -> None:
    """Everything made so far is here to stay: the garbage collector need not walk it again.

    Nor need it look again and again at what is young, for nearly all of that dies by its reference count.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AT)


def collect_young() -> None:
    """Walk what was made since the last time; to be called a few times a second, so that it is never much.

    Python alone counts what was made *less what has died*: where as much dies as is made, the young become ever more
    before it walks them, and then it takes tens of milliseconds.
    """
    gc.collect(0)


@contextmanager
def resting_collector() -> Iterator[None]:
    """While a command makes one large value of which nothing is garbage, and nothing in it refers back to another.

    The collector would walk all of it again and again as it grows: a third of the time a large town's report takes.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
