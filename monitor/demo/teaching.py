"""The weeks in which the monitor would have learnt what each camera usually shows, in seconds, from their films."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from monitor.demo.place import Tempo
from monitor.memories import Memories
from monitor.model import EPOCH, KeyFrame, micros
from monitor.picture import Memory
from monitor.probes.decode import FRESH, look_at
from monitor.simulator.clips import Film
from monitor.simulator.town import SimulatedTown

SEEN = 52  # key frames: the first three are not learnt from, and after 48 the commissioning reference is made


def teach(town: SimulatedTown, path: Path, now: datetime, tempo: Tempo) -> None:
    """Cameras that show one film have one memory: each film is looked at once."""
    learnt: dict[Film, Memory] = {}
    memories = Memories(path)
    try:
        for camera_id, film in town.films().items():
            if film not in learnt:
                learnt[film] = _learnt(town.key_frames(film), now, tempo)
            memories.keep(camera_id, learnt[film], now)
    finally:
        memories.close()


def _learnt(frames: list[KeyFrame], now: datetime, tempo: Tempo) -> Memory:
    """What it shows, without that it was shown: the very same key frames come again."""
    memory = FRESH
    for ago, frame in zip(range(SEEN, 0, -1), frames, strict=False):
        at = EPOCH + (now - ago * tempo.interval - EPOCH) * tempo.hurry
        memory = look_at(frame, memory, at).memory or memory
    return replace(memory, stillness=Memory.fresh().stillness, approved_us=micros(now))
