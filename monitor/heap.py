"""How the garbage collector treats a process that runs for months (docs/decisions/0014). For whoever starts one."""

from __future__ import annotations

import gc

COLLECT_AT = (10_000, 1_000, 10)  # young objects, a few milliseconds; collections of these; collections of those


def settle_heap() -> None:
    """Everything made so far is here to stay: the garbage collector need not walk it again.

    Nor need it look again and again at what is young, for nearly all of that dies by its reference count.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AT)
