"""The threads that decode: a bounded pool that knows whether it is busy."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType

from monitor.model import KeyFrame
from monitor.probes.decode import Seen, look_at
from monitor.probes.spares import Spares


class Decoders:
    """So many pictures are decoded at once, never on the event loop. To be closed, or used in a ``with``."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="decode")
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
