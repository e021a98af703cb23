"""``python -m monitor.workers DECODERS MEMORIES HURRY``: one probing process, started by ``workers.pool`` alone."""

from __future__ import annotations

import logging
import os
import signal
import sys
from pathlib import Path

from monitor.heap import return_memory, settle_heap
from monitor.memories import Memories
from monitor.probes.decoders import Decoders
from monitor.workers.child import serve_over_pipes


def main() -> None:
    """Orders on standard input, answers on standard output; whatever else is printed goes to standard error.

    The end of its input alone ends it: a signal to a whole service would cut sessions off without their TEARDOWN.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    answers = os.dup(1)
    os.dup2(2, 1)
    return_memory()
    settle_heap()
    _, decoders, memories, hurry = sys.argv
    with Decoders(int(decoders), Memories(Path(memories)), int(hurry)) as pool:
        serve_over_pipes(0, answers, pool)


if __name__ == "__main__":
    main()
