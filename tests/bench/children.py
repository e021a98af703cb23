"""Starts the two processes of a town and ends them, each by its own id: the simulator, and the monitor on its core."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from monitor.errors import SharpEyesError
from tests.bench import proc

END_WITHIN = timedelta(seconds=15)
LAST_WORDS = 2000  # characters


class Child:
    """A program run as a process of its own; its first line on standard output says that it is ready."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self.name = name
        self._process = process
        self._log = log

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def cpu_seconds(self) -> float:
        """User and system time so far. SharpEyesError when it has ended."""
        self.check()
        return proc.cpu_seconds_of(self.pid)

    def loop_seconds(self) -> float:
        """That of its first thread, which runs the event loop. SharpEyesError when it has ended."""
        self.check()
        return proc.loop_seconds_of(self.pid)

    def memory(self) -> proc.Memory:
        """What it holds. SharpEyesError when it has ended."""
        self.check()
        return proc.memory_of(self.pid)

    def check(self) -> None:
        """SharpEyesError with its last words when it has ended by itself."""
        if self._process.poll() is not None:
            raise SharpEyesError(f"the {self.name} ended; its last words:\n{self._last_words()}")

    def first_line(self, within: timedelta) -> str:
        """Wait for it. SharpEyesError with the last words when it does not come."""
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], within.total_seconds())
        line = self._process.stdout.readline() if ready else b""
        if not line:
            self.end()
            raise SharpEyesError(f"the {self.name} did not start; its last words:\n{self._last_words()}")
        return line.decode("utf-8", "replace").strip()

    def end(self) -> None:
        """An orderly end, or a hard one after a while. Harmless when it has ended."""
        self._process.terminate()
        try:
            self._process.wait(END_WITHIN.total_seconds())
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _last_words(self) -> str:
        return self._log.read_text("utf-8", "replace")[-LAST_WORDS:].strip() or "(none)"


def python_module(*arguments: str) -> tuple[str, ...]:
    """``python -m`` these arguments, with the Python we run on."""
    return sys.executable, "-m", *arguments


@contextmanager
def running(name: str, command: Iterable[str], cores: Iterable[int], log: Path) -> Iterator[Child]:
    """The command on these cores only; ended on leaving, whatever happened."""
    with log.open("wb") as errors, pinned(cores):
        process = subprocess.Popen(
            tuple(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,  # Ctrl-C at the terminal is for us; we end the child ourselves
        )
    child = Child(name, process, log)
    with process:
        try:
            yield child
        finally:
            child.end()


@contextmanager
def pinned(cores: Iterable[int]) -> Iterator[None]:
    """This thread, and every process it starts meanwhile, on these cores only."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
