"""The threads that decode: a bounded pool that knows whether it is busy."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType

from monitor.model import KeyFrame
from monitor.probes.decode import Seen, look_at
from monitor.probes.spares import Spares

GIVES_WAY = 5  # steps of niceness: a third of the event loop's claim where both want one core


class Decoders:
    """So many pictures are decoded at once, never on the event loop. To be closed, or used in a ``with``."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="decode", initializer=_give_way)
        self._spares = Spares()
        self._under_way = 0

    @property
    def busy(self) -> bool:
        """Whether another picture would have to wait."""
        return self._under_way >= self._threads

    async def look(self, keyframe: KeyFrame, fingerprint: bytes | None, *, repeated: bool) -> Seen:
        """As ``look_at``, in one of the threads."""

        def looked() -> Seen:
            return look_at(keyframe, fingerprint, self._spares, repeated=repeated)

        self._under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, looked)
        finally:
            self._under_way -= 1

    def close(self) -> None:
        """Wait for the pictures under way; those that wait are not looked at any more."""
        self._pool.shutdown(cancel_futures=True)

    def __enter__(self) -> Decoders:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def _give_way() -> None:
    """Leave the core to the event loop when it wakes: a picture can wait for milliseconds, a camera's packets pile up.

    With both cores busy the loop's wait, p99, was half as long (20 ms for 40) and as many pictures were decoded; under
    three times the load both ways were the same within the noise.
    """
    if sys.platform == "linux":  # elsewhere all threads of a process have one priority
        thread = threading.get_native_id()
        with suppress(OSError):  # a sandbox may forbid it: then it is as it was
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + GIVES_WAY)
