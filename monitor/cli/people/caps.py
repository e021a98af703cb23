"""What is left under the contract's caps while exclusions come in.

A cap is used up by what was approved and by what nobody has decided on yet: whoever asks is told now how much is left,
and not at the month's end that some of it was cut. The report's own rule is asked (``monitor.contract``): nothing may
be cut if all of this is approved.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from monitor.acts import Act, ExclusionProposed, Reason, Refusal, Standing
from monitor.calendar import month_of
from monitor.cli.people.desk import Desk
from monitor.contract import Contract, Cut, Grant, OwedTime, grants
from monitor.model import SECOND_US, Actor, Exclusion, ExclusionState, Role, Span, instant, micros
from monitor.report.exclusions import owed_times

OPEN = frozenset({ExclusionState.PROPOSED, ExclusionState.APPROVED})
HOUR_US = 3_600 * SECOND_US


class Caps:
    """The settlement periods that are asked about; for one run of acts that come in together."""

    def __init__(self, desk: Desk, so_far: Standing) -> None:
        self._desk = desk
        self._so_far = so_far
        self._periods: dict[Span, _Period] = {}
        rules = so_far.terms.agreement.exclusions.values()
        self._capped = any((rule.cap, rule.cap_share) != (None, None) for rule in rules)

    def refusal(self, act: Act) -> Refusal | None:
        """Why the exclusion asks for more than is left; None: nothing speaks against it, and it is set aside."""
        if not (self._capped and isinstance(act, ExclusionProposed)):
            return None
        asked = _agreed(
            Exclusion(
                act.stamp.id,
                act.cause,
                act.scope,
                act.start_at,
                act.end_at,
                act.text,
                act.evidence,
                ExclusionState.PROPOSED,
                act.stamp.by,
            )
        )
        periods = list(self._touched(asked))
        over = [camera for period in periods for camera in period.over(asked)]
        if over:
            return Refusal(Reason.CAP_USED_UP, _said(asked, over))
        for period in periods:
            period.set_aside(asked)
        return None

    def _touched(self, exclusion: Exclusion) -> Iterator[_Period]:
        contract, zone = self._so_far.terms.agreement, self._so_far.zone
        at = micros(exclusion.start_at)
        while at < micros(exclusion.end_at):
            span = contract.settlement(*month_of(instant(at), zone))
            if span not in self._periods:
                self._periods[span] = self._period(span)
            yield self._periods[span]
            at = span.end

    def _period(self, span: Span) -> _Period:
        """The settlement period with everything that was approved or may still be."""
        terms, zone = self._so_far.terms, self._so_far.zone
        month = month_of(instant(span.end - 1), zone)
        (record,) = self._desk.record().past([month], terms).records
        period = _Period(owed_times(record, terms.agreement, month, zone), terms.agreement)
        for history in self._so_far.exclusions.values():
            if history.exclusion.state in OPEN:
                period.set_aside(_agreed(history.exclusion))
        return period


class _Period:
    """One settlement period: what cameras owe, and the exclusions that may count."""

    def __init__(self, times: Sequence[OwedTime], contract: Contract) -> None:
        self._times = times
        self._contract = contract
        self._order: dict[str, int] = {}  # in which they were proposed, by id
        self._named: dict[str, list[Exclusion]] = defaultdict(list)  # by each camera the scope names
        self._wide: list[Exclusion] = []  # whose scope names no cameras

    def set_aside(self, exclusion: Exclusion) -> None:
        """It may count from now on."""
        self._order[exclusion.id] = len(self._order)
        for camera_id in exclusion.scope.camera_ids:
            self._named[camera_id].append(exclusion)
        if not exclusion.scope.camera_ids:
            self._wide.append(exclusion)

    def over(self, asked: Exclusion) -> list[_Over]:
        """The cameras of which the caps would cut more than without it, whichever exclusion it is cut from."""
        covered = [time for time in self._times if asked.scope.covers(time.camera)]
        there = {each.id: each for time in covered for each in self._named.get(time.camera.id, ())}
        there |= {each.id: each for each in self._wide}
        proposed = sorted(there.values(), key=lambda each: self._order[each.id])
        before = _cut(grants(proposed, covered, self._contract))
        granted = grants([*proposed, asked], covered, self._contract)
        more = {camera_id: us - before.get(camera_id, 0) for camera_id, us in _cut(granted).items()}
        fresh = {
            grant.camera_id: grant.counted_us + _over_cap(grant) for grant in granted if grant.exclusion_id == asked.id
        }
        return [
            _Over(max(0, fresh.get(camera_id, 0) - us), fresh.get(camera_id, 0), camera_id)
            for camera_id, us in more.items()
            if us > 0
        ]


class _Over(NamedTuple):
    """A camera whose cap does not go so far; microseconds."""

    left: int
    asked: int
    camera_id: str


def _cut(found: Iterable[Grant]) -> Counter[str]:
    """What caps cut, by camera."""
    sums: Counter[str] = Counter()
    for grant in found:
        sums[grant.camera_id] += _over_cap(grant)
    return sums


def _agreed(exclusion: Exclusion) -> Exclusion:
    """The exclusion as if the other party had approved it."""
    other = Role.VENDOR if exclusion.proposed_by.role is Role.OFFICE else Role.OFFICE
    return replace(exclusion, state=ExclusionState.APPROVED, decided_by=Actor(other, ""))


def _over_cap(grant: Grant) -> int:
    return dict(grant.cuts).get(Cut.OVER_CAP, 0)


def _said(asked: Exclusion, over: Sequence[_Over]) -> str:
    """``power, c1: 6:00:00 > 4:00:00``: of the camera with the least left, and how many more there are."""
    worst, more = min(over), f" (+{len(over) - 1})" if len(over) > 1 else ""
    return f"{asked.cause}, {worst.camera_id}{more}: {_clock(worst.asked)} > {_clock(worst.left)}"


def _clock(us: int) -> str:
    """Hours, minutes and seconds, cut."""
    hours, rest = divmod(us, HOUR_US)
    minutes, seconds = divmod(rest // SECOND_US, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"
