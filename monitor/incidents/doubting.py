"""When a guess proves wrong: what lasts of its incident, or all of it, is told apart again."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace
from datetime import timedelta
from operator import attrgetter

from monitor.incidents.courses import Courses, by_itself
from monitor.incidents.faults import Course, Sight
from monitor.incidents.topology import Group, Topology, most
from monitor.incidents.values import Origin, Part, Rules
from monitor.model import Camera


class Doubting:
    """The test of a guess: those that come back, and those that turn out never to have fallen."""

    def __init__(self, rules: Rules, topology: Topology, sights: Mapping[str, Sight], courses: Courses) -> None:
        self._rules = rules
        self._topology = topology
        self._sights = sights
        self._courses = courses

    def doubt(self, camera: Camera) -> None:
        """A camera nobody had seen works: what is presumed of that on which it hangs is weighed again in a while."""
        where = self._topology.whereabouts(camera)
        for one in (*where.groups, where.carrier):
            course = None if one is None else self._courses.grows(one.suspect)
            if course is not None and course.doubted_at is None:
                course.doubted_at = self._courses.now
                self._courses.remind(self._courses.now + self._rules.grace, course)

    def overdue(self, course: Course) -> bool:
        """Whether the guess has had its time and does not hold for what lasts.

        Where it still holds for that, whoever came back early is given up waiting for.
        """
        now, grace = self._courses.now, self._rules.grace
        if course.doubted_at is not None and now - course.doubted_at >= grace:
            course.doubted_at = None
            course.refuted = not self._holds(course, {part.camera_id for part in course.parts})
        if course.refuted or course.returned_at is None or now - course.returned_at < grace:
            return course.refuted
        if self._explains_the_rest(course):
            course.returned_at = None
            return False
        back_at, alone = course.back_at, self._lost_alone(course)
        if back_at is None or alone is None or now - back_at >= (patience := min(alone, self._rules.stagger)):
            return True
        self._courses.remind(back_at + patience, course)
        return False

    def _lost_alone(self, course: Course) -> timedelta | None:
        """How long the only one that is back was lost, where it may be the first of them all; else None.

        After a power cut devices come back one after the other. So where all of the suspect's cameras fell within
        minutes, none worked meanwhile and no address says more, one that is back before the others refutes nothing yet.
        """
        since_at = min(fault.start_at for fault in course.faults.values())
        over = _over(course)
        if (
            course.back_at is None
            or len({part.camera_id for part in over}) != 1
            or course.alive
            or self._topology.reachable(course.suspect) is not None
            or max(part.start_at for part in course.parts) - since_at > self._rules.together
        ):
            return None
        return course.back_at - since_at

    def _explains_the_rest(self, course: Course) -> bool:
        """Whether what lasts of it still looks like the loss of its suspect, and of nothing narrower."""
        suspect, rest = course.suspect, course.faults.keys()
        answers = self._topology.reachable(suspect) and suspect.origin is not Origin.RECORDER
        if len(rest) < 2 or answers or not suspect.origin.width:
            return False
        groups = self._topology.whereabouts(self._sights[next(iter(rest))].camera).groups
        narrower = (group for group in groups if group.suspect.origin.width < suspect.origin.width)
        return self._holds(course, rest) and not any(rest <= group.members.keys() for group in narrower)

    def _holds(self, course: Course, affected: Set[str]) -> bool:
        """Whether the suspect explains these, beside those that stand and fall with it and work."""

        def fell(group: Group) -> bool:
            gone = affected & group.members.keys()
            others = group.members.keys() - affected
            alive = sum(self._sights[camera_id].works(group.suspect.origin) for camera_id in others)
            return bool(gone) and most(len(gone), alive, group.reachable)

        carrier = self._topology.carriers.get(course.suspect)
        if carrier is None:
            return fell(self._topology.group(course.suspect))
        lines = [self._topology.group(line) for line, cameras in carrier.lines.items() if cameras]
        fallen = [line for line in lines if fell(line)]
        alive = [line for line in lines if line not in fallen and line.working]
        return most(len(fallen), len(alive), carrier.reachable)

    def split(self, course: Course) -> list[str]:
        """What lasts of it was not explained: each becomes an incident of its own; the cameras.

        Where less than two others remain, nothing fell together after all, unless the suspect's own address was lost
        with them, or the one that is back was lost for longer than the others were after it. It still tells whom it was
        about.
        """
        left = sorted(course.faults.values(), key=attrgetter("key"))
        over, alone = _over(course), self._lost_alone(course)
        if over:
            course.parts = {part: cause for part, cause in course.parts.items() if part in over}
        few = len({part.camera_id for part in over}) < 2
        late = alone is not None and course.back_at is not None and self._courses.now - course.back_at < alone
        course.refuted = course.refuted or (few and course.reachable is not False and not late)
        self._courses.end(course, course.back_at or self._courses.now)
        parted = tuple(sorted(fault.camera.id for fault in left))
        course.final = replace(self._courses.shown(course), parted_ids=parted)
        if not over:
            course.parts.clear()
        for fault in left:
            fault.splits += 1
            self._courses.open(by_itself(fault), fault, split_from=course.id)
        return [fault.camera.id for fault in left]


def _over(course: Course) -> Set[Part]:
    """What of it lasts no longer."""
    return course.parts.keys() - {fault.part for fault in course.faults.values()}
