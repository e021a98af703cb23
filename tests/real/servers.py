"""Third-party servers as processes that a test may kill, stop and start again; none outlives the tests."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.programs import program

START_WITHIN = 20.0  # seconds; each needs less than one


@dataclass
class Server:
    """One server program. ``command`` makes it listen on ``port`` of 127.0.0.1; its output is added to ``log``."""

    command: Sequence[str]
    port: int
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    user: int | None = None  # None: us
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def alive(self) -> bool:
        """Whether the process is there, frozen or not."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it; returns when it accepts connections."""
        become = () if self.user is None else (f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups")
        end_with_us = "--pdeathsig=KILL"  # the kernel sees to it, even if we are killed
        command = (program("setpriv"), *become, end_with_us, *self.command)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **self.environment})
        deadline = time.monotonic() + START_WITHIN
        while not self._accepts():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                pytest.fail(f"{self.command} does not listen on port {self.port}; it said:\n{self.said()}")
            time.sleep(0.02)

    def kill(self) -> None:
        """``kill -9``; returns when it is gone and its port refuses."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def freeze(self) -> None:
        """It does nothing from now on; the kernel goes on accepting connections for it."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on where it was."""
        self._signal(signal.SIGCONT)

    def said(self) -> str:
        """All it ever printed."""
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def _accepts(self) -> bool:
        with socket.socket() as client:
            client.settimeout(1)
            return client.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def borrowed(server: Server) -> Iterator[Server]:
    """The server for one test, alive whatever the one before did to it; what it says is shown when the test fails."""
    said_before = len(server.said())
    if not server.alive:
        server.start()
    try:
        yield server
    finally:
        print(f"{server.command[0]} said:\n{server.said()[said_before:]}")  # noqa: T201  # pytest keeps it for a failure


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """The server from now to the end of the block."""
    try:
        with borrowed(server):
            yield server
    finally:
        server.kill()
