"""Which outages have one origin: looked at whenever one more begins or a place says something.

Of several suspects that seem lost an outage is the one's that explains most outages; of those that explain as many, the
narrowest's. What fell becomes known camera by camera, so for as long as nobody has been told of an incident a suspect
that explains more takes its own out of it: it does not matter who is asked first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import attrgetter

from monitor.incidents.courses import Courses
from monitor.incidents.faults import Course, Fault, Sight
from monitor.incidents.topology import Carrier, Group, Topology, explains
from monitor.incidents.values import Rules, Suspect


class Guessing:
    """The guess what failed: it makes one incident of those it explains."""

    def __init__(self, rules: Rules, topology: Topology, sights: Mapping[str, Sight], courses: Courses) -> None:
        self._rules = rules
        self._topology = topology
        self._sights = sights
        self._courses = courses
        self._apart: dict[str, None] = {}  # cameras whose incidents are to be put together again
        self._served: set[Suspect] = set()  # who has taken something out of others in this step: once only, so it ends

    def look_at(self, touched: Iterable[str]) -> None:
        """Work out again what of that on which these cameras hang seems lost as a whole."""
        together = self._rules.together
        groups = {
            group.suspect: group
            for camera_id in touched
            for group in self._topology.whereabouts(self._sights[camera_id].camera).groups
        }
        for group in groups.values():
            fresh = group.fresh(together)
            group.silent_at = fresh[-1][0] if group.lost(fresh, together) else None
        self._topology.judged(groups.values())

    def regroup(self, touched: Iterable[str]) -> None:
        """What stands and falls with these cameras may have one origin: look at whoever explains most of it first.

        They fell, or a place said something about them. That others cannot be seen any more, or are back, is no reason.
        """
        self._served.clear()
        self._apart.update(dict.fromkeys(touched))
        while self._apart:
            cameras, self._apart = self._apart, {}
            self._regroup(cameras)

    def _regroup(self, touched: Iterable[str]) -> None:
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
        lost = sorted(suspect for suspect, group in groups.items() if suspect.name and group.silent_at is not None)
        for suspect in sorted(lost, key=self._weight, reverse=True):
            self._consider(groups[suspect])
        for _, (carrier, lines) in sorted(carriers.items()):
            self._consider_carrier(carrier, lines)

    def _consider(self, group: Group) -> None:
        together = self._rules.together
        fresh = group.fresh(together)
        host = self._host(group)
        if host is None or (host.suspect == group.suspect and len(host.faults) < len(fresh)):
            among = [start[1] for start in fresh]
        else:
            among = sorted(group.loose)
        alive = group.alive(fresh[-1][0] - together)
        group.host = self._gather(group.suspect, among, alive, group.reachable, host)
        group.loose.clear()

    def _host(self, group: Group) -> Course | None:
        """The incident that has its outages, if that still lasts, explains what was heard since, and keeps them."""
        host, suspect = group.host, group.suspect
        if host is None or self._courses.running.get(host.id) is not host:
            return None
        if host.suspect != suspect and self._outdoes(suspect, host):
            return None
        loose = (self._explained(suspect, camera_id) for camera_id in group.loose)
        return host if all(explains(host.suspect, fault) for fault in loose if fault is not None) else None

    def _consider_carrier(self, carrier: Carrier, touched: Collection[Suspect]) -> None:
        """A carrier's line is lost when most of its uplinks are, at once; then their incidents are one."""
        those = carrier.fallen(self._rules.together)
        if not those:
            return
        since = carrier.silent[-1][0] - self._rules.together
        known = self._courses.grows(carrier.suspect)
        if known is not None:  # then lines that were not touched are in it
            those = [line for line in those if line in touched]
        fallen = [line for one in those if (line := self._topology.group(one)).host is not known or known is None]
        fresh = [
            camera_id
            for line in fallen
            for _, camera_id in line.fresh(self._rules.together)
            if self._topology.whereabouts(self._sights[camera_id].camera).carrier is carrier
        ]
        working = carrier.works(since)
        if known is not None and known.returned_at is None:
            known.together, known.alive = len(known.faults), working
        self._gather(carrier.suspect, fresh, working, carrier.reachable, known)

    def _gather(
        self,
        suspect: Suspect,
        fresh: Sequence[str],
        alive: int,
        reachable: bool | None,
        known: Course | None = None,
    ) -> Course | None:
        """The outages of these cameras have this one origin: their incidents become one, which is returned.

        Only incidents of which every outage is among them are taken, and None is returned where one already says all.
        ``reachable``: what the suspect's own address says. ``known``: the one that has all others of the suspect.
        """
        faults = [fault for camera_id in fresh if (fault := self._explained(suspect, camera_id)) is not None]
        counts = Counter(fault.course for fault in faults if fault.course is not None)
        host = known or self._courses.grows(suspect)
        if self._claim(suspect, counts, alone=host is None and reachable is not False):
            counts = Counter(fault.course for fault in faults if fault.course is not None)
        movers = [course for course in counts if self._moves(course, suspect, counts)]
        movers.sort(key=attrgetter("seniority"))
        host = host or self._wider(suspect, faults, counts)
        if host is None:
            if len(movers) < 2 and not (reachable is False and movers):
                return None
            since = min(fault.start_at for course in movers for fault in course.faults.values())
            ended = self._courses.latest.get(suspect)
            if ended is not None and not ended.refuted and since - (ended.ended_at or since) <= self._rules.hold:
                self._courses.reopen(host := ended)
            else:
                host = self._foremost(suspect, movers)
        for course in movers:
            self._absorb(host, course)
        if host.suspect == suspect and (movers or host.together == 1):
            host.together, host.alive = len(host.faults), alive
        if host.suspect == suspect and reachable is not None:
            host.reachable = reachable
        return host

    def _foremost(self, suspect: Suspect, movers: list[Course]) -> Course:
        """Of the movers, the incident that has the others from now on; one that fell again stays what it was."""
        new = next((course for course in movers if course.earlier is None), None)
        if new is not None:
            movers.remove(new)
            self._courses.accuse(new, suspect)
            return new
        first, *others = sorted(movers.pop(0).faults.values(), key=attrgetter("key"))
        if first.course is not None:
            self._courses.give_up(first.course)
        host = self._courses.open(suspect, first)
        for fault in others:
            host.take(fault)
        return host

    def _explained(self, suspect: Suspect, camera_id: str) -> Fault | None:
        """The outage of the camera, if the suspect explains it."""
        fault = self._sights[camera_id].fault
        return fault if fault is not None and explains(suspect, fault) else None

    def _moves(self, course: Course, suspect: Suspect, counts: Counter[Course]) -> bool:
        """Whether the suspect explains all of the narrower incident, and no less than that one's suspect explains."""
        return (
            course.suspect.origin.width < suspect.origin.width
            and counts[course] == len(course.faults)
            and (not course.suspect.origin.width or self._weight(course.suspect) <= self._weight(suspect))
        )

    def _claim(self, suspect: Suspect, counts: Counter[Course], *, alone: bool) -> bool:
        """Tell young incidents apart of whose outages the suspect explains some, and more in all than they do.

        If the suspect is ``alone``, without an incident and a silent address, it needs two at least that it can have.
        """
        claimed = [
            course
            for course in counts
            if course.suspect.origin.width
            and not self._moves(course, suspect, counts)
            and self._outdoes(suspect, course)
        ]
        moving = sum(self._moves(course, suspect, counts) for course in counts)
        if suspect in self._served or (alone and moving + sum(counts[course] for course in claimed) < 2):
            return False
        if claimed:
            self._served.add(suspect)
        for course in sorted(claimed, key=attrgetter("seniority")):
            self._apart.update(dict.fromkeys(self._courses.tell_apart(course)))
        return bool(claimed)

    def _outdoes(self, suspect: Suspect, course: Course) -> bool:
        """Whether the suspect may take what it explains out of another's incident."""
        return self._courses.malleable(course) and self._weight(course.suspect) < self._weight(suspect)

    def _weight(self, suspect: Suspect) -> tuple[int, bool, int]:
        """How much the suspect explains if it seems lost; then whether its own address says so, then how narrow it is.

        Where several addresses are silent the widest is presumed: behind a cut line the others are silent as well.
        """
        width, together = suspect.origin.width, self._rules.together
        carrier = self._topology.carriers.get(suspect)
        if carrier is not None:
            lines, reachable = [self._topology.group(line) for line in carrier.lines], carrier.reachable
        elif width:
            lines = [group := self._topology.group(suspect)]
            reachable = group.reachable
        else:
            return 0, False, 0
        explained = sum(len(line.fresh(together)) for line in lines if line.silent_at is not None)
        return explained, reachable is False, width if reachable is False else -width

    def _wider(self, suspect: Suspect, faults: Sequence[Fault], counts: Counter[Course]) -> Course | None:
        """The incident of a wider suspect that explains all these and has at least half of them already."""
        width, half = suspect.origin.width, counts.total() / 2
        found = [
            course
            for course, those in counts.items()
            if course.suspect.origin.width > width
            and those >= half
            and all(explains(course.suspect, fault) for fault in faults)
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
            self._courses.give_up(course)
        else:
            self._courses.forget(course)
        for fault in lasting:
            host.take(fault)
