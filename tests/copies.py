"""Processes as copies of one that has loaded the program already.

What a kill meets is the same, and fifty of them need not load it fifty times: that is most of what a short life costs.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Final

_COPIES: Final = multiprocessing.get_context("forkserver")
_COPIES.set_forkserver_preload(["monitor.cli.run", "monitor.cli.main", "tests.relay.child"])


class Copy:
    """As a subprocess of asyncio, as far as one needs it that is killed; ``stdout`` is to be read."""

    def __init__(self, process: multiprocessing.context.ForkServerProcess, stdout: asyncio.StreamReader) -> None:
        self._process = process
        self.stdout = stdout

    @classmethod
    async def start(cls, work: Callable[..., None], *words: str) -> Copy:
        """A copy that does the work with these words, which both must be found by their names."""
        here, there = _COPIES.Pipe(duplex=False)
        process = _COPIES.Process(target=_do, args=(work, words, there))
        await asyncio.to_thread(process.start)
        there.close()
        reader = asyncio.StreamReader()
        pipe = os.fdopen(os.dup(here.fileno()), "rb")
        here.close()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
        return cls(process, reader)

    @property
    def pid(self) -> int:
        assert self._process.pid is not None, "it was started"
        return self._process.pid

    def kill(self) -> None:
        self._process.kill()

    async def wait(self) -> int:
        await asyncio.to_thread(self._process.join)
        assert self._process.exitcode is not None, "it has ended"
        return self._process.exitcode


def _do(work: Callable[..., None], words: tuple[str, ...], out: Connection) -> None:
    """In the copy."""
    os.dup2(out.fileno(), 1)
    out.close()
    work(*words)
