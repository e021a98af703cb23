"""Memory that is kept while films are painted: a fresh page costs the machine more than all that is drawn on it."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

# From malloc.h of the GNU C library: what the two limits are called, and what they usually are.
TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3
USUAL, KEPT = 128 << 10, 1 << 30


@contextmanager
def kept() -> Iterator[None]:
    """Give freed memory back only in the end; where the C library is another one, nothing changes but the speed."""
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "mallopt"):
        yield
        return
    libc.mallopt(MMAP_THRESHOLD, KEPT)
    libc.mallopt(TRIM_THRESHOLD, KEPT)
    yield
    libc.mallopt(MMAP_THRESHOLD, USUAL)
    libc.mallopt(TRIM_THRESHOLD, USUAL)
    libc.malloc_trim(0)
