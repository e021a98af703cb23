"""The threads that decode: a bounded pool that knows whether it is busy."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import TypeVar

from monitor.memories import Memories
from monitor.model import EPOCH, KeyFrame, View, micros
from monitor.picture.blocks import Sums
from monitor.picture.frozen import confirm_frozen
from monitor.picture.setting_back import not_later
from monitor.probes.decode import LOOKS, Seen, blocks_of
from monitor.probes.spares import Spares

T = TypeVar("T")

GIVES_WAY = 5  # steps of niceness: a third of the event loop's claim where both want one core
# Pictures under way for each thread, from which on others count as waiting too long: a fraction of a second of work.
# Were it one, a thread would stand idle between pictures that come by chance and turn away others that come together:
# of what it could do in all, half would be put off.
QUEUE = 16


class Decoders:
    """So many pictures are decoded at once, never on the event loop. To be closed, or used in a ``with``."""

    def __init__(self, threads: int, memories: Memories | None = None, hurry: int = 1) -> None:
        """``memories``: what cameras usually show; None: as far as this process saw.

        ``hurry``: how many times faster the town lives than a real one.
        """
        self._threads = threads
        self._memories = Memories(None) if memories is None else memories
        self._hurry = hurry
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="decode", initializer=_give_way)
        self._spares = Spares()
        self._under_way = 0

    @property
    def busy(self) -> bool:
        """Whether another picture would have to wait for long."""
        return self._under_way >= QUEUE * self._threads

    async def look(
        self,
        keyframe: KeyFrame,
        camera_id: str,
        at: datetime,
        approved_at: datetime | None = None,
        view: View = View.FIXED,
    ) -> Seen:
        """As ``LOOKS`` says, in one of the threads; what is remembered of the camera is loaded there, and kept."""

        def looked() -> Seen:
            hurried = EPOCH + (at - EPOCH) * self._hurry
            memory = not_later(self._memories.load(camera_id, approved_at), micros(hurried))
            seen = LOOKS[view](keyframe, memory, hurried, self._spares)
            if seen.memory is not None:
                self._memories.keep(camera_id, seen.memory, at)
            return replace(seen, memory=None)

        return await self._in_a_thread(looked)

    async def blocks(self, jpeg: bytes) -> Sums | None:
        """As ``blocks_of``, in one of the threads."""
        return await self._in_a_thread(lambda: blocks_of(jpeg))

    async def settle(self, camera_id: str, first: Sums, second: Sums) -> bool:
        """Whether two snapshots show a frozen picture; that is remembered of the camera."""

        def settled() -> bool:
            memory = confirm_frozen(self._memories.load(camera_id), first, second)
            self._memories.amend(camera_id, memory)
            return memory.stillness.confirmed

        return await self._in_a_thread(settled)

    async def _in_a_thread(self, work: Callable[[], T]) -> T:
        self._under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
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
