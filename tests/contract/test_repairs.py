"""Repair limits: against a second-by-second oracle, and the rules one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor import outages
from monitor.contract import CameraFaults, Repair, RepairLimits, RepairState, Together, late_in, repairs
from monitor.model import Camera, Cause, Span, State, Transition, instant
from monitor.outages import Fault
from tests.metrics.town import camera
from tests.oracle import repairs as tediously

LETTERS = {"U": State.UP, "D": State.DOWN, "?": State.UNKNOWN}
TICK = timedelta(microseconds=1)
HOUR = 3_600_000_000


def faults(film: str, watched: Camera, left_out: list[Span] | None = None, until: int | None = None) -> CameraFaults:
    """A camera whose every microsecond is a letter: U online, D down, ? not watched; as known at ``until``."""
    moves = [
        Transition(watched.id, instant(at), instant(at), State.UP, LETTERS[letter], Cause.OK)
        for at, letter in enumerate(film)
        if at == 0 or film[at - 1] != letter
    ]
    return CameraFaults(watched, known(moves, len(film) if until is None else until), left_out or [])


def known(moves: list[Transition], until: int) -> list[Fault]:
    return outages.faults(outages.runs(outages.steps_of(moves), until), until)


def once(start: int, end: int, left_out: list[Span] | None = None) -> CameraFaults:
    """A camera that was down once."""
    return CameraFaults(camera(), [Fault((Span(start, end),), end)], left_out or [])


def limits(
    normal: int = 5, major: int | None = None, many: int | None = None, within: Together = Together.CONTRACT
) -> RepairLimits:
    return RepairLimits(normal * TICK, None if major is None else major * TICK, many, within)


def only(found: tuple[Repair, ...]) -> Repair:
    (repair,) = found
    return repair


films = st.lists(st.text("UDD?", min_size=25, max_size=25), min_size=1, max_size=5)
left_out = st.sets(st.integers(0, 24), max_size=8)


@given(films, st.data(), st.integers(1, 8), st.integers(0, 8), st.integers(2, 4))
def test_every_clock_runs_as_the_oracle_says(
    films: list[str], data: st.DataObject, normal: int, more: int, many: int
) -> None:
    out = [data.draw(left_out) for _ in films]
    uplinks = [data.draw(st.sampled_from(["a", "b", ""])) for _ in films]
    within = data.draw(st.sampled_from([Together.CONTRACT, Together.UPLINK]))
    cameras = [
        faults(film, camera(f"c{number}", uplink=uplink), [Span(tick, tick + 1) for tick in sorted(gone)])
        for number, (film, gone, uplink) in enumerate(zip(films, out, uplinks, strict=True))
    ]
    found = repairs(cameras, limits(normal, normal + more, many, within), 25)
    groups = ["all" if within is Together.CONTRACT else uplink or None for uplink in uplinks]
    expected = tediously(films, out, groups, normal, normal + more, many)
    assert [
        (repair.camera_id, repair.start, repair.end, repair.major, repair.ran_us, repair.late_from) for repair in found
    ] == [(f"c{each.camera}", each.start, each.end, each.major, each.ran, each.late_from) for each in expected]
    for repair in found:
        assert repair.late_us == max(0, repair.ran_us - repair.limit_us)
        assert (repair.late_from is not None) == (repair.late_us > 0) == (repair.state is RepairState.LATE)
        assert (repair.state is RepairState.RUNNING) == (repair.end is None and repair.late_us == 0)


def test_a_limit_reached_to_the_microsecond_is_kept_and_one_more_is_late() -> None:
    assert only(repairs([faults("UDDDDDU", camera())], limits(), 7)).state is RepairState.KEPT
    late = only(repairs([faults("UDDDDDDU", camera())], limits(), 8))
    assert (late.state, late.late_us, late.late_from) == (RepairState.LATE, 1, 6)


def test_the_clock_starts_with_the_first_failing_second_even_before_the_period() -> None:
    """By hand: down from hour 10 to hour 40 with a limit of 24 h: passed at hour 34, 6 h late."""
    found = repairs([once(10 * HOUR, 40 * HOUR)], RepairLimits(), 100 * HOUR)
    repair = only(found)
    assert (repair.late_from, repair.late_us, repair.state) == (34 * HOUR, 6 * HOUR, RepairState.LATE)
    assert late_in(found, Span(0, 34 * HOUR)) == ()
    assert late_in(found, Span(34 * HOUR, 100 * HOUR)) == found


def test_excluded_time_stops_the_clock() -> None:
    repair = only(repairs([once(0, 30 * HOUR, [Span(4 * HOUR, 10 * HOUR)])], RepairLimits(), 100 * HOUR))
    assert (repair.ran_us, repair.state) == (24 * HOUR, RepairState.KEPT)


def test_our_own_restart_gives_no_new_clock() -> None:
    repair = only(repairs([faults("DDD??DDDU", camera())], limits(), 9))
    assert (repair.start, repair.end, repair.ran_us, repair.late_from) == (0, 8, 6, 7)


def test_a_camera_seen_online_between_has_two_faults() -> None:
    assert [repair.ran_us for repair in repairs([faults("DDDUDDDU", camera())], limits(), 8)] == [3, 3]


def test_a_camera_seen_online_for_no_time_at_all_has_two_faults_too() -> None:
    order = ((0, State.DOWN), (3, State.UP), (3, State.DOWN), (6, State.UP))
    moves = [Transition("c1", instant(at), instant(at), State.UP, new, Cause.NO_REPLY) for at, new in order]
    watched = CameraFaults(camera(), known(moves, 9))
    assert [repair.ran_us for repair in repairs([watched], limits(), 9)] == [3, 3]


def test_a_change_of_cause_is_no_repair() -> None:
    order = ((0, State.DOWN), (3, State.DOWN), (6, State.UP))
    moves = [
        Transition("c1", instant(at), instant(at), State.UP, new, cause)
        for (at, new), cause in zip(order, (Cause.TCP_TIMEOUT, Cause.NO_KEYFRAME, Cause.OK), strict=True)
    ]
    watched = CameraFaults(camera(), known(moves, 9))
    assert only(repairs([watched], limits(), 9)).ran_us == 6


def test_an_open_fault_runs_until_its_limit_and_is_late_from_then_on() -> None:
    known = {until: faults("UUDDDDDDD", camera(), until=until) for until in (2, 3, 7, 8)}
    states = [only(repairs([known[until]], limits(), until)).state for until in (3, 7, 8)]
    assert states == [RepairState.RUNNING, RepairState.RUNNING, RepairState.LATE]
    assert repairs([known[2]], limits(), 2) == ()


def test_a_fault_that_is_late_already_does_not_become_major() -> None:
    """Late at tick 5 by the normal limit, joined at tick 7: or it would be late a second time, by the other limit."""
    joined = repairs([faults("DDDDDDDDDDDU", camera("c1")), faults("UUUUUUUDDUUU", camera("c2"))], limits(5, 8, 2), 12)
    assert [(each.camera_id, each.major, each.late_from) for each in joined] == [("c1", False, 5), ("c2", True, None)]


def test_eight_at_once_are_major_and_seven_are_not() -> None:
    def fleet(count: int) -> list[CameraFaults]:
        return [faults("U" + "D" * 7 + "U", camera(f"c{number}")) for number in range(count)]

    agreed = limits(5, 10, 8)
    assert {repair.major for repair in repairs(fleet(7), agreed, 9)} == {False}
    assert {repair.state for repair in repairs(fleet(7), agreed, 9)} == {RepairState.LATE}
    major = repairs(fleet(8), agreed, 9)
    assert [(repair.major, repair.limit_us, repair.state) for repair in major] == [(True, 10, RepairState.KEPT)] * 8


def test_one_after_the_other_is_not_at_once() -> None:
    fleet = [faults("DDUU", camera("c1")), faults("UUDD", camera("c2"))]
    assert not any(repair.major for repair in repairs(fleet, limits(5, 10, 2), 4))


def test_excluded_cameras_do_not_make_a_fault_major() -> None:
    fleet = [faults("DDDU", camera("c1")), faults("DDDU", camera("c2"), [Span(0, 3)])]
    assert not any(repair.major for repair in repairs(fleet, limits(5, 10, 2), 4))


def test_faults_of_different_villages_are_major_only_in_the_contract() -> None:
    here = camera("c1")
    there = replace(camera("c2"), site=replace(here.site, village="石桥村"))
    fleet = [faults("DDU", here), faults("DDU", there)]
    assert all(repair.major for repair in repairs(fleet, limits(1, 10, 2), 3))
    assert not any(repair.major for repair in repairs(fleet, limits(1, 10, 2, Together.VILLAGE), 3))


def test_cameras_without_a_recorder_are_not_behind_the_same_one() -> None:
    fleet = [faults("DDU", camera("c1")), faults("DDU", camera("c2"))]
    assert not any(repair.major for repair in repairs(fleet, limits(1, 10, 2, Together.RECORDER), 3))
    behind = [faults("DDU", camera(name, recorder="NVR-1")) for name in ("c1", "c2")]
    assert all(repair.major for repair in repairs(behind, limits(1, 10, 2, Together.RECORDER), 3))
