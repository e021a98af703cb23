"""What is due: told once, told again when it matters, and always told when it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerting import (
    Due,
    Facts,
    Left,
    Patience,
    Severity,
    Stage,
    Told,
    call_for,
    due_of_incident,
    over,
    over_alert,
)
from monitor.alerting.due import MONTHLY
from monitor.incidents import Origin, Rules
from monitor.language import Phrase
from tests.alerting.samples import NIGHT, ZONE, facts, with_clock
from tests.test_prometheus_rules import alerts

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def due(told: Told | None, of: Facts, at: datetime = NIGHT) -> Due | None:
    return due_of_incident(told, of, at, Patience(), ZONE)


def told_of(of: Facts, at: datetime = NIGHT) -> Told:
    found = due(None, of, at)
    assert found is not None
    return found[0]


def stage(told: Told | None, of: Facts, at: datetime = NIGHT) -> Stage | None:
    found = due(told, of, at)
    return None if found is None else found[1].stage


def test_an_incident_is_told_once() -> None:
    of = facts()
    assert stage(None, of) is Stage.OPENED
    assert stage(told_of(of), of, NIGHT + HOUR) is None


def test_a_young_incident_waits_until_it_has_settled() -> None:
    assert stage(None, facts(settled=False)) is None


def test_planned_work_is_not_told_and_what_is_down_after_it_is() -> None:
    of = replace(facts(), planned=True)
    assert stage(None, of) is None
    assert stage(None, replace(of, planned=False)) is Stage.OPENED


def test_many_more_cameras_are_told_and_a_few_are_not() -> None:
    told = told_of(facts(12))
    assert stage(told, facts(20)) is None
    assert stage(told, facts(24)) is Stage.WORSE
    assert stage(told_of(facts(1)), facts(5)) is None
    assert stage(told_of(facts(1)), facts(6)) is Stage.WORSE


def test_a_camera_that_turns_out_to_be_a_line_is_told_as_worse() -> None:
    told = told_of(facts(1, Origin.CAMERA))
    assert told.severity is Severity.WARNING
    assert stage(told, facts(2)) is Stage.WORSE


def test_some_cameras_back_and_down_again_is_no_news() -> None:
    told = told_of(facts(40))
    assert stage(told, facts(10)) is None
    assert stage(told, facts(40)) is None


def test_a_repair_limit_is_told_when_it_is_near_and_when_it_has_passed_once_each() -> None:
    told = told_of(with_clock(facts(), 1))
    near = due(told, with_clock(facts(), 20))
    assert near is not None
    assert near[1].stage is Stage.NEAR
    assert stage(near[0], with_clock(facts(), 21)) is None
    late = due(near[0], with_clock(facts(), 25, late=3))
    assert late is not None
    assert late[1].stage is Stage.LATE
    assert stage(late[0], with_clock(facts(), 25.5, late=3)) is None


def test_who_hears_of_it_first_when_a_limit_is_near_or_has_passed_hears_that() -> None:
    near, late = with_clock(facts(), 20), with_clock(facts(falls=2), 25, late=1)
    assert stage(None, near) is Stage.NEAR
    assert stage(call_for(near, NIGHT), near) is Stage.NEAR
    assert stage(None, late) is Stage.LATE
    over_and_down_again = replace(told_of(late), open=False, falls=1)
    assert stage(over_and_down_again, late) is Stage.OPENED  # that it is late is known


def test_a_limit_that_is_near_is_told_although_another_camera_is_late_already() -> None:
    late = due(told_of(with_clock(facts(), 1)), with_clock(facts(), 25, late=1, near=False))
    assert late is not None
    assert late[1].stage is Stage.LATE
    assert stage(late[0], with_clock(facts(), 26, late=1, near=False)) is None
    near = due(late[0], with_clock(facts(), 40, late=1, near=True))
    assert near is not None
    assert near[1].stage is Stage.NEAR
    assert stage(near[0], with_clock(facts(), 41, late=1, near=True)) is None


@pytest.mark.parametrize(("origin", "hours"), [(Origin.UPLINK, 4), (Origin.CAMERA, 24)])
def test_what_stays_open_is_told_again_after_a_while(origin: Origin, hours: float) -> None:
    of = facts(1, origin)
    told = told_of(of)
    assert stage(told, of, NIGHT + hours * HOUR * 0.89) is None
    assert stage(told, of, NIGHT + hours * HOUR) is Stage.REMINDER


def test_what_was_told_is_told_to_be_over() -> None:
    of = facts(40)
    ended = replace(of.figures.incident, ended_at=NIGHT + HOUR, camera_ids=())
    found = over(told_of(of), ended, Left(), NIGHT + HOUR, Rules(), ZONE)
    assert found is not None
    told, notice = found
    assert (told.open, notice.stage, notice.cameras) == (False, Stage.RECOVERED, 0)
    assert notice.title.zh.startswith("【已恢复】柳溪村：上联线路")
    assert notice.lines[0].zh == "03-16 03:04 至 03-16 04:14，历时 1 小时 10 分"


def test_a_flapping_line_is_over_only_when_it_has_stayed_up() -> None:
    of = facts(40, falls=2)
    ended = replace(of.figures.incident, ended_at=NIGHT, camera_ids=())
    assert over(told_of(of), ended, Left(), NIGHT + 14 * MINUTE, Rules(), ZONE) is None
    assert over(told_of(of), ended, Left(), NIGHT + 15 * MINUTE, Rules(), ZONE) is not None


def test_what_falls_again_after_it_was_told_to_be_over_is_told_again() -> None:
    of = facts(40)
    ended = replace(of.figures.incident, ended_at=NIGHT, camera_ids=())
    closed = over(told_of(of), ended, Left(), NIGHT, Rules(), ZONE)
    assert closed is not None
    assert stage(closed[0], of) is None  # a look at it from before
    assert stage(closed[0], facts(40, falls=2)) is Stage.OPENED


def test_what_alertmanager_called_for_too_early_is_told_later() -> None:
    young = facts(settled=False)
    called = call_for(young, NIGHT)
    assert (called.open, called.called, stage(called, young)) == (False, True, None)
    found = due(called, facts())
    assert found is not None
    assert (found[1].stage, found[0].called) == (Stage.OPENED, False)


def test_what_became_part_of_another_incident_says_so() -> None:
    found = over(told_of(facts()), None, Left(), NIGHT, Rules(), ZONE)
    assert found is not None
    assert found[1].stage is Stage.TAKEN
    assert any("并入" in line.zh for line in found[1].lines)


@pytest.mark.parametrize(
    ("left", "refuted", "stage", "zh", "en"),
    [
        (Left(), False, Stage.RECOVERED, "【已恢复】", "[RECOVERED] was: "),
        (Left(3), False, Stage.PARTLY, "【部分恢复】", "[PARTLY RECOVERED] was: "),
        (Left(3, 1), True, Stage.REFUTED, "【推定不成立】", "[PRESUMED WRONGLY] was: "),
        (Left(0, 2), False, Stage.UNSEEN, "【未能监测】", "[NOT WATCHED NOW] was: "),
        (Left(8), False, Stage.PARTLY, "【部分恢复】", "[PARTLY RECOVERED] was: "),
        (Left(9), False, Stage.TAKEN, "【不再单列】", "[NO LONGER BY ITSELF] was: "),  # all of them, by another story
        (Left(gone=True), False, Stage.TAKEN, "【不再单列】", "[NO LONGER BY ITSELF] was: "),
    ],
)
def test_nothing_is_called_recovered_while_cameras_of_it_are_not(
    left: Left, refuted: bool, stage: Stage, zh: str, en: str
) -> None:
    of = facts(9)
    ended = replace(of.figures.incident, ended_at=NIGHT, camera_ids=(), cameras=1, refuted=refuted)
    found = over(told_of(of), ended, left, NIGHT, Rules(), ZONE)
    assert found is not None
    title = found[1].title
    assert (found[1].stage, found[0].open) == (stage, False)
    assert (title.zh.startswith(zh), title.en.startswith(en)) == (True, True)
    assert (f"现有 {left.down} 台离线" in title.zh, f"{left.down} down now" in title.en) == ((left.down > 0,) * 2)
    assert (f"{left.unseen} 台未能监测" in title.zh, f"{left.unseen} not watched" in title.en) == (
        (left.unseen > 0,) * 2
    )
    assert ("；清单中已无其摄像机" in title.zh, "has no camera of it" in title.en) == (left.gone, left.gone)
    assert found[1].lines[1].zh == "累计影响 9 台"  # as it was told, and not only those that were left


@pytest.mark.parametrize(
    ("left", "stage"),
    [
        (Left(), Stage.RECOVERED),
        (Left(9), Stage.TAKEN),
        (Left(2, 1), Stage.TAKEN),
        (Left(0, 3), Stage.UNSEEN),
        (Left(gone=True), Stage.TAKEN),
    ],
)
@pytest.mark.parametrize("origin", [Origin.CREDENTIALS, Origin.MONITOR, Origin.INVENTORY])
def test_what_was_not_about_cameras_that_are_down_recovers_only_where_all_are_well(
    origin: Origin, left: Left, stage: Stage
) -> None:
    of = facts(9, origin)
    ended = replace(of.figures.incident, ended_at=NIGHT, camera_ids=())
    found = over(told_of(of), ended, left, NIGHT, Rules(), ZONE)
    assert found is not None
    assert found[1].stage is stage
    nobody_knows = any("是否接受账号，尚不清楚" in line.zh for line in found[1].lines)
    assert nobody_knows == (origin is Origin.CREDENTIALS and left.down + left.unseen > 0)


@pytest.mark.parametrize("left", [Left(0, 2, 1), Left(3, 1, 1)])
@pytest.mark.parametrize("refuted", [False, True])
def test_how_it_ended_is_not_judged_for_a_day_while_cameras_of_it_are_unseen_for_a_reason_of_ours(
    left: Left, refuted: bool
) -> None:
    of = facts(9)
    ended = replace(of.figures.incident, ended_at=NIGHT, camera_ids=(), refuted=refuted)
    assert over(told_of(of), ended, left, NIGHT + HOUR, Rules(), ZONE) is None
    assert over(told_of(of), ended, replace(left, ours=0), NIGHT + HOUR, Rules(), ZONE) is not None
    assert over(told_of(of), ended, left, NIGHT + 23 * HOUR, Rules(), ZONE) is None
    assert over(told_of(of), ended, left, NIGHT + 24 * HOUR, Rules(), ZONE) is not None, (
        "whatever happens, an end is told"
    )


def test_nothing_left_is_promised_to_be_told() -> None:
    """Of cameras at planned work or outside every contract nobody is told."""
    of = facts(9)
    ended = replace(of.figures.incident, ended_at=NIGHT, camera_ids=())
    found = over(told_of(of), ended, Left(1), NIGHT, Rules(), ZONE)
    assert found is not None
    title = found[1].title
    assert (title.zh.endswith("；现有 1 台离线"), title.en.endswith("; 1 down now")) == (True, True)


Look = tuple[int, bool, bool, int]


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans(), st.booleans(), st.integers(0, 6)), max_size=30))
def test_every_opening_is_followed_by_one_end_and_nothing_is_told_in_between_twice(looks: list[Look]) -> None:
    """A story of looks: how many cameras are down (0: it has ended), whether it has settled, planned work, hours."""
    told: Told | None = None
    now, falls, was_down = NIGHT, 1, False
    stages: list[Stage] = []
    for cameras, settled, planned, hours in looks:
        now += hours * HOUR + MINUTE
        if cameras:
            falls += 1 if stages and stages[-1] is Stage.RECOVERED and not was_down else 0
            found = due(told, replace(facts(cameras, settled=settled, falls=falls), planned=planned), now)
        else:
            ended = replace(facts(1).figures.incident, ended_at=now - HOUR, camera_ids=(), falls=falls)
            found = over(told, ended, Left(), now, Rules(), ZONE) if told is not None and told.open else None
        was_down = bool(cameras)
        if found is not None:
            told = found[0]
            stages.append(found[1].stage)
            assert (found[1].at, told.at) == (now, now)
    ends = [nth for nth, each in enumerate(stages) if each is Stage.RECOVERED]
    openings = [nth for nth, each in enumerate(stages) if each is Stage.OPENED]
    assert len(openings) - len(ends) == (1 if told is not None and told.open else 0)
    assert all(begun < end for begun, end in zip(openings, ends, strict=False))
    assert all(end < begun for end, begun in zip(ends, openings[1:], strict=False))


@pytest.mark.parametrize(
    ("name", "began", "ended", "found"),
    [
        ("SharpEyesTargetUnrecoverable", "2026-03-20T09:00", "2026-04-01T00:20", Stage.LAPSED),
        ("SharpEyesTargetUnrecoverable", "2026-03-20T09:00", "2026-04-01T23:59", Stage.LAPSED),
        ("SharpEyesOnlineRateBelowTarget", "2026-03-20T09:00", "2026-04-02T00:00", Stage.RECOVERED),  # in the new month
        ("SharpEyesTargetUnrecoverable", "2026-03-20T09:00", "2026-03-31T23:59", Stage.RECOVERED),  # by an exclusion
        ("SharpEyesOnlineRateBelowTarget", "2026-04-01T00:00", "2026-04-01T09:00", Stage.RECOVERED),
        (
            "SharpEyesBudgetBurning",
            "2026-03-31T23:00",
            "2026-04-01T00:20",
            Stage.RECOVERED,
        ),  # is of hours, not of a month
    ],
)
def test_that_a_month_ends_is_no_recovery_of_what_it_lost(name: str, began: str, ended: str, found: Stage) -> None:
    since_at, ended_at = (datetime.fromisoformat(f"{at}:00+08:00").astimezone(UTC) for at in (began, ended))
    told = Told(f"{name}/f", True, since_at, since_at, Phrase("清河镇本月已无法达标", "lost"), incident=False)
    known, notice = over_alert(told, Left(), ended_at, ended_at, ZONE)
    assert (known.open, notice.stage) == (False, found)
    lapsed = found is Stage.LAPSED
    assert notice.title.zh == f"【{'上月已结束' if lapsed else '已恢复'}】清河镇本月已无法达标"
    assert ("并未恢复" in notice.lines[0].zh) is lapsed


def test_what_begins_anew_with_a_month_is_what_the_rules_read_of_it() -> None:
    assert {rule["alert"] for rule in alerts() if "(sharpeyes_sla_month_" in rule["expr"]} == MONTHLY
