"""A town for incidents, and its record: who fell when, and when that became known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

from monitor.incidents import Enrolled, Incident, Incidents, News, Rules
from monitor.model import Camera, Cause, Site, SiteCategory, State, Transition

BEGINNING = datetime(2026, 10, 1, tzinfo=UTC)
KNOWN_AFTER = 20.0  # seconds from the first failing probe to the third

Line = tuple[datetime, News]


def second(number: float) -> datetime:
    return BEGINNING + timedelta(seconds=number)


def a_camera(
    camera_id: str,
    uplink: str = "u1",
    *,
    recorder: str = "",
    cabinet: str = "",
    carrier: str = "移动",
    site: str = "",
    town: str = "清河镇",
    credentials: str = "hik",
) -> Camera:
    place = Site(site or f"s-{camera_id}", site or "部位", SiteCategory.STREET, "东村", town, "清河县")
    return Camera(
        camera_id,
        camera_id,
        place,
        carrier,
        "rtsp://127.0.0.1/1",
        uplink=uplink,
        recorder=recorder,
        cabinet=cabinet,
        credentials=credentials,
    )


def cameras(count: int, uplink: str = "u1", first: int = 1, **topology: str) -> list[Camera]:
    """Cameras named after their uplink and number."""
    return [a_camera(f"{uplink}-{number:03}", uplink, **topology) for number in range(first, first + count)]


class Told:
    """A record that a test writes, camera by camera."""

    def __init__(self, town: Sequence[Camera], at: float = -600.0) -> None:
        self.lines: list[Line] = [(second(at), Enrolled(camera)) for camera in town]
        self._state: dict[str, tuple[State, Cause]] = {}
        for camera in town:
            self.up(camera.id, at + 1)

    def turn(self, camera_id: str, at: float, state: State, cause: Cause, known: float | None = None) -> None:
        """A change that began ``at`` and became known ``known``, at once unless said otherwise."""
        old = self._state.get(camera_id, (State.UNKNOWN, Cause.NOT_YET_OBSERVED))[0]
        self._state[camera_id] = state, cause
        known_at = second(at if known is None else known)
        self.lines.append((known_at, Transition(camera_id, second(at), known_at, old, state, cause)))

    def down(self, camera_id: str, at: float, cause: Cause = Cause.TCP_TIMEOUT) -> None:
        self.turn(camera_id, at, State.DOWN, cause, at + KNOWN_AFTER)

    def up(self, camera_id: str, at: float) -> None:
        self.turn(camera_id, at, State.UP, Cause.OK)

    def unknown(self, camera_id: str, at: float, cause: Cause) -> None:
        self.turn(camera_id, at, State.UNKNOWN, cause)

    def tell(self, at: float, news: News) -> None:
        self.lines.append((second(at), news))

    def until(self, at: float, rules: Rules | None = None) -> Incidents:
        """Everything that became known before ``at``, told and judged."""
        return folded(self.lines, second(at), rules or Rules())


def folded(
    lines: Iterable[Line], until: datetime, rules: Rules, archive: Callable[[Incident, object], None] = lambda *_: None
) -> Incidents:
    """The fold over lines in the order in which they became known."""
    found = Incidents(rules, archive)
    for known_at, news in sorted(lines, key=lambda line: line[0]):
        if known_at < until:
            found.note(known_at, news)
    found.advance(until)
    return found


def brief(found: Iterable[Incident]) -> list[tuple[str, str, int]]:
    """Origin, name and cameras affected now."""
    return [(shown.suspect.origin.value, shown.suspect.name, len(shown.camera_ids)) for shown in found]
