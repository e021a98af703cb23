"""A probing process as it is started: what it makes of signals and of its heap."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SHOWN = """
import gc, signal, sys
from monitor.workers.__main__ import main
sys.argv = ["monitor.workers", "1", sys.argv[1], "1"]
main()
handlers = [signal.getsignal(number).name for number in (signal.SIGTERM, signal.SIGINT)]
print(gc.get_freeze_count(), *handlers, file=sys.stderr)
"""


def test_it_ends_with_its_input_alone_and_freezes_its_heap(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", SHOWN, str(tmp_path / "pictures.db")],
        input=b"",
        capture_output=True,
        check=True,
        timeout=60,
    )
    frozen, *handlers = ended.stderr.decode().split()
    assert int(frozen) > 10_000
    assert handlers == ["SIG_IGN"] * 2
