"""A finding holds after enough bad key frames over enough time, and until enough good ones came."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import SECOND_US, Cause, Finding, FindingState, Verdict
from monitor.picture.memory import Tally
from monitor.picture.tally import APART, NEEDED, active, tallied

STATES = {state.value[0]: state for state in FindingState}  # ok, warning, fault, cannot_judge, learning


def course(cause: Cause, story: str, seconds: int = 30) -> list[tuple[Cause, ...]]:
    """What held after each key frame; each letter of the story begins the name of a finding's state."""
    tallies: tuple[Tally, ...] = ()
    held = []
    for number, letter in enumerate(story):
        state = STATES[letter]
        finding = Finding(cause, state, "measure", 1.0, 1.0, 0.6 if state is FindingState.FAULT else 0.0)
        tallies = tallied(tallies, [finding], number * seconds * SECOND_US)
        held.append(active(tallies))
    return held


def test_every_cause_that_makes_a_picture_faulty_has_its_number() -> None:
    assert set(NEEDED) == {c for c in Cause if c.verdict is Verdict.PICTURE_FAULT} - {Cause.DECODE_FAILED}


@pytest.mark.parametrize("cause", NEEDED, ids=lambda cause: cause.value)
def test_it_begins_with_the_needed_key_frame_and_ends_with_the_third_good_one(cause: Cause) -> None:
    held = course(cause, "f" * NEEDED[cause] + "ooo")
    assert [bool(causes) for causes in held] == [False] * (NEEDED[cause] - 1) + [True] * 3 + [False]


def test_one_good_key_frame_among_the_bad_is_forgiven_and_two_are_not() -> None:
    assert course(Cause.PICTURE_COVERED, "ffoff")[-1]
    assert not course(Cause.PICTURE_COVERED, "ffooff")[-1]


def test_what_cannot_be_judged_neither_proves_nor_clears() -> None:
    assert course(Cause.PICTURE_COVERED, "ffclff")[-1]
    assert course(Cause.PICTURE_COVERED, "ffffcclwo")[-1]


def test_bad_key_frames_hours_apart_are_chance() -> None:
    assert not course(Cause.PICTURE_COVERED, "fffff", seconds=3 * 3600)[-1]
    assert course(Cause.PICTURE_COVERED, "fffff", seconds=3600)[-1], "a slow drift is seen once an hour"


@given(st.sampled_from(sorted(NEEDED, key=str)), st.text("fowcl", max_size=12), st.integers(0, 24))
def test_nothing_begins_faster_than_its_number_of_half_minutes(cause: Cause, story: str, seconds: int) -> None:
    begun = next((number for number, held in enumerate(course(cause, story, seconds)) if held), None)
    if begun is not None:
        assert story[: begun + 1].count("f") >= NEEDED[cause]
        assert begun * seconds * SECOND_US >= (NEEDED[cause] - 1) * APART


def test_a_lost_view_keeps_the_name_it_began_with() -> None:
    tallies: tuple[Tally, ...] = ()
    for number, cause in enumerate([Cause.PICTURE_MOVED] * 4 + [Cause.PICTURE_COVERED] * 4):
        finding = Finding(cause, FindingState.FAULT, "measure", 1.0, 1.0, 0.6)
        tallies = tallied(tallies, [finding], number * 30 * SECOND_US)
    assert active(tallies) == (Cause.PICTURE_MOVED,)


def test_what_hides_a_view_is_named_before_the_view_is_lost() -> None:
    gross = (Cause.PICTURE_BLACK, Cause.PICTURE_DARK, Cause.PICTURE_BRIGHT, Cause.PICTURE_NOISY, Cause.PICTURE_STRIPED)
    lost = Finding(Cause.PICTURE_MOVED, FindingState.FAULT, "measure", 1.0, 1.0, 0.9)
    for cause in gross:
        tallies: tuple[Tally, ...] = ()
        began: list[Cause] = []
        for number in range(NEEDED[Cause.PICTURE_MOVED]):
            finding = Finding(cause, FindingState.FAULT, "measure", 1.0, 1.0, 0.6)
            tallies = tallied(tallies, [finding, lost], number * 30 * SECOND_US)
            began = began or list(active(tallies))
        assert began[:1] == [cause]
