"""No core dumps: a process that dies while it decodes has a picture in its memory, and a dump would be a file of it."""

from __future__ import annotations

import sys


def leave_no_dumps() -> None:
    """For this process and all that it starts; what a debugger is asked for by hand is not prevented.

    Where the kernel pipes dumps to a program, that program has the word: systemd's keeps none of such a process.
    """
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
