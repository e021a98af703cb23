"""The town as pages and metrics show it: groups of cameras, summed by the contract's rules.

All sums are integers, so a group's figures are exactly those of its cameras, in whatever order they were added. The
work is done in short steps, because the event loop waits meanwhile.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction

from monitor.contract import Contract
from monitor.engine.board import SLICE, Prospect
from monitor.engine.figures import MonthCalendar
from monitor.metrics import GroupFigures, Terms, TownView
from monitor.model import BlindTime, CameraStatus, ContractTerms, GroupStatus, Seconds, State, instant, micros
from monitor.sla import Rest, counted, forecast, intact, online, online_ratio

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
    online_lately: int = 0  # the last day of the cameras that are not down
    down_lately: int = 0

    def add(self, status: CameraStatus, prospect: Prospect) -> None:
        self.states[status.state] += 1
        month = status.month
        self.up += month.up
        self.degraded += month.degraded
        self.down += month.down
        self.excluded += month.excluded
        self.unobserved += month.unobserved
        if status.state is State.DOWN:
            self.fallen += prospect.remaining_us
        else:
            self.standing += prospect.remaining_us
            self.online_lately += prospect.last_day.up + prospect.last_day.degraded
            self.down_lately += prospect.last_day.down

    def month(self) -> Seconds:
        return Seconds(self.up, self.degraded, self.down, self.excluded, self.unobserved)


def town_view(
    town: str,
    cameras: Sequence[Shown],
    contracts: Sequence[Contract],
    calendar: MonthCalendar,
    now: datetime,
    interval: timedelta,
) -> Generator[None, None, TownView]:
    """The view, in steps of a millisecond or two. Only cameras some contract is about enter the groups."""
    terms, month = calendar.terms, calendar.month_at(micros(now))
    tallies = yield from _tallies(town, cameras, contracts)
    groups: list[GroupFigures] = []
    for nth, ((kind, name), tally) in enumerate(tallies.items(), 1):
        groups.append(_figures(kind, name, tally, terms))
        if nth % SLICE == 0:
            yield
    return TownView(
        at=now,
        statuses=[status for status, _ in cameras],
        groups=groups,
        terms=Terms(instant(month.start), instant(month.end), float(terms.target), float(terms.min_coverage)),
        probe_interval=interval,
    )


def _tallies(
    town: str, cameras: Sequence[Shown], contracts: Sequence[Contract]
) -> Generator[None, None, dict[tuple[str, str], _Tally]]:
    tallies: dict[tuple[str, str], _Tally] = {}
    for nth, (status, prospect) in enumerate(cameras, 1):
        camera = status.camera
        if any(contract.about(camera) for contract in contracts):
            for group in (
                ("town", town),
                ("village", camera.site.village),
                ("carrier", camera.carrier),
                ("site", camera.site.id),
            ):
                if group[1]:
                    tally = tallies.get(group)
                    if tally is None:
                        tally = tallies[group] = _Tally()
                    tally.add(status, prospect)
        if nth % SLICE == 0:
            yield
    return tallies


def _figures(kind: str, name: str, tally: _Tally, terms: ContractTerms) -> GroupFigures:
    month, blind = tally.month(), terms.blind_time
    landing, best = (None, None) if kind == "site" else _forecast(tally, month, terms)  # a site is too small for one
    countable, kept = counted(month, blind), online(month, blind)
    return GroupFigures(
        status=GroupStatus(
            kind=kind,
            name=name,
            cameras=sum(tally.states.values()),
            states=tally.states,
            month=month,
            forecast_ratio=landing,
            best_ratio=best,
        ),
        online=kept,
        counted=countable,
        online_ratio=_divided(kept, countable),
        intact_ratio=_divided(intact(month, blind), countable),
        coverage_ratio=_divided(month.scheduled - month.unobserved, month.scheduled),
    )


def _forecast(tally: _Tally, month: Seconds, terms: ContractTerms) -> tuple[float | None, float | None]:
    """Where the month will end if the states of now stay, and with every camera up."""
    # What nobody watched yesterday says nothing about tomorrow.
    lately = online_ratio(Seconds(up=tally.online_lately, down=tally.down_lately), BlindTime.EXCLUDED)
    rest = (Rest(State.UP, tally.standing), Rest(State.DOWN, tally.fallen))
    coming = forecast(month, rest, lately, terms.target, terms.blind_time)
    return _float(coming.landing), _float(coming.best)


def _divided(part: int, whole: int) -> float | None:
    """The nearest float of the exact ratio: the same as that of a Fraction, which costs ten times as much."""
    return part / whole if whole else None


def _float(ratio: Fraction | None) -> float | None:
    return None if ratio is None else float(ratio)
