"""How sure the presumed origin is, and why: the clues of an incident and one number from them.

The number is no probability that anybody measured. It orders guesses, in the open: the share of the suspect's cameras
that fell, the number of cameras that say so, and whether the suspect's own address agrees.
"""

from __future__ import annotations

from monitor.incidents.faults import SILENCE, Course
from monitor.incidents.topology import Topology
from monitor.incidents.values import Clue, Evidence, Origin

SURE = 1.0
TOLD_BY_DEVICE = 0.95  # the device itself says what is wrong; it may still be told so by something between
WRONG = 0.05  # what is left of the confidence in a guess that proved wrong
UNDECIDED = 0.5  # one camera alone on its line, and silence: the camera or the line


def weighed(course: Course, topology: Topology) -> tuple[float, tuple[Evidence, ...]]:
    """Confidence (0 ... 1) and clues, as things stand."""
    confidence, clues = _weighed(course, topology)
    if course.returned:
        clues.append(Evidence(Clue.CAME_BACK, course.returned))
    if course.falls > 1:
        clues.append(Evidence(Clue.FELL_AGAIN, course.falls - 1))
    if course.refuted:
        return confidence * WRONG, (*clues, Evidence(Clue.REFUTED))
    return confidence, tuple(clues)


def _weighed(course: Course, topology: Topology) -> tuple[float, list[Evidence]]:
    fallen = len({part.camera_id for part in course.parts})
    first = min(course.faults.values(), key=lambda fault: fault.key) if course.faults else None
    cause = first.cause if first else None
    match course.suspect.origin:
        case Origin.MONITOR:
            return SURE, [Evidence(Clue.MONITOR_FAILED, fallen, cause=cause)]
        case Origin.INVENTORY:
            return SURE, [Evidence(Clue.LEFT_INVENTORY, fallen)]
        case Origin.CREDENTIALS:
            return TOLD_BY_DEVICE, [Evidence(Clue.CREDENTIALS_REFUSED, fallen, cause=cause)]
        case Origin.CAMERA:
            return _of_one(course, topology)
        case Origin.RECORDER | Origin.POWER_CABINET | Origin.UPLINK | Origin.CARRIER_LINE:
            return _of_group(course, topology)


def _of_one(course: Course, topology: Topology) -> tuple[float, list[Evidence]]:
    """A camera alone: the others on its line speak for the line, and so against the camera.

    Once it has ended, by what they showed while it was lost.
    """
    (fault,) = course.faults.values()
    line = topology.line(fault.camera)
    neighbours, reachable = course.alive, course.reachable
    if course.ended_at is None:
        neighbours, reachable = line.alive_beside(fault), line.reachable
    clues = [Evidence(Clue.OTHERS_ONLINE, neighbours) if neighbours else Evidence(Clue.NOTHING_TO_COMPARE)]
    if fault.cause not in SILENCE:
        return TOLD_BY_DEVICE, [Evidence(Clue.DEVICE_ANSWERS, cause=fault.cause), *clues]
    confidence = (neighbours + 1) / (neighbours + 2)
    clues.insert(0, Evidence(Clue.NOTHING_ANSWERS, 1))
    if reachable:
        return 1 - (1 - confidence) / 2, [*clues, Evidence(Clue.PLACE_ANSWERS)]
    return confidence, clues


def _of_group(course: Course, topology: Topology) -> tuple[float, list[Evidence]]:
    """What falls with something: once it has ended, by what was seen while it was lost, not after its repair."""
    fell, seen = course.together, course.together + course.alive
    confidence = fell / seen * fell / (fell + 1)
    clues = [Evidence(Clue.FELL_TOGETHER, fell, seen)]
    lasting = {fault.part: fault.cause for fault in course.faults.values()}
    told = course.parts if course.ended_at else lasting
    silent = len({part.camera_id for part, cause in told.items() if cause in SILENCE})
    if silent:
        clues.append(Evidence(Clue.NOTHING_ANSWERS, silent))
    reachable = course.reachable if course.ended_at else topology.reachable(course.suspect)
    if reachable is False:
        return 1 - (1 - confidence) / 4, [*clues, Evidence(Clue.PLACE_LOST)]
    if reachable:
        return confidence, [*clues, Evidence(Clue.PLACE_ANSWERS)]
    return confidence, clues
