"""``sharp-eyes run``: watch until told to end."""

from __future__ import annotations

import logging
from pathlib import Path

from monitor.cli.exits import Exit
from monitor.service import run_service


def run(config: Path) -> int:
    """Log to stderr; the first line on stdout says where the console listens."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    run_service(config, lambda address: print(f"listening on {address}", flush=True))
    return Exit.OK
