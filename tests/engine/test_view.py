"""A group's figures are what the rules of ``sla`` say about the exact sum of its cameras, to the last digit."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.clock import at_once
from monitor.contract import Contract
from monitor.engine.board import Prospect
from monitor.engine.figures import MonthCalendar
from monitor.engine.view import ADDED, Shown, town_view
from monitor.metrics import AREAS, AheadFigures, GroupFigures
from monitor.model import BlindTime, CameraStatus, ContractTerms, Scope, Seconds, State, micros
from monitor.report import Ahead
from monitor.report.ahead import group_ahead, trips
from monitor.sla import Rest, counted, coverage, forecast, intact_ratio, online_ratio, out_of_reach, total
from tests.metrics.town import NOW, camera, status

TIME = st.integers(0, 3 * 10**12)
SECONDS = st.builds(Seconds, TIME, TIME, TIME, TIME, TIME)
MONTH = MonthCalendar(ContractTerms()).month_at(micros(NOW))
CAMERAS = st.lists(st.tuples(st.sampled_from(State), SECONDS, SECONDS, TIME), min_size=1, max_size=6)


def shown(nth: int, state: State, month: Seconds, last_day: Seconds, remaining: int) -> Shown:
    watched = camera(f"c{nth}", carrier=("中国移动", "中国电信")[nth % 2])
    owed = month.scheduled - month.excluded + remaining
    return status(state, watched=watched, month=month), Prospect(last_day, owed, False, False, NOW, MONTH)


def groups(cameras: list[Shown], terms: ContractTerms) -> dict[tuple[str, str], GroupFigures]:
    view = at_once(town_view("清河镇", cameras, [Contract()], MonthCalendar(terms), NOW, timedelta(minutes=1)))
    assert [s for s, _ in cameras] == list(view.statuses)
    return {(group.status.kind, group.status.name): group for group in view.groups}


def to_come(status: CameraStatus, prospect: Prospect) -> int:
    return prospect.owed_us - status.month.scheduled + status.month.excluded


def as_float(ratio: Fraction | None) -> float | None:
    return None if ratio is None else float(ratio)


@given(CAMERAS, st.sampled_from(BlindTime))
def test_a_group_says_what_the_rules_say_about_the_sum_of_its_cameras(
    some: list[tuple[State, Seconds, Seconds, int]], blind: BlindTime
) -> None:
    terms = ContractTerms(blind_time=blind)
    cameras = [shown(nth, *one) for nth, one in enumerate(some)]
    group = groups(cameras, terms)["town", "清河镇"]
    month = total(s.month for s, _ in cameras)
    assert group.status.month == month
    assert group.status.states == {state: sum(s.state is state for s, _ in cameras) for state in State}
    assert (group.status.cameras, group.counted) == (len(cameras), counted(month, blind))
    assert group.online_ratio == as_float(online_ratio(month, blind))
    assert group.intact_ratio == as_float(intact_ratio(month, blind))
    assert group.coverage_ratio == as_float(coverage(month))
    if group.counted:
        assert Fraction(group.online, group.counted) == online_ratio(month, blind)
    lately = total(p.last_day for s, p in cameras if s.state is not State.DOWN)
    rest = [Rest(s.state, to_come(s, p)) for s, p in cameras]
    assert [each.remaining_us for each in rest] == [one[-1] for one in some]
    coming = forecast(month, rest, online_ratio(lately, BlindTime.EXCLUDED), terms.target, blind)
    assert group.status.forecast_ratio == as_float(coming.landing)
    assert group.status.best_ratio == as_float(coming.best)


def test_cameras_enter_town_village_carrier_and_site_and_only_with_a_contract() -> None:
    cameras = [shown(nth, State.UP, Seconds(up=1), Seconds(), 1) for nth in range(3)]
    outside, prospect = shown(4, State.DOWN, Seconds(down=1), Seconds(), 1)
    cameras.append((replace(outside, camera=replace(outside.camera, in_contract=False)), prospect))
    found = {name: group.status.cameras for name, group in groups(cameras, ContractTerms()).items()}
    assert found == {
        ("town", "清河镇"): 3,
        ("village", "柳溪村"): 3,
        ("carrier", "中国移动"): 2,
        ("carrier", "中国电信"): 1,
        ("site", "s1"): 3,
    }


@given(CAMERAS)
def test_a_view_without_sites_says_the_same_of_all_other_groups(
    some: list[tuple[State, Seconds, Seconds, int]],
) -> None:
    cameras, calendar = [shown(nth, *one) for nth, one in enumerate(some)], MonthCalendar(ContractTerms())
    whole = at_once(town_view("清河镇", cameras, [Contract()], calendar, NOW, timedelta(minutes=1)))
    view = at_once(town_view("清河镇", cameras, [Contract()], calendar, NOW, timedelta(minutes=1), AREAS))
    assert view.groups == [group for group in whole.groups if group.status.kind != "site"]


def test_a_camera_enters_once_if_any_contract_is_about_it() -> None:
    cameras = [shown(nth, State.UP, Seconds(up=1), Seconds(), 1) for nth in range(3)]
    ids = [frozenset({status.camera.id for status, _ in part}) for part in (cameras[:1], cameras[:2])]
    contracts = [Contract(id=str(nth), scope=Scope(camera_ids=some)) for nth, some in enumerate(ids)]
    calendar = MonthCalendar(ContractTerms())
    view = at_once(town_view("清河镇", cameras, contracts, calendar, NOW, timedelta(minutes=1)))
    assert {group.status.cameras for group in view.groups if group.status.kind == "town"} == {2}
    assert len(view.statuses) == 3


@pytest.mark.parametrize(("kind", "name", "told"), [("town", "清河镇", True), ("site", "s1", False)])
def test_a_site_is_too_small_for_a_forecast(kind: str, name: str, told: bool) -> None:
    group = groups([shown(0, State.UP, Seconds(up=1), Seconds(up=1), 1)], ContractTerms())[kind, name]
    assert (group.status.forecast_ratio is not None, group.status.best_ratio is not None) == (told, told)


def test_a_large_town_is_summed_in_steps() -> None:
    cameras = [shown(nth, State.UP, Seconds(up=1), Seconds(), 1) for nth in range(3 * ADDED)]
    steps = town_view("清河镇", cameras, [Contract()], MonthCalendar(ContractTerms()), NOW, timedelta(minutes=1))
    assert len(list(steps)) >= 3


@given(CAMERAS, st.sampled_from(BlindTime))
def test_trips_budget_and_what_is_lost_are_those_of_the_forecast(
    some: list[tuple[State, Seconds, Seconds, int]], blind: BlindTime
) -> None:
    terms = ContractTerms(blind_time=blind)
    cameras = [_moved(shown(nth, *one), f"村{nth % 3}", terms) for nth, one in enumerate(some)]
    view = at_once(town_view("清河镇", cameras, [Contract()], MonthCalendar(terms), NOW, timedelta(minutes=1)))
    ahead = [
        Ahead(s.camera, s.state, s.month, p.last_day, to_come(s, p), NOW if s.state is State.DOWN else None)
        for s, p in cameras
    ]
    expected = trips(ahead, terms)
    assert [(trip.village, trip.repairs, trip.gain, trip.landing_ratio) for trip in view.trips] == [
        (trip.village, len(trip.repairs), trip.gain_us, as_float(trip.landing)) for trip in expected
    ]
    town = group_ahead("清河镇", ahead, terms)
    (group,) = (group for group in view.groups if group.status.kind == "town")
    assert group.ahead == AheadFigures(
        town.budget.allowed_us,
        town.forecast.budget_left_us,
        None if town.forecast.best is None else town.forecast.recoverable(terms.target),
        town.lost,
    )


def _moved(one: Shown, village: str, terms: ContractTerms) -> Shown:
    """The camera in another village, with what the board would say about its own month."""
    status, prospect = one
    lost = out_of_reach(status.month, to_come(status, prospect), terms.target, terms.blind_time)
    moved = replace(status.camera, site=replace(status.camera.site, village=village))
    return replace(status, camera=moved), replace(prospect, lost=lost)


def test_a_camera_that_is_gone_stays_in_the_sums_and_in_nothing_else() -> None:
    here, there = (shown(nth, State.DOWN, Seconds(down=1), Seconds(), 0) for nth in range(2))
    cameras = [here, (there[0], replace(there[1], gone=True))]
    view = at_once(
        town_view("清河镇", cameras, [Contract()], MonthCalendar(ContractTerms()), NOW, timedelta(minutes=1))
    )
    assert [status.camera.id for status in view.statuses] == ["c0"]
    (town,) = (group for group in view.groups if group.status.kind == "town")
    assert (town.status.cameras, town.status.month, view.trips) == (1, Seconds(down=2), [])
