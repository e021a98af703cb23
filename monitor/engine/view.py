"""The town as pages and metrics show it: groups of cameras, summed by the contract's rules.

All sums are integers, so a group's figures are exactly those of its cameras, in whatever order they were added. The
work is done in short steps, because the event loop waits meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from operator import attrgetter
from typing import Any

from monitor.contract import Contract
from monitor.engine.board import SLICE, Prospect
from monitor.engine.figures import MonthCalendar
from monitor.metrics import ALL_GROUPS, AheadFigures, GroupFigures, Terms, TownView, TripFigures
from monitor.model import BlindTime, CameraStatus, ContractTerms, GroupStatus, Seconds, State, instant, micros
from monitor.sla import Forecast, Rest, budget, counted, forecast, intact, landings, online, online_ratio

ADDED = 10 * SLICE  # cameras added up before others have their turn: half a millisecond
NAMES = {"village": "site.village", "carrier": "carrier", "site": "site.id"}  # where a camera has its group's name

Shown = tuple[CameraStatus, Prospect]


@dataclass(slots=True)
class _Tally:
    """What has been added up of one group so far; all sums in microseconds."""

    states: dict[State, int] = field(default_factory=lambda: dict.fromkeys(State, 0))
    up: int = 0
    degraded: int = 0
    down: int = 0
    excluded: int = 0
    unobserved: int = 0
    standing: int = 0  # still owed this month by the cameras that are not down
    fallen: int = 0  # still owed by those that are
    repairs: int = 0  # of those, how many owe anything
    lost: int = 0  # cameras whose own rate can no longer reach the target
    online_lately: int = 0  # the last day of the cameras that are not down
    down_lately: int = 0

    def add(self, status: CameraStatus, prospect: Prospect) -> None:
        """One camera more. Written out: it is done for every camera and every scrape."""
        month, state = status.month, status.state
        up, degraded, down, unobserved = month.up, month.degraded, month.down, month.unobserved
        self.up += up
        self.degraded += degraded
        self.down += down
        self.excluded += month.excluded
        self.unobserved += unobserved
        to_come = prospect.owed_us - up - degraded - down - unobserved
        if state is State.DOWN:
            self.fallen += to_come
            if to_come:
                self.repairs += 1
        else:
            self.standing += to_come
            last_day = prospect.last_day
            self.online_lately += last_day.up + last_day.degraded
            self.down_lately += last_day.down
        if prospect.lost:
            self.lost += 1
        if not prospect.gone:
            self.states[state] += 1

    def merge(self, other: _Tally) -> None:
        for state, cameras in other.states.items():
            self.states[state] += cameras
        self.up += other.up
        self.degraded += other.degraded
        self.down += other.down
        self.excluded += other.excluded
        self.unobserved += other.unobserved
        self.standing += other.standing
        self.fallen += other.fallen
        self.repairs += other.repairs
        self.lost += other.lost
        self.online_lately += other.online_lately
        self.down_lately += other.down_lately

    def month(self) -> Seconds:
        return Seconds(self.up, self.degraded, self.down, self.excluded, self.unobserved)


def town_view(
    town: str,
    cameras: Sequence[Shown],
    contracts: Sequence[Contract],
    calendar: MonthCalendar,
    now: datetime,
    interval: timedelta,
    kinds: Sequence[str] = ALL_GROUPS,
) -> Generator[None, None, TownView]:
    """The view, in steps of a millisecond or two. Only cameras some contract is about enter the groups.

    There is the town, and beside it the groups of these ``kinds``; at least two.
    """
    terms, month = calendar.terms, calendar.month_at(micros(now))
    tallies = yield from _tallies(town, cameras, contracts, kinds)
    groups: list[GroupFigures] = []
    for nth, ((kind, name), tally) in enumerate(tallies.items(), 1):
        groups.append(_figures(kind, name, tally, terms))
        if nth % SLICE == 0:
            yield
    return TownView(
        at=now,
        statuses=[status for status, prospect in cameras if not prospect.gone],
        groups=groups,
        terms=Terms(
            instant(month.start), instant(month.end), float(terms.target), float(terms.min_coverage), calendar.zone
        ),
        probe_interval=interval,
        trips=_trips(tallies, terms),
    )


def _tallies(
    town: str, cameras: Sequence[Shown], contracts: Sequence[Contract], kinds: Sequence[str]
) -> Generator[None, None, dict[tuple[str, str], _Tally]]:
    """Each camera is added once, to those that have all its groups in common; then these to each of the groups."""
    cells: dict[tuple[Any, ...], _Tally] = defaultdict(_Tally)
    names_of = attrgetter(*(NAMES[kind] for kind in kinds))
    for nth, (status, prospect) in enumerate(cameras, 1):
        if any(contract.about(status.camera) for contract in contracts):
            cells[names_of(status.camera)].add(status, prospect)
        if nth % ADDED == 0:
            yield
    tallies: dict[tuple[str, str], _Tally] = defaultdict(_Tally)
    for nth, (names, tally) in enumerate(cells.items(), 1):
        for group in zip(("town", *kinds), (town, *names), strict=True):
            if group[1]:
                tallies[group].merge(tally)
        if nth % ADDED == 0:
            yield
    return tallies


def _figures(kind: str, name: str, tally: _Tally, terms: ContractTerms) -> GroupFigures:
    month, blind = tally.month(), terms.blind_time
    coming = None if kind == "site" else _forecast(tally, month, terms)  # a site is too small for one
    countable, kept = counted(month, blind), online(month, blind)
    return GroupFigures(
        status=GroupStatus(
            kind=kind,
            name=name,
            cameras=sum(tally.states.values()),
            states=tally.states,
            month=month,
            forecast_ratio=None if coming is None else _float(coming.landing),
            best_ratio=None if coming is None else _float(coming.best),
        ),
        online=kept,
        counted=countable,
        online_ratio=_divided(kept, countable),
        intact_ratio=_divided(intact(month, blind), countable),
        coverage_ratio=_divided(month.scheduled - month.unobserved, month.scheduled),
        ahead=None if coming is None else _ahead(coming, tally, month, terms),
    )


def _forecast(tally: _Tally, month: Seconds, terms: ContractTerms) -> Forecast:
    """Where the month will end if the states of now stay, and with every camera up."""
    rest = (Rest(State.UP, tally.standing), Rest(State.DOWN, tally.fallen))
    return forecast(month, rest, _lately(tally), terms.target, terms.blind_time)


def _lately(tally: _Tally) -> Fraction | None:
    # What nobody watched yesterday says nothing about tomorrow.
    return online_ratio(Seconds(up=tally.online_lately, down=tally.down_lately), BlindTime.EXCLUDED)


def _ahead(coming: Forecast, tally: _Tally, month: Seconds, terms: ContractTerms) -> AheadFigures:
    allowed = budget(month, tally.standing + tally.fallen, terms.target, terms.blind_time).allowed_us
    recoverable = None if coming.best is None else coming.recoverable(terms.target)
    return AheadFigures(allowed, coming.budget_left_us, recoverable, tally.lost)


def _trips(tallies: Mapping[tuple[str, str], _Tally], terms: ContractTerms) -> list[TripFigures]:
    """The villages where a repair gains something, the most gain first."""
    town, ranked = _Tally(), []
    for (kind, name), tally in tallies.items():
        if kind == "village":  # every camera has one
            town.merge(tally)
            if tally.repairs:
                ranked.append((-tally.fallen, name, tally.repairs))
    ranked.sort()
    gains = [-lost for lost, _, _ in ranked]
    after = landings(town.month(), town.standing, gains, _lately(town), terms.blind_time)
    return [
        TripFigures(village, repairs, gain, _float(landing))
        for (_, village, repairs), gain, landing in zip(ranked, gains, after, strict=True)
    ]


def _divided(part: int, whole: int) -> float | None:
    """The nearest float of the exact ratio: the same as that of a Fraction, which costs ten times as much."""
    return part / whole if whole else None


def _float(ratio: Fraction | None) -> float | None:
    return None if ratio is None else float(ratio)
