"""Storms, dark villages and sites, and our own blindness where no Alertmanager finds them: its rules over the record.

Numbers and words are those of ``SharpEyesManyDown``, ``SharpEyesVillageDown``, ``SharpEyesBlindSpot`` and
``SharpEyesMonitorBlind`` in config/prometheus, and a test plays the same stories by both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.alerting.alertmanager import BLIND_SPOT, MANY_DOWN, MONITOR_BLIND, VILLAGE_DOWN, Alert
from monitor.alerting.telling import length
from monitor.alerting.values import Area, Left, Place, Severity, Spot, Storm, Village, Where
from monitor.incidents import BlindSpot
from monitor.language import Phrase

MANY, SHARE = 10, 0.3  # cameras alone of a town, and more of it than that: a storm
WHOLE = 3  # cameras of a village, all of them
DARK = timedelta(minutes=30)  # a site, and longer
WAITS = {
    MANY_DOWN: timedelta(minutes=2),
    VILLAGE_DOWN: timedelta(minutes=4),
    BLIND_SPOT: timedelta(0),
    MONITOR_BLIND: timedelta(minutes=1),
}
KEEPS = dict.fromkeys(WAITS, timedelta(minutes=10)) | {MONITOR_BLIND: timedelta(minutes=2)}  # after it held last
DEPTH = {
    MONITOR_BLIND: 1,
    MANY_DOWN: 2,
    VILLAGE_DOWN: 3,
    BLIND_SPOT: 4,
}  # of county, town, village, site: what it names
ABOUT = {MONITOR_BLIND: "monitor", BLIND_SPOT: "site"}  # of the others: cameras
# What is wider, and explains an alert: of a camera alone all of these, as of a site.
EXPLAINED_BY = {
    BLIND_SPOT: (VILLAGE_DOWN, MANY_DOWN, MONITOR_BLIND),
    VILLAGE_DOWN: (MANY_DOWN, MONITOR_BLIND),
    MANY_DOWN: (MONITOR_BLIND,),
    MONITOR_BLIND: (),
}

STORM_TITLE = Phrase("{town}大面积离线", "much of {town} is down")
VILLAGE_TITLE = Phrase("{village}摄像机全部离线", "every camera of {village} is down")
VILLAGE_LINE = Phrase(
    "{town}{village}所有（至少 3 台）摄像机同时离线，多为停电或运营商线路中断，先联系村里和运营商。",
    "All cameras of {village}, {town} (three or more) are down together: most likely power or the carrier's line. "
    "Call the village and the carrier first.",
)
SITE_TITLE = Phrase("{town}有重点部位成为盲区", "key sites of {town} are blind spots")
SITE_LINE = Phrase(
    "{village} {site} 已有 {lasted} 没有可用画面，巡防请留意。",
    "No camera has shown {site} ({village}) for {lasted}: a place for the patrol to look at.",
)
BLIND_TITLE = Phrase("监测端自身网络异常", "the monitor itself is cut off")
BLIND_LINE = Phrase(
    "监测端自检失败，现有 {count} 台摄像机无人监测。摄像机按“未监测”计，不判离线。先查监测主机的网络。",
    "a self-check of the monitor fails; cameras that nobody watches now: {count}. "
    "Cameras count as unknown, not as down. Look at the monitor's own network first.",
)


@dataclass(frozen=True, slots=True)
class Record:
    """What the record says of places now."""

    villages: Mapping[Place, Village]  # all that have cameras or had some
    storms: Mapping[Area, Storm]
    sites: Mapping[Where, Spot]  # likewise
    blind: bool  # whether the monitor's self-check fails

    @property
    def unwatched(self) -> Mapping[str, int]:
        """By county, the cameras that nobody watches while the monitor is blind: all of them; empty where it sees."""
        counts: dict[str, int] = {}
        for (county, _, _), village in self.villages.items() if self.blind else ():
            if village.cameras:
                counts[county] = counts.get(county, 0) + village.cameras
        return counts


class Steady:
    """Since when what holds has held. In memory: after a restart it is waited for anew, as Prometheus does."""

    def __init__(self) -> None:
        self._since: dict[str, datetime] = {}

    def ripe(self, holding: Mapping[str, timedelta], now: datetime) -> set[str]:
        """What has held for as long as it has to, at every look."""
        self._since = {key: self._since.get(key, now) for key in holding}
        return {key for key, waits in holding.items() if now - self._since[key] >= waits}


class Areas:
    """Which of these there are: a condition that has held for a while, and did not long ago."""

    def __init__(self) -> None:
        self._steady = Steady()
        self._held_at: dict[str, datetime] = {}

    def look(
        self, holding: Mapping[str, Alert], told: Collection[str], lasting: Collection[str], now: datetime
    ) -> Collection[str]:
        """The subjects that fire now. One that people were ``told`` of goes on, also after a restart.

        ``lasting``: those of which the record does not see that they are over, though nothing may be known of them now.
        """
        ripe = self._steady.ripe({subject: WAITS[alert.name] for subject, alert in holding.items()}, now)
        fire = {*ripe, *(subject for subject in holding if subject in self._held_at or subject in told), *lasting}
        held = dict.fromkeys(told, now) | self._held_at | dict.fromkeys(fire, now)
        self._held_at = {subject: at for subject, at in held.items() if now - at < KEEPS[_name(subject)]}
        return self._held_at.keys()


def subject_of(name: str, *place: str) -> str:
    """What identifies a storm, a dark village or site, or a county nobody sees."""
    return f"{name}/{_key(name, *place)}"


def _key(name: str, *place: str) -> str:
    """What tells several alerts of one name apart."""
    return "/".join(place[: DEPTH[name]])


def is_about_area(subject: str) -> bool:
    """Whether it is one of these."""
    return _name(subject) in WAITS


def _name(subject: str) -> str:
    return subject.partition("/")[0]


def storms_in(storms: Mapping[Area, Storm], villages: Mapping[Place, Village], now: datetime) -> Iterator[Alert]:
    """The towns of which so much is down, and no line, cabinet or recorder explains it."""
    sizes = _sizes(villages)
    for area, storm in storms.items():
        if _is_wide(storm.cameras, sizes.get(area, 0)):
            yield _alert(MANY_DOWN, (*area, ""), now, _said(STORM_TITLE, town=area[1]))


def dark_sites(spots: Iterable[BlindSpot], now: datetime) -> Iterator[Alert]:
    """The sites that no camera has shown for half an hour, for those who send somebody to look."""
    for spot in spots:
        if now - spot.since_at > DARK:
            site = spot.site
            title = _said(SITE_TITLE, town=site.town)
            yield _alert(BLIND_SPOT, site.place, now, title, site_line(spot, now), site=site.name)


def site_line(spot: BlindSpot, now: datetime) -> Phrase:
    """What is said below the title, by the record's clock."""
    lasted, site = length(now - spot.since_at), spot.site
    zh, en = (_said(SITE_LINE, village=site.village, site=site.name, lasted=text) for text in (lasted.zh, lasted.en))
    return Phrase(zh.zh, en.en)


def blind_counties(unwatched: Mapping[str, int], now: datetime) -> Iterator[Alert]:
    """Where a monitor whose self-check fails has cameras: counties, and how many each has, which nobody watches now."""
    for county, count in unwatched.items():
        yield _alert(MONITOR_BLIND, (county, "", ""), now, BLIND_TITLE, blind_line(county, count))


def blind_line(county: str, count: int) -> Phrase:
    """What is said below the title, with the record's number."""
    said = _said(BLIND_LINE, count=str(count))
    return Phrase(f"{county}：{said.zh}", f"{county}: {said.en}") if county else said


def dark_villages(villages: Mapping[Place, Village], explained: Iterable[Place], now: datetime) -> Iterator[Alert]:
    """The villages of which no camera is up; ``explained``: where a wider origin is presumed to have failed."""
    known = frozenset(explained)
    for place, its in villages.items():
        if its.up == 0 and its.down >= WHOLE and place not in known:
            _, town, village = place
            line = _said(VILLAGE_LINE, town=town, village=village)
            yield _alert(VILLAGE_DOWN, place, now, _said(VILLAGE_TITLE, village=village), line)


def explains(firing: Collection[str], name: str, *place: str) -> bool:
    """Whether something wider that fires explains an alert of that name there."""
    return any(subject_of(wider, *place) in firing for wider in EXPLAINED_BY[name])


def lasts(subject: str, where: Where, record: Record) -> bool:
    """Whether one of these that people were told of goes on, for all the record knows.

    What nobody sees, because the monitor is blind or somebody works there, is not over: a village is back once a camera
    of it is up, a site once one shows it. False of what the record knows nothing about: other places, other alerts.
    """
    name, county, area, place = _name(subject), where[0], where[:2], where[:3]
    if name == MANY_DOWN:
        storm = record.storms.get(area)
        return storm is not None and _is_wide(storm.cameras + storm.planned, _sizes(record.villages).get(area, 0))
    if name == VILLAGE_DOWN:
        village = record.villages.get(place)
        return village is not None and village.cameras > 0 and village.up + village.up_at_work == 0
    if name == BLIND_SPOT:
        spot = record.sites.get(where)
        return spot is not None and spot.cameras > 0 and not spot.shown
    return name == MONITOR_BLIND and county in record.unwatched


def leaves(subject: str, where: Where, record: Record) -> Left:
    """Of the cameras of one of these that is over, by the record, those that are not well: of a storm all of its town.

    A place that the record knows nothing about has another name by now: no camera is there any more. Of a county it
    knows nothing about, which another monitor watches, nothing is left.
    """
    name, area, place = _name(subject), where[:2], where[:3]
    if all(known[0] != where[0] for known in record.villages):
        return Left()
    if name == MANY_DOWN:
        its = [village.left for known, village in record.villages.items() if known[:2] == area]
        counts = (sum(one.down for one in its), sum(one.unseen for one in its), sum(one.ours for one in its))
        return Left(*counts, gone=all(one.gone for one in its))
    if name == VILLAGE_DOWN:
        return record.villages.get(place, Village()).left
    if name == BLIND_SPOT:
        spot = record.sites.get(where, Spot())
        return Left(spot.down, gone=spot.cameras == 0)
    return Left()


def is_seen_over(alert: Alert, record: Record) -> bool:
    """Whether the monitor sees that what an alert says is so no more; of most alerts it knows nothing.

    And how it stands now: while it does not look at some of the cameras, that is not seen.
    """
    if not is_about_area(alert.subject):
        return False
    depth = DEPTH[alert.name]
    known = any(alert.place[:depth] == place[:depth] for place in record.villages)
    unseen = leaves(alert.subject, alert.where, record).ours
    return known and not unseen and not lasts(alert.subject, alert.where, record)


def _is_wide(down: int, cameras: int) -> bool:
    """Whether so many of a town's cameras are a storm."""
    return down >= MANY and down > SHARE * cameras


def _sizes(villages: Mapping[Place, Village]) -> dict[Area, int]:
    """The cameras of each town."""
    sizes: dict[Area, int] = {}
    for (county, town, _), village in villages.items():
        sizes[county, town] = sizes.get((county, town), 0) + village.cameras
    return sizes


def _alert(name: str, place: Place, now: datetime, title: Phrase, *lines: Phrase, site: str = "") -> Alert:
    return Alert(
        name,
        _key(name, *place, site),
        firing=True,
        starts_at=now,
        severity=Severity.WARNING if name == BLIND_SPOT else Severity.CRITICAL,
        incident="",
        camera_id="",
        about=ABOUT.get(name, "camera"),
        summary=title,
        description=lines,
        place=place,
        site=site,
    )


def _said(phrase: Phrase, **names: str) -> Phrase:
    return Phrase(phrase.zh.format(**names), phrase.en.format(**names))
