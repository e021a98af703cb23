"""The cameras a person names by their ids."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from difflib import get_close_matches

from monitor.cli import texts
from monitor.engine import Plan
from monitor.language import Language
from monitor.model import Camera


def chosen(plan: Plan, ids: Sequence[str], language: Language) -> list[Camera] | None:
    """The cameras of these ids, in that order; None when the inventory lacks one, which stderr is told then."""
    by_id = {camera.id: camera for camera in plan.cameras}
    for unknown in (name for name in ids if name not in by_id):
        near = ", ".join(get_close_matches(unknown, by_id, 3)) or texts.NONE[language]
        print(texts.NO_SUCH_CAMERA[language].format(id=unknown, near=near), file=sys.stderr)
        return None
    return [by_id[name] for name in ids]
