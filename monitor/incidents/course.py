"""The fold: what became known when goes in, incidents come out.

What becomes known at one instant is one step, whatever order it is told in: it is put in order and judged when time
moves on. So a monitor that runs and one that reads its record afterwards come to the same incidents.

A fault opens an incident of its own. When most of what stands and falls with a recorder, a cabinet, an uplink or a
carrier's line is down since the same few minutes, their incidents become one, which keeps the name of the eldest. It
grows while more fall. Once cameras come back, the guess says that all will: those that have not, some minutes after the
last that did, have another fault and become incidents of their own.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from operator import attrgetter

from monitor.incidents.blindness import BlindSpot, blind_spots
from monitor.incidents.faults import Course, Fault, Kind, Sight, go_on, goes_on, kind_of, outages_of
from monitor.incidents.topology import (
    Carrier,
    Group,
    Topology,
    explains,
    most,
)
from monitor.incidents.values import Enrolled, Incident, News, Origin, Part, Reach, Rules, Struck, Suspect
from monitor.incidents.weighing import weighed
from monitor.model import Camera, Cause, Outage, Transition

Archive = Callable[[Incident, tuple[Part, ...]], None]

NEVER = datetime.min.replace(tzinfo=UTC)


class Incidents:
    """All incidents of one record. Time never goes back: what comes late is taken to become known now."""

    def __init__(self, rules: Rules, archive: Archive = lambda *_: None) -> None:
        """``archive`` is told of every incident that has ended for good, with all its parts."""
        self.rules = rules
        self._archive = archive
        self._topology = Topology()
        self._sights: dict[str, Sight] = {}
        self._running: dict[str, Course] = {}  # by id
        self._names: set[str] = set()  # of those, and of what has ended and may fall again
        self._latest: dict[Suspect, Course] = {}  # the one of each suspect that may grow or fall again
        self._ended: dict[tuple[Suspect, str], datetime] = {}  # when what may fail again last ceased to, by ``_what``
        self._now = NEVER
        self._told: list[News] = []  # what became known at ``_now`` and is not judged yet
        self._timers: list[tuple[datetime, datetime, datetime, str, int, Course]] = []
        self._serial = count()

    # ------------------------------------------------------------ telling

    def note(self, known_at: datetime, news: News) -> None:
        """Something became known at an instant; what one camera did comes in its order."""
        self.advance(known_at)
        self._told.append(news)

    def advance(self, now: datetime) -> None:
        """Time has come so far: everything that became known before ``now`` is judged."""
        if now <= self._now:
            return
        self._judge()
        while self._timers and self._timers[0][0] < now:
            due, *_, course = heapq.heappop(self._timers)
            self._now = due
            self._ring(course)
        self._now = now

    # ------------------------------------------------------------ asking

    def open(self) -> Iterator[Incident]:
        """What is open, as far as judged, by seniority; each is worked out when it is asked for.

        Whoever takes a break in between gets those that were open at the first and still are, each as it stands then.
        """
        for course in sorted(self._running.values(), key=attrgetter("seniority")):
            if self._running.get(course.id) is course:
                yield self.shown(course)

    def camera(self, camera_id: str) -> Camera:
        """The camera as the inventory described it last."""
        return self._sights[camera_id].camera

    def lasting(self) -> tuple[tuple[Camera, tuple[Outage, ...]], ...]:
        """Every camera in the inventory with an outage that lasts, and since when it was known to be down."""
        return tuple(
            (sight.camera, outages_of(sight.fault))
            for sight in self._sights.values()
            if sight.watched and sight.fault is not None and sight.fault.kind is Kind.OUTAGE
        )

    def of_camera(self, camera_id: str) -> str | None:
        """The open incident the camera is affected by; None when it is by none."""
        sight = self._sights.get(camera_id)
        return sight.fault.course.id if sight and sight.fault and sight.fault.course else None

    def recent(self) -> tuple[Incident, ...]:
        """What has ended and may fall again, the latest first."""
        ended = [course.final for course in self._latest.values() if course.final is not None]
        return tuple(sorted(ended, key=lambda shown: (shown.ended_at or NEVER, shown.id), reverse=True))

    def finish(self) -> tuple[tuple[Incident, tuple[Part, ...]], ...]:
        """Nothing more will be told: every incident that is open or may fall again, with its parts.

        The others went to the archive.
        """
        self._judge()
        ended = [course for course in self._latest.values() if course.final is not None]
        everything = sorted([*self._running.values(), *ended], key=attrgetter("seniority"))
        return tuple((self.shown(course), tuple(course.parts)) for course in everything)

    def blind_spots(self) -> tuple[BlindSpot, ...]:
        """Sites no camera shows, longest first."""
        return blind_spots(self._sights.values())

    def shown(self, course: Course) -> Incident:
        """The incident as it stands."""
        if course.final is not None:
            return course.final
        confidence, evidence = weighed(course, self._topology)
        return Incident(
            id=course.id,
            suspect=course.suspect,
            since_at=course.since_at,
            opened_at=course.opened_at,
            ended_at=course.ended_at,
            camera_ids=tuple(sorted(course.faults)),
            cameras=len({part.camera_id for part in course.parts}),
            falls=course.falls,
            confidence=confidence,
            evidence=evidence,
            cause=_first_cause(course),
            settled=self._now - (course.young_at or course.opened_at) >= self.rules.settling,
            repeat=course.repeat,
            split_from=course.split_from,
        )

    # ------------------------------------------------------------ one step

    def _judge(self) -> None:
        told, self._told = self._told, []
        if not told:
            return
        touched: dict[str, None] = {}
        about: dict[str, None] = {}  # cameras of which a place said something
        begun: list[Fault] = []
        for news in sorted(told, key=_order):
            match news:
                case Enrolled(camera):
                    sight = self._sights.get(camera.id)
                    if sight is None:
                        sight = self._sights[camera.id] = Sight(camera)
                    else:
                        self._topology.leave(sight)
                        sight.camera, sight.watched = camera, True
                    self._topology.enter(sight)
                    touched[camera.id] = None
                case Struck(camera_id):
                    self._strike(camera_id)
                    touched[camera_id] = None
                case Transition(camera_id=camera_id):
                    begun += self._believe(news)
                    touched[camera_id] = None
                case Reach(origin, name, reachable):
                    about.update(dict.fromkeys(self._topology.reach(origin, name, reachable)))
        lasting = [fault for fault in begun if self._sights[fault.camera.id].fault is fault]
        for fault in sorted(lasting, key=attrgetter("key")):
            self._begin(fault)
        about.update(dict.fromkeys(fault.camera.id for fault in lasting))
        self._look_at(touched | about)
        self._regroup(about)

    def _strike(self, camera_id: str) -> None:
        sight = self._sights.get(camera_id)
        if sight is not None:
            self._topology.leave(sight)
            sight.watched = False

    def _believe(self, new: Transition) -> list[Fault]:
        """Take in what is believed of one camera; the fault that began with it, if any."""
        sight = self._sights.get(new.camera_id)
        if sight is None:
            return []
        kind, before = kind_of(new), sight.fault
        witness = sight.online or sight.answers or (before is not None and before.kind is Kind.OUTAGE)
        self._topology.leave(sight)
        sight.believe(new)
        begun: list[Fault] = []
        if before is not None and not goes_on(before, kind):
            self._over(before, new)
            sight.fault = before = None
        elif before is not None:
            go_on(before, new)
        if kind is not None and before is None:
            sight.fault = Fault(sight.camera, new.at, kind, new.cause)
            begun.append(sight.fault)
        self._topology.enter(sight)
        if not witness and (sight.online or sight.answers):
            self._doubt(sight.camera)
        return begun

    def _over(self, fault: Fault, new: Transition) -> None:
        if fault.course is None:  # it began and ended within one step
            if new.at == fault.start_at or fault.kind is not Kind.OUTAGE:
                return
            self._begin(fault)
        course = fault.course
        assert course is not None
        course.back_at = new.at if course.back_at is None else max(course.back_at, new.at)
        if kind_of(new) is not Kind.REMOVAL:
            course.returned += 1
            course.returned_at = self._now
        if len(course.faults) == 1:
            self._end(course, course.back_at)
            return
        del course.faults[fault.camera.id]
        if course.suspect.origin.width and course.returned_at is not None:
            self._set_timer(course.returned_at + self.rules.grace, course)

    # ------------------------------------------------------------ beginning and ending

    def _begin(self, fault: Fault) -> None:
        """A new fault joins what it surely belongs to, or opens an incident of its own."""
        suspect = _alone(fault)
        latest = self._latest.get(suspect)
        if latest is None:
            self._open(suspect, fault)
        elif latest.ended_at is not None and fault.start_at - latest.ended_at <= self.rules.hold:
            self._reopen(latest)
            latest.young_at = self._now
            latest.take(fault)
        elif latest.ended_at is None and latest.latest_at and fault.start_at - latest.latest_at <= self.rules.lull:
            latest.take(fault)
            latest.repeat = latest.repeat or self._repeats(latest, fault)
        else:
            self._open(suspect, fault)

    def _open(self, suspect: Suspect, fault: Fault, split_from: str = "") -> Course:
        name = f"{fault.start_at:%Y%m%dT%H%M%SZ}-{fault.camera.id}" + (f".{fault.splits}" if fault.splits else "")
        while name in self._names:
            name += "+"  # another fault of the camera in the same second
        self._names.add(name)
        course = Course(name, suspect, self._now, fault.start_at, split_from=split_from)
        course.take(fault)
        self._running[name] = course
        self._accuse(course, suspect)
        return course

    def _accuse(self, course: Course, suspect: Suspect) -> None:
        """The incident has this presumed origin from now on."""
        if self._latest.get(course.suspect) is course:
            del self._latest[course.suspect]
        course.suspect = suspect
        replaced, self._latest[suspect] = self._latest.get(suspect), course
        if replaced is not None and replaced.ended_at is not None:
            self._finish(replaced)
        course.repeat = any(self._repeats(course, fault) for fault in course.faults.values())

    def _repeats(self, course: Course, fault: Fault) -> bool:
        """Whether what failed did so before within a week."""
        ended_at = self._ended.get(_what(course.suspect, fault.camera))
        return ended_at is not None and fault.start_at - ended_at <= self.rules.repeat

    def _reopen(self, course: Course) -> None:
        course.earlier, course.earlier_parts = course.final, len(course.parts)
        course.ended_at = course.final = course.returned_at = None
        course.returned = 0
        course.falls += 1
        self._running[course.id] = course

    def _end(self, course: Course, at: datetime) -> None:
        """Nobody is affected any more; what is said of it stays as it was up to now."""
        del self._running[course.id]
        course.ended_at = at
        affected = sorted({part.camera_id for part in course.parts})
        for camera_id in affected:
            self._ended[_what(course.suspect, self._sights[camera_id].camera)] = at
        course.final = replace(self.shown(course), camera_ids=(), affected_ids=tuple(affected))
        course.faults.clear()
        course.earlier = None
        self._set_timer(at + self.rules.hold + self.rules.together, course)

    def _give_up(self, course: Course) -> None:
        """What lasts of it turned out to be another's: if that is all since it fell again, it never did."""
        for fault in course.faults.values():
            del course.parts[fault.part]
        earlier = course.earlier
        if earlier is None or earlier.ended_at is None or len(course.parts) > course.earlier_parts:
            self._end(course, course.back_at or self._now)
            return
        del self._running[course.id]
        course.final, course.ended_at, course.since_at = earlier, earlier.ended_at, earlier.since_at
        course.falls, course.earlier = earlier.falls, None
        course.faults.clear()
        self._set_timer(earlier.ended_at + self.rules.hold + self.rules.together, course)

    def _finish(self, course: Course) -> None:
        """It has ended and can fall no more."""
        if self._latest.get(course.suspect) is course:
            del self._latest[course.suspect]
        if not course.archived:
            course.archived = True
            self._names.discard(course.id)
            self._archive(self.shown(course), tuple(course.parts))

    def _set_timer(self, due: datetime, course: Course) -> None:
        heapq.heappush(self._timers, (max(due, self._now), *course.seniority, next(self._serial), course))

    def _ring(self, course: Course) -> None:
        """Time has passed that says something about the incident, unless something happened since."""
        if course.ended_at is not None:
            if self._now - course.ended_at >= self.rules.hold + self.rules.together:
                self._finish(course)
            return
        if self._running.get(course.id) is not course:
            return
        alone = course.returned_at is not None and self._now - course.returned_at >= self.rules.grace
        if course.doubted_at is not None and self._now - course.doubted_at >= self.rules.grace:
            course.doubted_at = None
            alone = alone or self._contradicted(course)
        if alone:
            self._split(course, course.back_at or self._now)

    def _doubt(self, camera: Camera) -> None:
        """A camera nobody had seen works: what is presumed of that on which it hangs is weighed again in a while."""
        where = self._topology.whereabouts(camera)
        for one in (*where.groups, where.carrier):
            course = None if one is None else self._grows(one.suspect)
            if course is not None and course.doubted_at is None:
                course.doubted_at = self._now
                self._set_timer(self._now + self.rules.grace, course)

    def _contradicted(self, course: Course) -> bool:
        """Whether too many of those that stand and fall with its suspect work, and have not fallen."""
        affected = {part.camera_id for part in course.parts}

        def fell(group: Group) -> bool:
            gone = affected & group.members.keys()
            others = group.members.keys() - affected
            alive = sum(self._sights[camera_id].works(group.suspect.origin) for camera_id in others)
            return bool(gone) and most(len(gone), alive, group.reachable)

        carrier = self._topology.carriers.get(course.suspect)
        if carrier is None:
            return not fell(self._topology.group(course.suspect))
        lines = [self._topology.group(line) for line, cameras in carrier.lines.items() if cameras]
        fallen = [line for line in lines if fell(line)]
        alive = [line for line in lines if line not in fallen and line.working]
        return not most(len(fallen), len(alive), carrier.reachable)

    def _split(self, course: Course, at: datetime) -> None:
        """The guess did not explain what lasts of it. Where nothing else remains, it still tells whom it was about."""
        left = sorted(course.faults.values(), key=attrgetter("key"))
        over = course.parts.keys() - {fault.part for fault in left}
        if over:
            course.parts = {part: None for part in course.parts if part in over}
        self._end(course, at)
        if not over:
            course.parts.clear()
        for fault in left:
            fault.splits += 1
            self._open(_alone(fault), fault, split_from=course.id)
        self._regroup(fault.camera.id for fault in left)

    # ------------------------------------------------------------ grouping

    def _look_at(self, touched: Iterable[str]) -> None:
        """Work out again what of that on which these cameras hang seems lost as a whole."""
        together = self.rules.together
        groups = {
            group.suspect: group
            for camera_id in touched
            for group in self._topology.whereabouts(self._sights[camera_id].camera).groups
        }
        for group in groups.values():
            fresh = group.fresh(together)
            group.silent_at = fresh[-1][0] if group.lost(fresh, together) else None

    def _regroup(self, touched: Iterable[str]) -> None:
        """What stands and falls with these cameras may have one origin: look at it from narrow to wide.

        They fell, or a place said something about them. That others cannot be seen any more, or are back, is no reason.
        """
        groups: dict[Suspect, Group] = {}
        carriers: dict[Suspect, tuple[Carrier, set[Suspect]]] = {}
        for camera_id in touched:
            where = self._topology.whereabouts(self._sights[camera_id].camera)
            for group in where.groups:
                groups[group.suspect] = group
                group.loose[camera_id] = None
            if where.carrier is not None:
                lines = carriers.setdefault(where.carrier.suspect, (where.carrier, set()))[1]
                lines.add(where.groups[-1].suspect)
        for group in sorted(groups.values(), key=lambda group: (group.suspect.origin.width, group.suspect)):
            self._consider(group)
        for _, (carrier, lines) in sorted(carriers.items()):
            self._consider_carrier(carrier, lines)

    def _consider(self, group: Group) -> None:
        together = self.rules.together
        fresh = group.fresh(together)
        if group.silent_at is None or not group.suspect.name:
            return
        if group.host is not None and self._running.get(group.host.id) is not group.host:
            group.host = None
        among = [start[1] for start in fresh] if group.host is None else sorted(group.loose)
        alive = group.alive(fresh[-1][0] - together)
        group.host = self._gather(group.suspect, among, alive, group.reachable is False, group.host)
        group.loose.clear()

    def _consider_carrier(self, carrier: Carrier, touched: Collection[Suspect]) -> None:
        """A carrier's line is lost when most of its uplinks are, at once; then their incidents are one."""
        lines = [self._topology.group(line) for line, cameras in carrier.lines.items() if cameras]
        silent = [line.silent_at for line in lines if line.silent_at is not None]
        if carrier.reachable or not silent:
            return
        since = max(silent) - self.rules.together
        fallen = [line for line in lines if line.silent_at is not None and line.silent_at >= since]
        alive = [line for line in lines if line.silent_at is None and line.alive(since)]
        if len(fallen) < 2 or not most(len(fallen), len(alive), carrier.reachable):
            return
        known = self._grows(carrier.suspect)
        if known is not None:  # then lines that were not touched are in it
            fallen = [line for line in fallen if line.suspect in touched and line.host is not known]
        fresh = [
            camera_id
            for line in fallen
            for _, camera_id in line.fresh(self.rules.together)
            if self._topology.whereabouts(self._sights[camera_id].camera).carrier is carrier
        ]
        working = sum(line.alive(since) for line in lines)
        if known is not None and known.returned_at is None:
            known.together, known.alive = len(known.faults), working
        self._gather(carrier.suspect, fresh, working, carrier.reachable is False, known)

    def _grows(self, suspect: Suspect) -> Course | None:
        """The open incident of the suspect."""
        course = self._latest.get(suspect)
        return course if course is not None and course.ended_at is None else None

    def _gather(
        self, suspect: Suspect, fresh: Sequence[str], alive: int, convinced: bool, known: Course | None = None
    ) -> Course | None:
        """The outages of these cameras have this one origin: their incidents become one, which is returned.

        Only incidents of which every outage is among them are taken, and None is returned where one already says all.
        ``convinced``: the suspect's own address is lost. ``known``: the one that has all others of the suspect.
        """
        counts = Counter(fault.course for camera_id in fresh if (fault := self._explained(suspect, camera_id)))
        movers = [
            course
            for course, those in counts.items()
            if course and those == len(course.faults) and course.suspect.origin.width < suspect.origin.width
        ]
        movers.sort(key=attrgetter("seniority"))
        host = known or self._grows(suspect) or self._wider(suspect, counts)
        if host is None:
            if len(movers) < 2 and not (convinced and movers):
                return None
            since = min(fault.start_at for course in movers for fault in course.faults.values())
            ended = self._latest.get(suspect)
            if ended is not None and ended.ended_at is not None and since - ended.ended_at <= self.rules.hold:
                self._reopen(host := ended)
            else:
                host = self._foremost(suspect, movers)
        for course in movers:
            self._absorb(host, course)
        if host.suspect == suspect and (movers or host.together == 1):
            host.together, host.alive = len(host.faults), alive
        return host

    def _foremost(self, suspect: Suspect, movers: list[Course]) -> Course:
        """Of the movers, the incident that has the others from now on; one that fell again stays what it was."""
        new = next((course for course in movers if course.earlier is None), None)
        if new is not None:
            movers.remove(new)
            self._accuse(new, suspect)
            return new
        first, *others = sorted(movers.pop(0).faults.values(), key=attrgetter("key"))
        if first.course is not None:
            self._give_up(first.course)
        host = self._open(suspect, first)
        for fault in others:
            host.take(fault)
        return host

    def _explained(self, suspect: Suspect, camera_id: str) -> Fault | None:
        """The outage of the camera, if the suspect explains it."""
        fault = self._sights[camera_id].fault
        return fault if fault is not None and explains(suspect, fault) else None

    def _wider(self, suspect: Suspect, counts: Counter[Course | None]) -> Course | None:
        """The incident of a wider suspect to which at least half of the outages belong already."""
        width, half = suspect.origin.width, counts.total() / 2
        found = [
            course
            for course, those in counts.items()
            if course and course.suspect.origin.width > width and those >= half
        ]
        return min(found, key=attrgetter("seniority"), default=None)

    def _absorb(self, host: Course, course: Course) -> None:
        """All that lasts of an incident belongs to another one; what of it is over stays its own."""
        lasting = list(course.faults.values())
        if not all(explains(host.suspect, fault) for fault in lasting):
            return
        if host.returned_at is not None and any(fault.start_at >= host.returned_at for fault in lasting):
            host.falls, host.returned, host.returned_at = host.falls + 1, 0, None
        if len(lasting) < len(course.parts):
            self._give_up(course)
        else:
            del self._running[course.id]
            self._names.discard(course.id)
            if self._latest.get(course.suspect) is course:
                del self._latest[course.suspect]
        for fault in lasting:
            host.take(fault)


def _first_cause(course: Course) -> Cause:
    return min(course.faults.values(), key=attrgetter("key")).cause


def _order(news: News) -> tuple[int, str]:
    """Within one step: the inventory first, then camera by camera, then places."""
    match news:
        case Enrolled(camera):
            return 0, camera.id
        case Struck(camera_id):
            return 0, camera_id
        case Transition(camera_id=camera_id):
            return 1, camera_id
        case Reach(origin, name, _):
            return 2, f"{origin} {name}"


def _what(suspect: Suspect, camera: Camera) -> tuple[Suspect, str]:
    """What fails again if it does: the suspect, but of an account or the inventory only the device."""
    several = suspect.origin in (Origin.CREDENTIALS, Origin.INVENTORY)
    return suspect, (camera.recorder or camera.id) if several else ""


def _alone(fault: Fault) -> Suspect:
    """What is presumed of a fault looked at by itself."""
    match fault.kind:
        case Kind.OUTAGE:
            return Suspect(Origin.CAMERA, fault.camera.id)
        case Kind.CREDENTIALS:
            return Suspect(Origin.CREDENTIALS, fault.camera.credentials)
        case Kind.MONITOR:
            return Suspect(Origin.MONITOR, "")
        case Kind.REMOVAL:
            return Suspect(Origin.INVENTORY, "")
