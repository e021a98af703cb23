"""``python -m dashboards [FOLDER]``: write the JSON files of all boards, a folder for each language."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dashboards.boards import BOARDS
from dashboards.grafana import Place, to_json
from monitor.language import Language

ZONE = "Asia/Shanghai"


def files(zone: str = ZONE) -> dict[Path, str]:
    """Every file by its path below the folder, and its content."""
    return {
        Path(language.value, f"{board.uid}.json"): to_json(board, Place(language, zone))
        for language in Language
        for board in BOARDS
    }


def main(arguments: list[str]) -> int:
    """Write them all; 0."""
    parser = argparse.ArgumentParser(prog="python -m dashboards", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent, help="default: here")
    parser.add_argument("--zone", default=ZONE, help="the contract's time zone, in which a month begins (%(default)s)")
    chosen = parser.parse_args(arguments)
    for path, text in files(chosen.zone).items():
        target = chosen.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
