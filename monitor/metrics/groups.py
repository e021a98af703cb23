"""The series of villages, carriers, sites and the town, and the contract's terms beside them.

Ratios come as given; an undefined ratio (0 ÷ 0) has no series, never 0 or 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from monitor.metrics.text import Column, Family, Sheet, labels
from monitor.metrics.view import GroupFigures, TownView, TripFigures
from monitor.model import SECOND_US, GroupStatus, State

CAMERAS: Column[tuple[GroupStatus, State]] = Column(
    "sharpeyes_cameras",
    "gauge",
    "How many contract cameras of a village are in each state.",
    lambda counted: counted[0].states.get(counted[1], 0),
)


@dataclass(frozen=True, slots=True)
class _TownFamily(Family):
    value: Callable[[TownView], float]


GROUP_FAMILIES: tuple[Column[GroupFigures], ...] = (
    Column(
        "sharpeyes_sla_month_online_seconds",
        "gauge",
        "Month to date: camera-seconds that count as online under the contract.",
        lambda g: g.online / SECOND_US,
    ),
    Column(
        "sharpeyes_sla_month_counted_seconds",
        "gauge",
        "Month to date: camera-seconds the online rate is divided by.",
        lambda g: g.counted / SECOND_US,
    ),
    Column(
        "sharpeyes_sla_month_observed_seconds",
        "gauge",
        "Month to date: camera-seconds somebody watched, without excluded time.",
        lambda g: g.status.month.observed / SECOND_US,
    ),
    Column(
        "sharpeyes_sla_month_scheduled_seconds",
        "gauge",
        "Month to date: camera-seconds the contract asks for, without excluded time.",
        lambda g: (g.status.month.scheduled - g.status.month.excluded) / SECOND_US,
    ),
    Column(
        "sharpeyes_sla_month_online_ratio",
        "gauge",
        "Month to date: online rate in camera-seconds, blind time as the contract counts it.",
        lambda g: g.online_ratio,
    ),
    Column(
        "sharpeyes_sla_month_intact_ratio",
        "gauge",
        "Month to date: share of the counted time with a good picture.",
        lambda g: g.intact_ratio,
    ),
    Column(
        "sharpeyes_sla_month_coverage_ratio",
        "gauge",
        "Month to date: coverage as in the report, excluded time on both sides.",
        lambda g: g.coverage_ratio,
    ),
    Column(
        "sharpeyes_sla_month_forecast_ratio",
        "gauge",
        "Where the month's online rate will end if the states of now stay.",
        lambda g: g.status.forecast_ratio,
    ),
    Column(
        "sharpeyes_sla_month_best_case_ratio",
        "gauge",
        "Where the month's online rate would end with every camera up from now on.",
        lambda g: g.status.best_ratio,
    ),
    Column(
        "sharpeyes_sla_month_budget_seconds",
        "gauge",
        "The whole month: camera-seconds that may be lost without missing the target.",
        lambda g: None if g.ahead is None else g.ahead.budget / SECOND_US,
    ),
    Column(
        "sharpeyes_sla_month_budget_left_seconds",
        "gauge",
        "Camera-seconds that may still be lost: what the target still allows, and no more than is left of the month.",
        lambda g: None if g.ahead is None else g.ahead.budget_left / SECOND_US,
    ),
    Column(
        "sharpeyes_sla_month_unrecoverable",
        "gauge",
        "1 = the month misses the target even with every camera up from now on, 0 = it can still reach it.",
        lambda g: None if g.ahead is None or g.ahead.recoverable is None else int(not g.ahead.recoverable),
    ),
    Column(
        "sharpeyes_sla_month_unrecoverable_cameras",
        "gauge",
        "Cameras whose own online rate misses the target even if they are up from now on.",
        lambda g: None if g.ahead is None else g.ahead.lost,
    ),
)

TRIP_FAMILIES: tuple[Column[TripFigures], ...] = (
    Column(
        "sharpeyes_repair_cameras",
        "gauge",
        "Cameras that are down in a village and that the month still asks for; absent where there is none.",
        lambda trip: trip.repairs,
    ),
    Column(
        "sharpeyes_repair_gain_seconds",
        "gauge",
        "Camera-seconds the month still asks of the village's cameras that are down: what repairing them now gains.",
        lambda trip: trip.gain / SECOND_US,
    ),
    Column(
        "sharpeyes_repair_landing_ratio",
        "gauge",
        "Where the month's online rate will end after the repairs in this village and in all that gain more.",
        lambda trip: trip.landing_ratio,
    ),
)

TOWN_FAMILIES = (
    _TownFamily(
        "sharpeyes_sla_target_ratio",
        "gauge",
        "The online rate the contract promises.",
        lambda t: t.terms.target_ratio,
    ),
    _TownFamily(
        "sharpeyes_sla_min_coverage_ratio",
        "gauge",
        "The coverage below which a month proves nothing.",
        lambda t: t.terms.min_coverage_ratio,
    ),
    _TownFamily(
        "sharpeyes_sla_month_start_timestamp_seconds",
        "gauge",
        "When the running month began in the contract's zone.",
        lambda t: t.terms.month_start_at.timestamp(),
    ),
    _TownFamily(
        "sharpeyes_sla_month_end_timestamp_seconds",
        "gauge",
        "When the running month ends in the contract's zone.",
        lambda t: t.terms.month_end_at.timestamp(),
    ),
    _TownFamily(
        "sharpeyes_probe_interval_seconds",
        "gauge",
        "How often a camera is meant to be probed.",
        lambda t: t.probe_interval.total_seconds(),
    ),
)


def group_sheet() -> Sheet[GroupFigures]:
    """Every family of groups but the counts of cameras."""
    return Sheet(
        GROUP_FAMILIES,
        lambda group: (group.status.kind, group.status.name),
        lambda key: labels(scope=key[0], name=key[1]),
    )


def trip_sheet() -> Sheet[TripFigures]:
    """What repairs gain, village by village."""
    return Sheet(TRIP_FAMILIES, attrgetter("village"), lambda village: labels(village=village))


def count_sheet() -> Sheet[tuple[GroupStatus, State]]:
    """How many cameras of each village are in each state."""
    return Sheet(
        (CAMERAS,),
        lambda counted: (counted[0].name, counted[1].value),
        lambda key: labels(village=key[0], state=key[1]),
    )


def counts_of(town: TownView) -> list[tuple[GroupStatus, State]]:
    """What the sheet of counts is about: each village in each state."""
    return [(group.status, state) for group in town.groups if group.status.kind == "village" for state in State]


def town_text(town: TownView) -> bytes:
    """The terms of the contract."""
    return b"".join([family.single(family.value(town)) for family in TOWN_FAMILIES])
