"""A group's figures are what the rules of ``sla`` say about the exact sum of its cameras, to the last digit."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.contract import Contract
from monitor.engine.board import SLICE, Prospect
from monitor.engine.figures import MonthCalendar
from monitor.engine.view import Shown, town_view
from monitor.metrics import GroupFigures
from monitor.model import BlindTime, ContractTerms, Scope, Seconds, State, micros
from monitor.sla import Rest, counted, coverage, forecast, intact_ratio, online_ratio, total
from tests.driven import at_once
from tests.metrics.town import NOW, camera, status

TIME = st.integers(0, 3 * 10**12)
SECONDS = st.builds(Seconds, TIME, TIME, TIME, TIME, TIME)
MONTH = MonthCalendar(ContractTerms()).month_at(micros(NOW))
CAMERAS = st.lists(st.tuples(st.sampled_from(State), SECONDS, SECONDS, TIME), min_size=1, max_size=6)


def shown(nth: int, state: State, month: Seconds, last_day: Seconds, remaining: int) -> Shown:
    watched = camera(f"c{nth}", carrier=("中国移动", "中国电信")[nth % 2])
    return status(state, watched=watched, month=month), Prospect(last_day, remaining, NOW, MONTH)


def groups(cameras: list[Shown], terms: ContractTerms) -> dict[tuple[str, str], GroupFigures]:
    view = at_once(town_view("清河镇", cameras, [Contract()], MonthCalendar(terms), NOW, timedelta(minutes=1)))
    assert [s for s, _ in cameras] == list(view.statuses)
    return {(group.status.kind, group.status.name): group for group in view.groups}


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
    rest = [Rest(s.state, p.remaining_us) for s, p in cameras]
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
    cameras = [shown(nth, State.UP, Seconds(up=1), Seconds(), 1) for nth in range(3 * SLICE)]
    steps = town_view("清河镇", cameras, [Contract()], MonthCalendar(ContractTerms()), NOW, timedelta(minutes=1))
    assert len(list(steps)) >= 3
