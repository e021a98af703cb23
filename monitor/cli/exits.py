"""Exit codes, the same for every command; docs/command-line.md explains them."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What the shell is told."""

    OK = 0
    NO = 1  # the question was answered with no: camera not good, chain broken, configuration faulty or missing
    USAGE = 2  # the command line was wrong
    CANNOT = 3  # the question could not be asked: no ledger, ledger in use, port taken
    INTERRUPTED = 130
