"""Belief: when it changes, since when, and what it must never do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise, product

from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.liveness import NEXT, Evidence, Policy, blind, lapse, new_track, next_wait, removed, settled_at, step
from monitor.model import Cause, Result, State, Transition
from tests import oracle
from tests.readings import BEGINNING, fold, second, seen

POLICY = Policy()
SYMMETRIC = Policy(rise=3)

Short = tuple[float, State, Cause]


def short(transitions: Iterable[Transition]) -> list[Short]:
    """Transitions as (second, state, cause)."""
    return [((made.at - BEGINNING).total_seconds(), made.new, made.cause) for made in transitions]


def every(step_seconds: int, *causes: Cause, start: int = 0, picture: bool = True) -> list[Result]:
    return [seen(cause, start + step_seconds * i, picture=picture) for i, cause in enumerate(causes)]


# ---------------------------------------------------------------- online and down


def test_the_first_good_result_says_up() -> None:
    track, made = fold([seen(Cause.OK, 5)], POLICY)
    assert short(made) == [(5, State.UP, Cause.OK)]
    assert made[0].old is State.UNKNOWN
    assert track.last_good_at == second(5)


def test_an_outage_starts_at_the_first_failed_probe() -> None:
    results = [seen(Cause.OK, 0), *every(10, *[Cause.TCP_TIMEOUT] * 3, start=60)]
    _, made = fold(results, POLICY)
    assert short(made)[1:] == [(60, State.DOWN, Cause.TCP_TIMEOUT)]
    assert made[1].decided_at == second(80)


def test_an_outage_is_named_by_the_result_that_confirmed_it() -> None:
    results = [
        seen(Cause.TCP_TIMEOUT, 0),
        seen(Cause.NO_REPLY, 10),
        seen(Cause.PATH_NOT_FOUND, 20, detail="404 Not Found"),
    ]
    _, made = fold(results, POLICY)
    assert [(m.at, m.cause, m.detail) for m in made] == [(second(0), Cause.PATH_NOT_FOUND, "404 Not Found")]


def test_an_unconfirmed_failure_is_a_blip_and_leaves_no_outage() -> None:
    track, made = fold(every(60, Cause.OK, Cause.TCP_TIMEOUT, Cause.TCP_TIMEOUT, Cause.OK), POLICY)
    assert short(made) == [(0, State.UP, Cause.OK)]
    assert track.blips == 1


def test_a_confirmed_outage_is_no_blip() -> None:
    track, _ = fold(every(60, Cause.OK, *[Cause.TCP_TIMEOUT] * 3, Cause.OK), POLICY)
    assert track.blips == 0
    assert track.changes == 3


def test_a_recovery_starts_at_the_first_good_result_of_the_run() -> None:
    down = every(60, *[Cause.TCP_TIMEOUT] * 3)
    broken_run = every(60, Cause.OK, Cause.OK, Cause.TCP_TIMEOUT, start=180)
    run = every(60, Cause.OK, Cause.PICTURE_BLACK, Cause.OK, start=360)
    _, made = fold([*down, *broken_run, *run], SYMMETRIC)
    assert short(made) == [(0, State.DOWN, Cause.TCP_TIMEOUT), (360, State.UP, Cause.OK)]


def test_another_cause_of_the_same_outage_is_no_transition() -> None:
    _, made = fold(every(60, *[Cause.TCP_TIMEOUT] * 3, *[Cause.PATH_NOT_FOUND] * 5), POLICY)
    assert len(made) == 1


def test_a_faulty_picture_is_online() -> None:
    _, made = fold([seen(Cause.PICTURE_BLACK, 0)], POLICY)
    assert short(made) == [(0, State.UP, Cause.OK)]


# ---------------------------------------------------------------- what we cannot blame on a camera


def test_a_wrong_password_is_unknown_at_once_and_never_down() -> None:
    track, made = fold(every(60, Cause.OK, *[Cause.CREDENTIALS_REFUSED] * 9), POLICY)
    assert short(made)[1:] == [(60, State.UNKNOWN, Cause.CREDENTIALS_REFUSED)]
    assert track.blips == 0


def test_another_reason_for_not_knowing_is_a_transition() -> None:
    _, made = fold(every(60, Cause.CREDENTIALS_REFUSED, Cause.MONITOR_BLIND), POLICY)
    assert short(made) == [(0, State.UNKNOWN, Cause.CREDENTIALS_REFUSED), (60, State.UNKNOWN, Cause.MONITOR_BLIND)]


def test_doubt_drops_a_pending_verdict() -> None:
    results = [
        *every(60, Cause.OK, Cause.TCP_TIMEOUT, Cause.TCP_TIMEOUT, Cause.NO_LOCAL_NETWORK),
        *every(60, *[Cause.TCP_TIMEOUT] * 2, start=240),
    ]
    track, made = fold(results, POLICY)
    assert track.state is State.UNKNOWN
    _, more = step(track, seen(Cause.TCP_TIMEOUT, 360), POLICY)
    assert short(more) == [(240, State.DOWN, Cause.TCP_TIMEOUT)]
    assert short(made)[-1] == (180, State.UNKNOWN, Cause.NO_LOCAL_NETWORK)


# ---------------------------------------------------------------- pictures


def test_a_picture_fault_starts_at_the_first_faulty_picture() -> None:
    _, made = fold(every(60, Cause.OK, *[Cause.PICTURE_BLACK] * 3), POLICY)
    assert short(made)[1:] == [(60, State.DEGRADED, Cause.PICTURE_BLACK)]
    assert made[1].decided_at == second(180)


def test_many_faulty_pictures_within_a_moment_prove_nothing() -> None:
    track, made = fold(every(10, Cause.OK, *[Cause.PICTURE_BLACK] * 12), POLICY)
    assert track.state is State.UP
    _, more = step(track, seen(Cause.PICTURE_BLACK, 130), POLICY)
    assert short(made + more)[1:] == [(10, State.DEGRADED, Cause.PICTURE_BLACK)]


def test_one_good_picture_breaks_the_faulty_run() -> None:
    track, made = fold(every(60, *[Cause.PICTURE_BLACK] * 2, Cause.OK, *[Cause.PICTURE_BLACK] * 2), POLICY)
    assert len(made) == 1
    assert track.state is State.UP


def test_a_result_without_a_picture_neither_feeds_nor_breaks_the_run() -> None:
    results = every(60, *[Cause.PICTURE_BLACK] * 2)
    results += every(60, *[Cause.OK] * 2, start=120, picture=False)
    track, made = fold(results, POLICY)
    assert len(made) == 1
    _, made = step(track, seen(Cause.PICTURE_BLACK, 240), POLICY)
    assert short(made) == [(0, State.DEGRADED, Cause.PICTURE_BLACK)]


def test_a_result_without_a_picture_does_not_heal_one() -> None:
    results = every(60, *[Cause.PICTURE_BLACK] * 3)
    results += every(60, *[Cause.OK] * 5, start=180, picture=False)
    track, _ = fold(results, POLICY)
    assert track.state is State.DEGRADED


def test_a_picture_is_good_again_from_the_first_good_one_of_the_run() -> None:
    causes = [*[Cause.PICTURE_BLACK] * 3, Cause.OK, Cause.PICTURE_FROZEN, Cause.OK, Cause.OK]
    _, made = fold(every(60, *causes), POLICY)
    assert short(made)[1:] == [(0, State.DEGRADED, Cause.PICTURE_BLACK), (300, State.UP, Cause.OK)]


def holding(result: Result, *active: Cause) -> Result:
    """The result with what the diagnosis holds, whatever its key frame alone speaks for."""
    assert result.picture is not None
    return replace(result, picture=replace(result.picture, active=active))


def test_key_frames_the_diagnosis_still_doubts_confirm_nothing_however_many() -> None:
    doubted = [holding(result) for result in every(60, *[Cause.PICTURE_BLURRED] * 20, start=60)]
    track, made = fold([seen(Cause.OK, 0), *doubted], POLICY)
    assert short(made) == [(0, State.UP, Cause.OK)]
    assert settled_at(track, second(2000)) == second(60)
    assert next_wait(track, POLICY) == POLICY.retry


def test_a_picture_fault_is_dated_from_the_first_key_frame_that_was_doubted() -> None:
    doubted = [holding(result) for result in every(60, *[Cause.PICTURE_BLURRED] * 5, start=60)]
    _, made = fold([seen(Cause.OK, 0), *doubted, seen(Cause.PICTURE_BLURRED, 360)], POLICY)
    assert short(made)[1:] == [(60, State.DEGRADED, Cause.PICTURE_BLURRED)]
    assert made[1].decided_at == second(360)


def test_what_the_diagnosis_holds_still_waits_for_as_many_results_as_the_policy_asks() -> None:
    track, made = fold(every(60, Cause.OK, *[Cause.PICTURE_BLURRED] * 2), POLICY)
    assert len(made) == 1
    assert track.state is State.UP


def test_a_doubt_that_passes_leaves_no_fault_and_its_instant_dates_no_later_one() -> None:
    doubted = [holding(result) for result in every(60, *[Cause.PICTURE_BLURRED] * 3)]
    track, made = fold([*doubted, seen(Cause.OK, 180), *every(60, *[Cause.PICTURE_BLURRED] * 3, start=240)], POLICY)
    assert short(made) == [(0, State.UP, Cause.OK), (240, State.DEGRADED, Cause.PICTURE_BLURRED)]
    assert track.picture is None


def test_good_key_frames_heal_once_the_diagnosis_agrees_and_from_the_first_of_them_on() -> None:
    degraded = every(60, *[Cause.PICTURE_BLURRED] * 3)
    waiting = [holding(result, Cause.PICTURE_BLURRED) for result in every(60, *[Cause.OK] * 4, start=180)]
    track, made = fold([*degraded, *waiting], POLICY)
    assert track.state is State.DEGRADED
    assert settled_at(track, second(999)) == second(180)
    _, made = step(track, seen(Cause.OK, 420), POLICY)
    assert short(made) == [(180, State.UP, Cause.OK)]


def test_a_faulty_key_frame_among_the_good_ones_dates_the_recovery_after_itself() -> None:
    degraded = every(60, *[Cause.PICTURE_BLURRED] * 3)
    good, bad, again = (
        holding(seen(cause, at), Cause.PICTURE_BLURRED)
        for cause, at in ((Cause.OK, 180), (Cause.PICTURE_BLURRED, 240), (Cause.OK, 300))
    )
    _, made = fold([*degraded, good, bad, again, seen(Cause.OK, 360)], POLICY)
    assert short(made)[2:] == [(300, State.UP, Cause.OK)]


def test_a_picture_that_cannot_be_decoded_needs_no_diagnosis() -> None:
    _, made = fold(every(60, Cause.OK, *[Cause.DECODE_FAILED] * 3), POLICY)
    assert short(made)[1:] == [(60, State.DEGRADED, Cause.DECODE_FAILED)]


def test_a_failure_in_between_says_nothing_about_the_picture() -> None:
    causes = [Cause.PICTURE_BLACK, Cause.TCP_TIMEOUT, Cause.PICTURE_BLACK, Cause.PICTURE_BLACK]
    track, made = fold(every(60, *causes), POLICY)
    assert short(made)[1:] == [(0, State.DEGRADED, Cause.PICTURE_BLACK)]
    assert track.blips == 1


def test_pictures_from_before_an_outage_are_forgotten() -> None:
    causes = [*[Cause.PICTURE_BLACK] * 2, *[Cause.TCP_TIMEOUT] * 3, *[Cause.PICTURE_BLACK] * 2]
    track, made = fold(every(60, *causes), POLICY)
    assert track.state is State.UP
    _, made = step(track, seen(Cause.PICTURE_BLACK, 420), POLICY)
    assert short(made) == [(300, State.DEGRADED, Cause.PICTURE_BLACK)]


def test_a_camera_that_returns_with_a_faulty_picture_was_degraded_since_its_return() -> None:
    causes = [*[Cause.TCP_TIMEOUT] * 3, Cause.PICTURE_BLACK, *[Cause.TCP_TIMEOUT], *[Cause.PICTURE_BLACK] * 3]
    _, made = fold(every(60, *causes), SYMMETRIC)
    assert short(made)[1:] == [(300, State.UP, Cause.OK), (300, State.DEGRADED, Cause.PICTURE_BLACK)]


# ---------------------------------------------------------------- time nobody watched


def test_a_gap_is_unknown_from_one_interval_after_the_last_result() -> None:
    _, made = fold([seen(Cause.OK, 0), seen(Cause.OK, 600)], POLICY)
    assert short(made)[1:] == [(60, State.UNKNOWN, Cause.NOT_WATCHED), (600, State.UP, Cause.OK)]


def test_a_gap_of_just_the_limit_is_none() -> None:
    _, made = fold([seen(Cause.OK, 0), seen(Cause.OK, 180)], POLICY)
    assert len(made) == 1


def test_a_gap_is_noticed_without_a_result_and_only_once() -> None:
    track, _ = fold([seen(Cause.OK, 0)], POLICY)
    assert lapse(track, second(180), POLICY) == (track, ())
    lapsed, made = lapse(track, second(180.000001), POLICY)
    assert short(made) == [(60, State.UNKNOWN, Cause.NOT_WATCHED)]
    assert lapse(lapsed, second(9999), POLICY) == (lapsed, ())


def test_failures_on_both_sides_of_a_gap_are_not_one_run() -> None:
    track, made = fold(
        [*every(60, Cause.OK, *[Cause.TCP_TIMEOUT] * 2), *every(60, *[Cause.TCP_TIMEOUT] * 2, start=3600)], POLICY
    )
    assert short(made)[1:] == [(180, State.UNKNOWN, Cause.NOT_WATCHED)]
    assert track.state is State.UNKNOWN


def test_the_pause_after_a_wrong_password_still_names_the_password() -> None:
    results = [seen(Cause.CREDENTIALS_REFUSED, 0), seen(Cause.CREDENTIALS_REFUSED, 1800)]
    _, made = fold(results, POLICY)
    assert short(made) == [(0, State.UNKNOWN, Cause.CREDENTIALS_REFUSED)]


def test_failures_on_both_sides_of_a_pause_are_not_one_run_either() -> None:
    results = [seen(Cause.CREDENTIALS_REFUSED, 0), *every(60, *[Cause.TCP_TIMEOUT] * 2, start=60)]
    track, _ = fold([*results, seen(Cause.TCP_TIMEOUT, 3600)], POLICY)
    assert track.state is State.UNKNOWN


def test_a_restart_is_unknown_from_the_last_heartbeat_to_the_first_result() -> None:
    track = new_track("cam-1", second(0), State.UP, Cause.OK, changes=7)
    track, made = blind(track, second(95), second(130), Cause.MONITOR_STOPPED)
    _, more = step(track, seen(Cause.OK, 140), POLICY)
    assert short(made + more) == [(95, State.UNKNOWN, Cause.MONITOR_STOPPED), (140, State.UP, Cause.OK)]
    assert track.changes == 8


def test_a_restart_does_not_forget_that_the_camera_was_down() -> None:
    track = new_track("cam-1", second(0), State.DOWN, Cause.TCP_TIMEOUT)
    track, made = blind(track, second(95), second(130), Cause.MONITOR_STOPPED)
    assert made[0].old is State.DOWN
    _, more = fold(every(10, *[Cause.TCP_TIMEOUT] * 3, start=140), POLICY, track)
    assert short(more) == [(140, State.DOWN, Cause.TCP_TIMEOUT)]


def test_time_nobody_watched_never_begins_before_the_belief_or_the_last_result() -> None:
    track, _ = fold(every(60, Cause.OK, Cause.OK), POLICY)
    _, made = blind(track, second(-500), second(90), Cause.CLOCK_JUMPED)
    assert short(made) == [(60, State.UNKNOWN, Cause.CLOCK_JUMPED)]


def test_a_missed_heartbeat_that_is_not_news_is_no_transition() -> None:
    track, _ = blind(new_track("cam-1", second(0)), second(10), second(20), Cause.MONITOR_STOPPED)
    again, made = blind(track, second(30), second(40), Cause.MONITOR_STOPPED)
    assert made == ()
    assert again.since_at == second(10)


def test_a_wall_clock_set_back_gives_no_negative_time() -> None:
    results = [seen(Cause.OK, 3600), *every(10, *[Cause.TCP_TIMEOUT] * 3), seen(Cause.OK, 30)]
    track, made = fold(results, POLICY)
    assert [m.at for m in made] == [second(3600)] * 3
    assert all(m.decided_at >= m.at for m in made)
    assert settled_at(track, second(40)) == second(3600)


# ---------------------------------------------------------------- when to ask next, and what is final


def test_the_next_probe_comes_sooner_while_a_verdict_is_pending() -> None:
    quick = [
        every(60, Cause.OK, Cause.TCP_TIMEOUT),
        every(60, Cause.OK, Cause.PICTURE_BLACK),
        every(60, *[Cause.PICTURE_BLACK] * 3, Cause.OK),
    ]
    calm = [
        every(60, Cause.OK),
        every(60, *[Cause.TCP_TIMEOUT] * 3),
        every(60, *[Cause.PICTURE_BLACK] * 3),
        every(60, Cause.OK, Cause.TCP_TIMEOUT, Cause.OK),
        every(60, Cause.TCP_TIMEOUT, Cause.CREDENTIALS_REFUSED),
    ]
    assert {next_wait(fold(results, POLICY)[0], POLICY) for results in quick} == {POLICY.retry}
    assert {next_wait(fold(results, POLICY)[0], POLICY) for results in calm} == {POLICY.interval}


def test_time_is_settled_up_to_the_last_result_or_the_pending_run() -> None:
    now = second(1000)
    assert settled_at(new_track("cam-1", second(0)), now) == now
    assert settled_at(fold(every(60, Cause.OK, Cause.OK), POLICY)[0], now) == second(60)
    assert settled_at(fold(every(60, Cause.OK, *[Cause.TCP_TIMEOUT] * 2), POLICY)[0], now) == second(60)
    assert settled_at(new_track("cam-1", second(5), State.UP, Cause.OK), now) == second(5)


def test_a_picture_seen_while_down_does_not_hold_back_what_is_settled() -> None:
    causes = [*[Cause.TCP_TIMEOUT] * 3, Cause.PICTURE_BLACK, *[Cause.TCP_TIMEOUT] * 3]
    track, _ = fold(every(60, *causes), SYMMETRIC)
    assert settled_at(track, second(999)) == second(360)


def test_the_table_names_every_state_and_every_evidence() -> None:
    assert set(NEXT) == set(product(State, Evidence))


# ---------------------------------------------------------------- properties

CAUSES = [
    *[Cause.OK] * 4,
    *[Cause.TCP_TIMEOUT] * 3,
    Cause.PATH_NOT_FOUND,
    *[Cause.PICTURE_BLACK] * 3,
    Cause.DECODE_FAILED,
    Cause.CREDENTIALS_REFUSED,
    Cause.MONITOR_BLIND,
]
GAPS = [1, 10, 10, 10, 60, 60, 60, 61, 90, 240, 301]


@st.composite
def histories(draw: st.DrawFn) -> list[Result]:
    drawn = draw(st.lists(st.tuples(st.sampled_from(GAPS), st.sampled_from(CAUSES), st.booleans()), max_size=25))
    at, results = 0, []
    for gap, cause, picture in drawn:
        at += gap
        results.append(seen(cause, at, picture=picture))
    return results


policies = st.builds(
    Policy,
    fall=st.integers(1, 4),
    rise=st.integers(1, 3),
    picture_fall=st.integers(1, 4),
    picture_rise=st.integers(1, 3),
    picture_spread=st.sampled_from([timedelta(0), timedelta(seconds=20), timedelta(minutes=2)]),
    max_gap=st.sampled_from([timedelta(minutes=1), timedelta(minutes=3)]),
)


@settings(deadline=None)
@given(histories(), policies)
def test_transitions_alternate_and_never_go_back(results: list[Result], policy: Policy) -> None:
    track, made = fold(results, policy)
    for before, after in pairwise(made):
        assert (before.new, before.cause) != (after.new, after.cause)
        assert before.new is after.old
        assert before.at <= after.at
        assert before.decided_at <= after.decided_at
    assert all(m.at <= m.decided_at for m in made)
    assert track.changes == len(made)
    if made:
        assert (track.state, track.cause, track.since_at) == (made[-1].new, made[-1].cause, made[-1].at)


@settings(deadline=None)
@given(histories(), policies, st.integers(0, 25))
def test_replay_in_halves_equals_replay_at_once(results: list[Result], policy: Policy, cut: int) -> None:
    middle, first = fold(results[:cut], policy)
    end, second_half = fold(results[cut:], policy, middle)
    assert (end, first + second_half) == fold(results, policy)


@settings(deadline=None)
@given(histories(), policies, st.sets(st.integers(0, 25)))
def test_looking_for_gaps_between_results_changes_no_transition(
    results: list[Result], policy: Policy, looks: set[int]
) -> None:
    track, made = new_track("cam-1", BEGINNING), list[Transition]()
    for index, result in enumerate(results):
        if index in looks:
            track, lapsed = lapse(track, result.at - timedelta(microseconds=1), policy)
            made += lapsed
        track, more = step(track, result, policy)
        made += more
    assert short(made) == short(fold(results, policy)[1])


@settings(deadline=None)
@given(histories(), policies)
def test_what_is_settled_is_never_contradicted_and_never_shrinks(results: list[Result], policy: Policy) -> None:
    track, settled = new_track("cam-1", BEGINNING), BEGINNING
    for result in results:
        before = settled_at(track, result.at)
        assert settled <= before
        track, made = step(track, result, policy)
        assert all(m.at >= before for m in made)
        settled = max(before, settled_at(track, result.at))
        assert settled_at(track, result.at) >= before


@settings(deadline=None, max_examples=400)
@given(histories(), policies)
@example([seen(Cause.PICTURE_BLACK, 10 * i) for i in range(13)], POLICY)
def test_the_fold_paints_what_the_oracle_paints_second_by_second(results: list[Result], policy: Policy) -> None:
    seconds = 25 * max(GAPS) + 1
    thresholds = oracle.Thresholds(
        interval=int(policy.interval.total_seconds()),
        fall=policy.fall,
        rise=policy.rise,
        picture_fall=policy.picture_fall,
        picture_rise=policy.picture_rise,
        picture_spread=int(policy.picture_spread.total_seconds()),
        max_gap=int(policy.max_gap.total_seconds()),
    )
    expected = oracle.states([oracle.Look.at(result, BEGINNING) for result in results], thresholds, seconds)
    painted = [State.UNKNOWN] * seconds
    for made in fold(results, policy)[1]:
        start = (made.at - BEGINNING) // timedelta(seconds=1)
        painted[start:] = [made.new] * (seconds - start)
    assert painted == expected


def test_a_removed_camera_is_down_from_then_on_and_says_why() -> None:
    track, _ = fold([seen(Cause.OK, 0)], POLICY)
    track, made = removed(track, second(30))
    assert short(made) == [(30, State.DOWN, Cause.REMOVED_UNCONFIRMED)]
    assert track.changes == 2
    assert removed(track, second(60))[1] == ()
