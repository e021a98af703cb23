"""How an incident begins, falls again and ends, and what is said of it meanwhile.

Which outages are one incident is not decided here but in ``guessing``; which are not after all, in ``doubting``.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from operator import attrgetter

from monitor.incidents.faults import Course, Fault, Kind, Sight, kind_of
from monitor.incidents.topology import Topology
from monitor.incidents.values import Incident, Origin, Part, Rules, Suspect
from monitor.incidents.weighing import weighed
from monitor.model import Camera, Cause, Transition

Archive = Callable[[Incident, tuple[Part, ...]], None]

NEVER = datetime.min.replace(tzinfo=UTC)


class Courses:
    """Every incident that is open, or has ended and may fall again; and what time it is for all of them."""

    def __init__(self, rules: Rules, topology: Topology, sights: Mapping[str, Sight], archive: Archive) -> None:
        """``archive`` is told of every incident that has ended for good, with all its parts."""
        self.now = NEVER
        self.running: dict[str, Course] = {}  # by id
        self.latest: dict[Suspect, Course] = {}  # the one of each suspect that may grow or fall again
        self._rules = rules
        self._topology = topology
        self._sights = sights
        self._archive = archive
        self._names: set[str] = set()  # of the running ones, and of what has ended and may fall again
        self._ended: dict[tuple[Suspect, str], datetime] = {}  # when what may fail again last ceased to, by ``_what``
        self._timers: list[tuple[datetime, datetime, datetime, str, int, Course]] = []
        self._serial = count()

    def due(self, until: datetime) -> Iterator[Course]:
        """Those of which the passing of time says something before ``until``; it is then that time for all."""
        while self._timers and self._timers[0][0] < until:
            self.now, *_, course = heapq.heappop(self._timers)
            yield course

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
            settled=not self._young(course),
            repeat=course.repeat,
            split_from=course.split_from,
            refuted=course.refuted,
        )

    def grows(self, suspect: Suspect) -> Course | None:
        """The open incident of the suspect."""
        course = self.latest.get(suspect)
        return course if course is not None and course.ended_at is None else None

    def _young(self, course: Course) -> bool:
        return self.now - (course.young_at or course.opened_at) < self._rules.settling

    def malleable(self, course: Course) -> bool:
        """Nobody has been told of it, and it has no past that would have to be told otherwise."""
        return (
            self._young(course)
            and course.earlier is None
            and not course.split_from
            and len(course.parts) == len(course.faults)
        )

    def tell_apart(self, course: Course) -> list[str]:
        """Each outage of a malleable incident is one of its own again; the cameras. They stay as young as it was."""
        lasting = sorted(course.faults.values(), key=attrgetter("key"))
        self.forget(course)
        for fault in lasting:
            self.begin(fault)
            assert fault.course is not None
            if fault.course.earlier is None:
                fault.course.opened_at = max(course.opened_at, fault.start_at)
        return [fault.camera.id for fault in lasting]

    def begin(self, fault: Fault) -> None:
        """A new fault joins what it surely belongs to, or opens an incident of its own."""
        suspect = by_itself(fault)
        latest = self.latest.get(suspect)
        if latest is None:
            self.open(suspect, fault)
        elif latest.ended_at is not None and fault.start_at - latest.ended_at <= self._rules.hold:
            self.reopen(latest)
            latest.young_at = self.now
            latest.take(fault)
        elif latest.ended_at is None and latest.latest_at and fault.start_at - latest.latest_at <= self._rules.lull:
            latest.take(fault)
            latest.repeat = latest.repeat or self._repeats(latest, fault)
        else:
            self.open(suspect, fault)

    def over(self, fault: Fault, new: Transition) -> None:
        """The fault lasts no longer; with its last one the incident ends."""
        if fault.course is None:  # it began and ended within one step
            if new.at == fault.start_at or fault.kind is not Kind.OUTAGE:
                return
            self.begin(fault)
        course = fault.course
        assert course is not None
        course.back_at = new.at if course.back_at is None else max(course.back_at, new.at)
        if kind_of(new) is not Kind.REMOVAL:
            course.returned += 1
            course.returned_at = self.now
        if len(course.faults) == 1:
            self.end(course, course.back_at)
            return
        del course.faults[fault.camera.id]
        if course.suspect.origin.width and course.returned_at is not None:
            self.remind(course.returned_at + self._rules.grace, course)

    def open(self, suspect: Suspect, fault: Fault, split_from: str = "") -> Course:
        """A new incident with this one fault."""
        name = f"{fault.start_at:%Y%m%dT%H%M%SZ}-{fault.camera.id}" + (f".{fault.splits}" if fault.splits else "")
        while name in self._names:
            name += "+"  # another fault of the camera in the same second
        self._names.add(name)
        course = Course(name, suspect, self.now, fault.start_at, split_from=split_from)
        course.take(fault)
        self.running[name] = course
        self.accuse(course, suspect)
        return course

    def accuse(self, course: Course, suspect: Suspect) -> None:
        """The incident has this presumed origin from now on."""
        if self.latest.get(course.suspect) is course:
            del self.latest[course.suspect]
        course.suspect = suspect
        replaced, self.latest[suspect] = self.latest.get(suspect), course
        if replaced is not None and replaced.ended_at is not None:
            self.finish(replaced)
        course.repeat = any(self._repeats(course, fault) for fault in course.faults.values())

    def _repeats(self, course: Course, fault: Fault) -> bool:
        """Whether what failed did so before within a week."""
        ended_at = self._ended.get(_what(course.suspect, fault.camera))
        return ended_at is not None and fault.start_at - ended_at <= self._rules.repeat

    def reopen(self, course: Course) -> None:
        """What had ended falls again; what was said of it is kept, for the fall may turn out to be another's."""
        course.earlier, course.earlier_parts = course.final, len(course.parts)
        course.ended_at = course.final = course.returned_at = course.reachable = None
        course.returned = 0
        course.falls += 1
        self.running[course.id] = course

    def end(self, course: Course, at: datetime) -> None:
        """Nobody is affected any more; what is said of it stays as it was up to now."""
        del self.running[course.id]
        course.ended_at = at
        if course.suspect.origin is Origin.CAMERA:
            self._look_back(course, at)
        affected = sorted({part.camera_id for part in course.parts})
        for camera_id in () if course.refuted else affected:
            self._ended[_what(course.suspect, self._sights[camera_id].camera)] = at
        course.final = replace(self.shown(course), camera_ids=(), affected_ids=tuple(affected))
        course.faults.clear()
        course.earlier = None
        self.remind(at + self._rules.hold + self._rules.together, course)

    def _look_back(self, course: Course, end_at: datetime) -> None:
        """Who of a camera's line showed that it works while the camera was lost: not who is back together with it."""
        (fault,) = course.faults.values()
        line = self._topology.line(fault.camera)
        by = max(fault.start_at, end_at - self._rules.together)
        others = (self._sights[camera_id] for camera_id in line.members if camera_id != fault.camera.id)
        back = sum(one.works(Origin.UPLINK) and (one.since_at or by) > by for one in others)
        course.alive = line.alive_beside(fault) - back
        course.reachable = line.reachable if line.heard_at is None or line.heard_at <= by else None

    def give_up(self, course: Course) -> None:
        """What lasts of it turned out to be another's: if that is all since it fell again, it never did."""
        parted = tuple(sorted(course.faults))
        for fault in course.faults.values():
            del course.parts[fault.part]
        earlier = course.earlier
        if earlier is None or earlier.ended_at is None or len(course.parts) > course.earlier_parts:
            self.end(course, course.back_at or self.now)
            course.final = replace(self.shown(course), parted_ids=parted)
            return
        del self.running[course.id]
        course.final = replace(earlier, parted_ids=parted)
        course.ended_at, course.since_at = earlier.ended_at, earlier.since_at
        course.falls, course.earlier = earlier.falls, None
        course.faults.clear()
        self.remind(earlier.ended_at + self._rules.hold + self._rules.together, course)

    def forget(self, course: Course) -> None:
        """All of it is another's: it never was."""
        del self.running[course.id]
        self._names.discard(course.id)
        if self.latest.get(course.suspect) is course:
            del self.latest[course.suspect]

    def finish(self, course: Course) -> None:
        """It has ended and can fall no more."""
        if self.latest.get(course.suspect) is course:
            del self.latest[course.suspect]
        if not course.archived:
            course.archived = True
            self._names.discard(course.id)
            self._archive(self.shown(course), tuple(course.parts))

    def remind(self, due: datetime, course: Course) -> None:
        """Then the passing of time says something about the incident."""
        heapq.heappush(self._timers, (max(due, self.now), *course.seniority, next(self._serial), course))


def _first_cause(course: Course) -> Cause:
    return min(course.faults.values(), key=attrgetter("key")).cause


def _what(suspect: Suspect, camera: Camera) -> tuple[Suspect, str]:
    """What fails again if it does: the suspect, but of an account or the inventory only the device."""
    several = suspect.origin in (Origin.CREDENTIALS, Origin.INVENTORY)
    return suspect, (camera.recorder or camera.id) if several else ""


def by_itself(fault: Fault) -> Suspect:
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
