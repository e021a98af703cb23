"""Monitors as copies of a process that has loaded the program already: what a kill meets is the same, and fifty of them
need not load it fifty times, which is most of what a short life costs."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
from multiprocessing.connection import Connection
from typing import Any, cast

from monitor.demo.child import LISTENING, START_WITHIN, Child
from monitor.demo.place import Place

_COPIES = multiprocessing.get_context("forkserver")
_COPIES.set_forkserver_preload(["monitor.cli.run", "monitor.cli.main"])


class Copy:
    """As a subprocess of asyncio, as far as ``Child`` needs one that is killed."""

    def __init__(self, process: multiprocessing.context.ForkServerProcess) -> None:
        self._process = process

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


async def begin(place: Place) -> Child:
    """``sharp-eyes run`` of that place, once it says where it listens."""
    here, there = _COPIES.Pipe(duplex=False)
    process = _COPIES.Process(target=_run, args=(str(place.settings), str(place.log), there))
    process.start()
    there.close()
    async with asyncio.timeout(START_WITHIN.total_seconds()):
        said = await asyncio.to_thread(os.read, here.fileno(), 1_000)
    here.close()
    line = said.decode().strip()
    assert line.startswith(LISTENING), f"{line!r}; {place.log} ends with {place.log.read_text('utf-8')[-2000:]}"
    return Child(cast("Any", Copy(process)), line.removeprefix(LISTENING))


def _run(settings: str, log: str, out: Connection) -> None:
    """In the copy."""
    from monitor.cli.main import main

    os.dup2(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT), 2)
    os.dup2(out.fileno(), 1)
    sys.exit(main(["run", "--config", settings]))
