"""When a camera is asked next: phases spread over the interval, so that a thousand cameras are not asked at once.

Pure arithmetic on monotonic seconds; the engine waits, this decides.
"""

from __future__ import annotations

from hashlib import blake2b
from math import floor


def phase(camera_id: str, interval: float) -> float:
    """The camera's own place in the interval, in ``[0, interval)`` seconds: even over many cameras, same every run."""
    digest = blake2b(camera_id.encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64 * interval


def first_due(camera_id: str, interval: float, started: float) -> float:
    """The first probe: within one interval of the start, at the camera's phase."""
    return started + phase(camera_id, interval)


def next_due(beat: float, interval: float, began: float, finished: float) -> float:
    """The camera's first beat that lies after ``finished`` and at least half an interval after ``began``.

    ``beat`` is any point of its grid; the other two say when the last probe took place. Beats that have passed are
    skipped, never caught up; probes in between (while a verdict is pending) neither shift the grid nor are followed at
    once by its next beat.
    """
    beats = max(floor((began - beat) / interval + 0.5), floor((finished - beat) / interval)) + 1
    return beat + beats * interval
