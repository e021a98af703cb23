"""``python -m dashboards [FOLDER]``: write the JSON files of all boards, a folder for each language."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dashboards.boards import BOARDS
from dashboards.grafana import Place, to_json
from monitor.language import Language

ZONE = "Asia/Shanghai"
CONSOLE = "http://127.0.0.1:9105"  # where compose.yaml publishes it


def files(zone: str = ZONE, console: str = CONSOLE) -> dict[Path, str]:
    """Every file by its path below the folder, and its content."""
    return {
        Path(language.value, f"{board.uid}.json"): to_json(board, Place(language, zone, console))
        for language in Language
        for board in BOARDS
    }


def main(arguments: list[str]) -> int:
    """Write them all; 0."""
    parser = argparse.ArgumentParser(prog="python -m dashboards", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent, help="default: here")
    parser.add_argument("--zone", default=ZONE, help="the contract's time zone, in which a month begins (%(default)s)")
    parser.add_argument("--console", default=CONSOLE, help="the console as readers reach it (%(default)s)")
    chosen = parser.parse_args(arguments)
    for path, text in files(chosen.zone, chosen.console.rstrip("/")).items():
        target = chosen.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
