"""What the record tells about incidents: which entries, and what each means to their rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from monitor.incidents import Enrolled, News, Reach, Struck
from monitor.ledger.events import (
    CameraAdded,
    CameraChanged,
    CameraRemoved,
    Event,
    ReachChanged,
    TransitionRecorded,
)
from monitor.ledger.views import Entry

SURROUNDINGS: Final = (CameraAdded, CameraChanged, CameraRemoved, ReachChanged)
TELLING: Final = (TransitionRecorded, *SURROUNDINGS)


def news_of(event: Event) -> News | None:
    """What the event means to incidents; None: nothing."""
    match event:
        case TransitionRecorded(transition):
            return transition
        case CameraAdded(camera) | CameraChanged(camera):
            return Enrolled(camera)
        case CameraRemoved(camera_id):
            return Struck(camera_id)
        case ReachChanged(origin, name, reachable):
            return Reach(origin, name, reachable)
        case _:
            return None


def told(entries: Iterable[Entry]) -> Iterator[tuple[datetime, News]]:
    """What became known when."""
    for entry in entries:
        news = news_of(entry.event)
        if news is not None:
            yield entry.recorded_at, news
