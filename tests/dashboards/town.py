"""The demonstration's town over a time that has passed: who was off when, and what the monitor showed at each instant.

The figures are made by the monitor's own rules from the spans written here; only the spans are invented.
"""

from __future__ import annotations

import random
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.alerting import is_near
from monitor.calendar import month_of, month_span
from monitor.clock import SystemClock, at_once
from monitor.contract import Contract
from monitor.engine.board import Prospect
from monitor.engine.figures import MonthCalendar
from monitor.engine.view import town_view
from monitor.incidents import BlindSpot, Clue, Evidence, Incident, Origin, Suspect
from monitor.metrics import AREAS, IncidentFigures, Metrics, RepairClock, Severity, TownView
from monitor.model import (
    Camera,
    CameraStatus,
    Cause,
    ContractTerms,
    Look,
    Result,
    Rung,
    Seconds,
    Sight,
    Stage,
    State,
    Verdict,
    instant,
    micros,
)
from monitor.simulator.town import build_town
from tests.dashboards.told import devices, messages

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
INTERVAL = MINUTE
LIMIT = DAY
TOWN = "青溪镇"
CALENDAR = MonthCalendar(ContractTerms())
STATES = {
    Verdict.GOOD: State.UP,
    Verdict.PICTURE_FAULT: State.DEGRADED,
    Verdict.FAILED: State.DOWN,
    Verdict.INCONCLUSIVE: State.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """From when until when a camera was not up, and why."""

    start_at: datetime
    end_at: datetime
    cause: Cause


@dataclass(frozen=True, slots=True)
class Life:
    """One camera and its troubles, in order and apart from each other."""

    camera: Camera
    troubles: tuple[Trouble, ...]
    in_maintenance: bool

    def at(self, now: datetime, began: datetime) -> tuple[Cause, datetime, int]:
        """Why it is as it is at an instant, since when, and how often it has changed before."""
        since, changes = began, 0
        for trouble in self.troubles:
            if trouble.start_at > now:
                break
            if now < trouble.end_at:
                return trouble.cause, trouble.start_at, changes + 1
            since, changes = trouble.end_at, changes + 2
        return Cause.OK, since, changes

    def seconds(self, start: datetime, end: datetime) -> Seconds:
        """How a part of its life adds up, in microseconds."""
        if self.in_maintenance:
            return Seconds(excluded=_us(end - start))
        spent: Counter[State] = Counter()
        for trouble in self.troubles:
            overlap = min(end, trouble.end_at) - max(start, trouble.start_at)
            if overlap > timedelta(0):
                spent[STATES[trouble.cause.verdict]] += _us(overlap)
        return Seconds(
            up=_us(end - start) - spent.total(),
            degraded=spent[State.DEGRADED],
            down=spent[State.DOWN],
            unobserved=spent[State.UNKNOWN],
        )


def _spread(text: str) -> int:
    """A number that differs from camera to camera and is the same in every process."""
    return zlib.crc32(text.encode())


def _us(duration: timedelta) -> int:
    return duration // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class PastTown:
    """The town from ``began`` until ``until``, when some of its troubles last still."""

    began: datetime
    until: datetime
    lives: tuple[Life, ...]

    def view(self, now: datetime) -> TownView:
        """What the monitor knew at an instant."""
        month = CALENDAR.month_at(micros(now))
        begin = max(self.began, instant(month.start))
        shown = []
        for life in self.lives:
            time = life.seconds(begin, now)
            owed = time.scheduled - time.excluded + (0 if life.in_maintenance else month.end - micros(now))
            lost = time.down > 0.05 * (month.end - month.start)
            last_day = life.seconds(now - DAY, now)
            shown.append((self._status(life, now, time), Prospect(last_day, owed, lost, False, now, month)))
        view = at_once(town_view(TOWN, shown, [Contract()], CALENDAR, now, INTERVAL, AREAS))
        return replace(
            view,
            incidents=self._incidents(now),
            blind_spots=self._blind_spots(view.statuses),
            devices=devices([life.camera for life in self.lives], self.until - 2 * DAY, now),
        )

    def _status(self, life: Life, now: datetime, month: Seconds) -> CameraStatus:
        cause, since, changes = life.at(now, self.began)
        last = now - timedelta(seconds=_spread(life.camera.id) % 60)
        good = last if cause.verdict is not Verdict.FAILED else since - MINUTE
        return CameraStatus(
            life.camera,
            STATES[cause.verdict],
            cause,
            since_at=since,
            last_result=result(life.camera.id, cause, last),
            last_good_at=good,
            state_changes=changes,
            blips=changes // 2,
            in_maintenance=life.in_maintenance,
            month=month,
            lifetime=life.seconds(self.began, now),
            sight=_sight(life.camera, last) if STATES[cause.verdict].online else None,
        )

    def _incidents(self, now: datetime) -> tuple[IncidentFigures, ...]:
        """Cameras of one uplink that fell at the same instant are one incident; others stand alone."""
        groups: dict[tuple[str, datetime, Cause], list[Camera]] = {}
        for life in self.lives:
            cause, since, _ = life.at(now, self.began)
            if cause.verdict is Verdict.FAILED and not life.in_maintenance:
                groups.setdefault((life.camera.uplink, since, cause), []).append(life.camera)
        return tuple(_incident(cameras, since, now, cause) for (_, since, cause), cameras in groups.items())

    def _blind_spots(self, statuses: Sequence[CameraStatus]) -> tuple[BlindSpot, ...]:
        sites: dict[str, list[CameraStatus]] = {}
        for status in statuses:
            sites.setdefault(status.camera.site.id, []).append(status)
        return tuple(
            BlindSpot(of[0].camera.site, max(s.since_at for s in of), tuple(s.camera.id for s in of))
            for of in sites.values()
            if all(s.state in (State.DOWN, State.DEGRADED) for s in of)
        )


def _sight(camera: Camera, at: datetime) -> Sight:
    """Some cameras look at water or a wall, some are new, and one here and there hangs perhaps."""
    match _spread(camera.id) % 12:
        case 3:
            return Sight(at, unjudged=(Cause.PICTURE_MOVED, Cause.PICTURE_COVERED, Cause.PICTURE_BLURRED))
        case 0:
            return Sight(at, unlearnt=(Cause.PICTURE_MOVED, Cause.PICTURE_COVERED, Cause.PICTURE_BLURRED))
        case 10:
            return Sight(at, noticed=(Cause.PICTURE_FROZEN,))
        case _:
            return Sight(at)


def result(camera_id: str, cause: Cause, at: datetime) -> Result:
    """One probe that found that."""
    took = timedelta(seconds=3 if cause.verdict is Verdict.FAILED else 0.3 + _spread(f"{camera_id}{at}") % 100 / 500)
    look = Look.SKIPPED if cause.verdict is Verdict.FAILED else Look.DUE
    return Result(
        camera_id,
        at,
        took=took,
        rung=Rung.PICTURE,
        stage=Stage.TEARDOWN,
        cause=cause,
        received_bytes=40_000,
        look=look,
    )


def _incident(cameras: list[Camera], since: datetime, now: datetime, cause: Cause) -> IncidentFigures:
    first, several = cameras[0], len(cameras) > 1
    origin = Origin.UPLINK if several else Origin.CAMERA
    incident = Incident(
        id=f"i{_spread(f'{first.id} {since}') % 9000 + 1000}",
        suspect=Suspect(origin, first.uplink if several else first.id),
        since_at=since,
        opened_at=since + MINUTE,
        ended_at=None,
        camera_ids=tuple(camera.id for camera in cameras),
        cameras=len(cameras),
        falls=1,
        confidence=0.8,
        evidence=(Evidence(Clue.FELL_TOGETHER, len(cameras), len(cameras)),),
        cause=cause,
        settled=now - since > 3 * MINUTE,
        repeat=False,
    )
    site = first.site
    return IncidentFigures(
        incident=incident,
        name=first.uplink if several else first.name,
        county=site.county,
        town=site.town,
        village=site.village,
        site="" if several else site.name,
        severity=Severity.CRITICAL if several else Severity.WARNING,
        clock=RepairClock(
            _us(LIMIT),
            _us(now - since),
            major=several,
            late_cameras=int(now - since > LIMIT),
            near=now - since <= LIMIT and is_near(_us(LIMIT), _us(now - since)),
        ),
    )


# ---------------------------------------------------------------- the story


def past_town(now: datetime, cameras: int = 54, past: timedelta = 30 * DAY) -> PastTown:
    """A lifelike town: a line that was cut, dead and blind cameras, refused accounts, power cuts, passing faults."""
    town = build_town(cameras, base="127.90", clock=SystemClock()).cameras
    began = now - past
    lives = []
    for nth, camera in enumerate(town):
        passing = list(_passing(camera, nth, began, now))
        lasting = _lasting(camera, nth, town, now)
        if lasting is not None:
            passing = [each for each in passing if each.end_at < lasting.start_at] + [lasting]
        lives.append(Life(camera, tuple(passing), in_maintenance=nth == 7))
    return PastTown(began, now, tuple(lives))


def _lasting(camera: Camera, nth: int, town: Sequence[Camera], now: datetime) -> Trouble | None:
    """What lasts still: the village of the line that was cut, and one camera for each kind of trouble."""
    if camera.site.village == town[5].site.village:
        return Trouble(now - 40 * MINUTE, now + DAY, Cause.TCP_TIMEOUT)
    since, cause = {
        11: (30 * HOUR, Cause.TCP_TIMEOUT),
        15: (5 * HOUR, Cause.PICTURE_BLACK),
        18: (2 * HOUR, Cause.PICTURE_FROZEN),
        22: (8 * HOUR, Cause.CREDENTIALS_REFUSED),
        26: (9 * HOUR, Cause.TCP_REFUSED),
    }.get(nth, (timedelta(0), Cause.OK))
    return None if cause is Cause.OK else Trouble(now - since, now + DAY, cause)


def _passing(camera: Camera, nth: int, began: datetime, now: datetime) -> Iterator[Trouble]:
    """What is over: a short fault every few days, and in some villages a power cut each morning."""
    chance = random.Random(camera.id)
    powerless = int(camera.id.split("-")[1]) % 9 == 4
    free = began
    day = began
    while day < now:
        morning = instant(month_span(*month_of(day, CALENDAR.zone), CALENDAR.zone).start)
        midnight = morning + (day - morning) // DAY * DAY
        start, length, cause = midnight + 7 * HOUR, 50 * MINUTE, Cause.TCP_TIMEOUT
        if not powerless:
            start = day + chance.random() * DAY
            length = timedelta(hours=chance.expovariate(1 / 2))
            cause = chance.choice((Cause.TCP_TIMEOUT, Cause.NO_MEDIA, Cause.PICTURE_BLACK))
        end = start + length
        if (powerless or chance.random() < 0.3) and free < start and end < now - HOUR:
            yield Trouble(start, end, cause)
            free = end + HOUR
        day += DAY


def probed(own: Metrics, view: TownView) -> None:
    """What the monitor counts while it probes every camera once and tells people what opened."""
    for status in view.statuses:
        if status.last_result is not None:
            own.probe_finished(status.last_result)
            own.probe_late(timedelta(seconds=0.02 + _spread(status.camera.id) % 50 / 500))
    own.loop_lag(timedelta(milliseconds=4))
    own.probes_in_flight(3)
    own.cameras_overdue(0)
    own.credentials_paused(sum(s.cause is Cause.CREDENTIALS_REFUSED for s in view.statuses))
    own.selfcheck_finished("canaries", ok=True)
    own.console_at("https://eyes.example.org")
    messages(own, view, INTERVAL)
