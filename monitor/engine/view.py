"""The town as pages and metrics show it: groups of cameras, summed by the contract's rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from monitor.engine.board import Prospect
from monitor.engine.figures import MonthCalendar
from monitor.metrics import GroupFigures, Terms, TownView
from monitor.model import BlindTime, CameraStatus, ContractTerms, GroupStatus, State, instant, micros
from monitor.sla import Rest, counted, coverage, forecast, intact_ratio, online_ratio, total

Groups = dict[tuple[str, str], list[CameraStatus]]


def town_view(
    town: str,
    statuses: Sequence[CameraStatus],
    prospects: Mapping[str, Prospect],
    calendar: MonthCalendar,
    now: datetime,
    interval: timedelta,
) -> TownView:
    """Everything at one moment. Only cameras in the contract enter the groups."""
    terms, month = calendar.terms, calendar.month_at(micros(now))
    groups = _groups(town, (status for status in statuses if status.camera.in_contract))
    return TownView(
        at=now,
        statuses=statuses,
        groups=[_figures(kind, name, members, prospects, terms) for (kind, name), members in groups.items()],
        terms=Terms(instant(month.start), instant(month.end), float(terms.target), float(terms.min_coverage)),
        probe_interval=interval,
    )


def _groups(town: str, statuses: Iterable[CameraStatus]) -> Groups:
    groups: Groups = {}
    for status in statuses:
        camera = status.camera
        for kind, name in (
            ("town", town),
            ("village", camera.site.village),
            ("carrier", camera.carrier),
            ("site", camera.site.id),
        ):
            if name:
                groups.setdefault((kind, name), []).append(status)
    return groups


def _figures(
    kind: str,
    name: str,
    members: Sequence[CameraStatus],
    prospects: Mapping[str, Prospect],
    terms: ContractTerms,
) -> GroupFigures:
    month = total(status.month for status in members)
    standing = total(prospects[status.camera.id].last_day for status in members if status.state is not State.DOWN)
    coming = forecast(
        month,
        [Rest(status.state, prospects[status.camera.id].remaining_us) for status in members],
        online_ratio(standing, BlindTime.EXCLUDED),  # what nobody watched yesterday says nothing about tomorrow
        terms.target,
        terms.blind_time,
    )
    states = Counter(status.state for status in members)
    online = online_ratio(month, terms.blind_time)
    countable = counted(month, terms.blind_time)
    return GroupFigures(
        status=GroupStatus(
            kind=kind,
            name=name,
            cameras=len(members),
            states={state: states[state] for state in State},
            month=month,
            forecast_ratio=_float(coming.landing),
            best_ratio=_float(coming.best),
        ),
        online=int(online * countable) if online is not None else 0,
        counted=countable,
        online_ratio=_float(online),
        intact_ratio=_float(intact_ratio(month, terms.blind_time)),
        coverage_ratio=_float(coverage(month)),
    )


def _float(ratio: Fraction | None) -> float | None:
    return None if ratio is None else float(ratio)
