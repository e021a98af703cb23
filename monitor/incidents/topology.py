"""What stands and falls together: for each recorder, cabinet and uplink, who of its cameras works and who fell.

A camera we cannot see for a reason of our own counts as it was seen last: our blindness takes no witness away.

A group's numbers are kept while transitions come in, so that judging one costs no more than the outages in it; a
carrier's, so that finding it at work costs nothing, however many lines it has.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from operator import itemgetter

from monitor.incidents.faults import BAD_LINE, SILENCE, Course, Fault, Kind, Sight
from monitor.incidents.values import Origin, Suspect
from monitor.model import Camera, Cause

ALWAYS = datetime.max.replace(tzinfo=UTC)
Sign = tuple[datetime, Suspect]  # when a line gave it, and which
Start = tuple[datetime, str]  # of a fault: when, and which camera

# The causes a failed one of these explains; a recorder explains whatever its channels say.
EXPLAINS: dict[Origin, frozenset[Cause]] = {
    Origin.RECORDER: frozenset(Cause),
    Origin.POWER_CABINET: SILENCE,
    Origin.UPLINK: BAD_LINE,
    Origin.CARRIER_LINE: BAD_LINE,
}
MOST = 4, 5  # of the cameras in sight fell: the rest may hang elsewhere than the inventory says
HALF = 1, 2  # will do beside the silence of its own address, and where many fell ...
MANY = 5  # ... since chance does not take so many within minutes of each other


@dataclass(slots=True, eq=False)
class Group:
    """The cameras behind one suspect."""

    suspect: Suspect
    members: dict[str, None] = field(default_factory=dict)  # ids of its cameras that are watched
    working: int = 0  # of them, those that showed last that the suspect works
    fallen: list[Start] = field(default_factory=list)  # outages the suspect explains, ascending
    speaking: list[Start] = field(default_factory=list)  # outages of devices that answer all the same, ascending
    reachable: bool | None = None  # what its own probe address says; None: there is none, or it never answered
    heard_at: datetime | None = None  # since when it says so; None: since before the group was known
    silent_at: datetime | None = None  # the start of its newest outage as long as it seems lost as a whole
    host: Course | None = None  # the incident that has its outages, but for those of ``loose``
    loose: dict[str, None] = field(default_factory=dict)  # cameras of which something was heard since it was looked at
    carriers: dict[Suspect, Carrier] = field(default_factory=dict)  # of a line: whose cameras are, or were, on it

    def fresh(self, together: timedelta) -> list[Start]:
        """The outages that began at most so long before the newest one."""
        if not self.fallen:
            return []
        return self.fallen[bisect_left(self.fallen, (self.fallen[-1][0] - together, "")) :]

    def alive(self, since: datetime) -> int:
        """Cameras that show that it works: by what was seen last, or by an error that is not older than ``since``."""
        return self.working + len(self.speaking) - bisect_left(self.speaking, (since, ""))

    def alive_beside(self, fault: Fault) -> int:
        """The same since the fault began, without its own camera: what that answers speaks for no other."""
        own = bisect_left(self.speaking, fault.key)
        return self.alive(fault.start_at) - (self.speaking[own : own + 1] == [fault.key])

    def lost(self, fresh: list[Start], together: timedelta) -> bool:
        """Whether the outages are what the loss of the suspect looks like."""
        if not fresh or (self.reachable and self.suspect.origin is not Origin.RECORDER):
            return False
        return most(len(fresh), self.alive(fresh[-1][0] - together), self.reachable)


@dataclass(slots=True, eq=False)
class Carrier:
    """The lines of one carrier in one town."""

    suspect: Suspect
    lines: Counter[Suspect] = field(default_factory=Counter)  # with the number of cameras on each
    reachable: bool | None = None
    silent: list[Sign] = field(default_factory=list)  # lines that seem lost, by their newest outage
    alive: list[Sign] = field(default_factory=list)  # others that show they work, by how long that holds; ascending
    speaking: dict[Suspect, Group] = field(default_factory=dict)  # lines with outages of devices that answer
    working: int = 0  # cameras on all its lines that show they work
    _counted: dict[Suspect, tuple[list[Sign], Sign, int]] = field(default_factory=dict)  # what each line adds to these

    def count(self, line: Group) -> None:
        """Take in how one of its lines is now."""
        self.speaking.pop(line.suspect, None)
        if line.suspect in self._counted:
            signs, sign, working = self._counted.pop(line.suspect)
            del signs[bisect_left(signs, sign)]
            self.working -= working
        if not self.lines[line.suspect]:
            return
        if line.silent_at is not None:
            signs, at = self.silent, line.silent_at
        elif line.working or line.speaking:
            signs, at = self.alive, ALWAYS if line.working else line.speaking[-1][0]
        else:
            return
        self._counted[line.suspect] = signs, (at, line.suspect), line.working
        insort(signs, (at, line.suspect))
        self.working += line.working
        if line.speaking:
            self.speaking[line.suspect] = line

    def works(self, since: datetime) -> int:
        """Cameras on all its lines that show they work: by what was seen last, or by an error not older than that."""
        return self.working + sum(line.alive(since) - line.working for line in self.speaking.values())

    def fallen(self, together: timedelta) -> list[Suspect]:
        """The lines that seem lost since at most so long before the newest, if they are most of those in sight."""
        if self.reachable or not self.silent:
            return []
        since = self.silent[-1][0] - together
        first, working = (bisect_left(signs, since, key=itemgetter(0)) for signs in (self.silent, self.alive))
        fallen = len(self.silent) - first
        if fallen < 2 or not most(fallen, len(self.alive) - working, self.reachable):
            return []
        return [line for _, line in self.silent[first:]]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a camera hangs, by the words the inventory has for it; kept, since working it out again costs most."""

    camera: Camera
    groups: tuple[Group, ...]  # from narrow to wide; the last one is its line
    carrier: Carrier | None  # None where the inventory names none


class Topology:
    """All groups of all cameras in the inventory."""

    def __init__(self) -> None:
        self.groups: dict[Suspect, Group] = {}
        self.carriers: dict[Suspect, Carrier] = {}
        self._reachable: dict[tuple[Origin, str], bool | None] = {}
        self._known: dict[str, Whereabouts] = {}  # by camera, as asked for last
        self._stale: dict[Suspect, Group] = {}  # lines that their carriers have not counted since something changed

    def enter(self, sight: Sight) -> None:
        """Count the camera as it is believed to be; one that is not watched counts nowhere."""
        self._count(sight, 1)

    def leave(self, sight: Sight) -> None:
        """Undo ``enter``; to be called before anything about the camera changes."""
        self._count(sight, -1)

    def judged(self, groups: Iterable[Group]) -> None:
        """It was worked out whether these seem lost: carriers count them, and what else changed since the last time."""
        self._stale.update((group.suspect, group) for group in groups)
        for line in self._stale.values():
            for carrier in line.carriers.values():
                carrier.count(line)
        self._stale.clear()

    def whereabouts(self, camera: Camera) -> Whereabouts:
        """Where the camera hangs, by these words of the inventory."""
        known = self._known.get(camera.id)
        if known is None or known.camera is not camera:
            groups = tuple(self.group(suspect) for suspect in suspects_of(camera))
            known = self._known[camera.id] = Whereabouts(camera, groups, self._carrier(camera))
        return known

    def line(self, camera: Camera) -> Group:
        """The line of the camera."""
        return self.group(line_of(camera))

    def reach(self, origin: Origin, name: str, reachable: bool | None, now: datetime) -> list[str]:
        """A probe address began or ceased to answer, or says nothing any more; the cameras that is about.

        One that never answered since it last said nothing says nothing by its silence.
        """
        if reachable is False and self._reachable.get((origin, name)) is None:
            return []
        self._reachable[origin, name] = reachable
        cameras: list[str] = []
        group = self.groups.get(Suspect(origin, name))
        if group is not None:
            group.reachable, group.heard_at = reachable, now
            cameras += group.members
        for carrier in self.carriers.values():
            if carrier.suspect[:2] == (origin, name):
                carrier.reachable = reachable
                members = (camera_id for line in carrier.lines for camera_id in self.group(line).members)
                cameras += (one for one in members if self._known[one].carrier is carrier)
        return cameras

    def reachable(self, suspect: Suspect) -> bool | None:
        """What the probe address of the suspect says; None: nothing."""
        return self._reachable.get((suspect.origin, suspect.name))

    def group(self, suspect: Suspect) -> Group:
        group = self.groups.get(suspect)
        if group is None:
            reachable = self._reachable.get((suspect.origin, suspect.name))
            group = self.groups[suspect] = Group(suspect, reachable=reachable)
        return group

    def _carrier(self, camera: Camera) -> Carrier | None:
        if not camera.carrier:
            return None
        suspect = carrier_of(camera)
        if suspect not in self.carriers:
            self.carriers[suspect] = Carrier(suspect, reachable=self._reachable.get(suspect[:2]))
        return self.carriers[suspect]

    def _count(self, sight: Sight, sign: int) -> None:
        if not sight.watched:
            return
        where, fault = self.whereabouts(sight.camera), sight.fault
        for group in where.groups:
            if sign > 0:
                group.members[sight.camera.id] = None
            else:
                del group.members[sight.camera.id]
            if sight.works(group.suspect.origin):
                group.working += sign
            elif fault is not None and fault.kind is Kind.OUTAGE:
                explained = fault.cause in EXPLAINS[group.suspect.origin]
                _keep(group.fallen if explained else group.speaking, fault, sign)
        if where.carrier is not None:
            line = where.groups[-1]
            where.carrier.lines[line.suspect] += sign
            line.carriers[where.carrier.suspect] = where.carrier
            self._stale[line.suspect] = line


def most(fallen: int, alive: int, reachable: bool | None) -> bool:
    """Whether so many are enough beside so many that show that the suspect works."""
    share, whole = HALF if reachable is False or fallen >= MANY else MOST
    return fallen * whole >= share * (fallen + alive)


def suspects_of(camera: Camera) -> list[Suspect]:
    """What may have taken the camera down with others, from narrow to wide, without its carrier."""
    found = []
    if camera.recorder:
        found.append(Suspect(Origin.RECORDER, camera.recorder))
    if camera.cabinet:
        found.append(Suspect(Origin.POWER_CABINET, camera.cabinet))
    found.append(line_of(camera))
    return found


def line_of(camera: Camera) -> Suspect:
    """The camera's uplink; where the inventory names none, a line of its own that no other camera shares."""
    return Suspect(Origin.UPLINK, camera.uplink) if camera.uplink else Suspect(Origin.UPLINK, "", camera.id)


def carrier_of(camera: Camera) -> Suspect:
    """The line of the camera's carrier in its town."""
    return Suspect(Origin.CARRIER_LINE, camera.carrier, camera.site.town)


def covers(suspect: Suspect, camera: Camera) -> bool:
    """Whether the camera stands and falls with the suspect."""
    return suspect in suspects_of(camera) or suspect == carrier_of(camera)


def explains(suspect: Suspect, fault: Fault) -> bool:
    """Whether the loss of the suspect would have made the fault."""
    explained = EXPLAINS.get(suspect.origin, frozenset())
    return fault.kind is Kind.OUTAGE and fault.cause in explained and covers(suspect, fault.camera)


def _keep(starts: list[Start], fault: Fault, sign: int) -> None:
    if sign > 0:
        insort(starts, fault.key)
    else:
        del starts[bisect_left(starts, fault.key)]
