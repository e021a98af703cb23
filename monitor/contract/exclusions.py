"""Which excluded time counts: decides cause, approval, overlap and cap, and says what was cut and why.

Exclusions are taken by start, those that start together in the order in which they were proposed. Of one exclusion a
camera's time counts from its first instant on until the cap of its cause is used up. Time that planned work or an
earlier exclusion has already taken out uses up no cap; time cut from one exclusion may still count through another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter

from monitor.contract.values import Contract, ExclusionRule
from monitor.model import MICROSECOND, Camera, Exclusion, ExclusionCause, ExclusionState, Role, Scope, Span, micros
from monitor.sla import length, merge, subtract


class Cut(StrEnum):
    """Why time that was asked for does not count, in the order in which it is looked at."""

    NOT_ACCEPTED = "not_accepted"  # the contract does not know this cause
    UNDECIDED = "undecided"  # nobody has approved it yet, and the contract wants it approved
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    OWN_APPROVAL = "own_approval"  # it was not the other party that approved
    PLANNED_WORK = "planned_work"  # already excluded
    EARLIER_EXCLUSION = "earlier_exclusion"  # already excluded
    OVER_CAP = "over_cap"


@dataclass(frozen=True, slots=True)
class OwedTime:
    """One camera's time in the settlement period; both lists ascending and disjoint, as ``sla.merge`` returns them."""

    camera: Camera
    owed: Sequence[Span]  # its scheduled time in the whole period, whether elapsed or not
    planned: Sequence[Span] = ()  # what planned work takes out by itself


@dataclass(frozen=True, slots=True)
class Grant:
    """One exclusion and one camera: ``asked_us`` is what counts and what is cut, to the last microsecond."""

    exclusion_id: str
    camera_id: str
    asked_us: int  # of the camera's owed time
    counted: tuple[Span, ...]
    cuts: tuple[tuple[Cut, int], ...]  # microseconds, none of them 0

    @property
    def counted_us(self) -> int:
        """What leaves both sides of the ratio because of this exclusion and nothing else."""
        return length(self.counted)


def grants(exclusions: Iterable[Exclusion], cameras: Sequence[OwedTime], contract: Contract) -> tuple[Grant, ...]:
    """Every exclusion with every camera whose owed time it touches, in the order in which they are taken.

    ``exclusions`` are in the order in which they were proposed.
    """
    purses = {time.camera.id: _Purse(time) for time in sorted(cameras, key=lambda time: time.camera.id)}
    covered: dict[Scope, list[_Purse]] = {}  # a storm is many exclusions of few scopes
    found: list[Grant] = []
    for exclusion in sorted(exclusions, key=attrgetter("start_at")):
        rule, scope = contract.rule(exclusion.cause), exclusion.scope
        refusal = refused(exclusion, rule)
        span = Span(micros(exclusion.start_at), micros(exclusion.end_at))
        if scope not in covered:
            covered[scope] = _covered(scope, purses)
        for purse in covered[scope]:
            asked = purse.asked(span)
            if asked:
                found.append(purse.take(exclusion, asked, rule, refusal))
    return tuple(found)


def counted_by_camera(found: Iterable[Grant]) -> dict[str, list[Span]]:
    """What leaves both sides of the ratio, by camera, ascending and disjoint."""
    spans: dict[str, list[Span]] = defaultdict(list)
    for grant in found:
        spans[grant.camera_id] += grant.counted
    return {camera_id: merge(counted) for camera_id, counted in spans.items() if counted}


def refused(exclusion: Exclusion, rule: ExclusionRule) -> Cut | None:
    """Why nothing of the exclusion counts, whatever the camera; None if some may."""
    if not rule.accepted:
        return Cut.NOT_ACCEPTED
    match exclusion.state:
        case ExclusionState.REJECTED:
            return Cut.REJECTED
        case ExclusionState.WITHDRAWN:
            return Cut.WITHDRAWN
        case ExclusionState.PROPOSED:
            return Cut.UNDECIDED if rule.approval else None
        case ExclusionState.APPROVED:
            return Cut.OWN_APPROVAL if rule.approval and not _by_the_other_party(exclusion) else None


def _by_the_other_party(exclusion: Exclusion) -> bool:
    """The office approves what it did not ask for itself, the vendor what the office asked for.

    The operator is a party to nothing and often the vendor's employee, so that its proposals are the office's to
    approve, and its approval binds nobody.
    """
    if exclusion.decided_by is None:
        return False
    other = Role.VENDOR if exclusion.proposed_by.role is Role.OFFICE else Role.OFFICE
    return exclusion.decided_by.role is other


def _covered(scope: Scope, purses: dict[str, _Purse]) -> list[_Purse]:
    """Those the scope covers, by camera id; where it names cameras, only these are looked at."""
    named = [purses[camera_id] for camera_id in sorted(scope.camera_ids & purses.keys())]
    return [purse for purse in (named if scope.camera_ids else purses.values()) if scope.covers(purse.camera)]


class _Purse:
    """What one camera has already been granted, and what is left under each cap."""

    def __init__(self, time: OwedTime) -> None:
        self.camera = time.camera
        self._time = time
        self._earlier: list[Span] = []
        self._used: dict[ExclusionCause, int] = defaultdict(int)

    def asked(self, span: Span) -> list[Span]:
        """The camera's owed time within the span."""
        return [
            Span(max(start, span.start), min(end, span.end))
            for start, end in self._time.owed
            if start < span.end and end > span.start
        ]

    def take(self, exclusion: Exclusion, asked: list[Span], rule: ExclusionRule, refusal: Cut | None) -> Grant:
        """Grant what may be granted of the time asked for, and remember it."""
        if refusal is not None:
            return self._grant(exclusion, asked, (), ((refusal, length(asked)),))
        unplanned = subtract(asked, self._time.planned)
        fresh = subtract(unplanned, self._earlier)
        counted = self._under_cap(exclusion, rule, fresh)
        if counted:
            self._earlier = merge([*self._earlier, *counted])
            self._used[exclusion.cause] += length(counted)
        cuts = (
            (Cut.PLANNED_WORK, length(asked) - length(unplanned)),
            (Cut.EARLIER_EXCLUSION, length(unplanned) - length(fresh)),
            (Cut.OVER_CAP, length(fresh) - length(counted)),
        )
        return self._grant(exclusion, asked, tuple(counted), cuts)

    def _under_cap(self, exclusion: Exclusion, rule: ExclusionRule, fresh: list[Span]) -> list[Span]:
        caps = [] if rule.cap is None else [rule.cap // MICROSECOND]
        if rule.cap_share is not None:
            caps.append(rule.cap_share.numerator * length(self._time.owed) // rule.cap_share.denominator)
        return _first(fresh, min(caps) - self._used[exclusion.cause]) if caps else fresh

    def _grant(
        self, exclusion: Exclusion, asked: list[Span], counted: tuple[Span, ...], cuts: tuple[tuple[Cut, int], ...]
    ) -> Grant:
        some = tuple((cut, us) for cut, us in cuts if us)
        return Grant(exclusion.id, self.camera.id, length(asked), counted, some)


def _first(spans: Sequence[Span], us: int) -> list[Span]:
    """The first so many microseconds of ascending spans."""
    taken: list[Span] = []
    for start, end in spans:
        if us <= 0:
            break
        taken.append(Span(start, min(end, start + us)))
        us -= end - start
    return taken
