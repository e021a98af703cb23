"""The committed boards, for the tests."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from dashboards.preview.reading import Wall, read

FOLDER = Path(__file__).parent.parent.parent / "dashboards"
FILES = tuple(sorted(FOLDER.glob("*/*.json")))
CHINESE, ENGLISH = (tuple(path for path in FILES if path.parent.name == language) for language in ("zh", "en"))

WORD = re.compile(r'"(?:[^"\\]|\\.)*"|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)|\$\w+')
NAME = re.compile(r"(?<![\w:.])([a-zA-Z_:][\w:]*)(?!\w|\s*\()")
KEYWORDS = {"and", "or", "unless", "bool", "offset", "by", "on"}


def name_of(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


def loaded(path: Path) -> dict[str, Any]:
    board: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return board


def walls() -> list[Wall]:
    return [read(path) for path in FILES]


def expressions(wall: Wall) -> list[str]:
    return [target.expr for panel in wall.panels for target in panel.targets]


def metrics_in(expr: str) -> set[str]:
    """The names of the metrics an expression asks for."""
    bare = re.sub(r"\[[^\]]*\]", "", WORD.sub(" ", expr))
    bare = re.sub(r"\{[^}]*\}", " ", bare)
    return set(NAME.findall(bare)) - KEYWORDS


def labels_in(expr: str) -> set[str]:
    """The labels an expression names: in selectors, in ``by`` and ``on``."""
    listed = re.findall(r"\b(?:by|on|without|group_left)\s*\(([^)]*)\)", expr)
    selected = [name for part in re.findall(r"\{([^}]*)\}", expr) for name in re.findall(r"(\w+)\s*[=!]", part)]
    return {name.strip() for part in listed for name in part.split(",") if name.strip()} | set(selected)
