"""Storms and dark villages where no Alertmanager finds them: the conditions and words of its rules, over the record.

Numbers and words are those of ``SharpEyesManyDown`` and ``SharpEyesVillageDown`` in config/prometheus, and a test plays
the same stories by both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from monitor.alerting.alertmanager import MANY_DOWN, MONITOR_BLIND, VILLAGE_DOWN, Alert
from monitor.alerting.values import Area, Place, Severity, Storm, Village
from monitor.language import Phrase

MANY, SHARE = 10, 0.3  # cameras alone of a town, and more of it than that: a storm
WHOLE = 3  # cameras of a village, all of them
WAITS = {MANY_DOWN: timedelta(minutes=2), VILLAGE_DOWN: timedelta(minutes=4)}
KEEPS = timedelta(minutes=10)  # after it held last

STORM_TITLE = Phrase("{town}大面积离线", "much of {town} is down")
VILLAGE_TITLE = Phrase("{village}摄像机全部离线", "every camera of {village} is down")
VILLAGE_LINE = Phrase(
    "{town}{village}所有（至少 3 台）摄像机同时离线，多为停电或运营商线路中断，先联系村里和运营商。",
    "All cameras of {village}, {town} (three or more) are down together: most likely power or the carrier's line. "
    "Call the village and the carrier first.",
)


class Steady:
    """Since when what holds has held. In memory: after a restart it is waited for anew, as Prometheus does."""

    def __init__(self) -> None:
        self._since: dict[str, datetime] = {}

    def ripe(self, holding: Mapping[str, timedelta], now: datetime) -> set[str]:
        """What has held for as long as it has to, at every look."""
        self._since = {key: self._since.get(key, now) for key in holding}
        return {key for key, waits in holding.items() if now - self._since[key] >= waits}


class Areas:
    """Which storms and dark villages there are: a condition that has held for a while, and did not long ago."""

    def __init__(self) -> None:
        self._steady = Steady()
        self._held_at: dict[str, datetime] = {}

    def look(self, holding: Mapping[str, Alert], told: Collection[str], now: datetime) -> Collection[str]:
        """The subjects that fire now. One that people were ``told`` of goes on, also after a restart."""
        ripe = self._steady.ripe({subject: WAITS[alert.name] for subject, alert in holding.items()}, now)
        fire = {*ripe, *(subject for subject in holding if subject in self._held_at or subject in told)}
        held = dict.fromkeys(told, now) | self._held_at | dict.fromkeys(fire, now)
        self._held_at = {subject: at for subject, at in held.items() if now - at < KEEPS}
        return self._held_at.keys()


def subject_of(name: str, *place: str) -> str:
    """What identifies a storm, or a dark village."""
    return "/".join((name, *place))


def is_about_area(subject: str) -> bool:
    """Whether it is one of these."""
    return subject.partition("/")[0] in WAITS


def storms_in(storms: Mapping[Area, Storm], villages: Mapping[Place, Village], now: datetime) -> Iterator[Alert]:
    """The towns of which so much is down, and no line, cabinet or recorder explains it."""
    sizes = _sizes(villages)
    for area, storm in storms.items():
        if _is_wide(storm, sizes.get(area, 0)):
            yield _alert(MANY_DOWN, (*area, ""), now, _said(STORM_TITLE, town=area[1]))


def dark_villages(villages: Mapping[Place, Village], explained: Iterable[Place], now: datetime) -> Iterator[Alert]:
    """The villages of which no camera is up; ``explained``: where a wider origin is presumed to have failed."""
    known = frozenset(explained)
    for place, its in villages.items():
        if its.up == 0 and its.down >= WHOLE and place not in known:
            _, town, village = place
            line = _said(VILLAGE_LINE, town=town, village=village)
            yield _alert(VILLAGE_DOWN, place, now, _said(VILLAGE_TITLE, village=village), line)


def is_seen_over(alert: Alert, storms: Mapping[Area, Storm], villages: Mapping[Place, Village], *, blind: bool) -> bool:
    """Whether the record sees that what an alert says is so no more; of most alerts it knows nothing.

    ``blind``: whether the monitor is. A village of which nobody knows anything is not back.
    """
    if alert.name == MANY_DOWN:
        area = alert.place[:2]
        return area not in storms or not _is_wide(storms[area], _sizes(villages).get(area, 0))
    if alert.name == VILLAGE_DOWN:
        return alert.place in villages and villages[alert.place].up > 0
    return alert.name == MONITOR_BLIND and not blind


def _is_wide(storm: Storm, cameras: int) -> bool:
    """Whether so much of a town of so many cameras is a storm."""
    return storm.cameras >= MANY and storm.cameras > SHARE * cameras


def _sizes(villages: Mapping[Place, Village]) -> dict[Area, int]:
    """The cameras of each town."""
    sizes: dict[Area, int] = {}
    for (county, town, _), village in villages.items():
        sizes[county, town] = sizes.get((county, town), 0) + village.cameras
    return sizes


def _alert(name: str, place: Place, now: datetime, title: Phrase, *lines: Phrase) -> Alert:
    return Alert(
        name,
        "/".join(place[:2] if name == MANY_DOWN else place),
        firing=True,
        starts_at=now,
        severity=Severity.CRITICAL,
        incident="",
        camera_id="",
        about="camera",
        summary=title,
        description=lines,
        place=place,
    )


def _said(phrase: Phrase, **names: str) -> Phrase:
    return Phrase(phrase.zh.format(**names), phrase.en.format(**names))
