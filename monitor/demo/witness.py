"""What the monitor tells of pictures besides its record: how often it looked, and what it noticed that is no fault."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from monitor.demo import texts
from monitor.demo.screen import BY_NAME
from monitor.language import Phrase
from monitor.model import Camera, Cause

NOTICES: Mapping[Cause, Phrase] = MappingProxyType(
    {Cause.PICTURE_FROZEN: texts.SUSPECTED, Cause.PICTURE_LOW_CONTRAST: texts.HAZY}
)


@dataclass(frozen=True, slots=True)
class Lookalike:
    """Cameras of one kind that look faulty and are not, and what the monitor made of them."""

    what: Phrase
    cameras: int
    looks: int  # at decoded pictures of each of them, at least
    noticed: frozenset[Cause]  # what was told of any of them, though it is no fault
    due: frozenset[Cause]  # what was to be told

    @property
    def recognised(self) -> bool:
        """Whether all of them were looked at, and nothing was told of them but what is so."""
        return self.looks > 0 and self.noticed == self.due


class Witness:
    """Hears the news of the town for as long as the story lasts."""

    def __init__(self) -> None:
        self._looks: defaultdict[str, set[str]] = defaultdict(set)  # instants, by camera id
        self._noticed: defaultdict[str, set[Cause]] = defaultdict(set)

    def hear(self, cameras: Iterable[Mapping[str, Any]]) -> Iterator[Phrase]:
        """Cameras as ``/api/v1/status`` has them; what to tell because it is noticed of a camera for the first time."""
        for camera in cameras:
            picture, known = camera["picture"], self._noticed[camera["id"]]
            if picture is None:
                continue
            self._looks[camera["id"]].add(picture["at"])
            for cause in {BY_NAME[name] for name in picture["noticed"]} - known:
                known.add(cause)
                where = f"{camera['village']} {camera['name']} ({camera['id']})"
                yield Phrase(NOTICES[cause].zh.format(camera=where), NOTICES[cause].en.format(camera=where))

    def made_of(self, what: Phrase, cameras: Iterable[Camera], due: frozenset[Cause] = frozenset()) -> Lookalike:
        """What the monitor made of cameras of which ``due`` was to be told; ValueError without cameras."""
        ids = [camera.id for camera in cameras]
        noticed = frozenset[Cause]().union(*(self._noticed[camera_id] for camera_id in ids))
        return Lookalike(what, len(ids), min(len(self._looks[camera_id]) for camera_id in ids), noticed, due)
