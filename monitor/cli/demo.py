"""``sharp-eyes demo``: the whole system on a simulated town."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from monitor.cli.exits import Exit
from monitor.clock import SystemClock
from monitor.demo.demo import Demo, demo_town
from monitor.demo.place import Place, Tempo
from monitor.language import Language


def demo(language: Language, cameras: int, folder: Path | None, duration: timedelta | None, *, live: bool) -> int:
    """Exit code 1 when the story was played to its end and the record differs from what happened."""
    place = Place(folder or Path(tempfile.mkdtemp(prefix="sharp-eyes-demo-")))
    place.folder.mkdir(parents=True, exist_ok=True)
    clock = SystemClock()
    play = Demo(place, demo_town(cameras, clock), clock, language, Tempo())
    comparison = asyncio.run(play.run(duration, live=live and sys.stdout.isatty()))
    return Exit.OK if comparison is None or comparison.as_told else Exit.NO
